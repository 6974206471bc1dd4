"""How old one is: the page, and the form of who joins where that is asked."""

from __future__ import annotations

import pytest
from sqlalchemy import bindparam, update

from accounts.test_ages import born
from dunnock import accounts
from dunnock.accounts.ages import ASKED_AGAIN_AFTER
from dunnock.accounts.tables import ages
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import BigId, Sql
from dunnock.web.zones import zones

ASKED = "Are you still under 18?"
SAID = Sql(
    update(ages)
    .where(ages.c.account_id == bindparam("the", type_=BigId))
    .values(said_minor_at=bindparam("then", type_=BigId))
)


async def age(db, name):
    return await accounts.age_of(db, (await accounts.member_named(db, name)).account_id, now=now_ms())


async def test_a_member_says_how_old_they_are(db, signed_in):
    browser = await signed_in("wren")
    assert "Not known" in (await browser.get("/settings/age")).text
    page = await browser.submit("/settings/age", date_of_birth=born(15), zone="Europe/Berlin")
    assert "13 to 15" in page.text
    kept = await age(db, "wren")
    assert (kept.band, kept.zone) == ("13_15", "Europe/Berlin")
    assert born(15) not in page.text
    assert "date_of_birth" not in browser.page.forms[-1].names, "only staff make them older"
    page = await browser.post("/settings/age", [*browser.page.forms[-1].fields, ("date_of_birth", born(30))])
    assert page.status == 422
    assert "Only the people who run this server" in page.text
    assert (await age(db, "wren")).band == "13_15"


async def test_or_only_that_they_are_under_18(db, signed_in):
    browser = await signed_in("wren")
    await browser.get("/settings/age")
    page = await browser.submit("/settings/age", minor="1")
    assert "Under 18" in page.text
    assert "16 or 17" not in page.text
    assert "date_of_birth" in browser.page.forms[-1].names, "more may be said at any time"
    assert (await age(db, "wren")).moves_up_at is None
    assert ASKED not in (await browser.get("/")).text


async def a_year_ago(db, name):
    """As if it had been said then."""
    who = (await accounts.member_named(db, name)).account_id
    async with db.begin() as tx:
        await tx.run(SAID, the=who, then=now_ms() - ASKED_AGAIN_AFTER)


@pytest.mark.both_engines
async def test_a_year_later_they_are_asked_once_and_may_let_it_be(db, signed_in):
    browser = await signed_in("wren")
    await browser.get("/settings/age")
    await browser.submit("/settings/age", minor="1")
    await a_year_ago(db, "wren")
    assert ASKED in (await browser.get("/")).text
    await browser.submit("/settings/age", press="1")
    assert ASKED not in (await browser.get("/")).text
    assert (await age(db, "wren")).minor
    assert "More than a year ago" in (await browser.get("/settings/age")).text
    page = await browser.submit("/settings/age", date_of_birth=born(18, days=20))
    assert "18 or older" in page.text


async def test_a_year_later_nobody_is_older_than_they_said(db, signed_in):
    browser = await signed_in("wren")
    await browser.get("/settings/age")
    await browser.submit("/settings/age", minor="1")
    assert (await browser.submit("/settings/age", date_of_birth=born(18, days=20))).status == 422, "not so soon"
    await a_year_ago(db, "wren")
    await browser.get("/settings/age")
    assert (await browser.submit("/settings/age", date_of_birth=born(30))).status == 422
    assert (await age(db, "wren")).only_minor
    page = await browser.submit("/settings/age", date_of_birth=born(15))
    assert "13 to 15" in page.text
    assert ASKED not in (await browser.get("/")).text


@pytest.mark.parametrize("wrong", [{"date_of_birth": "soon"}, {"zone": "Mars/Olympus"}])
async def test_what_is_wrong_is_said(db, signed_in, wrong):
    browser = await signed_in("wren")
    await browser.get("/settings/age")
    fields = dict(browser.page.forms[-1].fields) | wrong
    assert (await browser.post("/settings/age", list(fields.items()))).status == 422
    assert await age(db, "wren") == accounts.Age()


@pytest.mark.parametrize(
    ("header", "first"),
    [
        ("de-AT,de;q=0.9", "Europe/Vienna"),
        ("ja", "Asia/Tokyo"),
        ("zh-Hant-TW, en", "Asia/Taipei"),
        ("en-US", "America/New_York"),
        ("tlh", None),
        ("", None),
        ("x" * 5_000, None),
    ],
)
def test_zones_where_the_browser_says_one_is_come_first(header, first):
    found = zones(header)
    assert found.likely[:1] == (() if first is None else (first,))
    assert {"Europe/Berlin", "Pacific/Auckland", *found.likely} <= set(found.all)


async def test_ones_own_zone_is_offered_first(signed_in, db):
    browser = await signed_in("wren")
    page = await browser.get("/settings/age", accept_language="de-AT")
    assert '<option value="Europe/Vienna" selected>' in page.body
    assert page.body.count("selected>Europe") == 1
    assert page.body.count('value="Europe/Vienna"') == 1
    await browser.submit("/settings/age", zone="Asia/Tokyo")
    page = await browser.get("/settings/age", accept_language="de-AT")
    assert '<option value="Asia/Tokyo" selected>' in page.body
    await browser.submit("/settings/age", zone="Etc/UTC")
    page = await browser.get("/settings/age", accept_language="de-AT")
    assert '<option value="Etc/UTC" selected>UTC<' in page.body, "whoever chose it keeps it"
