"""Searches that a member keeps, through whole requests: by their own doors, and as lists of other clients."""

from __future__ import annotations

import pytest

from api.people import URL
from api.readers import Readers
from dunnock import discovery
from dunnock.api.kit import EdgeSettings, build_edge
from dunnock.api.mastodon import lists, saved_searches, timelines
from dunnock.discovery.saved_searches import MOST_SAVED
from dunnock.feeds import Feeds
from dunnock.feeds.as_lists import FeedsAsLists
from dunnock.feeds.for_you.live import ForYou

SEARCHES, LISTS = "/api/v1/dunnock/searches", "/api/v1/lists"


class Keepers(Readers):
    """As `Readers`, with the doors of searches that are kept and of feeds."""

    def __init__(self, db):
        super().__init__(db)
        feeds = Feeds(db, self.render._accounts, self.render._posts, self.render._viewers)
        for_you = ForYou(db, feeds, self.render._accounts, self.render._posts, self.render._viewers)
        self.app = build_edge(
            [handler for area in (saved_searches, lists, timelines) for handler in area.HANDLERS],
            authenticate=self._authenticate,
            settings=EdgeSettings(dev=True),
            given={
                "db": db,
                "settings": self.settings,
                "render": self.render,
                "as_lists": FeedsAsLists(for_you),
                "timelines": timelines.Timelines(db, feeds, self.render, domain="home.example"),
            },
        )


@pytest.fixture
async def people(db):
    return Keepers(db)


async def said(people, make, author, *texts):
    made = [await make.post(author, text=one) for one in texts]
    async with people.db.begin() as tx:
        await discovery.index_posts(tx, [one.id for one in made])
    return made


@pytest.mark.both_engines
async def test_kept_read_as_a_list_changed_and_given_up(people, make):
    me, other = await make.member("me"), await make.member("other", indexable=True)
    first, _, second = await said(people, make, other, "a red wren", "a blue tit", "two wrens, one wren")
    kept = await people.post(SEARCHES, me, q="  wren  -tit ")
    assert kept == {"id": kept["id"], "title": "wren -tit", "q": "wren -tit", "rss": kept["rss"]}
    assert kept["rss"].startswith(f"{URL}/searches/{kept['id']}/")
    assert await people.get(SEARCHES, me) == [kept]
    assert await people.get(SEARCHES, other) == []
    feed = f"/api/v1/timelines/list/{kept['id']}"
    assert [one["id"] for one in await people.get(feed, me)] == [str(second.id), str(first.id)]
    (third,) = await said(people, make, other, "the wren is back")
    assert [one["id"] for one in await people.get(f"{feed}?since_id={second.id}", me)] == [str(third.id)]
    assert [one["id"] for one in await people.get(f"{feed}?max_id={second.id}&limit=1", me)] == [str(first.id)]

    as_list = {"id": kept["id"], "title": "wren -tit", "replies_policy": "list", "exclusive": False}
    assert await people.get(LISTS, me) == [as_list]
    assert await people.get(f"{LISTS}/{kept['id']}", me) == as_list
    assert await people.get(f"{LISTS}/{kept['id']}/accounts", me) == []
    renamed = await people.ask("PUT", f"{LISTS}/{kept['id']}", me, json={"title": "Wrens"})
    assert renamed.json == as_list | {"title": "Wrens"}
    changed = await people.ask("PATCH", f"{SEARCHES}/{kept['id']}", me, json={"q": "tit"})
    assert changed.json == kept | {"title": "Wrens", "q": "tit"}
    assert [one["content"] for one in await people.get(feed, me)] == ["<p>a blue tit</p>"]

    for method, path in (("GET", f"{SEARCHES}/{kept['id']}"), ("DELETE", f"{SEARCHES}/{kept['id']}"), ("GET", feed)):
        assert (await people.ask(method, path, other)).status == 404, path
    assert (await people.ask("DELETE", f"{LISTS}/{kept['id']}", me)).status == 200
    assert await people.get(SEARCHES, me) == []
    assert (await people.ask("GET", feed, me)).status == 404


async def test_refusals(people, make):
    me = await make.member("me")
    for body in ({}, {"q": " - "}, {"q": "x" * 501}, {"q": "wren", "title": "t" * 257}):
        assert (await people.ask("POST", SEARCHES, me, json=body)).status == 422, body
    assert (await people.ask("DELETE", f"{SEARCHES}/5", me)).status == 404
    for number in range(MOST_SAVED):
        await people.post(SEARCHES, me, q=f"wren{number}")
    assert (await people.ask("POST", SEARCHES, me, json={"q": "more"})).status == 422
