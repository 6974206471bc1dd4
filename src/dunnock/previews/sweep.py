"""Forgets the previews that no post shows any more; their pictures go with the next sweep of files."""

from __future__ import annotations

from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.job import Job
from dunnock.foundation.jobs import Every
from dunnock.previews import store

_UNUSED_MS = 14 * DAY
_CHUNK = 500


class SweepPreviews(Job, frozen=True):
    """Remove previews that nobody shows, and nobody asked for in two weeks."""


EVERY = (Every(SweepPreviews(), DAY),)
"""For the schedule."""


async def sweep_previews(db: Db) -> None:
    """Do the job, some hundreds in a transaction."""
    before, after = now_ms() - _UNUSED_MS, 0
    while rows := await db.slow(store.UNUSED, after=after, before=before, most=_CHUNK):
        async with db.begin() as tx:
            await store.remove(tx, [row[0] for row in rows])
        after = rows[-1][0]
