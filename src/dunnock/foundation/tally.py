"""Counts what the event log holds of a span of time: no counters are written when things happen."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, func, select

from dunnock.foundation.db.face import Db
from dunnock.foundation.db.sql import BigId, Sql, among
from dunnock.foundation.db.tables import event_log

_HEAD = Sql(select(func.coalesce(func.max(event_log.c.id), 0)))
_FROM = Sql(  # the first entry at or after an id, for ids that were never given out
    select(event_log.c.id, event_log.c.at)
    .where(event_log.c.id >= bindparam("id", type_=BigId))
    .order_by(event_log.c.id)
    .limit(1)
)
_COUNT = Sql(
    select(func.count())
    .select_from(event_log)
    .where(
        event_log.c.id >= bindparam("first", type_=BigId),
        event_log.c.id < bindparam("end", type_=BigId),
        among(event_log.c.kind, "kinds"),
    )
)


async def tally(db: Db, kinds: Collection[str], since: int, until: int) -> int:
    """How many events of these kinds were recorded from `since` to before `until` (Unix milliseconds).

    The span is found by halving, as entries are in the order of time; only entries of the span are read.
    """
    first, end = await _place(db, since), await _place(db, until)
    if first >= end:
        return 0
    rows = await db.slow(_COUNT, first=first, end=end, kinds=list(kinds))
    return int(rows[0][0])


async def _place(db: Db, at: int) -> int:
    """The id of the first entry of that moment or later; one more than the last when there is none."""
    low, high = 0, int(await db.value(_HEAD)) + 1
    while low < high:
        middle = (low + high) // 2
        row = await db.one(_FROM, id=middle)
        if row is None or row[1] >= at:
            high = middle
        else:
            low = row[0] + 1
    return low
