"""What a stop keeps is let go: when a person says so, when the stop is over, or when the judgement about it is taken back."""

from __future__ import annotations

from dunnock import media, moderation
from dunnock.foundation.clock import MINUTE, now_ms
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.job import Job
from dunnock.integrity.keeping import let_be_public
from dunnock.integrity.stopped_media import store
from dunnock.integrity.stopped_media.model import Shown, ShownState
from dunnock.moderation import log

END_EVERY_MS = MINUTE
_CHUNK = 200
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
    for (stop_id,) in await db.all(store.STOPS_WAITING, most=_MOST_STOPS):
        held = await media.find_stop(db, stop_id)
        while held is not None and held.ended_at is not None:
            async with db.begin() as tx:
                if not await _let_go_waiting(tx, stop_id):
                    break


async def hear_of_stop(tx: Tx, event: moderation.MediaStopsChanged) -> None:
    """It was lifted: the first hundreds of what it keeps go at once, the job does the rest."""
    held = await media.find_stop(tx, event.stop_id)
    if held is not None and held.ended_at is not None:
        await _let_go_waiting(tx, event.stop_id)


async def let_go(tx: Tx, shown: Shown, state: ShownState, *, reason: str = "", by: int | None = None) -> None:
    """Let a post be as it was, unless something else keeps it too."""
    await tx.run(
        store.JUDGE,
        the=shown.id,
        new_state=state,
        stays=False,
        why=reason,
        now=tx.now,
        by=by,
        decision=shown.decision_id,
    )
    if shown.limited:
        await let_be_public(tx, shown.post_id)


async def restore_reversed(tx: Tx, event: moderation.DecisionReversed) -> None:
    """The judgement about it was taken back, by staff or because the member objected."""
    for row in await tx.all(store.OF_DECISION, the=event.decision_id):
        shown = store.shown_of(row)
        if shown.state == "refused" and shown.account_id == event.account_id:
            await let_go(tx, shown, "released", reason=shown.reason, by=shown.judged_by)


async def _let_go_waiting(tx: Tx, stop_id: int) -> int:
    """Let go the first hundreds of what waits; how many."""
    rows = await tx.all(store.WAITING_OF, the=stop_id, most=_CHUNK)
    for row in rows:
        await let_go(tx, store.shown_of(row), "lapsed")
    return len(rows)
