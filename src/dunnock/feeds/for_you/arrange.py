"""From scores to a page: no author or topic takes it over, small and new authors have their share, chance has a little.

Every change is an amount added to the score, written down in the order in which it was made; so the place of each item
can be worked out again from its receipt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from dunnock.feeds.for_you.circles import NOBODY, Quota
from dunnock.feeds.for_you.model import Arranging
from dunnock.feeds.for_you.receipt import Adjustment

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
_OF_A_CIRCLE = 20  # are looked at besides, where circles have a quota
_LOOKED_AT = 400  # of the sorted list: a page is made of these, and of what is drawn at random


class Item(msgspec.Struct, frozen=True):
    """What the arranger knows of a candidate. `small`: by an author with few followers, or a new one."""

    id: int
    author: int
    tags: frozenset[str] = frozenset()
    small: bool = False


class Shelf(msgspec.Struct, frozen=True):
    """Items by columns, so that a page can be made without touching each. `tag`: numbers of hashtags; those of item `n` are
    `tag[first[n]:first[n + 1]]`.
    """

    id: Ints
    author: Ints
    small: Bools
    tag: Ints
    first: Ints

    def take(self, places: Ints) -> Shelf:
        """Some of the items, in the order of `places`."""
        lengths = self.first[places + 1] - self.first[places]
        first = np.concatenate([[0], np.cumsum(lengths)])
        within = np.arange(first[-1]) - np.repeat(first[:-1], lengths)
        tag = self.tag[np.repeat(self.first[places], lengths) + within]
        return Shelf(self.id[places], self.author[places], self.small[places], tag, first)

    def tags_of(self, n: int) -> list[int]:
        """The numbers of one item's hashtags."""
        numbers: list[int] = self.tag[self.first[n] : self.first[n + 1]].tolist()
        return numbers


def shelf_of(items: Sequence[Item]) -> Shelf:
    """Items by columns."""
    numbers: dict[str, int] = {}
    tags = [[numbers.setdefault(tag, len(numbers)) for tag in item.tags] for item in items]
    return Shelf(
        np.array([item.id for item in items], np.int64),
        np.array([item.author for item in items], np.int64),
        np.array([item.small for item in items], bool),
        np.array([number for each in tags for number in each], np.int64),
        np.cumsum([0, *(len(each) for each in tags)]),
    )


class Placed(msgspec.Struct, frozen=True):
    """An item at its place; `index` points into what was handed in."""

    index: int
    adjustments: tuple[Adjustment, ...]
    placed: float
    propensity: float


def arrange(
    shelf: Shelf,
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
    page = _Page(shelf, scores, rules, quota)
    explore = rules.explore if draw is not None else 0.0
    while len(page.placed) < limit:
        best = page.best()
        if best is None:
            break
        if explore and draw is not None and draw() < explore:
            chance = int(page.order[int(draw() * len(page.order))])
            if page.may(chance):
                lift = max(0.0, best.placed - float(scores[chance]))
                change = Adjustment("explored", lift)
                page.put(Placed(chance, (change,), float(scores[chance]) + lift, explore / len(page.order)))
                continue
        if page.has_small and rules.small * (len(page.placed) + 1) - page.small >= 1 and not shelf.small[best.index]:
            lifted = page.best(only_small=True)
            if lifted is not None:
                change = Adjustment("small_author", best.placed - lifted.placed)
                best = Placed(lifted.index, (*lifted.adjustments, change), best.placed, 1.0)
        page.put(page.held_back(Placed(best.index, best.adjustments, best.placed, 1.0 - explore)))
    return page.placed


class _Page:
    """A page in the making: what is left, and what stands already."""

    def __init__(self, shelf: Shelf, scores: Floats, rules: Arranging, quota: Quota | None) -> None:
        self._shelf, self._rules, self._quota = shelf, rules, quota
        self.order = np.lexsort((-shelf.id, -scores))
        self.placed: list[Placed] = []
        self.small = 0
        further = self.order[_LOOKED_AT:]
        parts = [self.order[:_LOOKED_AT]]
        if rules.small:
            parts.append(further[shelf.small[further]][:_LOOKED_AT])
        if quota is not None:
            parts.append(self._others(quota, further, parts[1:]))
        self._left = np.concatenate(parts)
        left = shelf.take(self._left)
        self._scores = self._placed = scores[self._left]
        self._author, self._small = left.author, left.small
        self.has_small = bool(self._small.any())
        self._tag, self._tagged = left.tag, np.repeat(np.arange(len(self._left)), np.diff(left.first))
        self._circle = quota.circle[self._left] if quota is not None else np.zeros(0, np.int64)
        self._bound = self._circle != NOBODY
        self._taken_of = np.zeros(len(quota.share) if quota is not None else 0)
        self._same_author, self._same_tag = np.zeros(len(self._left)), np.zeros(len(self._left))
        self._free = np.ones(len(self._left), bool)
        self._place = np.full(len(scores), -1)
        self._place[self._left] = np.arange(len(self._left))
        self._taken: set[int] = set()
        self._by_author: dict[int, int] = {}
        self._by_tag: dict[int, int] = {}

    def _others(self, quota: Quota, further: Ints, there: Iterable[Ints]) -> Ints:
        """The best of each circle that are not looked at yet: the first ones may all be of one."""
        circle = quota.circle[further]
        by_circle = np.argsort(circle, kind="stable")
        grouped = circle[by_circle]
        place = np.arange(len(grouped)) - np.searchsorted(grouped, grouped)  # within its circle
        found: Ints = further[np.sort(by_circle[place < _OF_A_CIRCLE])]
        known = np.zeros(len(quota.circle), bool)
        for some in there:
            known[some] = True
        return found[~known[found]]

    def may(self, n: int) -> bool:
        """Is it not there yet, its author not too often, and its circle neither?"""
        if n in self._taken or self._by_author.get(int(self._shelf.author[n]), 0) >= self._rules.most_of_author:
            return False
        if self._quota is None or self._quota.circle[n] == NOBODY:
            return True
        return not self._quota.full(self._taken_of, len(self.placed))[self._quota.circle[n]]

    def held_back(self, one: Placed) -> Placed:
        """What its circle's share kept from standing further up says so: it was as high as what stands above it, or higher."""
        above = self.placed[-1].placed if self.placed else one.placed
        if one.placed <= above:
            return one
        return msgspec.structs.replace(
            one, adjustments=(*one.adjustments, Adjustment("circle", above - one.placed)), placed=above
        )

    def put(self, one: Placed) -> None:
        """Give the next place to it."""
        n, shelf = one.index, self._shelf
        author, tags = int(shelf.author[n]), shelf.tags_of(n)
        self.placed.append(one)
        self._taken.add(n)
        self._by_author[author] = self._by_author.get(author, 0) + 1
        self.small += bool(shelf.small[n])
        if self._quota is not None and self._quota.circle[n] != NOBODY:
            self._taken_of[self._quota.circle[n]] += 1
        if self._place[n] >= 0:
            self._free[self._place[n]] = False
        theirs = np.flatnonzero(self._author == author)
        self._same_author[theirs] += 1
        if self._by_author[author] >= self._rules.most_of_author:
            self._free[theirs] = False
        for tag in tags:
            self._by_tag[tag] = self._by_tag.get(tag, 0) + 1
            those = self._tagged[self._tag == tag]
            self._same_tag[those] = np.maximum(self._same_tag[those], self._by_tag[tag])
        rules = self._rules
        self._placed = self._scores + (-rules.author * self._same_author - rules.tag * self._same_tag)

    def best(self, *, only_small: bool = False) -> Placed | None:
        """The one with the largest score after what is taken off; the circles' quota gives way to an empty place."""
        may = self._free & self._small if only_small else self._free
        if self._quota is not None and len(self._quota.share):
            full = self._quota.full(self._taken_of, len(self.placed))
            within = may & ~(self._bound & full[self._circle])
            may = within if only_small or within.any() else may
        if not may.any():
            return None
        rules, placed = self._rules, self._placed
        place = int(np.where(may, placed, -np.inf).argmax())
        changes = []
        if rules.author and self._same_author[place]:
            changes.append(Adjustment("same_author", -rules.author * float(self._same_author[place])))
        if rules.tag and self._same_tag[place]:
            changes.append(Adjustment("same_tag", -rules.tag * float(self._same_tag[place])))
        return Placed(int(self._left[place]), tuple(changes), float(placed[place]), 1.0)
