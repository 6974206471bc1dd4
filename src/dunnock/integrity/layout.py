"""Where the accounts of a network stand in its picture: pure, the same for the same network, and linear in its ties."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

SIZE = 1_000
"""The picture is a square of so many units."""
_MIDDLE, _EDGE = SIZE / 2, SIZE / 2 - 40
_DEEPEST = 8
"""Steps from the best tied account beyond which a part is a chain: it is drawn as a ring."""


def placed(ids: Sequence[int], ties: Iterable[tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """The place of each account. Whoever has most ties stands in the middle of its part, those tied to it around it.

    Parts that hang together have a sector each, as wide as they have accounts; who has no ties stands on the edge.
    """
    beside: dict[int, list[int]] = {one: [] for one in ids}
    for a, b in ties:
        if a in beside and b in beside:
            beside[a].append(b)
            beside[b].append(a)
    levels, roots, below = _trees(ids, beside)
    alone = [one for one in ids if not beside[one]]
    deepest = max(levels.values(), default=0)
    if deepest > _DEEPEST:
        return _ring([*_in_order(roots, below), *alone])
    one_part = len(roots) == 1
    steps = max(1, deepest + (0 if one_part else 1) + bool(alone))
    sizes = _sizes(roots, below)
    out: dict[int, tuple[int, int]] = {}
    # (account, where its sector begins, how wide it is), both as parts of the circle
    waiting = _shared(roots, sizes, 0.0, 1.0)
    while waiting:
        one, start, width = waiting.pop()
        step = levels[one] + (0 if one_part else 1)
        out[one] = _at(start + width / 2, step / steps)
        waiting += _shared(below.get(one, []), sizes, start, width)
    out |= {one: _at(n / len(alone), 1.0) for n, one in enumerate(alone)}
    return out


def _trees(ids: Sequence[int], beside: dict[int, list[int]]) -> tuple[dict[int, int], list[int], dict[int, list[int]]]:
    """How many steps each account is from the best tied of its part, who these are, and who hangs below whom."""
    levels: dict[int, int] = {}
    roots: list[int] = []
    below: dict[int, list[int]] = {}
    for root in sorted((one for one in ids if beside[one]), key=lambda one: (-len(beside[one]), one)):
        if root in levels:
            continue
        levels[root] = 0
        roots.append(root)
        line = [root]
        for one in line:
            for other in beside[one]:
                if other not in levels:
                    levels[other] = levels[one] + 1
                    below.setdefault(one, []).append(other)
                    line.append(other)
    return levels, roots, below


def _sizes(roots: Sequence[int], below: dict[int, list[int]]) -> dict[int, int]:
    """How many accounts at the ends hang below each."""
    sizes: dict[int, int] = {}
    for one in reversed(_in_order(roots, below)):
        sizes[one] = sum(sizes[other] for other in below.get(one, ())) or 1
    return sizes


def _in_order(roots: Sequence[int], below: dict[int, list[int]]) -> list[int]:
    """Everybody, each before those that hang below, in the order in which one goes along the ties."""
    out: list[int] = []
    waiting = list(reversed(roots))
    while waiting:
        one = waiting.pop()
        out.append(one)
        waiting += reversed(below.get(one, []))
    return out


def _shared(ones: Sequence[int], sizes: dict[int, int], start: float, width: float) -> list[tuple[int, float, float]]:
    whole = sum(sizes[one] for one in ones)
    out = []
    for one in ones:
        part = width * sizes[one] / whole
        out.append((one, start, part))
        start += part
    return out


def _ring(ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    return {one: _at(n / len(ids), 1.0) for n, one in enumerate(ids)}


def _at(turn: float, out: float) -> tuple[int, int]:
    angle = 2 * math.pi * turn - math.pi / 2
    return round(_MIDDLE + _EDGE * out * math.cos(angle)), round(_MIDDLE + _EDGE * out * math.sin(angle))
