"""Trends: hashtags, posts and links that more people than usual, independent of each other, took up of late.

A refresh looks for candidates and what is usual for them; how strong each is, is judged when it is read (`trend_engine`), from
the acts that still stand. So what was deleted, taken back or suspended counts no longer at the next read.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import msgspec

from dunnock import previews
from dunnock.accounts import AccountSettingsChanged, IndependenceChanged, StandingChanged
from dunnock.discovery.events import TrendReviewed, TrendsRefreshed
from dunnock.discovery.fresh import Fresh
from dunnock.discovery.store import trends as store
from dunnock.discovery.trend_engine import LEAST, ORDINARY, WINDOW, steady
from dunnock.discovery.trend_facts import HALF_LIFE, Judged, held_back, judge_rows, keep_held, remember_gatherings
from dunnock.foundation.clock import DAY, HOUR, MINUTE, now_ms
from dunnock.foundation.db import Db, Reader, Sql
from dunnock.foundation.events import Event, Logged
from dunnock.foundation.ids import id_at
from dunnock.foundation.job import Job
from dunnock.posts.events import PostDeleted, PostEdited, PostSetApart, PostUnfavourited
from dunnock.posts.hashtag_rules import RuledHashtag, ruled_hashtags
from dunnock.posts.hashtag_search import DAYS, DayOfUse
from dunnock.previews import Preview

REFRESH_EVERY_MS = 5 * MINUTE
PAST = 8 * DAY
LISTED = 100
_CANDIDATES = 300
_LOOKED_AT = 200_000  # acts
_OLDEST_POST = 2 * DAY
_USUAL = 30 * DAY
_MOST_COUNTED = 20_000  # uses of links that are looked at to say how much each was used
_HOURS = "trend hours"
_CLOSED = 10 * MINUTE  # after the end of an hour it is counted
_WEEK = 168  # hours


class RefreshTrends(Job, frozen=True):
    """Look for what may be a trend."""


class Listed(msgspec.Struct, frozen=True):
    """A post that is a trend, and what staff said of it; None: nothing."""

    id: int
    trendable: bool | None = None


class TrendingLink(msgspec.Struct, frozen=True):
    """A page that is linked to, how much in the last days, and what staff said of it; `trendable` None: nothing.

    What was said of its publisher counts where nothing was said of itself.
    """

    preview: Preview
    days: tuple[DayOfUse, ...]
    trendable: bool | None
    reviewed: bool


class Trends:
    """The trends of one process. `need_review`: is nothing a trend that staff did not approve? None: it may be."""

    def __init__(self, db: Db, *, need_review: Callable[[], bool] | None = None) -> None:
        """Listens to `db`'s events from now on."""
        self._db, self._need_review = db, need_review
        self._why: dict[str, dict[int, Judged]] = {}
        self._tags = Fresh(self._read_tags, oldest_s=60)
        self._posts = Fresh(self._read_posts, oldest_s=60)
        self._links = Fresh(self._read_links, oldest_s=60)
        self._link_posts: frozenset[int] = frozenset()
        self._tag_posts: frozenset[int] = frozenset()
        self._post_ids: frozenset[int] = frozenset()
        db.listen(self._heard)

    async def tags(self, *, every: bool = False) -> list[RuledHashtag]:
        """The strongest first; `every`: also what staff refused or did not look at yet."""
        self._db.sync()
        return [one for one in await self._tags.get() if every or (one.listable and self._may(one.trendable))]

    async def posts(self, *, every: bool = False) -> list[int]:
        """Ids of posts, as `tags`."""
        self._db.sync()
        return [one.id for one in await self._posts.get() if every or self._may(one.trendable)]

    async def links(self, *, every: bool = False) -> list[TrendingLink]:
        """Pages that posts link to, as `tags`."""
        self._db.sync()
        return [one for one in await self._links.get() if every or self._may(one.trendable)]

    def _may(self, trendable: bool | None) -> bool:  # noqa: FBT001 (what staff said)
        return trendable if trendable is not None else not (self._need_review is not None and self._need_review())

    async def why(self, kind: str, subject_id: int) -> Judged | None:
        """What was found of a subject (`kind`: tag, post, link), listed or held back; None: few took it up."""
        self._db.sync()
        match kind:
            case "tag":
                await self._tags.get()
            case "post":
                await self._posts.get()
            case _:
                await self._links.get()
        return self._why.get(kind, {}).get(subject_id)

    async def _read_tags(self) -> list[RuledHashtag]:
        now = now_ms()
        listed = await self._judge("tag", store.TAG_ACTORS, now)
        self._tag_posts = frozenset([one for found in listed for one in found.acts])
        return await ruled_hashtags(self._db, [one.found.id for one in listed], now=now)

    async def _read_posts(self) -> list[Listed]:
        listed = [one.found.id for one in await self._judge("post", store.POST_ACTORS, now_ms())]
        self._post_ids = frozenset(self._why["post"])
        said = await self._db.all(store.REVIEWS, kind="post", subjects=[str(one) for one in listed])
        reviews = {int(row[0]): bool(row[1]) for row in said}
        return [Listed(one, reviews.get(one)) for one in listed]

    async def _read_links(self) -> list[TrendingLink]:
        now = now_ms()
        listed = await self._judge("link", store.LINK_ACTORS, now)
        self._link_posts = frozenset([one for found in listed for one in found.acts])
        return await show_links(self._db, [one.found.id for one in listed], now=now)

    async def _judge(self, kind: str, acts: Sql, now: int) -> list[Judged]:
        expected: dict[int, float] = dict(await self._db.all(store.LISTED, kind=kind))
        self._why[kind] = {}
        if not expected:
            return []
        rows = await self._db.slow(acts, ids=list(expected), looked_at=_LOOKED_AT, **_window(now))
        listed, held = await judge_rows(self._db, kind, rows, expected, now=now)
        self._why[kind] = {one.found.id: one for one in (*listed, *held)}
        return listed[:LISTED]

    def _heard(self, logged: Sequence[Logged]) -> None:
        for one in logged:
            tags, posts, links = self._touches(one.event)
            if tags:
                self._tags.spoil(at_once=True)
            if posts:
                self._posts.spoil(at_once=True)
            if links:
                self._links.spoil(at_once=True)

    def _touches(self, event: Event | None) -> tuple[bool, bool, bool]:
        """Does it change the trends of hashtags, of posts, of links?"""
        match event:
            case (
                TrendsRefreshed()
                | StandingChanged()
                | AccountSettingsChanged()
                | IndependenceChanged()
                | TrendReviewed()
            ):
                return True, True, True
            case PostDeleted(post_id=an_id, boost_of_id=original):
                return an_id in self._tag_posts, (original or an_id) in self._post_ids, an_id in self._link_posts
            case PostEdited(post_id=an_id) | PostSetApart(post_id=an_id):
                return an_id in self._tag_posts, an_id in self._post_ids, an_id in self._link_posts
            case PostUnfavourited(post_id=an_id):
                return False, an_id in self._post_ids, False
            case _:
                return False, False, False


async def refresh_trends(db: Db, _: RefreshTrends) -> None:
    """Find candidates and what is usual for them; the number of acts looked at is bounded."""
    now = now_ms()
    await _close_hours(db, now)
    await remember_gatherings(db, now)
    tags = await _candidate_tags(db, now)
    posts = await _candidate_posts(db, now)
    links = await _candidate_links(db, now)
    hosts = {publisher_of(one.url) for one in (await previews.find(db, list(links.expected))).values()} - {""}
    async with db.begin() as tx:
        for host in sorted(hosts):
            await tx.run(store.ADD_PUBLISHER, id=tx.new_id(), domain=host)
        for kind, found in (("tag", tags), ("post", posts), ("link", links)):
            await tx.run(store.UNLIST, kind=kind)
            await tx.many(
                store.LIST,
                [{"kind": kind, "subject_id": one, "expected": value} for one, value in found.expected.items()],
            )
            before = {one.subject_id: one for one in await held_back(tx, kind)}
            await keep_held(tx, kind, found.held, before)
        await tx.record(TrendsRefreshed())


class _Candidates(msgspec.Struct, frozen=True):
    """What may be listed, or is held back -> what is expected of it; and what is held back."""

    expected: dict[int, float] = {}
    held: list[Judged] = []


async def _judged(db: Db, kind: str, acts: Sql, expected: dict[int, float], now: int) -> _Candidates:
    rows = await db.slow(acts, ids=list(expected), looked_at=_LOOKED_AT, **_window(now))
    listed, held = await judge_rows(db, kind, rows, expected, now=now)
    held = held[:LISTED]
    return _Candidates({one.found.id: expected[one.found.id] for one in (*listed[:LISTED], *held)}, held)


async def _in_use(db: Db, busiest: Sql, now: int) -> list[int]:
    """Those that most accounts took up, of the last hour and of the day: what is new must not wait until it is large."""
    ids: dict[int, None] = {}
    for window in (HOUR, WINDOW):
        rows = await db.slow(
            busiest, looked_at=_LOOKED_AT, least=LEAST, most=_CANDIDATES, since=id_at(now - window), until=id_at(now)
        )
        ids.update(dict.fromkeys([row[0] for row in rows]))
    return list(ids)


async def _candidate_tags(db: Db, now: int) -> _Candidates:
    """Hashtags, against their own past: the mean of the last days, or the same hour a week ago."""
    ids = await _in_use(db, store.TAGS_IN_USE, now)
    if not ids:
        return _Candidates()
    end = (now - WINDOW) // HOUR
    past: dict[int, int] = dict(await db.slow(store.PAST_OF_TAGS, ids=ids, first=(now - PAST) // HOUR, end=end))
    hours = end - (now - PAST) // HOUR
    week_ago: dict[int, int] = dict(await db.slow(store.SAME_HOUR, ids=ids, hour=now // HOUR - _WEEK))
    expected = {
        one: max(ORDINARY, steady(max(past.get(one, 0) / hours, week_ago.get(one, 0)), HALF_LIFE["tag"])) for one in ids
    }
    return await _judged(db, "tag", store.TAG_ACTORS, expected, now)


async def _candidate_posts(db: Db, now: int) -> _Candidates:
    """Posts, against what posts of their authors usually get."""
    rows = await db.slow(
        store.POSTS_IN_TALK,
        looked_at=_LOOKED_AT,
        least=LEAST,
        most=_CANDIDATES,
        oldest=id_at(now - _OLDEST_POST),
        **_window(now),
    )
    ids = [row[0] for row in rows]
    if not ids:
        return _Candidates()
    authors: dict[int, int] = dict(await db.all(store.AUTHORS, ids=ids))
    earlier = await db.slow(
        store.USUAL,
        ids=list(set(authors.values())),
        since=id_at(now - _USUAL),
        until=id_at(now - _OLDEST_POST),
        looked_at=_LOOKED_AT,
    )
    usual = {row[0]: float(row[2]) / row[1] for row in earlier}
    expected = {one: ORDINARY + math.sqrt(usual.get(author, 0.0)) for one, author in authors.items()}
    return await _judged(db, "post", store.POST_ACTORS, expected, now)


async def _candidate_links(db: Db, now: int) -> _Candidates:
    """Pages; nobody knows what is usual for one."""
    ids = await _in_use(db, store.LINKS_IN_USE, now)
    if not ids:
        return _Candidates()
    return await _judged(db, "link", store.LINK_ACTORS, dict.fromkeys(ids, ORDINARY), now)


async def show_links(reader: Reader, ids: Sequence[int], *, now: int) -> list[TrendingLink]:
    """Pages in the order of `ids`; those that nothing is known of are left out."""
    found = await previews.find(reader, list(ids))
    ids = [one for one in ids if one in found]
    if not ids:
        return []
    today = now // DAY
    since = id_at((today - DAYS + 1) * DAY)
    uses = {
        (row[0], row[1]): (row[2], row[3])
        for row in await reader.all(
            store.LINK_DAYS, ids=ids, since=since - 1, until=id_at(now), looked_at=_MOST_COUNTED
        )
    }
    hosts = {publisher_of(found[one].url) for one in ids}
    publishers = {row[1]: row for row in await reader.all(store.PUBLISHERS, domains=list(hosts))}
    said = await reader.all(store.REVIEWS, kind="link", subjects=[str(one) for one in ids])
    reviews = {int(row[0]): bool(row[1]) for row in said}
    shown: list[TrendingLink] = []
    for one in ids:
        publisher = publishers.get(publisher_of(found[one].url))
        rule = None if publisher is None or publisher[2] is None else bool(publisher[2])
        days = tuple([DayOfUse(day * DAY, *uses.get((one, day), (0, 0))) for day in range(today, today - DAYS, -1)])
        reviewed = one in reviews or rule is not None
        shown.append(TrendingLink(found[one], days, reviews.get(one, rule), reviewed))
    return shown


def publisher_of(url: str) -> str:
    """The host that a page is of."""
    return urlsplit(url).netloc.lower()


async def _close_hours(db: Db, now: int) -> None:
    """Write down how many accounts used each hashtag in hours that are over, and forget hours that are too old."""
    last = (now - _CLOSED) // HOUR
    done = await db.value(store.PROGRESS, name=_HOURS)
    first = (now - PAST) // HOUR
    for hour in range(max(first, done or 0), last):
        rows = await db.slow(
            store.TAGS_OF_HOUR,
            since=id_at(hour * HOUR) - 1,
            until=id_at((hour + 1) * HOUR) - 1,
            looked_at=_LOOKED_AT,
        )
        async with db.begin() as tx:
            await tx.many(store.PUT_HOUR, [{"hashtag_id": row[0], "hour": hour, "accounts": row[1]} for row in rows])
            await tx.run(store.NOTE_PROGRESS, name=_HOURS, below=hour + 1)
    async with db.begin() as tx:
        await tx.run(store.DROP_HOURS, first=first)


def _window(now: int) -> dict[str, int]:
    """The acts that count now."""
    return {"since": id_at(now - WINDOW), "until": id_at(now)}
