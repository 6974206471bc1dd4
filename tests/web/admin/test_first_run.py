"""The first page of a server with nobody on it."""

from __future__ import annotations

import asyncio

import pytest

from dunnock import accounts, server
from dunnock.foundation import first_key

GOOD = {"username": "ada", "email": "ada@mail.example", "password": "seven wrens in a hedge", "title": "The Hedge"}


@pytest.fixture
def key(site):
    return first_key.make(site.settings.data)


async def test_makes_the_owner_once(db, site, key):
    await server.Live(db, site.settings).read()
    assert first_key.make(site.settings.data) == key, "all processes share it"
    assert (site.settings.data / "first-key").stat().st_mode & 0o077 == 0
    browser, late = site.browser(), site.browser()
    page = await browser.get("/")
    assert (page.status, page.location) == (303, "/setup")
    page = await browser.get("/setup")
    assert "The key" in page.text
    assert page.headers["referrer-policy"] == "no-referrer", "the address may hold the key"
    assert (await browser.submit("/setup", **GOOD, key="wrong")).status == 403
    await late.get(f"/setup?key={key}")
    page = await browser.get(f"/setup?key={key}")
    assert len(page.forms[-1].names - {"token"}) == 6
    page = await browser.submit("/setup", **GOOD | {"password": "short"})
    assert page.status == 422
    assert "ada@mail.example" in page.body, "what was written is still there"
    assert await accounts.members(db) == []
    page = await browser.submit("/setup", **GOOD, sign_up="closed")
    assert "Welcome! This is your server now." in page.text, page.text
    assert "Overview" in page.text, "signed in, and at the desk"
    (owner,) = await accounts.members(db)
    assert (owner.username, owner.role) == ("ada", "owner")
    assert (site.settings.title, site.settings.sign_up) == ("The Hedge", "closed")
    assert (await late.submit("/setup", **GOOD | {"username": "eve", "email": "eve@mail.example"})).status == 404
    assert (await site.browser().get(f"/setup?key={key}")).status == 404
    assert (await site.browser().get("/")).status == 200
    assert len(await accounts.members(db)) == 1


@pytest.mark.both_engines
async def test_two_at_once_make_one_owner(db, site, key):
    browsers = [site.browser(), site.browser()]
    for one in browsers:
        await one.get(f"/setup?key={key}")
    names = [{"username": "ada", "email": "ada@mail.example"}, {"username": "eve", "email": "eve@mail.example"}]
    pages = await asyncio.gather(
        *[one.submit("/setup", follow=False, **GOOD | name) for one, name in zip(browsers, names, strict=True)]
    )
    done, other = sorted(page.status for page in pages)
    assert done == 303
    assert other in {403, 404}
    assert len(await accounts.members(db)) == 1


async def test_there_is_no_first_page_without_a_key_or_with_somebody(site, join, key):
    await join("wren", "owner")
    assert (await site.browser().get(f"/setup?key={key}")).status == 404
    assert (await site.browser().get("/")).status == 200
    assert not first_key.waits(site.settings.data), "a key that nobody needs is thrown away"
    assert not first_key.fits(site.settings.data, key)
    assert not first_key.fits(site.settings.data, "")
