"""Whom those like who like what one likes. Nobody is told who they are."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable

from dunnock.discovery.store import alike as store
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Db, Row
from dunnock.foundation.ids import id_at

IN_COMMON = 2
"""So many of one's latest favourites somebody shares who likes what one likes."""
AT_LEAST = 2.0
"""As so many independent people those count who like whom one is told of: one alone would be told apart."""
_MY_LATEST = 100
_TOLD_OF = 200  # a post that more people favourited says little
_PEERS = 100
_LOOKED_AT = 20_000
_EACH = 30
_LATELY = 30 * DAY


async def liked_alike(db: Db, viewer_id: int) -> list[int]:
    """Authors, those first whom most like who like what the viewer likes; their number is bounded."""
    peers = await db.slow(
        store.PEERS, viewer=viewer_id, liked=_MY_LATEST, told_of=_TOLD_OF, in_common=IN_COMMON, most=_PEERS
    )
    if not peers:
        return []
    liked = await db.slow(
        store.LIKED,
        viewer=viewer_id,
        ids=[row[0] for row in peers],
        since=id_at(now_ms() - _LATELY),
        looked_at=_LOOKED_AT,
        each=_EACH,
    )
    return by_taste(liked, {row[0] for row in peers if row[1]})


def by_taste(liked: Iterable[Row], known: Collection[int]) -> list[int]:
    """Authors in the order of how many like them on their own, the most first.

    `liked`: (who, whom, its group, its weight there). Those of a group count as the root of their weights, and so do all
    together who are not known. Source: docs/discovery.md, "Amplification".
    """
    sums: dict[int, dict[object, float]] = {}
    alone: dict[int, int] = {}
    for who, whom, group, weight in liked:
        if group is None and who in known:
            alone[whom] = alone.get(whom, 0) + 1
        else:
            crowds = sums.setdefault(whom, {})
            crowds[group] = crowds.get(group, 0.0) + (1.0 if group is None else weight)
    effective = {
        whom: alone.get(whom, 0) + sum(min(one, math.sqrt(one)) for one in sums.get(whom, {}).values())
        for whom in alone.keys() | sums.keys()
    }
    told = [whom for whom, number in effective.items() if number >= AT_LEAST]
    return sorted(told, key=lambda whom: (-effective[whom], whom))
