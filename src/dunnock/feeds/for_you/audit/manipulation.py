"""What a campaign gains: N accounts that act together push one item, and what it gains over one account is measured.

They answer first what the readers answer, so that they stand near them, and then, within the hour, the item. Once as accounts
that are known to act together (`accounts.shares`), once as if nobody had found them out yet.
"""

from __future__ import annotations

from copy import deepcopy

import msgspec
import numpy as np
from numpy.typing import NDArray

from dunnock.feeds.for_you import policy
from dunnock.feeds.for_you.arrange import Item, shelf_of
from dunnock.feeds.for_you.audit.world import DAY, HOUR, World
from dunnock.feeds.for_you.engagements import Engagements
from dunnock.feeds.for_you.features import CO_ENGAGEMENT, TIMES, Walks, social
from dunnock.feeds.for_you.model import Model
from dunnock.feeds.for_you.rank import Candidate, rank

Floats = NDArray[np.float64]
_FIRST = 2_000_000  # of the campaign's accounts
_ITEM = 3_000_000  # what they push
_READERS = 50
_MOST_CANDIDATES = 600
_DECOYS = 5  # items that each of them answers to stand near readers
_COUNTED = tuple(n for n, name in enumerate(CO_ENGAGEMENT) if name not in TIMES)  # what more accounts can make more of


class Crowd(msgspec.Struct, frozen=True):
    """A campaign of so many accounts.

    `gain`: by how much the largest feature of any reader grew over what one account of theirs alone makes of it; `reached`: the
    share of readers on whose first page the item stood; `gain_unknown`, `reached_unknown`: the same while nobody knows that they
    act together; `reached_alone`: the share that one account reaches.
    """

    accounts: int
    gain: float
    reached: float
    gain_unknown: float
    reached_unknown: float
    reached_alone: float


def crowds(world: World, model: Model) -> tuple[Crowd, ...]:
    """Try each size of the plan, half-way through its days."""
    if not world.plan.crowds:
        return ()
    stage = _Stage(world, model)
    alone, reached_alone = stage.push(1)[1]
    found = []
    for accounts in world.plan.crowds:
        (unknown, reached_unknown), (known, reached) = stage.push(accounts)
        gains = _gain(known, alone), _gain(unknown, alone)
        found.append(Crowd(accounts, gains[0], reached, gains[1], reached_unknown, reached_alone))
    return tuple(found)


def _gain(values: Floats, alone: Floats) -> float:
    """The means over readers, feature by feature; the largest ratio."""
    return float(max(values[:, n].mean() / alone[:, n].mean() for n in _COUNTED if alone[:, n].mean() > 0))


class _Stage:
    """The world at one time, without the campaign."""

    def __init__(self, world: World, model: Model) -> None:
        plan, self._world, self._model = world.plan, world, model
        self._now = plan.days * DAY / 2
        dice = np.random.default_rng([plan.seed, 1_000])
        self._readers = dice.choice(plan.people, min(_READERS, plan.people), replace=False).tolist()
        self._there = Engagements()
        for at, who, what in world.acts:
            if self._now - 2 * DAY <= at < self._now:
                self._there.add(who, what, at)
        first, self._last = (int(one) for one in np.searchsorted(world.at, [self._now - DAY, self._now]))
        self._first = max(first, self._last - _MOST_CANDIDATES)
        drawn = [len(self._there.pool([k], now=self._now).account) for k in range(self._first, self._last)]
        self._decoys = (self._first + np.argsort(-np.array(drawn), kind="stable")[:_DECOYS]).tolist()

    def push(self, accounts: int) -> tuple[tuple[Floats, float], tuple[Floats, float]]:
        """The item's features for each reader, and the share of readers on whose first page it stands: as long as nobody knows
        that the accounts act together, and once it is known.
        """
        there = deepcopy(self._there)
        for when, what in ((2, None), (1, _ITEM)):
            for one in range(accounts):
                for item in self._decoys if what is None else [what]:
                    there.add(_FIRST + one, item, self._now - when * HOUR / 2)
        unknown = self._read(there)
        there.group({_FIRST + one: (1, 1.0) for one in range(accounts)})
        return unknown, self._read(there)

    def _read(self, there: Engagements) -> tuple[Floats, float]:
        world, ids = self._world, [*range(self._first, self._last), _ITEM]
        pool = there.pool(ids, now=self._now)
        walks = Walks(pool, there.activity())
        pushed = Candidate(Item(_ITEM, _FIRST, frozenset({"pushed"})), ("world",))
        candidates = [*world.candidates[self._first : self._last], pushed]
        shelf = shelf_of([one.item for one in candidates])
        rows, reached = [], 0
        for reader in self._readers:
            walked = walks.values(there.near(reader, now=self._now))
            rows.append(walked[-1])
            done = there.acted_on(reader)
            may = [
                n
                for n, k in enumerate(ids)
                if k == _ITEM or not (k in done or world.harmful[k] or world.author[k] == reader)
            ]
            values = np.concatenate([walked[may], social({}, len(may))], 1)
            page = rank(
                [candidates[n] for n in may],
                values,
                self._model,
                at=int(self._now),
                policy=policy.HASH,
                limit=world.plan.page,
                shelf=shelf.take(np.array(may, np.int64)),
            )
            reached += any(one.item == _ITEM for one in page)
        return np.array(rows), reached / len(self._readers)
