"""Let reactions hear everything, also where other tests' transactions are open on the same PostgreSQL."""

from __future__ import annotations

import asyncio

from sqlalchemy import text

from dunnock.foundation.db import Db, Sql
from dunnock.foundation.reactions import Reactions

# An event is handed on once no older transaction of the whole PostgreSQL is open, tests of other workers among them.
_WAITING = Sql(text("SELECT count(*) FROM event_log WHERE tx >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))


async def settle(db: Db, reactions: Reactions) -> None:
    """As `reactions.settle()`, after waiting for those."""
    for _ in range(1_000):
        if db.engine == "sqlite" or not await db.value(_WAITING):
            break
        await asyncio.sleep(0.005)
    await reactions.settle()
