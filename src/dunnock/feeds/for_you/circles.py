"""Circles: people who answer the same things, whatever hashtags they use or don't; and how much a page may hold of each.

One post at a time shows nothing of a movement, all of them together do. So nobody is led into a circle that they have not
turned to themselves: of what one is shown within a day, a circle has at most the share that it has of all that could be shown.

Source: Traag, Waltman and van Eck, "From Louvain to Leiden" (2019), with the resolution of Reichardt and Bornholdt (2006).
"""

from __future__ import annotations

import random

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NOBODY = -1
MOST_GATHERED = 50_000  # acts from which circles are found: so it takes some tenths of a second
TIES = 3
"""Who answered so many posts of a circle turned to it."""

_RESOLUTION = 2.0  # finer than modularity alone, which hides small circles within large ones
_LEAST = 5  # people


def circles(account: Ints, item: Ints, *, accounts: int) -> Ints:
    """The circle of each account, `(accounts,)`; NOBODY: none. `account[k]` answered `item[k]`. The same for the same acts."""
    import igraph  # noqa: PLC0415 (only who ranks pays for it)

    circle = np.full(accounts, NOBODY, np.int64)
    if not len(account):
        return circle
    people, person = np.unique(account, return_inverse=True)
    _, thing, drawn = np.unique(item, return_inverse=True, return_counts=True)
    graph = igraph.Graph(n=len(people) + len(drawn), edges=np.stack([person, len(people) + thing], 1))
    igraph.set_random_number_generator(random.Random(0))  # noqa: S311 (the same circles again, no secret)
    found = graph.community_leiden(
        objective_function="modularity",
        weights=(1 / np.sqrt(drawn))[thing].tolist(),  # what many answer says little
        resolution=_RESOLUTION,
        n_iterations=4,
    )
    member = np.asarray(found.membership, np.int64)[: len(people)]
    sizes = np.bincount(member)
    order = np.argsort(-sizes, kind="stable")
    number = np.full(len(sizes), NOBODY, np.int64)
    kept = order[sizes[order] >= _LEAST]
    number[kept] = np.arange(len(kept))
    circle[people] = number[member]
    return circle


def most_of(thing: Ints, circle: Ints, weight: Floats, n: int) -> Ints:
    """For each of `n` things the circle that weighs most in it; NOBODY where none is known."""
    known = circle != NOBODY
    best = np.full(n, NOBODY, np.int64)
    if not known.any():
        return best
    every = int(circle.max()) + 1
    sums = np.bincount(thing[known] * every + circle[known], weight[known], n * every).reshape(n, every)
    found = sums.max(1) > 0
    best[found] = sums.argmax(1)[found]
    return best


class Quota(msgspec.Struct, frozen=True):
    """How much of a page each circle may have. `circle`: of each candidate, NOBODY: any number; `share`: of each circle, among
    all candidates; `shown`: how many posts of each the viewer was shown within a day, of `total`.
    """

    circle: Ints
    share: Floats
    shown: Floats
    total: int

    def full(self, taken: Floats, placed: int) -> NDArray[np.bool_]:
        """Which circles have all that they may have; `taken`: how much of each stands among the `placed` of the page."""
        most = np.ceil(self.share * (self.total + placed + 1) - 1e-9)
        full: NDArray[np.bool_] = self.shown + taken + 1 > most
        return full


def quota(circle: Ints, turned_to: Ints, free: NDArray[np.bool_], shown: Ints) -> Quota:
    """The quota of a viewer. `circle`: of each candidate; `turned_to`: of each post that the viewer answered; `free`: candidates
    that are theirs by choice (whom and what they follow); `shown`: of each post that they were shown within a day.
    """
    n = int(max(circle.max(initial=NOBODY), turned_to.max(initial=NOBODY), shown.max(initial=NOBODY))) + 1
    ties = np.bincount(turned_to[turned_to != NOBODY], minlength=n)
    bound = circle.copy()
    bound[free] = NOBODY
    bound[(circle != NOBODY) & (ties[circle] >= TIES if n else False)] = NOBODY
    there = np.bincount(circle[circle != NOBODY], minlength=n)
    seen = np.bincount(shown[shown != NOBODY], minlength=n).astype(np.float64)
    return Quota(bound, there / max(len(circle), 1), seen, len(shown))
