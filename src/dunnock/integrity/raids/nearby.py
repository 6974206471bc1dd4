"""With which of many posts raids have to do at all: two questions for a batch, instead of two for each post."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from dunnock.foundation.db import Tx
from dunnock.integrity.raids import store
from dunnock.integrity.raids.model import COUNTS_MS
from dunnock.integrity.raids.take_part import AT_IT_MS


class Nearby(NamedTuple):
    """Of some accounts, who took part in a raid lately; of others, who is being raided. Good until a raid begins or grows."""

    raiders: frozenset[int]
    raided: frozenset[int]


async def nearby(tx: Tx, authors: Collection[int], targets: Collection[int]) -> Nearby:
    """Without them, `look_for_raiders` and `take_part` have nothing to find."""
    if not targets:
        return Nearby(frozenset(), frozenset())
    took_part = await tx.all(store.RAIDERS_AMONG, ids=sorted(authors), since=tx.now - COUNTS_MS)
    raided = await tx.all(store.RAIDED_AMONG, ids=sorted(targets), since=tx.now - AT_IT_MS)
    return Nearby(frozenset(row[0] for row in took_part), frozenset(row[0] for row in raided))
