"""Indicators: published by a form; another server's feed is read, decided about, and left."""

from __future__ import annotations

import msgspec

from dunnock import accounts, moderation, server
from dunnock.accounts.server_rules import ServerBlock
from dunnock.federation import Federation
from dunnock.foundation.http import Door
from dunnock.foundation.settings import Settings
from dunnock.media import MediaStore
from dunnock.moderation import servers
from dunnock.transparency import indicators, subscriptions
from dunnock.transparency.indicators.read import PATH


async def _send(browser, path, what, **values):
    await browser.get(path)
    token = dict(browser.page.forms[-1].fields)["token"]
    return await browser.led(await browser.post(path, {"token": token, "what": what} | values))


async def _offer(db, outside, tmp_path):
    """What the server has decided, as a feed at `outside`."""
    settings = Settings(data=tmp_path, public_url=outside.url, publish_indicators=True)
    federation = Federation(db, Door(agent="test"), settings, MediaStore.local(tmp_path / "media"))
    await indicators.state_indicators(db, federation, whole=True)
    head = (await indicators.public_page(db, settings)).head
    for after in range(head.number + 1):
        page = (await indicators.public_page(db, settings, after=after)).page
        outside.page(f"{PATH}?after={after}", msgspec.json.encode(page), head="content-type: application/json")


async def _read(db, feed_id):
    door = Door(agent="test", beyond=["127.0.0.1/32"], plain=True)
    await subscriptions.fetch_feed(db, door, feed_id, here="nest.example")
    await door.close()


async def test_it_is_shown_before_and_published(db, site, signed_in):
    await server.Live(db, site.settings).read()
    ada = await signed_in("ada", "admin")
    assert (await ada.get(PATH)).status == 404
    page = await _send(ada, "/admin/indicators", "publish")
    assert "Publish it no longer" in page.text
    assert site.settings.publish_indicators
    assert "Publish it no longer" not in (await _send(ada, "/admin/indicators", "stop")).text
    assert (await ada.get(PATH)).status == 404


async def test_a_feed_of_another_server(db, outside, signed_in, tmp_path):
    ada = await signed_in("ada", "admin")
    by = (await accounts.member_named(db, "ada")).account_id
    async with db.begin() as tx:
        rule = await servers.block(
            tx, ServerBlock(id=0, domain="bad.example", severity="suspend", public_comment="<spam>"), by=by
        )
    await _offer(db, outside, tmp_path)
    async with db.begin() as tx:
        await servers.unblock(tx, rule.id, by=by)
    page = await _send(ada, "/admin/indicators", "follow", url="no:thing", title="Birds & co")
    assert page.status == 422
    page = await _send(ada, "/admin/indicators", "follow", url=outside.url + PATH, title="Birds & co")
    assert "not read yet" in page.text
    ((held, _),) = await subscriptions.feeds(db, by=by)
    await _read(db, held.id)
    here = f"/admin/indicators/{held.id}"
    page = await ada.get(here)
    assert "bad.example" in page.text
    assert "<spam>" in page.text
    assert (await _send(ada, here, "accept")).status == 422
    page = await _send(ada, here, "dismiss", **{"entries[]": "1"})
    assert "bad.example" not in page.text
    await _send(ada, here, "accept", **{"entries[]": "1"})
    assert [one.domain for one in await servers.list_blocks(db, accounts.Cursor(), by=by)] == ["bad.example"]
    assert "The rule" in (await ada.get(here + "?state=accepted")).text
    mo = await signed_in("mo", "moderator")
    assert (await mo.get(here)).status in {403, 404}
    assert (await mo.get("/admin/indicators")).status in {403, 404}
    await _send(ada, here, "unfollow")
    assert (await ada.get(here)).status == 404
    acts = [one.act for one in await moderation.entries(db, accounts.Cursor(), by=by)]
    assert {"indicator_feed.follow", "indicator_feed.accept", "indicator_feed.unfollow"} <= set(acts)
