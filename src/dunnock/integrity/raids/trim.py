"""Forget raids: who took part a month after their last part, the rest after three."""

from __future__ import annotations

from typing import Final

from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.job import Job
from dunnock.integrity.raids import store

ACCOUNTS_KEPT_MS: Final = 30 * DAY
KEPT_MS: Final = 90 * DAY
_CHUNK = 500


class TrimRaids(Job, frozen=True):
    """Forget who raided whom, when it was long ago."""


async def trim_raids(db: Db, _: TrimRaids) -> None:
    """Some hundreds of rows at a time."""
    now = now_ms()
    while old := await db.slow(store.OLD_ACCOUNTS, before=now - ACCOUNTS_KEPT_MS, most=_CHUNK):
        async with db.begin() as tx:
            await tx.many(store.DROP_ACCOUNT, [{"the": row[0], "account": row[1]} for row in old])
    while ids := [row[0] for row in await db.slow(store.OLD, before=now - KEPT_MS, most=_CHUNK)]:
        async with db.begin() as tx:
            for sql in (store.DROP_ACCOUNTS, store.DROP_MARKS, store.DROP_HITS, store.DROP):
                await tx.run(sql, ids=ids)
