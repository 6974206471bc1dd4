"""Occasions: two accounts did the same thing to the same object, close in time, and the chance of that.

The null model: whoever acts on an object next is drawn from those who are active at that time, each as often as it is active.
So when `j` is the d-th to act on an object after `i`, the chance that `j` is among these d is at most d times `j`'s share of all
acts of this kind in that window of time. Objects that everybody shares have many people between any two, and busy accounts are
met everywhere: both weigh little without any list of what is popular.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dunnock.integrity.coaction.observations import Floats, Ints, Observations, Trace, Words, grouped, sorting

DAY = 86_400
BLOCK = 1_000_000  # occasions at a time
HELD = 2_000_000  # occasions that are kept, of 24 bytes each; and as many as there are rows, which take 40
_APART = np.uint64(0xD6E8FEB86659FD93)  # odd: its products are spread evenly


@dataclass(frozen=True, slots=True)
class Rule:
    """What counts as an occasion in one trace."""

    lag: int = DAY  # seconds at most between the two acts
    reach: int = 40  # at most so many acts on the object after one's own are looked at: cost stays linear
    window: int = DAY  # seconds over which shares of activity are taken


# Hashtags and mentions belong to everybody who follows the same event; only using them at once says something.
_TOGETHER = Rule(lag=600, reach=20)
_SOON = Rule(lag=3600)

RULES: Mapping[Trace, Rule] = {
    Trace.REPOST: Rule(),
    Trace.TEXT: Rule(),
    Trace.NEAR_TEXT: Rule(),
    Trace.TAGS: _SOON,
    Trace.TAG: _TOGETHER,
    Trace.LINK: _SOON,
    Trace.MEDIA: Rule(),
    Trace.REPLY: _SOON,
    Trace.MENTION: _TOGETHER,
    Trace.BOOSTED: Rule(lag=3600, reach=20),
}


@dataclass(frozen=True, slots=True)
class Coactions:
    """Occasions, shape `(m,)`; `first` and `second` are rows of the observations they were found in, the earlier one first."""

    first: Ints
    second: Ints
    surprise: Floats  # minus the natural logarithm of the chance; 0 where chance explains it wholly

    def __len__(self) -> int:
        return len(self.first)

    def take(self, which: npt.NDArray[np.bool_] | Ints) -> Coactions:
        """The occasions that `which` picks."""
        return Coactions(self.first[which], self.second[which], self.surprise[which])

    @staticmethod
    def join(parts: list[Coactions]) -> Coactions:
        """All occasions of `parts`, in their order."""
        if not parts:
            none = np.empty(0, np.int64)
            return Coactions(none, none, np.empty(0))
        return Coactions(
            np.concatenate([part.first for part in parts]),
            np.concatenate([part.second for part in parts]),
            np.concatenate([part.surprise for part in parts]),
        )


class Occasions:
    """Every occasion within `rules` among rows as `firsts` leaves them, in blocks of at most `block`.

    There may be dozens for each row, so they are only kept where they are few, up to `held` or one a row: of more, each time
    this is gone through, they are found again, the same in the same order. That takes less time than to write them to a disk
    and to read them, and no memory. The cost is linear in the rows: each is compared with at most `reach` others. A trace that
    has no rule is left out.
    """

    def __init__(
        self, seen: Observations, rules: Mapping[Trace, Rule] = RULES, *, block: int = BLOCK, held: int = HELD
    ) -> None:
        self._seen, self._block, self._held = seen, block, held and max(held, len(seen))
        self._traces = [(rule, *_sorted(seen, trace, rule)) for trace, rule in rules.items()]
        self._kept: list[Coactions] | None = None

    def __iter__(self) -> Iterator[Coactions]:
        if self._kept is not None:
            yield from self._kept
            return
        kept: list[Coactions] = []
        some: list[Coactions] = []  # less than a block
        size = 0
        for part in self._found():
            size += len(part)
            if size <= self._held:
                some.append(part)
                if sum(len(one) for one in some) >= self._block:
                    kept, some = [*kept, Coactions.join(some)], []
            else:
                kept, some = [], []
            yield part
        if size <= self._held:
            self._kept = [*kept, Coactions.join(some)]
            self._traces = []

    def _found(self) -> Iterator[Coactions]:
        for rule, rows, share in self._traces:
            for start in range(0, len(rows), self._block):
                yield from self._near(rule, rows[start:], share[start:])

    def _near(self, rule: Rule, rows: Ints, share: Floats) -> Iterator[Coactions]:
        """Those of the first `block` of `rows` with any that come after them."""
        rows = rows[: self._block + rule.reach]
        actor, thing, at = self._seen.actor[rows], self._seen.object[rows], self._seen.at[rows]
        live = np.arange(min(self._block, len(rows)))
        for step in range(1, rule.reach + 1):
            live = live[live + step < len(rows)]
            live = live[thing[live] == thing[live + step]]
            live = live[at[live + step] - at[live] <= rule.lag]
            if len(live) == 0:
                return
            pair = live[actor[live] != actor[live + step]]
            chance = np.minimum(1.0, step * np.maximum(share[pair], share[pair + step]))
            yield Coactions(rows[pair], rows[pair + step], -np.log(chance))


def coactions(seen: Observations, rules: Mapping[Trace, Rule] = RULES) -> Coactions:
    """All of `Occasions` at once."""
    return Coactions.join(list(Occasions(seen, rules)))


def firsts(seen: Observations, rules: Mapping[Trace, Rule] = RULES) -> Observations:
    """Without repetitions: what an account does to the same object again in the same window is left out, the first stays.

    Rows of traces without a rule are left out too.
    """
    if len(seen) == 0:
        return seen
    lasts = np.zeros(max(Trace) + 1, np.int64)
    lasts[list(rules)] = [rule.window for rule in rules.values()]
    known = lasts[seen.trace] > 0
    window = seen.at // np.maximum(lasts, 1)[seen.trace]
    window -= window.min()
    whose = seen.trace * (seen.actor.max() + 1) + seen.actor
    which = whose * (window.max() + 1) + window  # one column sorts faster than three
    both = seen.object + which.view(np.uint64) * _APART
    again = repeated(both)
    order = again[known[again]]
    for column in (seen.post, seen.at, both):  # by the last, then by those before it
        order = order[sorting(column[order])]
    new = np.ones(len(order), np.bool_)
    new[1:] = (np.diff(which[order]) != 0) | (np.diff(seen.object[order]) != 0)
    known[order[~new]] = False
    return seen if known.all() else seen.take(known)


def repeated(key: Words) -> Ints:
    """Rows whose keys come more than once: by key, then in their order. Sorts least where the upper bits tell keys apart."""
    taken = np.uint64(len(key).bit_length())
    upper = (key >> taken << taken) | np.arange(len(key), dtype=np.uint64)
    upper.sort()
    rows = (upper & np.uint64((1 << int(taken)) - 1)).view(np.int64)
    rows = rows[_doubled(upper >> taken)]
    rows = rows[sorting(key[rows])]
    return rows[_doubled(key[rows])]


def _doubled(ordered: Words) -> npt.NDArray[np.bool_]:
    same = np.zeros(len(ordered) + 1, np.bool_)
    same[1:-1] = ordered[1:] == ordered[:-1]
    return np.asarray(same[1:] | same[:-1])


def shares(actor: Ints, window: Ints) -> Floats:
    """For each act: its actor's share of all acts in its window, shape `(n,)`."""
    actors = int(actor.max()) + 1
    active, own, count = grouped((window - window.min()) * actors + actor)
    known = active // actors
    new = np.ones(len(known), np.bool_)
    new[1:] = known[1:] != known[:-1]
    starts = np.flatnonzero(new)
    total = np.add.reduceat(count, starts)
    return np.asarray((count / total[np.cumsum(new) - 1])[own], np.float64)


def _sorted(seen: Observations, trace: Trace, rule: Rule) -> tuple[Ints, Floats]:
    """The rows of a trace, those about the same object together and in order of time, and their actors' shares.

    Rows about an object that nothing else was done to are left out: they are no part of any occasion.
    """
    rows = np.flatnonzero(seen.trace == trace)
    if len(rows) == 0:
        return rows, np.empty(0)
    share = shares(seen.actor[rows], seen.at[rows] // rule.window)
    more = repeated(seen.object[rows])
    rows, share = rows[more], share[more]
    by_time = sorting(seen.at[rows] * (seen.actor.max() + 1) + seen.actor[rows])
    thing = np.cumsum(np.diff(seen.object[rows], prepend=seen.object[rows[:1]]) != 0)
    order = by_time[sorting(thing[by_time])]
    return rows[order], share[order]
