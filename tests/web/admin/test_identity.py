"""Pages of staff about who is whom and where money is led."""

from __future__ import annotations

import collections

import pytest
import stix2

from dunnock import accounts, moderation
from dunnock.integrity import identity, money, raise_signal
from dunnock.integrity.identity import impostors, turns
from dunnock.integrity.money import observe


async def _send(browser, path, what, at="", **values):
    await browser.get(path)
    token = dict(browser.page.forms[-1].fields)["token"]
    return await browser.led(await browser.post(at or path, {"token": token, "what": what} | values))


async def test_names_impostors_and_turns(db, signed_in, make):
    ada = await signed_in("ada", "admin")
    by = (await accounts.member_named(db, "ada")).account_id
    await make.member("nordwind", display_name="Nordwind Air")
    fake, party = await make.member("nordwind_help"), await make.member("party", display_name="Party Pressroom")
    page = await _send(
        ada, "/admin/identity", "protect", name="Nordwind Air", handle="@nordwind", site="nordwind.example"
    )
    assert page.status == 200
    assert "nordwind.example" in page.text
    assert (await _send(ada, "/admin/identity", "protect", name="?")).status == 422
    async with db.begin() as tx:
        await impostors.look_at(tx, fake.id)
        await accounts.put_label(tx, [party.id], "official", "A party")
        await accounts.change_profile(
            tx, party.id, public_url="https://x", display_name="factcheckUK", by_member_id=None
        )
    async with db.begin() as tx:
        await turns.look_at(tx, party.id)
    page = await ada.get("/admin/identity")
    for words in (
        "@nordwind_help",
        "with a word of service added",
        "The real one:",
        "Party Pressroom",
        "took on “factcheck”",
    ):
        assert words in page.text
    (one,) = await identity.alikes_of(db, fake.id)
    beside = f"/admin/identity/lookalikes/{fake.id}/{one.name_id}"
    assert beside in page.body
    page = await ada.get(beside)
    for words in ("nordwind<mark", "with a word of service added", "_help was added", "Readers are told by a label"):
        assert words in page.text or words in page.body, words
    assert "/fingerprint" in page.body
    page = await _send(ada, beside, "case", account_id=fake.id, at="/admin/identity")
    assert f"@{fake.username}" in page.text
    (about,) = await moderation.cases_about(db, [fake.id])
    assert f"/admin/cases/{about.id}" in (await ada.get(beside)).body
    assert (await ada.get(f"/admin/identity/lookalikes/{fake.id}/1")).status == 404
    page = await _send(ada, "/admin/identity", "genuine", account_id=fake.id, name_id=one.name_id)
    assert "@nordwind_help" not in page.text
    (turn,) = await identity.list_turns(db, "suspended", by=by, below=2**62)
    page = await _send(ada, "/admin/identity", "same", turn_id=turn.id)
    assert "Party Pressroom" not in page.text
    page = await _send(ada, "/admin/identity", "unprotect", name_id=one.name_id)
    assert "nordwind.example" not in page.text
    assert (await _send(ada, "/admin/identity", "shout")).status == 422
    mo = await signed_in("mo", "moderator")
    assert "Protect a name" not in (await mo.get("/admin/identity")).text
    log = (await ada.get("/admin/log")).text
    for words in ("Protected a name", "Said that it is no impostor", "Said that it is still the same"):
        assert words in log


@pytest.mark.both_engines
async def test_who_may_be_back(db, signed_in, make):
    ada = await signed_in("ada", "admin")
    friend = await make.account()
    old, new = await make.member("nightowl", standing="suspended"), await make.member("nightowl_2")
    async with db.begin() as tx:
        told = {"former_id": str(old.id), "shares": {"handle": 5.0, "follows": 4.0}}
        made = await raise_signal(tx, "identity.return", "account", new.id, score=0.97, evidence=told)
    page = await ada.get("/admin/identity")
    for words in ("@nightowl_2", "@nightowl", "whom they follow, handle"):
        assert words in page.text
    beside = f"/admin/identity/returns/{made}"
    assert beside in page.body
    for one in (old, new):
        await make.follow(one, friend)
    page = await ada.get(beside)
    for words in ("nightowl<mark", "Suspended", "Sure to 97 %", "1 account, among those"):
        assert words in page.body, words
    page = await _send(ada, beside, "case", account_id=new.id, other_id=old.id, at="/admin/identity")
    assert "@nightowl_2 / @nightowl" in page.text
    async with db.begin() as tx:
        other = await raise_signal(tx, "identity.shift", "account", new.id, score=0.5, evidence={})
    assert (await ada.get(f"/admin/identity/returns/{other}")).status == 404
    page = await _send(ada, "/admin/identity", "no_return", signal_id=made)
    assert "@nightowl_2" not in page.text


async def test_where_money_is_led(db, signed_in, make):
    ada = await signed_in("ada", "admin")
    robin, wren = await make.member("robin"), await make.member("wren")
    for one in (robin, wren):
        made = await make.post(one, '<a href="https://paypal.me/Nest?utm_source=1">x</a>')
        async with db.begin() as tx:
            await observe.look_at_post(tx, made.id)
    page = await ada.get("/admin/money")
    assert "paypal/nest" in page.text
    assert "2 accounts" in page.text
    for query in ("account=robin", "asset=https%3A%2F%2Fwww.paypal.com%2Fpaypalme%2Fnest", "asset=paypal%2Fnest"):
        page = await ada.get(f"/admin/money?{query}")
        assert "@wren" in page.text, query
        assert "@robin" in page.text
        file = await ada.get(f"/admin/money/files/csv?{query}")
        assert file.headers["content-disposition"] == 'attachment; filename="money.csv"'
        assert file.body.count("paypal/nest") == 2
    assert (await ada.get("/admin/money/files/graphml?account=robin")).body.count("<edge ") == 2
    bundle = stix2.parse((await ada.get("/admin/money/files/stix.json?account=robin")).body)  # as the standard wants it
    kinds = collections.Counter(one.type for one in bundle.objects)
    assert (kinds["user-account"], kinds["relationship"]) == (2, 2)
    assert (await ada.get("/admin/money/files/csv")).status == 404
    assert (await ada.get("/admin/money/files/exe?account=robin")).status == 404
    assert "Nobody led there." in (await ada.get("/admin/money?account=nobody")).text
    assert (await _send(ada, "/admin/money", "block", written="https://example.com", why="x")).status == 422
    page = await _send(ada, "/admin/money", "block", written="https://paypal.me/nest", why="A swindle")
    assert "A swindle" in page.text
    known = await money.find_asset(db, "paypal/nest")
    page = await _send(ada, "/admin/money", "unblock", asset_id=known.id)
    assert "A swindle" not in page.text
