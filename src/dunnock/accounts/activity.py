"""How many members used the server on a day: counted at the first use of each, without keeping who."""

from __future__ import annotations

from dunnock.accounts.store import activity as store
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Tx


async def note_active(tx: Tx, member_id: int) -> None:
    """The member uses the server now. Call before that is written to their token or session."""
    day = tx.now // DAY
    if await tx.one(store.ACTIVE_SINCE, member=member_id, since=day * DAY) is None:
        await tx.run(store.COUNT, day=day)
