"""Fit weights to what was chosen among what was shown: a strict split in time, and nothing replaces what is better.

The model of a choice is the softmax of the scores of all that was to choose from (McFadden, "Conditional logit analysis of
qualitative choice behavior", 1974); each choice is weighed by the inverse of its propensity, so that what was shown by
chance counts for what was not (Horvitz and Thompson, 1952).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_ROUNDS, _STEP = 120, 0.08
_RIDGE = 1e-4
MOST_WEIGHT = 20.0
"""Of one choice: a propensity near 0 must not decide all alone."""


class Choice(msgspec.Struct, frozen=True):
    """What was to choose from, and what was chosen: `shaped` `(n_items, n_features)`, `chosen` `(n_items,)`.

    `worth`: how much who chose counts, below 1 for accounts that act together; `offset`: what is part of each item's score
    anyway, `(n_items,)`.
    """

    shaped: NDArray[np.float32]
    chosen: NDArray[np.bool_]
    propensity: float = 1.0
    worth: float = 1.0
    offset: NDArray[np.float32] | None = None

    @property
    def weight(self) -> float:
        """How much it counts."""
        return self.worth * min(MOST_WEIGHT, 1 / max(self.propensity, 1e-6))


def fit_weights(choices: Sequence[Choice], *, ridge: float = _RIDGE) -> Floats:
    """One weight for each column of `shaped`, to be added to the offsets; a column that never differs gets 0.

    `ridge`: how strongly weights are drawn towards 0, where columns have a spread of 1.
    """
    table = np.concatenate([one.shaped for one in choices])
    sizes = np.array([len(one.chosen) for one in choices])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    group = np.repeat(np.arange(len(choices)), sizes)
    chosen = np.concatenate([one.chosen for one in choices]).astype(np.float32)
    weight = np.array([one.weight for one in choices], np.float32)
    offset = np.concatenate(
        [np.zeros(len(one.chosen), np.float32) if one.offset is None else one.offset for one in choices]
    )
    weight /= weight.sum()
    wanted = chosen / np.maximum(np.add.reduceat(chosen, starts), 1)[group]
    mean, spread = table.mean(0), table.std(0)
    spread[spread < 1e-6] = np.inf
    table = (table - mean) / spread
    theta = np.zeros(table.shape[1], np.float32)
    slow, square = np.zeros_like(theta), np.zeros_like(theta)
    for turn in range(1, _ROUNDS + 1):  # Adam (Kingma and Ba, 2015) on the whole table
        score = offset + table @ theta
        score -= np.maximum.reduceat(score, starts)[group]
        likely = np.exp(score)
        likely /= np.add.reduceat(likely, starts)[group]
        slope = table.T @ ((likely - wanted) * weight[group]) + ridge * theta
        slow = 0.9 * slow + 0.1 * slope
        square = 0.99 * square + 0.01 * slope * slope
        theta -= _STEP * (slow / (1 - 0.9**turn)) / (np.sqrt(square / (1 - 0.99**turn)) + 1e-8)
    result: Floats = (theta / spread).astype(np.float64)
    return result


def ndcg(order: Sequence[bool], relevant: int, *, at: int = 10) -> float:
    """Normalised discounted cumulative gain of a list, of which `relevant` could have been found.

    Source: Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002.
    """
    gain = sum(1 / np.log2(place + 2) for place, hit in enumerate(order[:at]) if hit)
    best = sum(1 / np.log2(place + 2) for place in range(min(relevant, at)))
    return float(gain / best) if best else 0.0
