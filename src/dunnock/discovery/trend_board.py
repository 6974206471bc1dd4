"""What the last refresh found, kept true until the next: a subject that something was taken back from is judged anew at once.

So a read costs what happened to the subjects that are listed, not what was done in the whole day.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Collection, Iterable

import msgspec

from dunnock.discovery.store import trends as store
from dunnock.discovery.trend_engine import WINDOW
from dunnock.discovery.trend_facts import LOOKED_AT, Judged, judge_rows
from dunnock.foundation.db import Db, Row
from dunnock.foundation.ids import id_at

_COUNTS_STILL = 100  # one of so many acts that were taken back may count until the next refresh
_REMEMBERED_S = 120.0  # longer than a refresh takes: it may have read what was taken back while it ran
_MOST_REMEMBERED = 10_000


class Board:
    """The subjects of one kind (tag, post, link) in one process: what was found of each, listed or held back."""

    def __init__(self, db: Db, kind: str) -> None:
        """Empty; the first `read` judges everything anew, since nobody listened until now."""
        self._db, self._kind = db, kind
        self._found: dict[int, Judged] = {}
        self._expected: dict[int, float] = {}
        self._involved: dict[int, set[int]] = {}
        self._acts: dict[int, set[int]] = {}
        self._taken_back: Counter[int] = Counter()
        self._refreshed, self._all = True, True
        self._dirty: set[int] = set()
        self._lately: deque[tuple[float, set[int]]] = deque(maxlen=_MOST_REMEMBERED)

    def refreshed(self) -> None:
        """There is a new list."""
        self._refreshed = True

    def spoil(self) -> None:
        """Everything may be another."""
        self._all = True

    def touch(self, an_id: int) -> bool:
        """Something happened to that account, that post, or that act. Is there something to be judged anew because of it?"""
        touched = {subject for subject, who in self._involved.items() if an_id in who}
        self._dirty |= touched
        fewer = [self.taken_back(subject) for subject, acts in self._acts.items() if an_id in acts]
        self._lately.append((time.monotonic(), touched))
        return bool(touched) or any(fewer) or self._refreshed

    def taken_back(self, subject: int) -> bool:
        """An act counts no longer. Is the subject to be judged anew because of it?

        One act of a few is; of very many it is not for each, so that it costs the same however many there are.
        """
        if subject not in self._expected:
            return self._refreshed
        self._taken_back[subject] += 1
        if self._taken_back[subject] * _COUNTS_STILL < len(self._acts.get(subject, ())):
            return self._refreshed
        self._lately.append((time.monotonic(), {subject}))
        self._dirty.add(subject)
        return True

    def grown(self, subjects: Iterable[int]) -> bool:
        """Something more may count for these subjects. Is one of them listed?"""
        known = self._expected.keys() & set(subjects)
        self._dirty |= known
        return bool(known)

    def why(self, subject_id: int) -> Judged | None:
        """What the last `read` found of a subject."""
        return self._found.get(subject_id)

    async def read(self, *, now: int) -> list[Judged]:
        """What may be listed, the strongest first."""
        refreshed, spoiled, dirty = self._refreshed, self._all, self._dirty
        self._refreshed, self._all, self._dirty = False, False, set()
        try:
            await self._read(now, dirty, refreshed=refreshed, spoiled=spoiled)
        except BaseException:
            self._refreshed, self._all = self._refreshed or refreshed, self._all or spoiled
            self._dirty |= dirty
            raise
        listed = [one for one in self._found.values() if one.found.held is None and one.found.strength > 0]
        return sorted(listed, key=lambda one: (-one.found.strength, -one.found.id))

    async def _read(self, now: int, dirty: set[int], *, refreshed: bool, spoiled: bool) -> None:
        if refreshed:
            rows = await self._db.all(store.LISTED, kind=self._kind)
            before = self._expected
            self._expected = {row[0]: row[1] for row in rows}
            self._found = {row[0]: msgspec.json.decode(row[2], type=Judged) for row in rows if row[2]}
            unjudged = self._expected.keys() - self._found.keys()
            acts = await self._read_acts(self._expected, now)
            self._taken_back.clear()
            self._involved, self._acts = {}, {}
            await self._note(acts, self._expected)
            dirty = dirty | unjudged | self._in_doubt(before)
            dirty = set(self._expected) if spoiled else dirty & self._expected.keys()
            if dirty:
                await self._judge([row for row in acts if row[0] in dirty], dirty, now)
        elif some := (set(self._expected) if spoiled else dirty & self._expected.keys()):
            acts = await self._read_acts(some, now)
            for one in some:
                self._taken_back.pop(one, None)
            await self._note(acts, some)
            await self._judge(acts, some, now)

    async def _read_acts(self, ids: Iterable[int], now: int) -> list[Row]:
        wanted = list(ids)
        if not wanted:
            return []
        window = {"since": id_at(now - WINDOW), "until": id_at(now)}
        return list(await self._db.slow(store.ACTORS[self._kind], ids=wanted, looked_at=LOOKED_AT, **window))

    async def _note(self, acts: Iterable[Row], subjects: Collection[int]) -> None:
        """Subject -> its acts, and who and what it depends on beside them: accounts, a post itself and its author."""
        authors: dict[int, int] = {}
        if self._kind == "post" and subjects:
            authors = {row[0]: row[1] for row in await self._db.all(store.AUTHORS, ids=list(subjects))}
        for one in subjects:
            self._acts[one] = set()
            self._involved[one] = {one, authors[one]} if one in authors else set()
        for subject, account, act, _ in acts:
            self._acts[subject].add(act)
            self._involved[subject].add(account)

    async def _judge(self, acts: list[Row], some: Collection[int], now: int) -> None:
        listed, held = await judge_rows(self._db, self._kind, acts, {one: self._expected[one] for one in some}, now=now)
        for one in some:
            self._found.pop(one, None)
        self._found |= {one.found.id: one for one in (*listed, *held)}

    def _in_doubt(self, before: Collection[int]) -> set[int]:
        """What may have been taken back when the refresh had read it already; of what is new on the list nobody knows."""
        since = time.monotonic() - _REMEMBERED_S
        lately = [touched for at, touched in self._lately if at >= since]
        return set().union(*lately, self._expected.keys() - set(before)) if lately else set()
