"""Posts that read as unlisted, or wait unpublished, until somebody looked: several rules and stops may keep one at once."""

from __future__ import annotations

from dunnock import posts
from dunnock.foundation.clock import HOUR
from dunnock.foundation.db import Tx
from dunnock.foundation.ids import id_at
from dunnock.integrity.meetings import store
from dunnock.integrity.meetings.model import Meeting
from dunnock.integrity.meetings.store import Rows

MOST_AN_HOUR = 500
"""What meets more keeps nothing more: it meets what nobody meant."""


async def limit(tx: Tx, rows: Rows, meeting_id: int, post_id: int, *, narrowed: bool) -> None:
    """Let a post that met something just now read as unlisted. `narrowed`: it was meant to be public, and never was.

    What is not public, and kept by nothing else, stays as it is: there is nothing to show to fewer people.
    """
    if await posts.set_apart(tx, post_id) or narrowed or await tx.value(store.TIMES_KEPT, post=post_id):
        await tx.run(rows.LIMIT, the=meeting_id)


async def meets_too_much(tx: Tx, rows: Rows, with_id: int, *, most: int) -> bool:
    """Did more than that meet it within the last hour, and wait?"""
    return int(await tx.value(rows.SINCE, the=with_id, since=id_at(tx.now - HOUR))) > most


async def give_back(tx: Tx, meeting: Meeting) -> None:
    """Let a post be as it was before this meeting, unless something else keeps it still."""
    if meeting.post_id is None:
        return
    if meeting.held:
        if not await tx.value(store.TIMES_HELD, post=meeting.post_id):
            await posts.let_out(tx, meeting.post_id)
    elif meeting.limited and not await tx.value(store.TIMES_KEPT, post=meeting.post_id):
        await posts.bring_back(tx, meeting.post_id)
