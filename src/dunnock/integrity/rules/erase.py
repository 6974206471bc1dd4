"""Forget what an account did that met a rule."""

from __future__ import annotations

from dunnock.foundation.db import Db
from dunnock.foundation.erase import Step
from dunnock.integrity.rules import store


async def erase_hits(db: Db, account_id: int) -> int:
    """All of them."""
    async with db.begin() as tx:
        return await tx.run(store.FORGET, account=account_id)


ERASES: tuple[tuple[str, Step], ...] = (("watch_hits", erase_hits),)
