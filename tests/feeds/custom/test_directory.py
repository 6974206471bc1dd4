"""The directory: who is found by what, and that places in it can't be bought."""

from __future__ import annotations

import pytest

from dunnock import accounts
from dunnock.feeds import Cursor
from dunnock.feeds.custom import keep
from dunnock.feeds.custom.directory import (
    PAGE,
    RecountReaders,
    Wanted,
    count_readers,
    find_listed,
    listed_feeds,
    recount_readers,
)
from dunnock.feeds.custom.file import check
from dunnock.feeds.events import FeedSubscribed
from dunnock.feeds.reactions import HEARS


def text(title="Birds", about="", tags=("birds",), languages=()):
    listed = ", ".join(f'"{one}"' for one in tags)
    only = ", ".join(f'"{one}"' for one in languages)
    head = f'version = 1\ntitle = "{title}"\nabout = "{about}"\n'
    return f"{head}[sources]\nhashtags = [{listed}]\n[filters]\nlanguages = [{only}]\n"


async def made(db, by, **said):
    async with db.begin() as tx:
        return await keep.make_feed(tx, by.id, text=text(**said), listed=True)


async def titles(db, reader=None, **wanted):
    found = await listed_feeds(db, Wanted(**wanted), reader_id=reader.id if reader else None)
    return [one.title for one in found.feeds]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["Oiseaux été", "Birds_100%"]),
        ({"words": "birds_100%"}, ["Birds_100%"]),
        ({"words": "b%s"}, []),
        ({"words": "b_rds"}, []),
        ({"words": "OISEAUX ete"}, ["Oiseaux été"]),
        ({"words": "feathers"}, ["Birds_100%"]),
        ({"words": "feathers oiseaux"}, []),
        ({"language": "fr"}, ["Oiseaux été", "Birds_100%"]),
        ({"language": "de"}, ["Birds_100%"]),
        ({"tag": "#Owls"}, ["Oiseaux été"]),
        ({"tag": "owl"}, []),
        ({"words": "owls"}, ["Oiseaux été"]),
        ({"page": 2}, []),
        ({"page": -5}, ["Oiseaux été", "Birds_100%"]),
    ],
)
async def test_what_is_found(db, make, wanted, found):
    wren = await make.member("wren", discoverable=True)
    await made(db, wren, title="Birds_100%", about="Feathers of all kinds")
    await made(db, wren, title="Oiseaux été", tags=("owls", "tits"), languages=("fr", "en"))
    assert await titles(db, **wanted) == found


async def test_only_what_is_meant_for_everybody(db, make):
    wren, hidden, tit = [await make.member(name, discoverable=name != "hidden") for name in ("wren", "hidden", "tit")]
    one = await made(db, wren, title="Wren's")
    secret = await made(db, hidden, title="Hidden")
    async with db.begin() as tx:
        shared = await keep.make_feed(tx, wren.id, text=text("By its address"), shared=True)
    assert one.shared
    assert await titles(db) == await titles(db, tit) == ["Wren's"]
    assert (await find_listed(db, one.id)).title == "Wren's"
    for other in (secret, shared):
        assert await find_listed(db, other.id) is None
    async with db.begin() as tx:
        await accounts.block(tx, wren.id, target=tit.id)
    assert await titles(db, tit) == []
    async with db.begin() as tx:
        await keep.change_feed(tx, wren.id, one.id, shared=False)  # what is not shared is not listed
    assert await titles(db) == []
    async with db.begin() as tx:
        again = await keep.change_feed(tx, wren.id, shared.id, listed=True, text=text("Now for all", tags=("new",)))
    assert again.shared
    assert await titles(db, tag="new") == ["Now for all"]


async def test_places_are_not_bought(db, make):
    wren = await make.member("wren", discoverable=True)
    bought, honest = await made(db, wren, title="Bought"), await made(db, wren, title="Honest")
    crowd = [await make.member() for _ in range(16)]
    people = [await make.member() for _ in range(5)]

    async def read(feed, who):
        async with db.begin() as tx:
            for one in who:
                await keep.subscribe(tx, one.id, feed.id)
            for reaction in HEARS[FeedSubscribed]:
                await reaction(tx, FeedSubscribed(feed_id=feed.id, account_id=who[0].id, reads=True))

    await read(bought, crowd)
    await read(honest, people)
    assert await titles(db) == ["Bought", "Honest"]
    async with db.begin() as tx:
        await accounts.set_group(tx, 7, {one.id: 1.0 for one in crowd})
    await recount_readers(db, RecountReaders())
    assert await titles(db) == ["Honest", "Bought"]
    counted = {one.title: one.readers for one in (await listed_feeds(db, Wanted(), reader_id=None)).feeds}
    assert counted == {"Honest": 5_000, "Bought": 4_000}
    async with db.begin() as tx:
        for one in people[:2]:
            await keep.unsubscribe(tx, one.id, honest.id)
        await count_readers(tx, honest.id)
    assert await titles(db) == ["Bought", "Honest"]


async def test_page_by_page(db, make):
    for n in range(PAGE + 3):
        await made(db, await make.member(discoverable=True), title=f"Feed {n}")
    first, second = [await listed_feeds(db, Wanted(page=n), reader_id=None) for n in (1, 2)]
    assert (first.more, second.more) == (True, False)
    assert len({one.id for one in (*first.feeds, *second.feeds)}) == PAGE + 3


async def test_strangers_are_shown_what_is_for_everybody(house, db, make):
    wren, owl = await make.member("wren", discoverable=True), await make.member("owl", discoverable=False)
    await make.post(wren, "tagged", hashtags=("birds",))
    await make.post(wren, "followers only", hashtags=("birds",), visibility="followers")
    await make.post(wren, "sensitive", hashtags=("birds",), sensitive=True)
    await make.post(owl, "hidden", hashtags=("birds",))
    plain = check('version = 1\ntitle = "x"\n[sources]\nhashtags = ["birds"]\nfollowing = true\n')
    scored = check(
        'version = 1\ntitle = "x"\n[sources]\nlocal = true\n[order]\nby = "score"\n[order.weights]\nage = 1.0\n'
    )
    for file in (plain, scored):
        told = await house.custom.show_stranger(file, Cursor())
        assert [house.posts.cards.get(one.id).html[3:-4] for one in told.page.entries] == ["tagged"]
    for n in range(5):
        await make.post(wren, f"more {n}", hashtags=("birds",))
    first = await house.custom.show_stranger(plain, Cursor(limit=4))
    second = await house.custom.show_stranger(plain, Cursor(limit=4, max_id=first.page.oldest))
    assert len(first.page.entries) + len(second.page.entries) == 6
    first = await house.custom.show_stranger(scored, Cursor(limit=2))
    assert (len(first.page.entries), first.page.oldest) == (2, None)
    assert (await house.custom.show_stranger(scored, Cursor(max_id=first.page.entries[0].id))).page.entries == []
