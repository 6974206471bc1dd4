"""Staff look for accounts, look at one, see what an act will do, and do it."""

from __future__ import annotations

import pytest

from dunnock import accounts, moderation
from dunnock.foundation.clock import now_ms


async def _sure(browser, at, what, **values):
    """Choose an act, read what will happen, say yes; both pages."""
    await browser.get(at)
    first = next(one for one in browser.page.forms if "what" in one.names)
    fields = [pair for pair in first.fields if pair[0] not in {"what", *values}]
    shown = await browser.post(at, [*fields, ("what", what), *values.items()])
    assert shown.status == 200, shown.text
    return shown, await browser.submit(at)


@pytest.mark.both_engines
async def test_looks_for_accounts(join, publish, signed_in):
    wren = await join("wren")
    for name in ("teal", "rook"):
        await join(name)
    ada = await signed_in("ada", "moderator")
    page = await ada.get("/admin/accounts?q=wre")
    assert f"/admin/accounts/{wren.account_id}" in page.body
    assert "@teal" not in page.text
    assert "@teal" in (await ada.get("/admin/accounts?q=teal@mail.example")).text
    assert "No account fits" in (await ada.get("/admin/accounts?q=@wren@elsewhere.example")).text
    assert "@ada" in (await ada.get("/admin/accounts?role=moderator")).text
    assert "No account fits" in (await ada.get("/admin/accounts?status=suspended&origin=local")).text
    assert (await ada.get("/admin/accounts/7")).status == 404


async def test_acts_after_saying_what_will_happen(db, join, publish, signed_in):
    wren = await join("wren")
    await publish(wren, "A <b>public</b> post")
    await publish(wren, "only mine", visibility="followers")
    ada = await signed_in("ada", "moderator")
    at = f"/admin/accounts/{wren.account_id}"
    page = await ada.get(at)
    assert "wren@mail.example" in page.text
    assert "A <b>public</b> post" in page.text
    assert "only mine" not in page.text, "staff look at what is public"
    shown, page = await _sure(ada, at, "suspend", text="Too <many> ads", mail="1")
    assert "2 posts are hidden" in shown.text
    assert "Too <many> ads" in shown.text
    assert "It is done" in page.text
    assert "Suspended" in page.text
    assert "Suspended wren" in page.text.replace("\n", " ")
    assert "account.suspend" in page.text
    assert (await accounts.find(db, wren.account_id)).standing is accounts.Standing.SUSPENDED
    assert "A <b>public</b> post" in page.text, "staff still see what a suspended account wrote"
    _, page = await _sure(ada, at, "unsuspend")
    assert (await accounts.find(db, wren.account_id)).standing is accounts.Standing.ACTIVE
    assert (await ada.post(at, {"what": "suspend", "sure": "1"})).status == 403, "without a token"


async def test_access_is_for_admins_and_goes_downwards(db, join, signed_in):
    wren, other = await join("wren"), await join("other", "admin")
    mod, ada = await signed_in("mod", "moderator"), await signed_in("ada", "admin")
    at = f"/admin/accounts/{wren.account_id}"
    page = await mod.get(at)
    assert "Change the role" not in page.text
    token = dict(mod.page.forms[-1].fields)["token"]
    page = await mod.post(at, {"what": "role", "role": "moderator", "sure": "1", "token": token})
    assert page.status == 403
    await ada.get(at)
    token = dict(ada.page.forms[-1].fields)["token"]
    for role, status in (("admin", 403), ("owner", 403), ("king", 422), ("moderator", 303)):
        page = await ada.post(at, {"what": "role", "role": role, "sure": "1", "token": token})
        assert page.status == status, role
    assert (await accounts.find_sheet(db, wren.account_id)).role == "moderator"
    page = await ada.post(at, {"what": "sign_out", "sure": "1", "token": token})
    assert page.status == 303
    page = await ada.get(f"/admin/accounts/{other.account_id}")
    assert "Act on this account" not in page.text
    page = await ada.post(f"/admin/accounts/{other.account_id}", {"what": "sign_out", "sure": "1", "token": token})
    assert page.status == 403
    assert "role: moderator, was: member" in (await ada.get(f"/admin/accounts/{wren.account_id}")).text
    by = (await accounts.member_named(db, "ada")).account_id
    acts = [
        one.act
        for one in await moderation.entries(db, accounts.Cursor(), by=by, wanted=moderation.WantedEntries(deeds=True))
    ]
    assert acts == ["account.sign_out", "account.role"]


async def test_deletes_only_what_was_named(db, join, signed_in):
    wren = await join("wren")
    ada = await signed_in("ada", "admin")
    at = f"/admin/accounts/{wren.account_id}"
    await _sure(ada, at, "suspend")
    token = dict(ada.page.forms[-1].fields)["token"]
    page = await ada.post(at, {"what": "delete", "sure": "1", "name": "wrne", "token": token})
    assert page.status == 422
    assert "Type the account" in page.text
    page = await ada.post(at, {"what": "delete", "sure": "1", "name": "@wren", "token": token})
    assert page.status == 303
    assert (await accounts.find_sheet(db, wren.account_id)).standing is accounts.Standing.DELETED


async def test_members_find_nothing_here(site, join, signed_in):
    wren = await join("wren")
    robin = await signed_in("robin")
    for path in ("/admin/accounts", f"/admin/accounts/{wren.account_id}", "/admin/reports/7", "/admin/sign-ups"):
        assert (await robin.get(path)).status == 404, path
        page = await site.browser().get(path)
        assert page.status == 303
        assert page.location.startswith("/auth/sign_in")


async def test_many_at_once_after_saying_to_whom(db, join, signed_in):
    wren, rook, boss = await join("wren"), await join("rook"), await join("boss", "admin")
    ada = await signed_in("ada", "moderator")
    here = "/admin/accounts"

    async def choose(what, *people):
        await ada.get(here)
        token = dict(ada.page.forms[-1].fields)["token"]
        fields = [("token", token), ("what", what), ("text", "No <ads>."), ("mail", "1")]
        return await ada.post(here, [*fields, *[("account_ids[]", str(one.account_id)) for one in people]])

    page = await choose("limit")
    assert page.status == 422
    assert "Choose at least one account" in page.text
    assert (await choose("", wren)).status == 422
    assert (await choose("delete", wren)).status == 422, "not for many"
    page = await choose("limit", wren, rook)
    for words in ("Limit: 2 accounts", "@wren", "@rook", "No <ads>."):
        assert words in page.text, words
    assert (await accounts.find(db, wren.account_id)).standing is accounts.Standing.ACTIVE
    page = await ada.submit(here)
    assert "It is done" in page.text
    for one in (wren, rook):
        assert (await accounts.find(db, one.account_id)).standing is accounts.Standing.LIMITED
    await choose("suspend", wren, boss)
    page = await ada.submit(here)
    assert page.status == 403
    assert (await accounts.find(db, wren.account_id)).standing is accounts.Standing.LIMITED, "all or none"


async def test_staff_say_how_old_a_member_is(db, join, signed_in):
    wren = await join("wren")
    async with db.begin() as tx:
        await accounts.declare_minor(tx, wren.account_id)
    mod, ada = await signed_in("mod", "moderator"), await signed_in("ada", "admin")
    at = f"/admin/accounts/{wren.account_id}"
    await mod.get(at)
    token = dict(mod.page.forms[-1].fields)["token"]
    assert (await mod.post(at, {"what": "age", "age": "adult", "sure": "1", "token": token})).status == 403
    shown, page = await _sure(ada, at, "age", age="adult")
    assert "18 or older" in shown.text
    assert "Changed the age" in page.text
    assert "age: adult, was: 16_17" in page.text
    assert (await accounts.age_of(db, wren.account_id, now=now_ms())).band == "adult"
