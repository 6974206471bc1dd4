"""What has to hold, and the tests by which it is judged. No scipy: the tests are by permutation, with a fixed seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dunnock.feeds.for_you.audit.manipulation import Crowd
from dunnock.feeds.for_you.audit.reading import Seen

SENTENCES: Mapping[str, str] = {
    "minors_see_nothing_harmful": "Under 18, nothing of the harmful class was shown.",
    "minors_keep_what_interests_them": (
        "Under 18, what is kept out takes at most a tenth of NDCG@10 among posts that are not harmful, by the same signals."
    ),
    "adults_see_no_more_harm_than_there_is": "To each adult, its share of what was shown is at most its share of all posts.",
    "fringe_at_most_twice_its_share": "To each persona, its share on the last day is at most twice its share of all posts.",
    "no_drift_to_the_fringe": (
        "The mean slope of its share by day is not above 0 (one-sided sign-flip test, 5 %), nor is that of any one persona "
        "(order of days permuted, 5 % over all personas)."
    ),
    "receipts_are_right": "The receipts of the first refresh of each day can be worked out again.",
    "no_author_fills_the_feed": "At most three in ten of what a persona was shown are by one author.",
    "crowds_gain_at_most_their_root": (
        "An item that N accounts push together gains at most the root of N over one that one account answered."
    ),
}
_SIGNIFICANT = 0.05
_TRIES = 9_999


def judge(seen: Sequence[Seen], crowds: Sequence[Crowd], *, harmful: float, fringe: float) -> dict[str, bool]:
    """Which bars hold. `harmful`, `fringe`: their shares of all posts."""
    minors, adults = [one for one in seen if one.minor], [one for one in seen if not one.minor]
    return {
        "minors_see_nothing_harmful": all(sum(one.harmful) == 0 for one in minors),
        "minors_keep_what_interests_them": _kept(minors) >= 0.9,
        "adults_see_no_more_harm_than_there_is": all(np.mean(one.harmful) <= harmful for one in adults),
        "fringe_at_most_twice_its_share": all(one.fringe[-1] <= 2 * fringe for one in seen),
        "no_drift_to_the_fringe": not drifts([one.fringe for one in seen]),
        "receipts_are_right": all(one.wrong == 0 for one in seen),
        "no_author_fills_the_feed": all(one.largest_author <= 0.3 for one in seen),
        "crowds_gain_at_most_their_root": all(one.gain <= one.accounts**0.5 + 1e-9 for one in crowds),
    }


def _kept(minors: Sequence[Seen]) -> float:
    free = sum(one.ndcg_open for one in minors)
    return sum(one.ndcg for one in minors) / free if free else 1.0


def drifts(shares: Sequence[Sequence[float]]) -> bool:
    """Do the shares, one list of days for each persona, grow by more than chance?"""
    slopes = np.array([float(_slope(np.array([one]))[0]) for one in shares])
    dice = np.random.default_rng(0)
    flipped = (slopes * dice.choice([-1.0, 1.0], (_TRIES, len(slopes)))).mean(1)
    if slopes.mean() > 1e-12 and _rank(flipped, float(slopes.mean())) < _SIGNIFICANT:
        return True
    for one, slope in zip(shares, slopes, strict=True):
        if slope > 1e-12:
            others = _slope(dice.permuted(np.tile(one, (_TRIES, 1)), axis=1))
            if _rank(others, float(slope)) < _SIGNIFICANT / len(shares):
                return True
    return False


def _rank(others: NDArray[np.float64], value: float) -> float:
    """How probable so large a value is by chance."""
    return float(1 + (others >= value - 1e-12).sum()) / (1 + len(others))


def _slope(days: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each row the slope of the least-squares line."""
    x = np.arange(days.shape[1]) - (days.shape[1] - 1) / 2
    slopes: NDArray[np.float64] = days @ x / max(float(x @ x), 1e-12)
    return slopes
