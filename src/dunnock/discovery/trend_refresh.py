"""The refresh of trends: candidates, what is usual for them, and what is found of each; hours that are over are counted."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from dunnock import previews
from dunnock.discovery.events import TrendsRefreshed
from dunnock.discovery.store import trends as store
from dunnock.discovery.trend_engine import HALF_LIFE, LEAST, ORDINARY, WINDOW, most_strength, steady
from dunnock.discovery.trend_facts import (
    LISTED,
    LOOKED_AT,
    MOST_LANGUAGES,
    Judged,
    base_of,
    held_back,
    judge_rows,
    keep_held,
    remember_gatherings,
)
from dunnock.discovery.trend_links import publisher_of
from dunnock.foundation.clock import DAY, HOUR, MINUTE, now_ms
from dunnock.foundation.db import Db, Row, Sql
from dunnock.foundation.ids import id_at
from dunnock.foundation.job import Job

REFRESH_EVERY_MS = 5 * MINUTE
PAST = 8 * DAY
_LISTED_OF_LANGUAGE = 20
_CANDIDATES, _CANDIDATES_OF_LANGUAGE = 600, 25
MOST_JUDGED, _ROUND = 600, 50
_OLDEST_POST = 2 * DAY
_USUAL = 30 * DAY
_HOURS = "trend hours"
_CLOSED = 10 * MINUTE  # after the end of an hour it is counted
_WEEK = 168  # hours


class RefreshTrends(Job, frozen=True):
    """Look for what may be a trend."""


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
            rows = [
                {"kind": kind, "subject_id": one, "expected": found.expected[one], "judged": judged}
                for one, judged in found.judged.items()
            ]
            await tx.many(store.LIST, rows)
            before = {one.subject_id: one for one in await held_back(tx, kind)}
            await keep_held(tx, kind, found.held, before)
        await tx.record(TrendsRefreshed())


class _Candidates(msgspec.Struct, frozen=True):
    """What may be listed, or is held back -> what is expected of it, and what was found (JSON); and what is held back."""

    expected: dict[int, float] = {}
    judged: dict[int, str] = {}
    held: list[Judged] = []


async def _judged(db: Db, kind: str, busy: Busy, expected: Mapping[int, float], now: int) -> _Candidates:
    """Judge those that may be the strongest, in rounds, until no other can come into the list; and those of each language."""
    most = {one: busy.most_strength(one, expected[one]) for one in expected}
    waiting = heapq.nlargest(MOST_JUDGED, [(strength, one) for one, strength in most.items() if strength > 0])
    due = [one for one in busy.of_languages(most) if most[one] > 0]
    listed: list[Judged] = []
    held: list[Judged] = []
    judged: set[int] = set()
    while waiting or due:
        weakest = listed[LISTED - 1].found.strength if len(listed) >= LISTED else 0.0
        due += [one for strength, one in waiting[:_ROUND] if strength > weakest]
        waiting = waiting[_ROUND:] if len(waiting) > _ROUND and waiting[_ROUND - 1][0] > weakest else []
        some = {one: expected[one] for one in due if one not in judged}
        due = []
        judged |= some.keys()
        rows = await db.slow(store.ACTORS[kind], ids=list(some), looked_at=LOOKED_AT, **_window(now)) if some else ()
        more, aside = await judge_rows(db, kind, rows, some, now=now)
        listed = sorted([*listed, *more], key=lambda one: (-one.found.strength, -one.found.id))
        held += aside
    held = sorted(held, key=lambda one: (-one.found.strength, -one.found.id))[:LISTED]
    return _Candidates(
        dict(expected), {one.found.id: _written(one) for one in (*_of_each_language(listed), *held)}, held
    )


def _of_each_language(listed: Sequence[Judged]) -> list[Judged]:
    """The strongest of all, and of each language."""
    kept = {one.found.id: one for one in listed[:LISTED]}
    spoken = Counter([language for one in listed for language in one.found.languages])
    for language, _ in spoken.most_common(MOST_LANGUAGES):
        theirs = sorted(
            [one for one in listed if language in one.found.languages],
            key=lambda one: -one.found.strength * one.found.languages[language],
        )
        kept |= {one.found.id: one for one in theirs[:_LISTED_OF_LANGUAGE]}
    return list(kept.values())


def _written(one: Judged) -> str:
    """Without what only a refresh needs."""
    found = msgspec.structs.replace(one.found, weights={})
    return msgspec.json.encode(msgspec.structs.replace(one, found=found)).decode()


class Busy:
    """What is in use: as how many accounts each counts at most, lately and just now, and in which languages it is."""

    def __init__(self, rows: Iterable[Row]) -> None:
        """Rows are (subject, language, accounts, at most lately, at most just now)."""
        self._people: Counter[int] = Counter()
        self._most: dict[int, tuple[float, float]] = {}
        self._spoken: dict[str, set[int]] = {}
        for subject, language, people, lately, just_now in rows:
            slow, fast = self._most.get(subject, (0.0, 0.0))
            self._most[subject] = slow + float(lately), fast + float(just_now)
            self._people[subject] += people
            if language and people >= LEAST:
                self._spoken.setdefault(base_of(language), set()).add(subject)

    def most_strength(self, subject: int, expected: float) -> float:
        """It is no stronger: as if each account counted in full."""
        slow, fast = self._most[subject]
        people = float(self._people[subject])
        return most_strength(min(fast, people), min(slow, people), expected)

    def strongest(self, most: int) -> list[int]:
        """So many that could be the strongest if nothing were usual for them, and those of each language."""
        strength = {one: self.most_strength(one, ORDINARY) for one in self._most}
        return list(dict.fromkeys([*_most(strength, most), *self.of_languages(strength)]))

    def of_languages(self, strength: Mapping[int, float]) -> list[int]:
        """Of each language those that could be the strongest, of those whose strength is given."""
        found: dict[int, None] = {}
        for of in heapq.nlargest(MOST_LANGUAGES, self._spoken.values(), key=len):
            known = {one: strength[one] for one in of if one in strength}
            found |= dict.fromkeys(_most(known, _CANDIDATES_OF_LANGUAGE))
        return list(found)


def _most(numbers: Mapping[int, float], most: int) -> list[int]:
    return heapq.nsmallest(most, numbers, key=lambda one: (-numbers[one], -one))


async def _in_use(db: Db, busiest: Sql, now: int, **more: int) -> Busy:
    return Busy(await db.slow(busiest, looked_at=LOOKED_AT, least=LEAST, **_window(now), **more))


async def _candidate_tags(db: Db, now: int) -> _Candidates:
    """Hashtags, against their own past: the mean of the last days, or the same hour a week ago."""
    busy = await _in_use(db, store.TAGS_IN_USE, now)
    ids = busy.strongest(_CANDIDATES)
    if not ids:
        return _Candidates()
    end = (now - WINDOW) // HOUR
    past: dict[int, int] = dict(await db.slow(store.PAST_OF_TAGS, ids=ids, first=(now - PAST) // HOUR, end=end))
    hours = end - (now - PAST) // HOUR
    week_ago: dict[int, int] = dict(await db.slow(store.SAME_HOUR, ids=ids, hour=now // HOUR - _WEEK))
    expected = {
        one: max(ORDINARY, steady(max(past.get(one, 0) / hours, week_ago.get(one, 0)), HALF_LIFE["tag"])) for one in ids
    }
    return await _judged(db, "tag", busy, expected, now)


async def _candidate_posts(db: Db, now: int) -> _Candidates:
    """Posts, against what posts of their authors usually get."""
    busy = await _in_use(db, store.POSTS_IN_TALK, now, oldest=id_at(now - _OLDEST_POST))
    ids = busy.strongest(_CANDIDATES)
    if not ids:
        return _Candidates()
    authors: dict[int, int] = {row[0]: row[1] for row in await db.all(store.AUTHORS, ids=ids)}
    earlier = await db.slow(
        store.USUAL,
        ids=list(set(authors.values())),
        since=id_at(now - _USUAL),
        until=id_at(now - _OLDEST_POST),
        looked_at=LOOKED_AT,
    )
    usual = {row[0]: float(row[2]) / row[1] for row in earlier}
    expected = {one: ORDINARY + math.sqrt(usual.get(author, 0.0)) for one, author in authors.items()}
    return await _judged(db, "post", busy, expected, now)


async def _candidate_links(db: Db, now: int) -> _Candidates:
    """Pages; nobody knows what is usual for one."""
    busy = await _in_use(db, store.LINKS_IN_USE, now)
    return await _judged(db, "link", busy, dict.fromkeys(busy.strongest(_CANDIDATES), ORDINARY), now)


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
            looked_at=LOOKED_AT,
        )
        async with db.begin() as tx:
            await tx.many(store.PUT_HOUR, [{"hashtag_id": row[0], "hour": hour, "accounts": row[1]} for row in rows])
            await tx.run(store.NOTE_PROGRESS, name=_HOURS, below=hour + 1)
    async with db.begin() as tx:
        await tx.run(store.DROP_HOURS, first=first)


def _window(now: int) -> dict[str, int]:
    """The acts that count now."""
    return {"since": id_at(now - WINDOW), "until": id_at(now)}
