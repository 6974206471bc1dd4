"""Rows of rhythms."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from dunnock.foundation.db import BigId, Sql, among, upsert
from dunnock.integrity.tables import rhythms

_r = rhythms.c
_row = select(
    _r.account_id,
    _r.hours,
    _r.hours_since,
    _r.last_at,
    _r.woke_at,
    _r.slept_ms,
    _r.moved_at,
    _r.moved_from,
    _r.moved_to,
)
FIND = Sql(_row.where(_r.account_id == bindparam("the", type_=BigId)))
HOLD_MANY = Sql(_row.where(among(_r.account_id, "ids")).order_by(_r.account_id).with_for_update())
PUT = upsert(
    rhythms, ["account_id"], "account_id", "hours", "hours_since", "last_at", "woke_at", "slept_ms", "moved_at",
    "moved_from", "moved_to",
)  # fmt: skip
_since = bindparam("since", type_=BigId)
WOKE = Sql(_row.where(_r.woke_at >= _since).order_by(_r.woke_at.desc()).limit(bindparam("most")))
MOVED = Sql(_row.where(_r.moved_at >= _since).order_by(_r.moved_at.desc()).limit(bindparam("most")))
_before = bindparam("before", type_=BigId)
OLD = Sql(
    select(_r.account_id)
    .where(_r.last_at < _before, _r.moved_at < _before)
    .order_by(_r.last_at)
    .limit(bindparam("most"))
)
DROP = Sql(delete(rhythms).where(among(_r.account_id, "ids")))
