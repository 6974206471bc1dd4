"""Rows of doubts."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from dunnock.foundation.db import BigId, Sql, upsert
from dunnock.integrity.tables import doubts

_d = doubts.c
PUT = upsert(doubts, ["origin", "account_id"], "origin", "account_id", "at")
FROM = Sql(
    select(_d.account_id)
    .where(_d.origin == bindparam("the_origin"), _d.at >= bindparam("since", type_=BigId))
    .order_by(_d.account_id)
    .limit(bindparam("most"))
)
FORGET = Sql(delete(doubts).where(_d.account_id == bindparam("the_account", type_=BigId)))
FORGET_OLD = Sql(delete(doubts).where(_d.at < bindparam("before", type_=BigId)))
