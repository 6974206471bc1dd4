"""Delete what an account was told, and what others were told of it."""

from __future__ import annotations

import itertools

from dunnock.foundation.db import Db
from dunnock.foundation.erase import CHUNK, Step
from dunnock.notifications.store import erase as store
from dunnock.notifications.store import rows


async def erase_from(db: Db, account_id: int) -> int:
    """What others were told of it; groups that lose their head get another."""
    found = await db.slow(store.FROM, the=account_id)
    for to, theirs in itertools.groupby(found, key=lambda row: row[0]):
        ids = [row[1] for row in theirs]
        for at in range(0, len(ids), CHUNK):
            async with db.begin() as tx:
                await rows.drop_some(tx, to, ids[at : at + CHUNK])
    return len(found)


ERASES: tuple[tuple[str, Step], ...] = (
    ("told", store.TOLD),
    ("telling", erase_from),
    ("asking", store.ASKED),
    ("allowed", store.ALLOWED),
)
