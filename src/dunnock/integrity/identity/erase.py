"""Forget who an account was taken for, and what it was called before. That its own name was protected ends with it."""

from __future__ import annotations

from dunnock.foundation.db import Db
from dunnock.foundation.erase import Step
from dunnock.integrity.identity import store
from dunnock.integrity.identity.protected import sync_account


async def erase_identity(db: Db, account_id: int) -> int:
    """All that was found about it."""
    async with db.begin() as tx:
        await sync_account(tx, account_id)
        gone = await tx.run(store.FORGET_ALIKES, account=account_id)
        return gone + await tx.run(store.FORGET_TURNS, account=account_id)


ERASES: tuple[tuple[str, Step], ...] = (("identity", erase_identity),)
