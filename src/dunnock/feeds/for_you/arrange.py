"""From scores to a page: no author or topic takes it over, small and new authors have their share, chance has a little.

Every change is an amount added to the score, written down in the order in which it was made; so the place of each item
can be worked out again from its receipt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from dunnock.feeds.for_you.model import Arranging
from dunnock.feeds.for_you.receipt import Adjustment

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
    scores: NDArray[np.float64],
    rules: Arranging,
    *,
    limit: int,
    draw: Callable[[], float] | None = None,
) -> list[Placed]:
    """The best page of at most `limit`. `draw` gives numbers from 0 up to 1; None: nothing is drawn at random."""
    page = _Page(items, scores, rules)
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
        if rules.small * (len(page.placed) + 1) - page.small >= 1 and not items[best.index].small:
            lifted = page.best(only_small=True)
            if lifted is not None:
                change = Adjustment("small_author", best.placed - lifted.placed)
                best = Placed(lifted.index, (*lifted.adjustments, change), best.placed, 1.0)
        page.put(Placed(best.index, best.adjustments, best.placed, 1.0 - explore))
    return page.placed


class _Page:
    """A page in the making: what is left, and what stands already."""

    def __init__(self, items: Sequence[Item], scores: NDArray[np.float64], rules: Arranging) -> None:
        self._items, self._scores, self._rules = items, scores, rules
        self.order = sorted(range(len(items)), key=lambda n: (-scores[n], -items[n].id))
        self.placed: list[Placed] = []
        self.small = 0
        small = [n for n in self.order[_LOOKED_AT:] if items[n].small][:_LOOKED_AT] if rules.small else []
        self._left = [*self.order[:_LOOKED_AT], *small]
        self._taken: set[int] = set()
        self._by_author: Counter[int] = Counter()
        self._by_tag: Counter[str] = Counter()

    def may(self, n: int) -> bool:
        """Is it not there yet, and its author not too often?"""
        return n not in self._taken and self._by_author[self._items[n].author] < self._rules.most_of_author

    def put(self, one: Placed) -> None:
        """Give the next place to it."""
        item = self._items[one.index]
        self.placed.append(one)
        self._taken.add(one.index)
        self._by_author[item.author] += 1
        self._by_tag.update(item.tags)
        self.small += item.small

    def best(self, *, only_small: bool = False) -> Placed | None:
        """The one with the largest score after what is taken off. What is left is sorted, so the search ends early."""
        best: Placed | None = None
        rules = self._rules
        for n in self._left:
            score, item = float(self._scores[n]), self._items[n]
            if best is not None and score <= best.placed:
                break  # adjustments only take off: nothing below can be better
            if not self.may(n) or (only_small and not item.small):
                continue
            changes = []
            if rules.author and (above := self._by_author[item.author]):
                changes.append(Adjustment("same_author", -rules.author * above))
            if rules.tag and (again := max((self._by_tag[tag] for tag in item.tags), default=0)):
                changes.append(Adjustment("same_tag", -rules.tag * again))
            placed = score + sum(change.amount for change in changes)
            if best is None or placed > best.placed:
                best = Placed(n, tuple(changes), placed, 1.0)
        return best
