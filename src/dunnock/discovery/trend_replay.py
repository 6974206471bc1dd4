"""Play a table of acts back through the rules of trends, and say what they would have shown.

The labels are for the report only: the rules never see them.
"""

from __future__ import annotations

import csv
import heapq
import time
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from pathlib import Path

import msgspec

from dunnock.discovery.trend_engine import Found
from dunnock.discovery.trend_memory import SETTLED, TrendMemory
from dunnock.foundation.clock import DAY, HOUR, MINUTE

REFRESH_EVERY = 5 * MINUTE
TOP = 10
LISTED = 20
"""So many trends are shown on a page."""
SOON = 20 * MINUTE
"""So soon a genuine burst is to be listed."""
ORGANIC = "organic"
_BURST_LEAST = 50  # accounts within an hour
_BURST_OVER = 5.0  # times as many as in an hour of the day before
_BURST_BEGINS = 10 * MINUTE  # of ten accounts
_BURST_SAME_MINUTE = 0.5  # of them in one minute: such a burst is nobody's genuine interest
_COLUMNS = {"time", "actor", "tag", "deleted_at", "label"}


class NotReplayable(ValueError):
    """The table can't be played back; the text says why."""


class Attack(msgspec.Struct):
    """A tag with acts labelled as not organic. `rank`: the best it reached because of them; None: it was never listed."""

    tag: str
    began: int
    acts: int = 0
    rank: int | None = None
    top_after: int | None = None
    seen: Found | None = None
    held: str | None = None


class Burst(msgspec.Struct):
    """Genuine interest: at least 50 accounts within an hour, five times as many as usual, not most of them in one minute.

    `strange`: most of those that took it up in its first 20 minutes had taken up nothing an hour before; nothing in a table tells
    them from an attack by new accounts. `delay`, `top_delay`: until it was listed, and in the top 10, ms; None: never.
    """

    tag: str
    began: int
    accounts: int
    strange: bool
    delay: int | None = None
    top_delay: int | None = None


class Report(msgspec.Struct):
    """What a replay showed. `overlap`: of the top 10 with the same list computed without the attacks, over all refreshes."""

    attacks: list[Attack]
    bursts: list[Burst]
    refreshes: int
    rows: int
    days: float
    overlap: float
    slowest_s: float
    cpu_s: float

    @property
    def reached_top(self) -> list[Attack]:
        """Attacks that were in the top 10."""
        return [one for one in self.attacks if one.rank is not None and one.rank <= TOP]


class _Row(msgspec.Struct, frozen=True):
    at: int
    actor: str
    tag: str
    deleted_at: int | None
    organic: bool


class _Listing(msgspec.Struct):
    """From when to when a tag was on the list, and in the top 10: (first, last) refreshes."""

    listed: list[int] = []
    top: list[int] = []


def replay(path: Path) -> Report:
    """Refresh every five minutes of the table's time; twice, with the attacks and without.

    Raises:
        NotReplayable: columns are missing, a time is no number, or rows are not in the order of time.
    """
    return _Replay().run(_rows(path))


class _Replay:
    def __init__(self) -> None:
        self._with, self._without = TrendMemory(), TrendMemory()
        self._numbers: dict[str, int] = {}
        self._names: list[str] = [""]
        self._attacks: dict[str, Attack] = {}
        self._times: dict[str, array[int]] = {}
        self._actors: dict[str, set[str]] = {}
        self._newcomers: dict[str, array[int]] = {}
        self._since: dict[int, int] = {}
        self._listings: dict[str, _Listing] = {}
        self._gone: list[tuple[int, int, int, int, bool]] = []
        self._overlap = 0.0
        self._compared = self._refreshes = 0
        self._cpu = self._slowest = 0.0

    def run(self, rows: Iterator[_Row]) -> Report:
        began = time.process_time()
        first = last = tick = None
        count = 0
        for row in rows:
            if first is None or tick is None:
                first, tick = row.at, (row.at // REFRESH_EVERY + 1) * REFRESH_EVERY
            while row.at >= tick:
                self._refresh(tick)
                tick += REFRESH_EVERY
            self._take_back(row.at)
            self._add(row)
            last = row.at
            count += 1
        if tick is not None:
            self._refresh(tick)
        return Report(
            attacks=list(self._attacks.values()),
            bursts=self._bursts(),
            refreshes=self._refreshes,
            rows=count,
            days=((last or 0) - (first or 0)) / DAY,
            overlap=self._overlap / self._compared if self._compared else 1.0,
            slowest_s=self._slowest,
            cpu_s=time.process_time() - began,
        )

    def _add(self, row: _Row) -> None:
        tag, actor = self._number("#" + row.tag), self._number("@" + row.actor)
        self._with.add(tag, actor, row.at)
        if row.organic:
            self._without.add(tag, actor, row.at)
            actors = self._actors.setdefault(row.tag, set())
            if row.actor not in actors:
                actors.add(row.actor)
                self._times.setdefault(row.tag, array("q")).append(row.at)
                self._newcomers.setdefault(row.tag, array("b")).append(
                    row.at - self._since.get(actor, row.at) < SETTLED
                )
            self._since.setdefault(actor, row.at)
        else:
            attack = self._attacks.setdefault(row.tag, Attack(row.tag, row.at))
            attack.acts += 1
        if row.deleted_at is not None:
            heapq.heappush(self._gone, (max(row.deleted_at, row.at), tag, actor, row.at, row.organic))

    def _number(self, name: str) -> int:
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = len(self._names)
            self._names.append(name)
        return number

    def _take_back(self, now: int) -> None:
        while self._gone and self._gone[0][0] <= now:
            at, tag, actor, made, organic = heapq.heappop(self._gone)
            self._with.take_back(tag, actor, made, at)
            if organic:
                self._without.take_back(tag, actor, made, at)

    def _refresh(self, now: int) -> None:
        self._take_back(now)
        began = time.process_time()
        listed, held = self._with.refresh(now, wanted=LISTED)
        took = time.process_time() - began
        self._slowest = max(self._slowest, took)
        other, _ = self._without.refresh(now, wanted=LISTED)
        self._refreshes += 1
        top, reference = {one.id for one in listed[:TOP]}, {one.id for one in other[:TOP]}
        if top or reference:
            self._overlap += len(top & reference) / max(len(top), len(reference))
            self._compared += 1
        for rank, found in enumerate(listed, 1):
            self._note(found, rank, now, reference)
        for found in held:
            attack = self._attacks.get(self._names[found.id][1:])
            if attack is not None:
                attack.held = attack.held or str(found.held)

    def _note(self, found: Found, rank: int, now: int, reference: set[int]) -> None:
        tag = self._names[found.id][1:]
        listing = self._listings.setdefault(tag, _Listing())
        listing.listed.append(now)
        if rank <= TOP:
            listing.top.append(now)
        attack = self._attacks.get(tag)
        if attack is None or found.id in reference:
            return
        if attack.rank is None or rank < attack.rank:
            attack.rank, attack.seen = rank, found
        if rank <= TOP and attack.top_after is None:
            attack.top_after = now - attack.began

    def _bursts(self) -> list[Burst]:
        found = []
        for tag, times in self._times.items():
            began = _burst(times)
            if began is not None:
                listing = self._listings.get(tag, _Listing())
                first = slice(bisect_left(times, began), bisect_right(times, began + SOON))
                new = self._newcomers[tag][first]
                strange = sum(new) > len(new) / 2
                delays = _delay(listing.listed, began), _delay(listing.top, began)
                found.append(Burst(tag, began, len(times), strange, *delays))
        return found


def _delay(at: list[int], began: int) -> int | None:
    return next((one - began for one in at if one >= began), None)


def _burst(times: array[int]) -> int | None:
    """When genuine interest began, by the times at which accounts took the tag up first."""
    first = 0
    for until, at in enumerate(times):
        while at - times[first] > HOUR:
            first += 1
        if until - first + 1 < _BURST_LEAST:
            continue
        began = times[first]
        before = sum(1 for one in times[:first] if one >= began - DAY) / 24
        if until - first + 1 < _BURST_OVER * before:
            continue
        if _same_minute(times[first : until + 1]) > _BURST_SAME_MINUTE * (until - first + 1):
            return None
        return next(
            (
                one
                for one, tenth in zip(times[first:], times[first + 9 :], strict=False)
                if tenth - one <= _BURST_BEGINS
            ),
            began,
        )
    return None


def _same_minute(times: array[int]) -> int:
    most = first = 0
    for until, at in enumerate(times):
        while at - times[first] >= MINUTE:
            first += 1
        most = max(most, until - first + 1)
    return most


def _rows(path: Path) -> Iterator[_Row]:
    last = None
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        missing = _COLUMNS - set(reader.fieldnames or ())
        if missing:
            raise NotReplayable(f"{path} has no column {', '.join(sorted(missing))}.")
        for number, row in enumerate(reader, 2):
            try:
                at = int(float(row["time"]) * 1000)
                deleted = int(float(row["deleted_at"]) * 1000) if row["deleted_at"] else None
            except (TypeError, ValueError, OverflowError) as error:
                raise NotReplayable(f"{path}, line {number}: a time is no number.") from error
            if last is not None and at < last:
                raise NotReplayable(f"{path}, line {number}: rows must be in the order of time.")
            last = at
            yield _Row(at, row["actor"], row["tag"], deleted, row["label"] == ORGANIC)
