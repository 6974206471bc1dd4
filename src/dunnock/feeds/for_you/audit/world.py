"""The made-up world of an audit, drawn once from a seed: topics, people with tastes, posts, acts.

A known share of posts is of a harmful class and marked as sensitive; a known share of people is a fringe that answers its own
more than others do theirs.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from dunnock.accounts.views import AccountCard
from dunnock.feeds.for_you.arrange import Item, shelf_of
from dunnock.feeds.for_you.audit.plan import Plan
from dunnock.feeds.for_you.rank import Candidate
from dunnock.posts.views import PostCard

HOUR, DAY = 3600.0, 86_400.0
REACH = 2  # days: how old candidates are at most, and how long before the first day the world begins
FRINGE = 0  # the topic of the fringe
NEXT_TO_IT = 1  # the topic whose people may answer the fringe too
_ANSWERS, _FRINGE_ANSWERS, _BRIDGE_ANSWERS, _ANYTHING = 0.08, 0.25, 0.08, 0.004  # how probable an answer is
_DELAY = 3 * HOUR  # the mean, until it is answered


class World:
    """Everybody and everything. Posts are numbered in the order of time."""

    def __init__(self, plan: Plan) -> None:
        """Draw it."""
        dice = np.random.default_rng(plan.seed)
        self.plan, n = plan, plan.people
        self.taste = dice.integers(1, plan.topics, n)
        self.taste[: max(1, round(plan.fringe * n)) if plan.fringe else 0] = FRINGE
        total = (plan.days + REACH) * plan.posts_a_day
        self.author = dice.integers(0, n, total)
        self.at: NDArray[np.float64] = np.sort(dice.uniform(-REACH * DAY, plan.days * DAY, total))
        own = dice.random(total) < plan.homophily
        self.topic = np.where(own, self.taste[self.author], dice.integers(1, plan.topics, total))
        self.harmful = dice.random(total) < plan.harmful
        self.people = {one: _account(one) for one in range(n)}
        self.posts = {
            k: _post(k, int(self.author[k]), int(self.topic[k]), sensitive=bool(self.harmful[k])) for k in range(total)
        }
        self.candidates = [
            Candidate(Item(k, int(self.author[k]), frozenset({f"topic{self.topic[k]}"})), ("world",))
            for k in range(total)
        ]
        self.shelf = shelf_of([one.item for one in self.candidates])
        self.acts = self._acts(dice)

    def _acts(self, dice: np.random.Generator) -> list[tuple[float, int, int]]:
        """(when, who, what), in order of time."""
        bridges = (self.taste == NEXT_TO_IT) & (dice.random(len(self.taste)) < self.plan.bridges)
        likely = np.full((self.plan.topics, len(self.taste)), _ANYTHING)
        for topic in range(self.plan.topics):
            likely[topic, self.taste == topic] = _FRINGE_ANSWERS if topic == FRINGE else _ANSWERS
        likely[FRINGE, bridges] = _BRIDGE_ANSWERS
        found: list[tuple[float, int, int]] = []
        for k, topic in enumerate(self.topic.tolist()):
            who = np.flatnonzero(dice.random(len(self.taste)) < likely[topic])
            when = self.at[k] + dice.exponential(_DELAY, len(who))
            found.extend(zip(when.tolist(), who.tolist(), [k] * len(who), strict=True))
        return sorted(found)


def _post(an_id: int, author: int, topic: int, *, sensitive: bool) -> PostCard:
    tags = msgspec.json.encode([f"topic{topic}"]).decode()
    start: list[Any] = [an_id, author, None, "", "", "public", None, sensitive, None, None, an_id]
    lists: list[Any] = ["[]", tags, "[]", "[]"]
    rest: list[Any] = [
        None,
        0,
        None,
        True,
        None,
        None,
        0,
        0,
        0,
        None,
        0,
        None,
        None,
        None,
        "nobody",
        "everyone",
        None,
        None,
    ]
    return PostCard([*start, *lists, *rest])


def _account(an_id: int) -> AccountCard:
    row: list[Any] = [an_id, f"person{an_id}", "", "person", "", "", "[]", None, None, False, True, True, False]
    row += [None, None, 0, "active", False, 0, 100, 0, None, "", "", True, True, True, None, "[]", None]
    row += ["[]", "", None]
    return AccountCard(row)
