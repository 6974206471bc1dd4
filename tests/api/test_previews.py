"""Cards and the feed of a link through whole requests; what is fetched is in tests/previews."""

from __future__ import annotations

import pytest

from dunnock import accounts, posts
from outside import outside
from previews.conftest import ada, house, world

__all__ = ["ada", "house", "outside", "world"]

CARD = {
    "url": "", "title": "Wrens", "description": "", "language": None, "type": "link", "author_name": "", "author_url": "",
    "provider_name": "", "provider_url": "", "html": "", "width": 0, "height": 0, "image": None, "image_description": "",
    "embed_url": "", "blurhash": None, "published_at": None, "authors": [], "missing_attribution": None,
}  # fmt: skip


@pytest.fixture
def url(world):
    return world.page("/story", "<title>Wrens</title>")


async def test_the_card_by_itself(world, ada, make, url):
    said, bare = await world.say(ada, url), await world.say(ada, "no link")
    path = f"/api/v1/statuses/{said.id}/card"
    early = await world.ask(path)
    assert (early.status, early.json) == (200, {})
    await world.house.jobs.settle()
    assert (await world.ask(path)).json == CARD | {"url": url} == await world.shown(said)
    assert (await world.ask(f"/api/v1/statuses/{bare.id}/card")).json == {}
    bea = await make.member("bea")
    async with world.house.db.begin() as tx:
        boost = await posts.boost(tx, said.id, by=bea.id)
    shown = (await world.ask(f"/api/v1/statuses/{boost.id}")).json
    assert shown["card"] is None
    assert shown["reblog"]["card"] == CARD | {"url": url}
    assert (await world.ask(f"/api/v1/statuses/{boost.id}/card")).json == CARD | {"url": url}


async def test_the_card_is_for_those_who_may_see_the_post(world, ada, make, url):
    said = await world.say(ada, url, visibility="followers")
    await world.house.jobs.settle()
    path = f"/api/v1/statuses/{said.id}/card"
    assert (await world.ask(path)).status == 404
    assert (await world.ask(path, await world.token(await make.member("bea")))).status == 404
    assert (await world.ask(path, await world.token(ada))).json["title"] == "Wrens"
    assert (await world.ask("/api/v1/statuses/1/card")).status == 404


@pytest.mark.both_engines
async def test_the_feed_of_a_link(world, ada, make, url):
    bea = await make.member("bea")
    first, second = await world.say(ada, f"one {url}"), await world.say(bea, f"two {url}#x")
    for visibility in ("unlisted", "followers", "direct"):
        await world.say(ada, url, visibility=visibility)
    await world.say(ada, world.page("/other", "<title>Other</title>"))
    reply = await world.say(bea, f"three {url}", reply_to_id=first.id)
    async with world.house.db.begin() as tx:
        await posts.boost(tx, first.id, by=bea.id)
    await world.house.jobs.settle()
    feed = await world.ask(f"/api/v1/timelines/link?url={url}")
    assert [one["id"] for one in feed.json] == [str(reply.id), str(second.id), str(first.id)]
    assert feed.json[0]["card"] == CARD | {"url": url}
    base = f"http://127.0.0.1:8000/api/v1/timelines/link?limit=20&url={url.replace(':', '%3A').replace('/', '%2F')}"
    assert feed.headers["link"] == f'<{base}&max_id={first.id}>; rel="next", <{base}&min_id={reply.id}>; rel="prev"'
    page = await world.ask(f"/api/v1/timelines/link?url={url}&limit=1&max_id={reply.id}")
    assert [one["id"] for one in page.json] == [str(second.id)]
    page = await world.ask(f"/api/v1/timelines/link?url={url}&limit=1&min_id={first.id}")
    assert [one["id"] for one in page.json] == [str(second.id)]


async def test_the_feed_has_the_rules_of_public_feeds(world, ada, make, url):
    bea, cleo = await make.member("bea"), await make.member("cleo", standing="limited")
    mine, bad, _ = await world.say(ada, url), await world.say(bea, url), await world.say(cleo, url)
    await world.house.jobs.settle()
    path = f"/api/v1/timelines/link?url={url}"
    assert [one["id"] for one in (await world.ask(path)).json] == [str(bad.id), str(mine.id)]
    token = await world.token(ada)
    async with world.house.db.begin() as tx:
        await accounts.mute(tx, ada.id, target=bea.id)
    assert [one["id"] for one in (await world.ask(path, token)).json] == [str(mine.id)]
    async with world.house.db.begin() as tx:
        await posts.delete(tx, bad.id, by=bea.id)
    assert [one["id"] for one in (await world.ask(path)).json] == [str(mine.id)]


@pytest.mark.parametrize(
    "query", ["", "?url=", "?url=nonsense", "?url=https://nobody.example/", "?url=javascript:1", "?limit=5"]
)
async def test_links_that_nobody_posted(world, query):
    answer = await world.ask(f"/api/v1/timelines/link{query}")
    assert (answer.status, answer.json) == (404, {"error": "Record not found"})


async def test_a_token_without_the_scope(world, ada, url):
    said = await world.say(ada, url)
    token = await world.token(ada, "write push")
    for path in (f"/api/v1/statuses/{said.id}/card", f"/api/v1/timelines/link?url={url}"):
        assert (await world.ask(path, token)).status == 403


@pytest.mark.parametrize("domains", ['["news.example"]', '["example"]', '["other.example", "ws.example"]', "[]"])
@pytest.mark.both_engines
async def test_who_made_the_page(world, ada, make, domains):
    """The account is shown where both say so: anybody can name anybody."""
    bea = await make.member("bea", attribution_domains=domains)
    url = world.page("/by", '<title>By</title><meta name="fediverse:creator" content="@bea@127.0.0.1:8000">')
    said = await world.say(ada, url)
    await world.house.jobs.settle()
    path, credited = f"/api/v1/statuses/{said.id}", "news" in domains or domains == '["example"]'
    for token, is_bea in ((None, False), (await world.token(ada), False), (await world.token(bea), True)):
        card = (await world.ask(path, token)).json["card"]
        assert card["missing_attribution"] is (is_bea and not credited)
        account = (await world.ask(f"/api/v1/accounts/{bea.id}")).json
        assert card["authors"] == ([{"name": "", "url": "", "account": account}] if credited else [])
        assert (await world.ask(f"{path}/card", token)).json == card
        assert (await world.ask("/api/v1/timelines/public", token)).json[0]["card"] == card


@pytest.mark.parametrize("creator", ["", "@", "nobody", "@bea@other.example", "@ada@127.0.0.1:8000@x", "a b", "\x00"])
async def test_who_did_not_make_the_page(world, ada, creator):
    url = world.page("/by", f'<title>By</title><meta name="fediverse:creator" content="{creator}">')
    said = await world.say(ada, url)
    await world.house.jobs.settle()
    card = await world.shown(said)
    assert (card["authors"], card["missing_attribution"]) == ([], None)
