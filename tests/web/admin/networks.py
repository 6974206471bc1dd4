"""A network that integrity finds: twelve accounts say the same within seconds."""

from __future__ import annotations

from typing import Any

from dunnock.foundation.clock import MINUTE, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.ids import id_at
from dunnock.integrity import marks
from dunnock.integrity.store import observations
from dunnock.integrity.watch import WatchActs, watch_acts

WORDS = "The ministry has kept its promise to our farmers and the whole valley thanks them for it"


async def planted(db: Db, make: Any, number: int = 12) -> list[Any]:
    """The accounts, after the watch looked."""
    paid = [await make.account() for _ in range(number)]
    async with db.begin() as tx:
        for n, one in enumerate(paid):
            mark = marks.marks_of_post(WORDS, tags=["valley"])
            at = id_at(now_ms() - MINUTE + n * 1000)
            await tx.run(observations.ADD, id=at, account_id=one.id, act=1, target_id=None, object_id=None, marks=mark)
    await watch_acts(db, WatchActs())
    return paid
