"""Custom feeds on a database: what each source brings, what each filter takes, pages, scores and receipts."""

from __future__ import annotations

import msgspec
import pytest

from dunnock import accounts, discovery, posts
from dunnock.feeds import Cursor, lists
from dunnock.feeds.custom import orders
from dunnock.feeds.custom.file import check
from dunnock.feeds.for_you import choices
from dunnock.feeds.for_you.receipt import recompute
from dunnock.foundation.clock import HOUR, now_ms


def feed(sources, filters=None, order=None):
    table = {"version": 1, "title": "Birds", "sources": sources, "filters": filters or {}, "order": order or {}}
    return check(msgspec.json.encode(table).decode())


async def texts(house, reader, file, **cursor):
    shown = await house.custom.show(reader.id, file, Cursor(**cursor))
    return [house.posts.cards.get(one.id).html[3:-4] for one in shown.page.entries], shown


@pytest.fixture
async def town(db, make):
    """A reader who follows Robin; Wren, whom anybody may find; Owl, whom nobody may."""
    reader, robin = await make.member("reader"), await make.member("robin", discoverable=True)
    wren, owl = (
        await make.member("wren", discoverable=True, indexable=True),
        await make.member("owl", discoverable=False),
    )
    await make.follow(reader, robin)
    await make.post(robin, "by robin")
    await make.post(wren, "tagged", hashtags=("birds",))
    await make.post(owl, "hidden", hashtags=("birds",))
    found = await make.post(wren, "a kestrel")
    async with db.begin() as tx:
        await discovery.index_posts(tx, [found.id])
    return reader, robin, wren, owl


@pytest.mark.parametrize(
    ("sources", "shown"),
    [
        ({"hashtags": ["#Birds"]}, ["tagged"]),
        ({"accounts": ["@WREN@home.example", "nobody"]}, ["a kestrel", "tagged"]),
        ({"following": True}, ["by robin"]),
        ({"words": ["kestrel"]}, ["a kestrel"]),
        ({"words": ["kestrel"], "following": True, "hashtags": ["birds"]}, ["a kestrel", "tagged", "by robin"]),
        ({"local": True}, ["a kestrel", "tagged", "by robin"]),
        ({"lists": ["Friends", "None such"]}, ["by robin"]),
        ({"answered": True}, ["by robin"]),
    ],
)
async def test_sources(house, town, make, sources, shown):
    reader, robin, wren, _ = town
    async with house.db.begin() as tx:
        made = await lists.make_list(tx, reader.id, title="Friends")
        await lists.add_to_list(tx, reader.id, made.id, [robin.id])
    await make.follow(wren, robin)
    first = (await texts(house, reader, feed({"following": True})))[1].page.entries[0]
    async with house.db.begin() as tx:
        await posts.favourite(tx, first.id, by=wren.id)
    house.for_you._made_at = 0
    said, told = await texts(house, reader, feed(sources))
    assert said == shown
    assert set(told.brought) == set(sources)
    assert all(told.brought.values())


async def test_the_gate_and_empty_sources_are_told(house, db, town):
    reader, _, wren, _ = town
    said, told = await texts(house, reader, feed({"hashtags": ["birds"], "accounts": ["nobody"]}))
    assert said == ["tagged"]
    assert told.brought == {"hashtags": 2, "accounts": 0}
    assert told.took == {"gate.author_not_found": 1}
    async with db.begin() as tx:
        await accounts.block(tx, reader.id, target=wren.id)
    said, told = await texts(house, reader, feed({"hashtags": ["birds"]}))
    assert said == []
    assert told.took == {"gate.author_not_found": 1, "gate.not_for_viewer": 1}


@pytest.mark.parametrize(
    ("filters", "gone"),
    [
        ({"languages": ["de"]}, {"tagged", "a kestrel", "by robin", "warned", "answer"}),
        ({"media": "only"}, {"tagged", "a kestrel", "by robin", "warned", "answer", "deutsch"}),
        ({"replies": False}, {"answer"}),
        ({"sensitive": False}, {"warned"}),
        ({"without": ["KESTREL", "tag"]}, {"a kestrel"}),
        ({"per_author": 1}, {"by robin", "warned", "deutsch", "tagged"}),
    ],
)
async def test_filters_are_counted(house, town, make, filters, gone):
    reader, robin, _, _ = town
    root = await make.post(robin, "warned", warning="careful")
    await make.post(robin, "deutsch", language="de")
    await make.post(robin, "answer", reply_to=root)
    sources = {"following": True, "accounts": ["wren"]}
    everything, _ = await texts(house, reader, feed(sources))
    said, told = await texts(house, reader, feed(sources, filters))
    assert set(everything) - set(said) == gone
    assert told.took == {next(iter(filters)): len(gone)}


async def test_ages_and_boosts(house, db, town, make):
    reader, robin, wren, _ = town
    await make.post(robin, "old", at=now_ms() - 5 * HOUR)
    shared = await make.post(wren, "shared")
    async with db.begin() as tx:
        await posts.boost(tx, shared.id, by=robin.id)
    following = {"following": True}
    assert (await texts(house, reader, feed(following)))[0] == ["by robin", "old"]
    assert (await texts(house, reader, feed(following, {"max_age": 2})))[0] == ["by robin"]
    assert (await texts(house, reader, feed(following, {"min_age": 2})))[0] == ["old"]
    _, told = await texts(house, reader, feed(following, {"boosts": True}))
    assert told.page.entries[0].boost_of_id == shared.id


async def test_pages_meet_without_gap_or_twice(house, town, make):
    reader, robin, wren, _ = town
    for n in range(12):
        await make.post(robin if n % 2 else wren, f"post {n}", hashtags=("birds",) if n % 3 else ())
    file = feed({"hashtags": ["birds"], "following": True, "accounts": ["wren"], "local": True})
    whole, told = await texts(house, reader, file, limit=40)
    assert len(whole) == len(set(whole)) == 15
    walked, below = [], None
    while True:
        some, page = await texts(house, reader, file, limit=4, max_id=below)
        if not some:
            break
        walked, below = walked + some, page.page.oldest
    assert walked == whole
    oldest = told.page.entries[-1].id
    assert (await texts(house, reader, file, limit=3, min_id=oldest))[0] == whole[-4:-1]


async def test_by_score_with_receipts_that_can_be_worked_out_again(house, town):
    reader, *_ = town
    sources = {"local": True}
    by = {"by": "score", "weights": {"followed": 5.0, "small_author": 1.0}}
    said, told = await texts(house, reader, feed(sources, order=by))
    assert said[0] == "by robin"
    assert len(said) == 3
    for one in told.receipts:
        assert recompute(one, told.weights).wrong == ()
        assert one.sources == ("local",)
    assert {name for name, part in told.receipts[0].parts.items() if part} == {"followed", "small_author"}
    away = {"by": "score", "weights": {"followed": -5.0}}
    assert (await texts(house, reader, feed(sources, order=away)))[0][-1] == "by robin"
    # after a post comes what stands behind it; nothing is newer
    rest, _ = await texts(house, reader, feed(sources, order=by), max_id=told.page.entries[0].id)
    assert rest == said[1:]
    assert (await texts(house, reader, feed(sources, order=by), min_id=1))[0] == []


BY_FOLLOWED = {"by": "score", "weights": {"followed": 5.0, "reply": -1.0}}


async def test_pages_by_score_meet_whatever_comes_meanwhile(house, db, town, make):
    reader, robin, wren, _ = town
    await make.follow(wren, robin)
    for n in range(30):
        await make.post(await make.member(discoverable=True), f"post {n}")
    file = feed({"local": True}, order=BY_FOLLOWED)
    whole, _told = await texts(house, reader, file, limit=40)
    assert len(whole) == 33
    first, told = await texts(house, reader, file, limit=8)
    assert first == whole[:8]
    # meanwhile: new posts that would stand first, one that would move up is gone, another order by other acts
    for n in range(5):
        await make.post(robin, f"newer {n}")
    gone = await house.custom.show(reader.id, file, Cursor(limit=40))
    hidden = next(one for one in gone.page.entries if house.posts.cards.get(one.id).html[3:-4] == whole[12])
    first, told = await texts(house, reader, file, limit=8)  # another reading: from now on in this order
    assert "newer 4" in first
    now = [house.posts.cards.get(one.id).html[3:-4] for one in gone.page.entries]
    async with db.begin() as tx:
        await posts.delete(tx, hidden.id, by=hidden.author_id)
    for n in range(5):
        await make.post(robin, f"newest {n}")
    walked, seen = list(first), [*told.receipts]
    while True:
        some, page = await texts(house, reader, file, limit=8, max_id=told.page.oldest)
        if not some:
            break
        walked, told, seen = walked + some, page, [*seen, *page.receipts]
    assert walked == [one for one in now if one != whole[12]]
    assert len(set(walked)) == len(walked)
    assert [one.rank for one in seen] == sorted(one.rank for one in seen)
    for one in seen:
        assert recompute(one, told.weights).wrong == ()


async def test_an_order_is_kept_for_an_hour_and_for_its_reader(house, db, town, make, monkeypatch):
    reader, _, wren, _ = town
    file = feed({"local": True}, order=BY_FOLLOWED)
    await texts(house, reader, file, limit=1)
    assert len((await orders.held(db, reader.id, file)).receipts) == 3
    assert await orders.held(db, wren.id, file) is None
    assert await orders.held(db, reader.id, feed({"local": True}, order={"by": "score", "weights": {"age": 1}})) is None
    for n in range(25):  # one reader has so many, not more
        await texts(house, reader, feed({"local": True}, order={"by": "score", "weights": {"age": n + 1.0}}), limit=1)
    assert len(await db.all(orders.store.ORDERS_OF, owner=reader.id)) == 20
    await texts(house, reader, file, limit=1)
    async with db.begin() as tx:
        await tx.run(orders.store.HOLD_ORDER, account_id=wren.id, file="x", at=tx.now - HOUR - 1, held="")
    await orders.trim_orders(db, orders.TrimOrders())
    assert await db.all(orders.store.ORDERS_OF, owner=wren.id) == []
    assert await orders.held(db, reader.id, file) is not None
    monkeypatch.setattr(orders, "now_ms", lambda: now_ms() + HOUR + 1_000)
    assert await orders.held(db, reader.id, file) is None


async def test_under_18_nothing_is_inferred(house, db, town, make):
    reader, robin, *_ = town
    await make.post(robin, "warned", warning="careful")
    async with db.begin() as tx:
        await accounts.declare_minor(tx, reader.id)
    file = feed({"following": True, "answered": True})
    said, told = await texts(house, reader, file)
    assert said == ["by robin"]
    assert told.brought["answered"] == 0
    assert told.took == {"gate.minor_sensitive": 1}


async def test_who_is_under_18_by_now_or_wants_all_forgotten_reads_on_in_no_order_that_was_inferred(
    house, town, make, db
):
    reader, robin, wren, _ = town
    other = await make.member("other")
    for one in (robin, wren):
        await make.follow(other, one)
    await make.follow(reader, wren)
    liked = [await make.post(robin, f"finch {n}", hashtags=("finches",)) for n in range(3)]
    for post in liked:
        for one in (reader, other):
            async with db.begin() as tx:
                await posts.favourite(tx, post.id, by=one.id)
    more = await make.post(wren, "one more")
    async with db.begin() as tx:
        await posts.favourite(tx, more.id, by=other.id)
    file = feed({"following": True}, order={"by": "score", "weights": {"kin": 1.0, "followed": 1.0}})

    async def read_on():
        _, page = await texts(house, reader, file, limit=2)
        return page.receipts, page.page.oldest

    first, oldest = await read_on()
    assert any("kin" in one.values for one in first)
    assert (await orders.held(db, reader.id, file)).inferred
    async with db.begin() as tx:
        await choices.reset(tx, reader.id)
    assert await orders.held(db, reader.id, file) is None
    # the same once more, and by the next page the reader is known to be under 18
    await orders.hold(db, reader.id, file, orders.Order(first, ""))
    async with db.begin() as tx:
        await accounts.declare_minor(tx, reader.id)
    _, told = await texts(house, reader, file, limit=2, max_id=oldest)
    assert told.receipts
    assert not any("kin" in one.values for one in told.receipts)
    assert not (await orders.held(db, reader.id, file)).inferred


async def test_queries_do_not_grow_with_posts_or_follows(house, town, make, monkeypatch):
    reader, *_ = town
    file = feed({"hashtags": ["birds"], "following": True, "local": True, "words": ["kestrel"]})

    asked = []
    original = type(house.db).all

    async def counting(self, sql, **params):
        asked.append(sql)
        return await original(self, sql, **params)

    monkeypatch.setattr(type(house.db), "all", counting)

    async def count():
        await house.custom.show(reader.id, file, Cursor(limit=5))
        asked.clear()
        await house.custom.show(reader.id, file, Cursor(limit=5))
        return len(asked)

    few = await count()
    for n in range(30):
        other = await make.member(f"other{n}", discoverable=True)
        await make.follow(reader, other)
        await make.post(other, f"post {n}", hashtags=("birds",))
    assert 0 < await count() <= few
