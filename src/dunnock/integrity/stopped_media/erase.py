"""Forget what an account posted that showed something stopped."""

from __future__ import annotations

from dunnock.foundation.db import Db
from dunnock.foundation.erase import Step
from dunnock.integrity.stopped_media import store


async def erase_shown(db: Db, account_id: int) -> int:
    """All of them."""
    async with db.begin() as tx:
        return await tx.run(store.FORGET, account=account_id)


ERASES: tuple[tuple[str, Step], ...] = (("media_stop_hits", erase_shown),)
