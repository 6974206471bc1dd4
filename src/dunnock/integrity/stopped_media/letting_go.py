"""What a stop keeps is let go when the stop is over or lifted, or when the judgement about it is taken back."""

from __future__ import annotations

from dunnock import media, moderation
from dunnock.foundation.clock import MINUTE, now_ms
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.job import Job
from dunnock.integrity.meetings.letting_go import let_go_judged, let_go_waiting
from dunnock.integrity.stopped_media import store
from dunnock.integrity.stopped_media.judge import KIND
from dunnock.moderation import log

END_EVERY_MS = MINUTE
_MOST_STOPS = 100


class EndMediaStops(Job, frozen=True):
    """End the stops whose time is over, and let go what they and those that were lifted keep."""


async def end_media_stops(db: Db, _: EndMediaStops) -> None:
    """Some hundreds of rows in a transaction, so that a restart goes on where it was."""
    for one in await media.stops_over(db, now=now_ms(), most=_MOST_STOPS):
        async with db.begin() as tx:
            if await media.end_media_stop(tx, one.id):
                await log.note_by(tx, log.THE_SERVER, "media.over", one.id, why=one.why)
                await tx.record(moderation.MediaStopsChanged(stop_id=one.id))
    above = 0
    while waiting := [row[0] for row in await db.all(store.STOPS_WAITING, above=above, most=_MOST_STOPS)]:
        above = waiting[-1]
        for stop_id in waiting:
            held = await media.find_stop(db, stop_id)
            while held is not None and held.ended_at is not None:
                async with db.begin() as tx:
                    if not await let_go_waiting(tx, KIND, stop_id):
                        break


async def hear_of_stop(tx: Tx, event: moderation.MediaStopsChanged) -> None:
    """It was lifted: the first hundreds of what it keeps go at once, the job does the rest."""
    held = await media.find_stop(tx, event.stop_id)
    if held is not None and held.ended_at is not None:
        await let_go_waiting(tx, KIND, event.stop_id)


async def restore_reversed(tx: Tx, event: moderation.DecisionReversed) -> None:
    """The judgement about what a post shows was taken back."""
    await let_go_judged(tx, KIND, event)
