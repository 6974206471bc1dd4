"""Pairs of accounts, weighed by how improbable all their occasions are together."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dunnock.integrity.coaction.observations import Floats, Ints, Observations
from dunnock.integrity.coaction.occasions import DAY, Coactions

_LEAST = 1e-3  # occasions expected of any pair, at least
_BLOCK = 1_000_000  # days of pairs at a time: memory stays bounded


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
        return Pairs(*(getattr(self, column.name)[which] for column in dataclasses.fields(self)))


def weigh(seen: Observations, found: Coactions, *, least: float = 1.5) -> Pairs:
    """Add occasions up to pairs, in two ways that miss different things.

    `surprise` adds what each occasion of at least `least` nats weighs: strong where little else happens, blind for the
    occasions that didn't happen. `excess` compares their number with that expected when everybody whom `a` met is anybody
    active that day: strong among few people who all meet, blind for a campaign that is nearly all there is.

    Two posts that have several things in common (a text, its hashtags, its link) are one occasion, of the greatest surprise.

    Source: of the excess, H. Chernoff, "A measure of asymptotic efficiency" (1952): a Poisson count of mean E reaches c > E
    with a chance of at most exp(-(c log(c/E) - c + E)).
    """
    if len(found) == 0:
        none = np.empty(0, np.int64)
        return Pairs(none, none, none, np.empty(0), np.empty(0))
    n, posts = int(seen.actor.max()) + 1, int(seen.post.max()) + 1
    one, two = seen.post[found.first], seen.post[found.second]
    met = np.minimum(one, two) * posts + np.maximum(one, two)
    order = np.lexsort((-found.surprise, met))
    new = np.ones(len(order), np.bool_)
    new[1:] = np.diff(met[order]) != 0
    once = order[new]
    first, second, surprise = found.first[once], found.second[once], found.surprise[once]
    a, b = seen.actor[first], seen.actor[second]
    pair, inverse, count = np.unique(np.minimum(a, b) * n + np.maximum(a, b), return_inverse=True, return_counts=True)
    total = np.asarray(
        np.bincount(inverse, np.where(surprise >= least, surprise, 0.0), minlength=len(pair)), np.float64
    )
    often = count >= 2
    pair, count, total = pair[often], count[often].astype(np.int64), total[often]
    expected = np.maximum(_expected(seen, np.concatenate([first, second]), pair // n, pair % n), _LEAST)
    excess = np.where(count > expected, count * np.log(count / expected) - count + expected, 0.0)
    return Pairs(pair // n, pair % n, count, total, excess)


def _expected(seen: Observations, acts: Ints, a: Ints, b: Ints) -> Floats:
    """Occasions expected of each pair (a, b): day by day, those of one with anybody times the other's part of all posts.

    `acts` are the rows of both acts of all occasions.
    """
    n = int(seen.actor.max()) + 1
    days, day = np.unique(seen.at // DAY, return_inverse=True)
    width = len(days)
    _, post = np.unique(seen.post, return_index=True)
    active, posts = np.unique(seen.actor[post] * width + day[post], return_counts=True)
    part = posts / np.bincount(day[post], minlength=width)[active % width]
    met = np.bincount(np.searchsorted(active, seen.actor[acts] * width + day[acts]), minlength=len(active))
    start = np.searchsorted(active, np.arange(n + 1) * width)
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
