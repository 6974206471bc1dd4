"""What was posted before somebody stopped it is found, too: by a job over the prints that are kept, the newest files first."""

from __future__ import annotations

import time

from dunnock import media
from dunnock.foundation.clock import HOUR, now_ms
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.job import Job
from dunnock.integrity.stopped_media.meet import look_again
from dunnock.moderation import MediaStopsChanged

MOST_AN_HOUR = 200
"""Posts from before that are put before people in an hour, the newest first; fewer than what makes a stop limit nothing more."""
_AT_ONCE = 500
_WORK_S = 60.0


class LookBack(Job, frozen=True):
    """Look for what is stopped in files that were there before: those with ids below `below`."""

    stop_id: int
    below: int


async def begin_looking_back(tx: Tx, event: MediaStopsChanged) -> None:
    """Something is stopped from now on."""
    if event.made:
        await tx.enqueue(LookBack(stop_id=event.stop_id, below=event.stop_id))


async def look_back(db: Db, job: LookBack) -> None:
    """Look through some files after the other until all were seen, or the stop is over; the next job goes on where this one ends.

    What is met is kept as anything that shows it: nothing is written down twice, so doing it again does no harm.
    """
    until, below, met = time.monotonic() + _WORK_S, job.below, 0
    while (stop := await media.find_stop(db, job.stop_id)) is not None and stop.ended_at is None:
        shown = await media.shown_before(db, below, most=_AT_ONCE)
        if not shown:
            return
        for one in shown:
            below = one.id
            if one.post_id is None or not media.looks_stopped(stop, one):
                continue
            async with db.begin() as tx:
                met += await look_again(tx, one.post_id)
            if met == MOST_AN_HOUR:
                break
        if met == MOST_AN_HOUR or time.monotonic() > until:
            async with db.begin() as tx:
                later = now_ms() + HOUR if met == MOST_AN_HOUR else None
                await tx.enqueue(LookBack(stop_id=stop.id, below=below), run_at=later)
            return
