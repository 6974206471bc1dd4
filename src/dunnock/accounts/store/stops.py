"""Rows of emergencies in which a class of accounts can't post."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from dunnock.accounts.tables import posting_stops
from dunnock.foundation.db import BigId, Sql, insert_into

_s = posting_stops.c
ADD = insert_into(posting_stops)
NOW = Sql(
    select(_s.id, _s.who, _s.why, _s.by_account_id, _s.until)
    .where(_s.until > bindparam("now", type_=BigId))
    .order_by(_s.id)
)
END = Sql(
    update(posting_stops)
    .where(_s.id == bindparam("the", type_=BigId), _s.until > bindparam("now", type_=BigId))
    .values(until=bindparam("now", type_=BigId))
)
