"""Take an account's name off its complaints, and its words out of its objections.

What staff decided about it stays, for it is about the safety of others.
"""

from __future__ import annotations

from dunnock.foundation.db import Db
from dunnock.foundation.erase import Step
from dunnock.moderation.store import appeals
from dunnock.moderation.store import reports as store


async def erase_complaints(db: Db, account_id: int) -> int:
    """Reports by it have no author any more."""
    async with db.begin() as tx:
        return await tx.run(store.ANONYMISE, who=account_id)


async def erase_appeals(db: Db, account_id: int) -> int:
    """What it wrote against decisions is gone; that it objected, and what was decided, stays."""
    async with db.begin() as tx:
        return await tx.run(appeals.EMPTY, account=account_id)


ERASES: tuple[tuple[str, Step], ...] = (("complaints", erase_complaints), ("appeals", erase_appeals))
