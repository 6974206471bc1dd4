"""The pages of raids: whom one went to, who takes part, what is held; a moderator ends it, or leaves an account out."""

from __future__ import annotations

import re

import pytest

from dunnock import accounts, integrity, posts
from dunnock.integrity import raids

HERE = "/admin/raids"


async def _token(client):
    return dict((await client.get(HERE)).forms[-1].fields)["token"]


def part_of(target, who):
    return raids.Part(
        target_id=target.id, raiders=who, words=frozenset({"aa"}), servers=frozenset(), people=6, posts=20
    )


@pytest.fixture
async def bert(signed_in, make):
    await make.member("anna")
    return await signed_in("bert")


@pytest.fixture
async def raid(db, make, bert):
    """A raid on anna and then bert by six accounts, with its case; bert is protected."""
    who = {(await make.member(f"raider{n}")).id: "" for n in range(6)}
    async with db.begin() as tx:
        anna = await accounts.find_by_handle(tx, "anna")
        next_one = await accounts.find_by_handle(tx, "bert")
        begun = await raids.grow(tx, part_of(anna, who), None, again=0, signal_id=1)
        signal = await integrity.raise_signal(tx, "people.raiders", "account", next_one.id, score=0.9, evidence={})
        await raids.grow(tx, part_of(next_one, who), begun, again=6, signal_id=signal, early=True)
        await raids.protect(tx, begun.id, next_one.id, since=tx.now, signal_id=signal)
        await raids.tell_of_raid(tx, begun, "Found.", target=next_one, wrote=[], core=who, signal_id=signal)
    return begun.id


async def test_a_raid_is_read_member_by_member_and_ended(signed_in, raid, bert):
    mo, ada = await signed_in("mo", "moderator"), await signed_in("ada", "admin")
    page = await mo.get(HERE)
    assert "@anna, @bert" in page.text
    assert "2 members · 6 accounts take part" in page.text
    page = await mo.get(f"{HERE}/{raid}")
    assert page.text.index("@anna") < page.text.index("Seen early")
    case = re.search(r"/admin/cases/\d+", page.body)[0]
    assert "The raid, member by member" in (await mo.get(case)).text
    safety = (await bert.get("/settings/safety")).text
    assert "Accounts that wrote the same to other members here" in safety
    assert "anna" not in safety, "who else was raided is for staff alone"
    token = await _token(mo)
    first = re.search(r'name="account_id" value="(\d+)"', page.body)[1]
    page = await mo.led(await mo.post(f"{HERE}/{raid}", {"token": token, "what": "leave_out", "account_id": first}))
    assert page.text.count("Has no part in it") == 1
    assert (await mo.post(f"{HERE}/{raid}", {"token": token, "what": "burn"})).status == 422
    page = await mo.led(await mo.post(f"{HERE}/{raid}", {"token": token, "what": "end"}))
    assert "It is none, @mo said on" in page.text
    assert (await mo.post(f"{HERE}/{raid}", {"token": token, "what": "end"})).status == 404
    assert "Accounts that wrote the same" not in (await bert.get("/settings/safety")).text
    log = (await ada.get("/admin/log")).text
    acts = ("Saw a raid", "Held back those who take part in a raid", "Left an account out of a raid", "Ended a raid")
    assert all(one in log for one in acts)


async def test_a_server_that_is_held_back_is_shown_to_the_member_and_let_through_by_staff(db, signed_in, make):
    mo, wren = await signed_in("mo", "moderator"), await signed_in("wren")
    member = await accounts.member_named(db, "wren")
    async with db.begin() as tx:
        evidence = {"servers": {"bad.example": {"people": 12, "known": 1, "new": 9, "posts": 20, "same": 18}}}
        signal = await integrity.raise_signal(
            tx, "people.flood", "account", member.account_id, score=0.9, evidence=evidence
        )
        await posts.hold_origin(tx, "bad.example", account_id=member.account_id, since=tx.now, signal_id=signal)
    assert "bad.example" in (await wren.get("/settings/safety")).text
    page = await mo.get(HERE)
    assert "bad.example" in page.text
    assert "12 accounts (1 known before, 9 new), 18 of 20 posts" in page.text
    hold = re.search(r'name="hold" value="(\d+)"', page.body)[1]
    form = {"token": await _token(mo), "what": "end_hold", "hold": hold}
    page = await mo.led(await mo.post(HERE, form))
    assert "bad.example" not in page.text
    assert (await mo.post(HERE, form)).status == 404
    assert "bad.example" not in (await wren.get("/settings/safety")).text
