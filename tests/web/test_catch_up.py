"""The page of what a member missed."""

from __future__ import annotations

import pytest

from dunnock import accounts, notifications, posts
from dunnock.foundation.clock import HOUR, now_ms
from dunnock.foundation.ids import id_at

EVIL = "<script>alert(1)</script>"


@pytest.fixture
async def wren(db, join, signed_in, publish):
    """Wren follows Robin, who said five things and boosted one."""
    browser = await signed_in("wren")
    robin, far = await join("robin"), await join("far")
    me = await accounts.member_named(db, "wren")
    async with db.begin() as tx:
        await accounts.follow(tx, follower=me.account_id, followed=robin.account_id)
    for number in range(5):
        await publish(robin, f"song {number} {EVIL}")
    boosted = await publish(far, "from afar")
    async with db.begin() as tx:
        await posts.boost(tx, boosted.id, by=robin.account_id)
    return browser


async def test_says_what_was_missed_and_how_it_was_counted(wren):
    page = await wren.get("/catch-up")
    assert page.status == 200
    for words in ("6 posts came into Home", "6 are counted below", "5 posts", "1 boost", EVIL, "Boosted from far"):
        assert words in page.text
    assert "robin, whom you follow, boosted it." in page.text
    assert page.text.count("You follow robin.") == 1
    assert "song 0" not in page.text  # the first two lines only
    assert "Since you caught up last" not in page.text
    at = page.body.partition("&amp;by=")[2].partition('"')[0]
    page = await wren.get(f"/catch-up?hours=12&by={at}")
    assert "song 0" in page.text
    assert "Back to everybody" in page.text
    page = await wren.get("/catch-up?hours=1&no_boosts=1&order=answers")
    assert "5 are counted below, without your own and boosts" in page.text
    assert "from afar" not in page.text
    for query in ("hours=x", "hours=99&order=z", "by=5", "no_replies=1&no_boosts=1&order=name"):
        assert (await wren.get(f"/catch-up?{query}")).status in {200, 422}, query


async def test_begins_where_the_member_caught_up(db, wren, publish):
    await wren.get("/catch-up")
    page = await wren.submit("/catch-up")
    assert "You have caught up" in page.text
    me = (await accounts.member_named(db, "wren")).account_id
    assert "home" in await notifications.read_markers(db, me)
    page = await wren.get("/catch-up")
    assert "You missed nothing in this time" in page.text
    assert "Since you caught up last" in page.text
    await publish(await accounts.member_named(db, "robin"), "one more")
    page = await wren.get("/catch-up")
    assert "1 post came into Home" in page.text
    async with db.begin() as tx:
        await notifications.move_markers(tx, me, {"home": id_at(now_ms() - 9999 * HOUR)})
    assert (await wren.get("/catch-up")).status == 200


async def test_says_when_it_did_not_read_all(wren, monkeypatch):
    for module in ("dunnock.web.catch_up", "dunnock.feeds.catch_up"):
        monkeypatch.setattr(f"{module}.MOST_READ", 3)
    page = await wren.get("/catch-up")
    assert "At least 3 posts came into Home" in page.text
    assert "the newest 3 are read here" in page.text
    assert "3 are counted below" in page.text


async def test_is_for_members_and_linked_from_home(site, wren):
    assert "/auth/sign_in" in (await site.browser().get("/catch-up")).location
    assert 'href="/catch-up"' in (await wren.get("/")).body
