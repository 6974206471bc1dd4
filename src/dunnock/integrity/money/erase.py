"""Forget where an account led."""

from __future__ import annotations

from dunnock.foundation.db import Db
from dunnock.foundation.erase import Step
from dunnock.integrity.money import store


async def erase_uses(db: Db, account_id: int) -> int:
    """All its posts and its profile."""
    async with db.begin() as tx:
        return await tx.run(store.FORGET, account=account_id)


ERASES: tuple[tuple[str, Step], ...] = (("money", erase_uses),)
