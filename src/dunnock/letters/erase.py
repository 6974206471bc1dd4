"""Delete what a member wanted to hear by mail. Before the member: it refers to them."""

from __future__ import annotations

from dunnock.foundation.db import Db
from dunnock.foundation.erase import Step
from dunnock.letters import store


async def erase_wishes(db: Db, account_id: int) -> int:
    """The wishes, and what is known of letters sent."""
    async with db.begin() as tx:
        return await store.erase(tx, account_id)


ERASES: tuple[tuple[str, Step], ...] = (("letters", erase_wishes),)
