"""A made-up society: who follows whom."""

from __future__ import annotations

import numpy as np


def society(size, *, each=15, seed=1):
    """(who follows, who is followed): most follow some of the well-known and some of everybody."""
    pick = np.random.default_rng(seed)
    popular = pick.pareto(1.2, size) + 0.05
    pairs = set()
    for one in range(size):
        known = pick.choice(size, each // 2, p=popular / popular.sum())
        anybody = pick.choice(size, each - each // 2)
        pairs |= {(one, int(other)) for other in (*known, *anybody) if other != one}
    return sorted(pairs)
