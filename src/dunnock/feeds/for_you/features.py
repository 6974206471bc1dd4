"""What the scorer is told of each candidate: how the viewer's acts lead to it, and how it fares.

A walk goes from the viewer to what they acted on, to others who acted on it too, and on to what these acted on lately.
Its first step is weighed in four ways: `alike` by how rare what they share is, `kin` by how much of all they did they share,
`late` by how lately the viewer acted, `soon` by whether they acted within hours of each other: those who do read the same
people. `far` goes two steps further before it ends. A number of hours in a name: the last step counts half after it; without,
it counts alike however long ago, and less for items that many acted on. `new` counts what was done since the viewer acted last:
before that they probably saw it, and let it be.

Source of the walk: Eksombatchai et al., "Pixie", WWW 2018 (weighting by activity, recency); of the lag as influence:
Goyal, Bonchi and Lakshmanan, "Learning influence probabilities in social networks", WSDM 2010. What is weighed how was
measured by `dunnock feeds evaluate`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dunnock.feeds.for_you.engagements import Near, Pool

Floats = NDArray[np.float64]

_LATE, _SOON = 24.0, 3.0  # hours in which the first step counts half
POPULAR = (0.5, 2.0)
_RISES = 1.0  # hours in which an act counts half
_BACK = (1, 3)  # acts from the last
_JUST_NOW = 0.05  # hours: what is newer is just as new
_LEAST = 1e-9

WALKED = ("alike", "kin", "late", "soon", "kin_4h", "soon_4h", "late_new", "far", "far_2h")
FARING = (
    *(f"popular_{hours:g}h" for hours in POPULAR),
    "age",
    "drawn",  # as how many independent accounts those count that ever acted on it
    "rising",  # how much of that there is still when an act counts half after an hour
    "lately",  # 1 / (3 minutes + hours since the last act)
    "lately_3",  # the same for the last act but two; with fewer acts for the first
)
MISSED = (
    "unseen",  # 1: it began after the viewer acted last
    "away",  # ln(1 + hours since it began) * ln(1 + hours since the viewer acted last)
)
CO_ENGAGEMENT = (*WALKED, *FARING, *MISSED)
TIMES = frozenset({"age", *MISSED})
"""What tells of times only, not of how many answered."""
SOCIAL = (
    "followed",  # by somebody the viewer follows
    "friends",  # how many of those the viewer follows answered it (as independent accounts)
    "followed_tag",  # under a hashtag that the viewer follows
    "topic",  # how much of what the viewer answered lately has a hashtag of it
    "small_author",
    "new_author",
    "less",  # how often the viewer asked for less of this author or hashtag
    "reply",
)
NAMES = (*CO_ENGAGEMENT, *SOCIAL)
INFERRED = frozenset({*WALKED, *MISSED, "topic"})
"""What is inferred from what a member did: nothing of it is used for members under 18."""


def faring(pool: Pool) -> Floats:
    """How each item fares, `(n_items, len(FARING))`: the same for every viewer."""
    n = len(pool.items)
    columns = [np.bincount(pool.item, pool.worth * np.exp2(-pool.age / hours), n) for hours in POPULAR]
    rising = np.bincount(pool.item, pool.worth * np.exp2(-pool.age / _RISES), n) / np.maximum(pool.people, _LEAST)
    return np.stack([*columns, pool.first, pool.people, rising, *(_lately(pool, back) for back in _BACK)], 1)


def _lately(pool: Pool, back: int) -> Floats:
    """How lately the act was that is so many from the last: acts of an item stand together, in the order of time."""
    acts = np.bincount(pool.item, minlength=len(pool.items))
    there = acts > 0
    lately = np.zeros(len(acts))
    lately[there] = 1 / (_JUST_NOW + pool.age[(np.cumsum(acts) - np.minimum(acts, back))[there]])
    return lately


class Walks:
    """The walk over one pool, for any viewer. What does not depend on the viewer is worked out once."""

    def __init__(self, pool: Pool, activity: Floats) -> None:
        """`activity`: how many acts each account has."""
        self._pool, self._activity = pool, activity
        self._size = np.sqrt(np.maximum(pool.people, 1.0))
        self._fresh = {name: pool.worth * np.exp2(-pool.age / float(name[:-1])) for name in ("4h", "2h")}
        self.faring = faring(pool)

    @property
    def popular(self) -> Floats:
        """How much was done with each item in the last hours."""
        popular: Floats = self.faring[:, len(POPULAR) - 1]
        return popular

    def values(self, near: Near | None) -> Floats:
        """The features of each item for a viewer, `(n_items, len(CO_ENGAGEMENT))`."""
        walked = np.zeros((len(self._pool.items), len(WALKED)))
        missed = np.zeros((len(self._pool.items), len(MISSED)))
        if near is not None:
            self._walk(near, walked)
            missed[:, 0] = self._pool.first < near.away
            missed[:, 1] = np.log1p(self._pool.first) * np.log1p(near.away)
        return np.concatenate([walked, self.faring, missed], 1)

    def _walk(self, near: Near, walked: Floats) -> None:
        pool, n = self._pool, len(self._pool.items)
        fresh = self._fresh | {"new": pool.worth * (pool.age < near.away)}
        rare = 1 / np.sqrt(np.maximum(near.size, 1.0))
        apart = np.abs(near.lag)

        def step(weight: Floats) -> Floats:
            return np.bincount(near.others, weight, len(self._activity)).astype(np.float64)

        damped = 1 / np.sqrt(np.maximum(self._activity, 1.0))
        steps = {
            "alike": step(rare),
            "kin": near.kin,
            "late": step(rare * np.exp2(-near.age / _LATE)) * damped,
            "soon": step(rare * np.exp2(-apart / _SOON)) * damped,
            "far": near.far * damped,
        }
        ends = {name: reached[pool.account] for name, reached in steps.items()}
        for column, name in enumerate(WALKED):
            walk, _, when = name.partition("_")
            if when:
                walked[:, column] = np.bincount(pool.item, ends[walk] * fresh[when], n)
            else:
                walked[:, column] = np.bincount(pool.item, ends[walk] * pool.worth, n) / self._size


def social(values: Mapping[str, Floats], n: int) -> Floats:
    """The features that come from whom and what the viewer follows, `(n_items, len(SOCIAL))`; what is left out is 0."""
    return np.stack([values.get(name, np.zeros(n)) for name in SOCIAL], 1)
