"""Pairs of accounts, weighed by how improbable all their occasions are together."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dunnock.integrity.coaction.observations import Floats, Ints, Observations, distinct, grouped, sorting
from dunnock.integrity.coaction.occasions import DAY, Coactions

_LEAST = 1e-3  # occasions expected of any pair, at least
_BLOCK = 1_000_000  # days of pairs at a time: memory stays bounded
HELD = 6_000_000  # occasions at a time, for the same reason: 24 bytes each, and three times as much to sort them


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of accounts that met at least twice, each once, shape `(p,)`, ordered by `a`, then `b`."""

    a: Ints  # the smaller number
    b: Ints
    occasions: Ints  # pairs of posts with something in common
    surprise: Floats  # the sum of the surprises of the improbable ones, in nats
    excess: Floats  # nats by which so many occasions exceed what the two accounts' activity explains

    def __len__(self) -> int:
        return len(self.a)

    def take(self, which: npt.NDArray[np.bool_] | Ints) -> Pairs:
        """The rows that `which` picks."""
        return Pairs(*(getattr(self, name)[which] for name in _COLUMNS))

    @staticmethod
    def join(parts: list[Pairs]) -> Pairs:
        """All rows of `parts`, in their order."""
        return Pairs(*(np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS))


_COLUMNS = tuple(column.name for column in dataclasses.fields(Pairs))


def weigh(seen: Observations, found: Iterable[Coactions], *, least: float = 1.5, held: int = HELD) -> Pairs:
    """Add occasions up to pairs, in two ways that miss different things.

    `surprise` adds what each occasion of at least `least` nats weighs: strong where little else happens, blind for the
    occasions that didn't happen. `excess` compares their number with that expected when everybody whom `a` met is anybody
    active that day: strong among few people who all meet, blind for a campaign that is nearly all there is.

    Two posts that have several things in common (a text, its hashtags, its link) are one occasion, of the greatest surprise.

    `found` is gone through several times: once to count, then once for each `held` occasions, which are kept together. How
    many that are changes nothing: all occasions of a pair are in the same part.

    Source: of the excess, H. Chernoff, "A measure of asymptotic efficiency" (1952): a Poisson count of mean E reaches c > E
    with a chance of at most exp(-(c log(c/E) - c + E)).
    """
    if len(seen) == 0:
        return _none()
    activity, parts = _Activity(seen), [_none()]
    for low, high in _ranges(seen, found, held):
        some = Coactions.join([part.take(_lower(seen, part, low, high)) for part in found])
        parts.append(_summed(seen, some, activity, least))
    pairs = Pairs.join(parts)
    expected = np.maximum(activity.expected(pairs.a, pairs.b), _LEAST)
    count = pairs.occasions
    excess = np.where(count > expected, count * np.log(count / expected) - count + expected, 0.0)
    return dataclasses.replace(pairs, excess=excess)


def _none() -> Pairs:
    none = np.empty(0, np.int64)
    return Pairs(none, none, none, np.empty(0), np.empty(0))


def _ranges(seen: Observations, found: Iterable[Coactions], held: int) -> list[tuple[int, int]]:
    """Cuts the accounts into ranges: the smaller accounts of about `held` occasions are in each, or it is one account."""
    n = int(seen.actor.max()) + 1
    count = np.zeros(n, np.int64)
    for part in found:
        count += np.bincount(np.minimum(seen.actor[part.first], seen.actor[part.second]), minlength=n)
    piece = np.maximum(np.cumsum(count) - 1, 0) // held
    cuts = [0, *(np.flatnonzero(np.diff(piece)) + 1).tolist(), n]
    return list(itertools.pairwise(cuts))


def _lower(seen: Observations, found: Coactions, low: int, high: int) -> npt.NDArray[np.bool_]:
    """Which occasions are of accounts of whom the smaller is in the range."""
    smaller = np.minimum(seen.actor[found.first], seen.actor[found.second])
    return np.asarray((smaller >= low) & (smaller < high), np.bool_)


def _summed(seen: Observations, found: Coactions, activity: _Activity, least: float) -> Pairs:
    """The pairs of these occasions, without their excess; tells `activity` who met whom."""
    n, posts = int(seen.actor.max()) + 1, int(seen.post.max()) + 1
    a, b = seen.actor[found.first], seen.actor[found.second]
    _, pair, count = grouped(np.minimum(a, b) * n + np.maximum(a, b))
    once = (count == 1)[pair]
    activity.meet(found.take(once))
    found = found.take(~once)
    one, two = seen.post[found.first], seen.post[found.second]
    met = np.minimum(one, two) * posts + np.maximum(one, two)
    order = sorting(met)
    new = np.ones(len(order), np.bool_)
    new[1:] = np.diff(met[order]) != 0
    starts = np.flatnonzero(new)
    most = np.maximum.reduceat(found.surprise[order], starts) if len(starts) else found.surprise
    found = Coactions(found.first[order[starts]], found.second[order[starts]], most)
    activity.meet(found)
    a, b = seen.actor[found.first], seen.actor[found.second]
    pair, inverse, count = grouped(np.minimum(a, b) * n + np.maximum(a, b))
    weighty = np.where(found.surprise >= least, found.surprise, 0.0)
    total: Floats = np.bincount(inverse, weighty, minlength=len(pair)).astype(np.float64)
    often = count >= 2
    pair = pair[often]
    return Pairs(pair // n, pair % n, count[often].astype(np.int64), total[often], np.zeros(len(pair)))


def days(seen: Observations) -> tuple[Ints, int]:
    """The day of each row, as a number from 0 of the days on which anything was seen, and how many these are."""
    day = seen.at // DAY
    known = distinct(day)
    return np.searchsorted(known, day), len(known)


class _Activity:
    """How active each account was each day, and how often it met somebody."""

    def __init__(self, seen: Observations) -> None:
        day, self._width = days(seen)
        width, posts = self._width, int(seen.post.max()) + 1
        when = np.full(posts, -1, np.int64)  # all that a post did, one account did at one time
        when[seen.post] = seen.actor * width + day
        known = np.flatnonzero(when >= 0)
        self._active, place, times = grouped(when[known])
        self._part = times / np.bincount(when[known] % width, minlength=width)[self._active % width]
        when[known] = place
        self._place = when[seen.post]  # of each row
        self._met = np.zeros(len(self._active), np.int64)
        self._start = np.searchsorted(self._active, np.arange(int(seen.actor.max()) + 2) * width)

    def meet(self, found: Coactions) -> None:
        """These accounts met on these days."""
        for acts in (found.first, found.second):
            self._met += np.bincount(self._place[acts], minlength=len(self._met))

    def expected(self, a: Ints, b: Ints) -> Floats:
        """Occasions expected of each pair: day by day, those of one with anybody times the other's part of all posts."""
        active, start, met, part, width = self._active, self._start, self._met, self._part, self._width
        lengths = np.diff(start)
        fewer = np.where(lengths[a] <= lengths[b], a, b)  # days: those of the one that was active on fewer
        other = a + b - fewer
        expected = np.zeros(len(a))
        for block in np.array_split(np.arange(len(a)), 1 + int(lengths[fewer].sum()) // _BLOCK):
            owner, at = spread(start[fewer[block]], lengths[fewer[block]])
            there = other[block][owner] * width + active[at] % width
            place = np.minimum(np.searchsorted(active, there), len(active) - 1)
            chance = np.where(active[place] == there, np.maximum(met[at] * part[place], met[place] * part[at]), 0.0)
            expected[block] = np.bincount(owner, chance, minlength=len(block))
        return expected


def spread(start: Ints, lengths: Ints) -> tuple[Ints, Ints]:
    """For stretches of rows: which stretch, and which row, for every row of every stretch."""
    owner = np.repeat(np.arange(len(start)), lengths)
    return owner, np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + np.repeat(start, lengths)
