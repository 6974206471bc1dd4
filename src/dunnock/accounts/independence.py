"""How far accounts act on their own: counts, trends, ranking and suggestions discount those who act together by this.

Who finds out that accounts act together (integrity) says it here; whoever counts people reads it here. N accounts of one
group move a count at most as far as the square root of N independent ones.

Source: docs/discovery.md, "Amplification".
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

import msgspec

from dunnock.accounts.events import IndependenceChanged
from dunnock.accounts.store import independence as store
from dunnock.foundation.db import Reader, Tx


class Independence(msgspec.Struct, frozen=True):
    """`group`: those who act together with it; `weight`: how much it counts by itself, from 0 to 1."""

    group: int
    weight: float


async def independence_of(reader: Reader, account_ids: Collection[int]) -> dict[int, Independence]:
    """Of those of them who act together with others; who is left out acts on its own and counts 1."""
    if not account_ids:
        return {}
    rows = await reader.all(store.OF, ids=list(account_ids))
    return {int(row[0]): Independence(int(row[1]), float(row[2])) for row in rows}


async def set_group(tx: Tx, group: int, weights: Mapping[int, float]) -> None:
    """From now on these accounts, and no others, are of this group; `weights`: account -> 0 to 1. Empty: there is none.

    An account is of one group: the one that was said last.
    """
    held = {int(row[0]): float(row[1]) for row in await tx.all(store.MEMBERS, the=group)}
    gone = [one for one in held if one not in weights]
    changed = {one: min(1.0, max(0.0, weight)) for one, weight in weights.items() if held.get(one) != weight}
    if gone:
        await tx.run(store.REMOVE, the=group, ids=gone)
    if changed:
        await tx.many(store.PUT, [{"account_id": one, "group_id": group, "weight": to} for one, to in changed.items()])
    if gone or changed:
        await tx.record(IndependenceChanged(group_id=group))


def shares(account_ids: Collection[int], known: Mapping[int, Independence]) -> dict[int, float]:
    """How much each of these counts when they are counted together: 1 alone; n of one group sum up to at most sqrt(n)."""
    sums: dict[int, float] = {}
    for one in account_ids:
        if (held := known.get(one)) is not None:
            sums[held.group] = sums.get(held.group, 0.0) + held.weight
    scale = {group: 1 / math.sqrt(total) if total > 1 else 1.0 for group, total in sums.items()}
    return {one: 1.0 if (held := known.get(one)) is None else held.weight * scale[held.group] for one in account_ids}


def effective(account_ids: Collection[int], known: Mapping[int, Independence]) -> float:
    """As how many independent accounts these count."""
    return math.fsum(shares(account_ids, known).values())
