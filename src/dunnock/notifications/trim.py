"""Keep no more notifications of an account than anybody reads."""

from __future__ import annotations

from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Db
from dunnock.foundation.job import Job
from dunnock.notifications.store import rows as store

MOST_KEPT = 10_000
MOST_KEPT_BACK = 2_000  # of strangers: they may not push out what the member is told
TRIM_EVERY_MS = DAY
_CHUNK = 500


class TrimNotifications(Job, frozen=True):
    """Remove the oldest notifications of accounts that have more than `most`, and of those kept back `most_kept_back`."""

    most: int = MOST_KEPT
    most_kept_back: int = MOST_KEPT_BACK


async def trim_notifications(db: Db, job: TrimNotifications) -> None:
    """Remove them, some hundreds in a transaction; a crash in between loses nothing but time."""
    for kept_back, most in ((False, job.most), (True, job.most_kept_back)):
        for account_id in await store.crowded(db, most, kept_back=kept_back):
            more = True
            while more:
                async with db.begin() as tx:
                    more = await store.drop_oldest(tx, account_id, kept_back=kept_back, most=most, chunk=_CHUNK)
