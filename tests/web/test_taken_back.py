"""Somebody else is in: the owner is told in the browser they use, and takes the account back with one button."""

from __future__ import annotations

from dunnock import accounts, posts
from web.conftest import PASSWORD

ANOTHER = "another wren in the hedge"


async def comes(site, *, name="wren"):
    browser = site.browser()
    await browser.get("/auth/sign_in")
    await browser.submit("/auth/sign_in", login=name, password=PASSWORD)
    return browser


async def test_taken_back_with_one_button(db, site, signed_in, join, write):
    owner = await signed_in("wren")
    wren = await accounts.member_named(db, "wren")
    robin = await join("robin")
    await owner.get("/@robin")
    await owner.submit(f"/people/{robin.account_id}", press="follow")
    assert "signed in to your account with a browser" not in (await owner.get("/")).text
    thief = await comes(site)
    assert "signed in to your account" not in (await thief.get("/")).text, "who came is not asked"
    await thief.get("/@robin")
    await thief.submit(f"/people/{robin.account_id}", press="unfollow")
    await write("wren", "Send me coins")
    page = await owner.get("/explore")
    assert (
        "Somebody signed in to your account with a browser that was not used for it before. Was it not you?"
        in page.text
    )
    page = await owner.get("/settings/safety")
    assert "Was this you?" in page.text
    assert sum(("act", "mine") in one.buttons for one in page.forms) == 1
    page = await thief.get("/settings/safety")
    assert "Was this you?" not in page.text
    token = dict(page.forms[0].fields)["token"]
    assert (await thief.post("/settings/safety", {"token": token, "act": "mine"})).status == 403, (
        "only the owner says so"
    )
    page = await owner.get("/settings/safety")
    page = await owner.submit("/settings/safety")
    assert "what they changed is as it was before" in page.text
    assert (await thief.get("/settings/safety")).location.startswith("/auth/sign_in")
    [held] = await accounts.relationships(db, wren.account_id, [robin.account_id])
    assert held.following
    page = await owner.get("/settings/safety")
    assert "Was this you?" not in page.text
    assert "Send me coins" in page.text
    assert "Account taken back by its owner" in page.text
    page = await owner.submit("/settings/safety/posted")
    assert await posts.written_between(db, wren.account_id, since=0, until=wren.created_at * 2) == []


async def test_it_was_they(site, signed_in):
    owner = await signed_in("wren")
    phone = await comes(site)
    await owner.get("/settings/safety")
    page = await owner.submit("/settings/safety", press="mine")
    assert "Was this you?" not in page.text
    assert "signed in to your account with" not in (await owner.get("/")).text
    assert (await phone.get("/settings/safety")).status == 200
