"""Acts in memory, as they come: what the database is for a running server, this is for a replay and for measurements."""

from __future__ import annotations

import heapq
import math
from collections import deque

from dunnock.discovery.trend_engine import (
    FAST,
    GATHERED,
    GATHERING,
    LEAST,
    NOBODY,
    ORDINARY,
    REMEMBERED,
    SEVERAL,
    WINDOW,
    Found,
    Past,
    Scene,
    Weighed,
    circles_of,
    most_strength,
    ranked,
    steady,
    weigh,
)
from dunnock.foundation.clock import DAY, HOUR
from dunnock.foundation.ids import id_at

PAST = 7 * DAY
SETTLED = HOUR
"""After so long an act is part of its account's past."""
JUDGED = 300
"""So many subjects are judged at most, those with most accounts first."""
KEPT = 64
"""So many acts of an account on one subject are kept: only the first that stands counts."""
_FORGOTTEN = 30 * DAY
_MOST_OF_SLOT = 60_000  # gatherings of a half hour


class _Subject:
    """One subject's acts (account -> times of those that stand), their decayed numbers, and its own past by hours.

    `lately`, `just_now`: (number, as of when). `weighed`: as of `weighed_at`, which is None when the acts changed since.
    """

    __slots__ = ("acts", "expected", "expected_at", "hours", "just_now", "last", "lately", "weighed", "weighed_at")

    def __init__(self) -> None:
        self.acts: dict[int, list[int]] = {}
        self.hours: dict[int, int] = {}
        self.lately = self.just_now = (0.0, 0)
        self.expected = ORDINARY
        self.expected_at = self.last = 0
        self.weighed: Weighed | None = None
        self.weighed_at: int | None = None


class TrendMemory:
    """Takes acts in the order of time; `refresh` says what is a trend. Times are in ms."""

    def __init__(self, half_life: int = 4 * HOUR) -> None:
        """An account counts half after `half_life`."""
        self._half_life = half_life
        self._subjects: dict[int, _Subject] = {}
        self._acts: deque[tuple[int, int, int]] = deque()
        self._unsettled: deque[tuple[int, int, int]] = deque()
        self._pasts: dict[int, Past] = {}
        self._seen: dict[int, int] = {}
        self._gathering: dict[tuple[int, int], set[int]] = {}
        self._closed: deque[tuple[int, int]] = deque()
        self._gatherings: dict[int, tuple[int, int]] = {}
        self._gathered: deque[tuple[int, int]] = deque()
        self._numbers = 0
        self._began: int | None = None
        self._swept = 0
        self._held: frozenset[int] = frozenset()
        self._young = True

    def add(self, subject: int, account: int, at: int) -> None:
        """Somebody took a subject up."""
        self._began = at if self._began is None else self._began
        one = self._subjects.get(subject)
        if one is None:
            one = self._subjects[subject] = _Subject()
        one.last = at
        times = one.acts.get(account)
        if times is None:
            one.acts[account] = [at]
            self._weigh(one, at, 1.0, at)
            hour = at // HOUR
            one.hours[hour] = one.hours.get(hour, 0) + 1
        elif len(times) < KEPT:
            times.append(at)
        else:
            return
        self._acts.append((at, subject, account))
        self._unsettled.append((at, subject, account))

    def take_back(self, subject: int, account: int, at: int, now: int) -> None:
        """The act of that time was taken back: it never was."""
        one = self._subjects.get(subject)
        first = None if one is None else self._remove(one, account, at, now)
        if one is not None and first is not None:
            hour = first // HOUR
            one.hours[hour] = one.hours.get(hour, 1) - 1

    def _remove(self, one: _Subject, account: int, at: int, now: int) -> int | None:
        """The time at which the account began to count, when it counts no longer."""
        times = one.acts.get(account)
        if times is None or at not in times:
            return None
        first = times[0]
        times.remove(at)
        one.weighed_at = None
        if times:
            return None
        del one.acts[account]
        self._weigh(one, first, -1.0, now)
        return first

    def refresh(self, now: int, *, wanted: int = 20) -> tuple[list[Found], list[Found]]:
        """The `wanted` strongest trends, the strongest first, and what is held back before them."""
        self._expire(now)
        self._settle(now)
        young = self._began is None or now - self._began < DAY
        if young != self._young:
            self._young = young
            for one in self._subjects.values():
                one.weighed_at = None
        scene = Scene(accounts=len(self._seen), gatherings=self._gatherings, young=young)
        found: list[Found] = []
        shown: list[float] = []
        for most, subject, expected in self._candidates(now):
            if len(shown) == wanted and shown[0] >= most:
                break
            judged = self._judged(subject, self._subjects[subject], expected, scene, now)
            if judged is None:
                continue
            found.append(judged)
            if judged.held is None:
                (heapq.heappush if len(shown) < wanted else heapq.heappushpop)(shown, judged.strength)
        listed, held = ranked(found)
        self._held = (self._held - {one.id for one in found}) | {one.id for one in held}
        return listed[:wanted], held

    def _weigh(self, one: _Subject, at: int, sign: float, now: int) -> None:
        """Keep the decayed numbers of accounts up to date, without walking through them."""
        one.weighed_at = None
        one.lately = (_faded(one.lately, now, self._half_life, sign, at), now)
        one.just_now = (_faded(one.just_now, now, self._half_life // FAST, sign, at), now)

    def _candidates(self, now: int) -> list[tuple[float, int, float]]:
        """(no stronger than, subject, expected), the strongest first: when each account counted in full."""
        strong = []
        for subject, one in self._subjects.items():
            if len(one.acts) < LEAST:
                continue
            if one.expected_at != now // HOUR:
                one.expected_at, one.expected = now // HOUR, self._expected(one, now)
            expected = one.expected
            lately = one.lately[0] * 0.5 ** ((now - one.lately[1]) / self._half_life)
            just_now = one.just_now[0] * 0.5 ** ((now - one.just_now[1]) * FAST / self._half_life)
            most = most_strength(just_now, lately, expected)
            if most > 0:
                strong.append((most, subject, expected))
        return heapq.nlargest(JUDGED, strong)

    def _expected(self, one: _Subject, now: int) -> float:
        """By its own past: of the last days, or of the same hour of the week, whichever is more."""
        end, first = (now - WINDOW) // HOUR, (now - PAST) // HOUR
        began = self._began or now
        hours = max(end - max(first, began // HOUR), 1)
        mean = sum(count for hour, count in one.hours.items() if first <= hour < end) / max(hours, 24)
        week = now // HOUR - 168
        same = max(one.hours.get(week, 0), (one.hours.get(week - 1, 0) + one.hours.get(week + 1, 0)) / 2)
        return max(ORDINARY, steady(max(mean, same), self._half_life))

    def _judged(self, subject: int, one: _Subject, expected: float, scene: Scene, now: int) -> Found | None:
        known = one.weighed
        if known is None or one.weighed_at is None or now - one.weighed_at >= GATHERING or known.due(now):
            acts = {account: times[0] for account, times in one.acts.items()}
            circles = circles_of(subject, acts, self._pasts, scene)
            known = one.weighed = weigh(acts, circles, scene, now=now, half_life=self._half_life)
            one.weighed_at = now
        return None if known is None else known.found(subject, now=now, half_life=self._half_life, expected=expected)

    def _expire(self, now: int) -> None:
        """What is older than a day is over; what nobody took up for a week is forgotten."""
        while self._acts and self._acts[0][0] <= now - WINDOW:
            at, subject, account = self._acts.popleft()
            if (one := self._subjects.get(subject)) is not None:
                self._remove(one, account, at, now)
        while self._gathered and self._gathered[0][0] <= now - PAST:
            self._gatherings.pop(self._gathered.popleft()[1], None)
        if now - self._swept >= DAY:
            self._swept = now
            self._subjects = {key: one for key, one in self._subjects.items() if one.last > now - PAST - DAY}
            for one in self._subjects.values():
                one.hours = {hour: count for hour, count in one.hours.items() if hour >= (now - PAST - DAY) // HOUR}
            self._seen = {key: at for key, at in self._seen.items() if at > now - _FORGOTTEN}
            self._pasts = {key: past for key, past in self._pasts.items() if key in self._seen}

    def _settle(self, now: int) -> None:
        """Acts that stood for an hour become part of their accounts' past, but none in what is held back."""
        while self._unsettled and self._unsettled[0][0] <= now - SETTLED:
            at, subject, account = self._unsettled.popleft()
            one = self._subjects.get(subject)
            if one is None or at not in one.acts.get(account, ()):
                continue
            self._seen[account] = at
            key = (subject, at // GATHERING)
            if key not in self._gathering:
                self._gathering[key] = set()
                self._closed.append(key)
            self._gathering[key].add(account)
            if subject not in self._held:
                past = self._pasts.get(account, NOBODY)
                if past.first not in (subject, SEVERAL):
                    self._pasts[account] = Past(subject if past.first is None else SEVERAL, past.gatherings)
        while self._closed and (self._closed[0][1] + 1) * GATHERING <= now - SETTLED:
            subject, slot = self._closed.popleft()
            came = self._gathering.pop((subject, slot))
            if len(came) >= GATHERED:
                self._numbers = (self._numbers + 1) % _MOST_OF_SLOT
                number = id_at(slot * GATHERING, self._numbers)
                self._gatherings[number] = (subject, len(came))
                self._gathered.append((now, number))
                for account in came:
                    past = self._pasts.get(account, NOBODY)
                    self._pasts[account] = Past(past.first, (*past.gatherings[1 - REMEMBERED :], number))


def _faded(number: tuple[float, int], now: int, half_life: int, sign: float, at: int) -> float:
    before = number[0] * math.pow(0.5, (now - number[1]) / half_life) if number[0] else 0.0
    return max(0.0, before + sign * math.pow(0.5, (now - at) / half_life))
