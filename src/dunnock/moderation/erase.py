"""Take an account's name off its complaints. What staff decided about it stays, for it is about the safety of others."""

from __future__ import annotations

from dunnock.foundation.db import Db
from dunnock.foundation.erase import Step
from dunnock.moderation.store import reports as store


async def erase_complaints(db: Db, account_id: int) -> int:
    """Reports by it have no author any more."""
    async with db.begin() as tx:
        return await tx.run(store.ANONYMISE, who=account_id)


ERASES: tuple[tuple[str, Step], ...] = (("complaints", erase_complaints),)
