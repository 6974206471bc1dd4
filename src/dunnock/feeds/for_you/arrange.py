"""From scores to a page: no author or topic takes it over, small and new authors have their share, chance has a little.

Every change is an amount added to the score, written down in the order in which it was made; so the place of each item
can be worked out again from its receipt.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from dunnock.feeds.for_you.circles import NOBODY, Quota
from dunnock.feeds.for_you.model import Arranging
from dunnock.feeds.for_you.receipt import Adjustment

Floats = NDArray[np.float64]
_OF_A_CIRCLE = 20  # are looked at besides, where circles have a quota
_LOOKED_AT = 400  # of the sorted list: a page is made of these, and of what is drawn at random


class Item(msgspec.Struct, frozen=True):
    """What the arranger knows of a candidate. `small`: by an author with few followers, or a new one."""

    id: int
    author: int
    tags: frozenset[str] = frozenset()
    small: bool = False


class Placed(msgspec.Struct, frozen=True):
    """An item at its place; `index` points into what was handed in."""

    index: int
    adjustments: tuple[Adjustment, ...]
    placed: float
    propensity: float


def arrange(
    items: Sequence[Item],
    scores: Floats,
    rules: Arranging,
    *,
    limit: int,
    draw: Callable[[], float] | None = None,
    quota: Quota | None = None,
) -> list[Placed]:
    """The best page of at most `limit`. `draw` gives numbers from 0 up to 1; None: nothing is drawn at random. `quota`: how much
    a circle may have, as long as there is anything else.
    """
    page = _Page(items, scores, rules, quota)
    explore = rules.explore if draw is not None else 0.0
    while len(page.placed) < limit:
        best = page.best()
        if best is None:
            break
        if explore and draw is not None and draw() < explore:
            chance = page.order[int(draw() * len(page.order))]
            if page.may(chance):
                lift = max(0.0, best.placed - float(scores[chance]))
                change = Adjustment("explored", lift)
                page.put(Placed(chance, (change,), float(scores[chance]) + lift, explore / len(page.order)))
                continue
        if page.has_small and rules.small * (len(page.placed) + 1) - page.small >= 1 and not items[best.index].small:
            lifted = page.best(only_small=True)
            if lifted is not None:
                change = Adjustment("small_author", best.placed - lifted.placed)
                best = Placed(lifted.index, (*lifted.adjustments, change), best.placed, 1.0)
        page.put(Placed(best.index, best.adjustments, best.placed, 1.0 - explore))
    return page.placed


class _Page:
    """A page in the making: what is left, and what stands already."""

    def __init__(self, items: Sequence[Item], scores: Floats, rules: Arranging, quota: Quota | None) -> None:
        self._items, self._rules, self._quota = items, rules, quota
        ids = np.array([item.id for item in items], np.int64)
        order = np.lexsort((-ids, -scores))
        self.order = order.tolist()
        self.placed: list[Placed] = []
        self.small = 0
        small: list[int] = []
        if rules.small:
            further = itertools.islice(self.order, _LOOKED_AT, None)
            small = list(itertools.islice((n for n in further if items[n].small), _LOOKED_AT))
        if quota is not None:
            small += self._others(quota, order[_LOOKED_AT:], set(small))
        left = [*self.order[:_LOOKED_AT], *small]
        self._left = np.array(left, np.int64)
        self._scores = scores[self._left]
        self._author = np.array([items[n].author for n in left], np.int64)
        self._small = np.array([items[n].small for n in left], bool)
        self.has_small = bool(self._small.any())
        self._circle = quota.circle[self._left] if quota is not None else np.zeros(0, np.int64)
        self._taken_of = np.zeros(len(quota.share) if quota is not None else 0)
        self._same_author, self._same_tag = np.zeros(len(self._left)), np.zeros(len(self._left))
        self._free = np.ones(len(self._left), bool)
        with_tag = self._with = defaultdict[str, list[int]](list)
        for place, n in enumerate(left):
            for tag in items[n].tags:
                with_tag[tag].append(place)
        self._taken: set[int] = set()
        self._by_author: Counter[int] = Counter()
        self._by_tag: Counter[str] = Counter()

    def _others(self, quota: Quota, further: NDArray[np.int64], there: set[int]) -> list[int]:
        """The best of each circle that are not looked at yet: the first ones may all be of one."""
        circle = quota.circle[further]
        best = [np.flatnonzero(circle == one)[:_OF_A_CIRCLE] for one in np.unique(circle)]
        found = further[np.sort(np.concatenate([np.zeros(0, np.int64), *best]))].tolist()
        return [n for n in found if n not in there]

    def may(self, n: int) -> bool:
        """Is it not there yet, its author not too often, and its circle neither?"""
        if n in self._taken or self._by_author[self._items[n].author] >= self._rules.most_of_author:
            return False
        if self._quota is None or self._quota.circle[n] == NOBODY:
            return True
        return not self._quota.full(self._taken_of, len(self.placed))[self._quota.circle[n]]

    def put(self, one: Placed) -> None:
        """Give the next place to it."""
        item = self._items[one.index]
        self.placed.append(one)
        self._taken.add(one.index)
        self._by_author[item.author] += 1
        self._by_tag.update(item.tags)
        self.small += item.small
        if self._quota is not None and self._quota.circle[one.index] != NOBODY:
            self._taken_of[self._quota.circle[one.index]] += 1
        self._free[self._left == one.index] = False
        theirs = self._author == item.author
        self._same_author[theirs] += 1
        if self._by_author[item.author] >= self._rules.most_of_author:
            self._free[theirs] = False
        for tag in item.tags:
            those = self._with.get(tag, [])
            self._same_tag[those] = np.maximum(self._same_tag[those], self._by_tag[tag])

    def best(self, *, only_small: bool = False) -> Placed | None:
        """The one with the largest score after what is taken off; the circles' quota gives way to an empty place."""
        may = self._free & self._small if only_small else self._free
        if self._quota is not None and len(self._quota.share):
            full = self._quota.full(self._taken_of, len(self.placed))
            within = may & ~((self._circle != NOBODY) & full[self._circle])
            may = within if only_small or within.any() else may
        if not may.any():
            return None
        rules = self._rules
        placed = self._scores + (-rules.author * self._same_author - rules.tag * self._same_tag)
        place = int(np.argmax(np.where(may, placed, -np.inf)))
        changes = []
        if rules.author and self._same_author[place]:
            changes.append(Adjustment("same_author", -rules.author * float(self._same_author[place])))
        if rules.tag and self._same_tag[place]:
            changes.append(Adjustment("same_tag", -rules.tag * float(self._same_tag[place])))
        return Placed(int(self._left[place]), tuple(changes), float(placed[place]), 1.0)
