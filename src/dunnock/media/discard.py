"""Removes media that no post uses (DELETE /api/v1/media/:id)."""

from __future__ import annotations

from dunnock.foundation.db import Tx
from dunnock.media import store
from dunnock.media.errors import MediaMissing, MediaUnusable

_SAY_USED = "Media attachment is currently used by a status"


async def remove(tx: Tx, media_id: int, *, by: int) -> None:
    """Remove the media of an account; its files go with the next sweep.

    Raises:
        MediaMissing: `by` has no such media.
        MediaUnusable: a post uses it, or one that is scheduled.
    """
    media = (await store.lock_many(tx, [media_id])).get(media_id)
    if media is None or media.account_id != by:
        raise MediaMissing(media_id)
    if media.post_id is not None or await tx.all(store.FIRMLY_HELD, ids=[media_id]):
        raise MediaUnusable(media_id, say=_SAY_USED)
    await tx.run(store.UNHOLD, the=media_id)
    await tx.run(store.REMOVE, the=media_id)
