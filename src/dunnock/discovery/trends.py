"""Trends: hashtags, posts and links that more people than usual, independent of each other, took up of late.

A refresh looks for candidates and what is usual for them; how strong each is, is counted when it is read, from the acts that
still stand. So what was deleted, taken back or suspended counts no longer at the next read.

An account counts once for a subject, less the longer ago: half after `HALF_LIFE`. An act counts after `PERSISTED`. The strength
is the surprise of that sum against what is expected (deviance of a Poisson variable), so what is always busy is no trend.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from urllib.parse import urlsplit

import msgspec

from dunnock import previews
from dunnock.accounts import AccountSettingsChanged, StandingChanged
from dunnock.discovery.events import TrendReviewed, TrendsRefreshed
from dunnock.discovery.fresh import Fresh
from dunnock.discovery.store import trends as store
from dunnock.foundation.clock import DAY, HOUR, MINUTE, now_ms
from dunnock.foundation.db import Db, Reader, Row
from dunnock.foundation.events import Event, Logged
from dunnock.foundation.ids import id_at, ms_of
from dunnock.foundation.job import Job
from dunnock.posts.events import PostDeleted, PostEdited, PostUnfavourited
from dunnock.posts.hashtag_rules import RuledHashtag, ruled_hashtags
from dunnock.posts.hashtag_search import DAYS, DayOfUse
from dunnock.previews import Preview

REFRESH_EVERY_MS = 5 * MINUTE
PERSISTED = 10 * MINUTE
WINDOW = DAY
HALF_LIFE = {"tag": 4 * HOUR, "post": 3 * HOUR, "link": 6 * HOUR}
PAST = 7 * DAY
LEAST = 3  # accounts
LISTED = 100
_CANDIDATES = 300
_LOOKED_AT = 200_000  # acts
_OLDEST_POST = 2 * DAY
_USUAL = 30 * DAY
_ORDINARY = 0.5  # expected of what has no past
_MOST_COUNTED = 20_000  # uses of links that are looked at to say how much each was used
_HOURS = "trend hours"

Weigh = Callable[[Collection[int]], Awaitable[Mapping[int, float]]]
"""How much each account counts, from 0 to 1; those left out count 1. For whoever knows which are independent."""


class RefreshTrends(Job, frozen=True):
    """Look for what may be a trend."""


class Listed(msgspec.Struct):
    """A subject, its strength, and the accounts behind it with the id of the latest act of each."""

    id: int
    strength: float
    acts: dict[int, int]
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

    def __init__(self, db: Db, *, need_review: Callable[[], bool] | None = None, weigh: Weigh | None = None) -> None:
        """Listens to `db`'s events from now on."""
        self._db, self._need_review, self._weigh = db, need_review, weigh
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

    async def _read_tags(self) -> list[RuledHashtag]:
        now = now_ms()
        expected: dict[int, float] = dict(await self._db.all(store.LISTED, kind="tag"))
        if not expected:
            self._tag_posts = frozenset()
            return []
        rows = await self._db.slow(store.TAG_ACTORS, ids=list(expected), looked_at=_LOOKED_AT, **_window(now))
        listed = await self._ranked("tag", rows, expected, now)
        self._tag_posts = frozenset([act for one in listed for act in one.acts.values()])
        return await ruled_hashtags(self._db, [one.id for one in listed], now=now)

    async def _read_posts(self) -> list[Listed]:
        now = now_ms()
        expected: dict[int, float] = dict(await self._db.all(store.LISTED, kind="post"))
        self._post_ids = frozenset(expected)
        if not expected:
            return []
        rows = await self._db.slow(store.POST_ACTORS, ids=list(expected), looked_at=_LOOKED_AT, **_window(now))
        listed = await self._ranked("post", rows, expected, now)
        said = await self._db.all(store.REVIEWS, kind="post", subjects=[str(one.id) for one in listed])
        reviews = {int(row[0]): bool(row[1]) for row in said}
        for one in listed:
            one.trendable = reviews.get(one.id)
        return listed

    async def _read_links(self) -> list[TrendingLink]:
        now = now_ms()
        expected: dict[int, float] = dict(await self._db.all(store.LISTED, kind="link"))
        if not expected:
            self._link_posts = frozenset()
            return []
        rows = await self._db.slow(store.LINK_ACTORS, ids=list(expected), looked_at=_LOOKED_AT, **_window(now))
        listed = await self._ranked("link", rows, expected, now)
        self._link_posts = frozenset([act for one in listed for act in one.acts.values()])
        return await show_links(self._db, [one.id for one in listed], now=now)

    async def _ranked(self, kind: str, rows: Sequence[Row], expected: Mapping[int, float], now: int) -> list[Listed]:
        weights = await self._weigh({row[1] for row in rows}) if self._weigh is not None else {}
        return ranked(rows, expected, now=now, half_life=HALF_LIFE[kind], weights=weights)

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
            case TrendsRefreshed() | StandingChanged() | AccountSettingsChanged() | TrendReviewed():
                return True, True, True
            case PostDeleted(post_id=an_id, boost_of_id=original):
                return an_id in self._tag_posts, (original or an_id) in self._post_ids, an_id in self._link_posts
            case PostEdited(post_id=an_id):
                return an_id in self._tag_posts, an_id in self._post_ids, an_id in self._link_posts
            case PostUnfavourited(post_id=an_id):
                return False, an_id in self._post_ids, False
            case _:
                return False, False, False


def ranked(
    rows: Iterable[Row],
    expected: Mapping[int, float],
    *,
    now: int,
    half_life: int,
    weights: Mapping[int, float] | None = None,
) -> list[Listed]:
    """The subjects of (subject, account, act) by their strength; those with fewer than `LEAST` accounts are left out."""
    acts: dict[int, dict[int, int]] = {}
    for subject, account, act in rows:
        acts.setdefault(subject, {})[account] = act
    weights = weights or {}
    found: list[Listed] = []
    for subject, by in acts.items():
        if len(by) < LEAST:
            continue
        observed = math.fsum(
            [weights.get(account, 1.0) * 0.5 ** ((now - ms_of(act)) / half_life) for account, act in by.items()]
        )
        strength = surprise(observed, expected.get(subject, _ORDINARY))
        if strength > 0:
            found.append(Listed(subject, strength, by))
    found.sort(key=lambda one: (-one.strength, -one.id))
    return found


def surprise(observed: float, expected: float) -> float:
    """How far a count is above what was expected: half the deviance of a Poisson variable; 0 when it is not above."""
    return 0.0 if observed <= expected else observed * math.log(observed / expected) - (observed - expected)


async def refresh_trends(db: Db, _: RefreshTrends) -> None:
    """Find candidates and what is usual for them; the number of acts looked at is bounded."""
    now = now_ms()
    await _close_hours(db, now)
    tags = await _candidate_tags(db, now)
    posts = await _candidate_posts(db, now)
    links = await _candidate_links(db, now)
    hosts = {publisher_of(one.url) for one in (await previews.find(db, list(links))).values()} - {""}
    async with db.begin() as tx:
        for host in sorted(hosts):
            await tx.run(store.ADD_PUBLISHER, id=tx.new_id(), domain=host)
        for kind, found in (("tag", tags), ("post", posts), ("link", links)):
            await tx.run(store.UNLIST, kind=kind)
            await tx.many(
                store.LIST, [{"kind": kind, "subject_id": one, "expected": value} for one, value in found.items()]
            )
        await tx.record(TrendsRefreshed())


async def _candidate_tags(db: Db, now: int) -> dict[int, float]:
    """Hashtag -> the strength it has on an ordinary day, of the strongest candidates."""
    rows = await db.slow(store.TAGS_IN_USE, looked_at=_LOOKED_AT, least=LEAST, most=_CANDIDATES, **_window(now))
    ids = [row[0] for row in rows]
    if not ids:
        return {}
    end = (now - WINDOW) // HOUR
    past: dict[int, int] = dict(await db.slow(store.PAST_OF_TAGS, ids=ids, first=(now - PAST) // HOUR, end=end))
    hours = end - (now - PAST) // HOUR
    # A steady stream of one account an hour comes to this much, when each counts half after the half-life.
    steady = HALF_LIFE["tag"] / HOUR / math.log(2) * (1 - 0.5 ** (WINDOW / HALF_LIFE["tag"]))
    expected = {one: max(_ORDINARY, float(past.get(one, 0)) / hours * steady) for one in ids}
    acts = await db.slow(store.TAG_ACTORS, ids=ids, looked_at=_LOOKED_AT, **_window(now))
    best = ranked(acts, expected, now=now, half_life=HALF_LIFE["tag"])[:LISTED]
    return {one.id: expected[one.id] for one in best}


async def _candidate_posts(db: Db, now: int) -> dict[int, float]:
    """Post -> the strength that posts of its author usually have, of the strongest candidates."""
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
        return {}
    authors: dict[int, int] = dict(await db.all(store.AUTHORS, ids=ids))
    earlier = await db.slow(
        store.USUAL,
        ids=list(set(authors.values())),
        since=id_at(now - _USUAL),
        until=id_at(now - _OLDEST_POST),
        looked_at=_LOOKED_AT,
    )
    usual = {row[0]: float(row[2]) / row[1] for row in earlier}
    expected = {one: _ORDINARY + math.sqrt(usual.get(author, 0.0)) for one, author in authors.items()}
    acts = await db.slow(store.POST_ACTORS, ids=ids, looked_at=_LOOKED_AT, **_window(now))
    best = ranked(acts, expected, now=now, half_life=HALF_LIFE["post"])[:LISTED]
    return {one.id: expected[one.id] for one in best}


async def _candidate_links(db: Db, now: int) -> dict[int, float]:
    """Page -> what is expected of one that nobody knows, of the strongest candidates."""
    rows = await db.slow(store.LINKS_IN_USE, looked_at=_LOOKED_AT, least=LEAST, most=_CANDIDATES, **_window(now))
    ids = [row[0] for row in rows]
    if not ids:
        return {}
    acts = await db.slow(store.LINK_ACTORS, ids=ids, looked_at=_LOOKED_AT, **_window(now))
    best = ranked(acts, {}, now=now, half_life=HALF_LIFE["link"])[:LISTED]
    return {one.id: _ORDINARY for one in best}


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
    last = (now - PERSISTED) // HOUR
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
    return {"since": id_at(now - WINDOW), "until": id_at(now - PERSISTED)}
