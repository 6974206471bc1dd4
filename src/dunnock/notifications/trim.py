"""Keep no more notifications of an account than anybody reads."""

from __future__ import annotations

from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Db
from dunnock.foundation.job import Job
from dunnock.notifications.store import rows as store

MOST_KEPT = 10_000
TRIM_EVERY_MS = DAY
_CHUNK = 500


class TrimNotifications(Job, frozen=True):
    """Remove the oldest notifications of accounts that have more than `most`."""

    most: int = MOST_KEPT


async def trim_notifications(db: Db, job: TrimNotifications) -> None:
    """Remove them, some hundreds in a transaction; a crash in between loses nothing but time."""
    for account_id in await store.crowded(db, job.most):
        more = True
        while more:
            async with db.begin() as tx:
                more = await store.drop_oldest(tx, account_id, most=job.most, chunk=_CHUNK)
