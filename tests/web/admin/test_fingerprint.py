"""The page of an account's fingerprint, and the same for programs of staff: who looked stands in the log."""

from __future__ import annotations

import pytest

from api.staffed import staffed
from dunnock import accounts, moderation
from dunnock.web.admin.fingerprint import heat_of

HERE = "/api/v1/dunnock/admin"


def test_heat():
    week = [[0] * 24 for _ in range(7)]
    week[0][0], week[6][23] = 1, 100
    found = heat_of(tuple(tuple(day) for day in week))
    assert found.most == 100
    assert [path.count("M") for path in found.shades] == [1, 0, 0, 0, 1], "few are seen beside many"
    assert heat_of(((0,) * 24,) * 7).most == 0


@pytest.mark.both_engines
async def test_staff_look_at_one(db, signed_in, join, write):
    ada = await signed_in("ada", "owner")
    wren = await join("wren")
    await write("wren", "Get some at https://pills.example/now")
    async with db.begin() as tx:
        await accounts.change_profile(
            tx, wren.account_id, public_url="https://hedge.example", by_member_id=None, bio="I <fish>"
        )
    page = await ada.get(f"/admin/accounts/{wren.account_id}")
    assert f"/admin/accounts/{wren.account_id}/fingerprint" in page.body
    page = await ada.get(f"/admin/accounts/{wren.account_id}/fingerprint")
    for words in (
        "Fingerprint of @wren",
        "1 written, 0 of them answers; 0 boosts",
        "pills.example",
        "I <fish>",
        "Sunday",
    ):
        assert words in page.text, words
    assert page.body.count('<th scope="row">23</th>') == 1, "a table says the same as the picture"
    await ada.get(f"/admin/accounts/{wren.account_id}/fingerprint")
    by = (await accounts.member_named(db, "ada")).account_id
    found = await moderation.entries(db, accounts.Cursor(limit=20), by=by)
    assert [one.subject_id for one in found if one.act == "account.fingerprint.read"] == [wren.account_id], (
        "once an hour"
    )
    assert "Saw the fingerprint of an account" in (await ada.get("/admin/log")).text
    assert "Saw the fingerprint" not in (await ada.get("/admin/log?deeds=1")).text
    assert (await ada.get("/admin/accounts/1/fingerprint")).status == 404


@pytest.fixture
async def staff(database_url, tmp_path, make):
    made = await staffed(database_url, tmp_path, make)
    yield made
    await made.house.close()


async def test_programs_look_at_one(db, staff, make):
    ada, wren = await make.member("ada", role="admin"), await make.member("wren")
    await make.post(wren, "Get some at https://pills.example/now")
    told = await staff.get(f"{HERE}/accounts/{wren.id}/fingerprint", ada)
    assert (told["account_id"], told["posts"], told["boosts"]) == (str(wren.id), 1, 0)
    assert told["links"] == [{"name": "pills.example", "posts": 1}]
    assert [len(day) for day in told["week"]] == [24] * 7
    assert sum(map(sum, told["week"])) == 1
    assert (told["networks"], told["decisions"], told["woke_at"]) == ([], [], None)
    [entry] = [
        one for one in await moderation.entries(db, accounts.Cursor(limit=5), by=ada.id) if "fingerprint" in one.act
    ]
    assert (entry.subject_id, entry.by_account_id) == (wren.id, ada.id)
    assert (await staff.ask("GET", f"{HERE}/accounts/1/fingerprint", ada)).status == 404
