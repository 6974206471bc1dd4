"""Rows of texts that can't be posted for a while."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from dunnock.foundation.db import BigId, Sql, insert_into
from dunnock.posts.store.others import accounts
from dunnock.posts.tables import text_stops

_t = text_stops.c
_now = bindparam("now", type_=BigId)
ADD = insert_into(text_stops)
NOW = Sql(select(_t.id, _t.fragment, _t.who, _t.why, _t.by_account_id, _t.until).where(_t.until > _now).order_by(_t.id))
FOR = Sql(  # what one account can't post
    select(_t.fragment, _t.until)
    .join_from(text_stops, accounts, accounts.c.id == bindparam("author", type_=BigId))
    .where(
        _t.until > _now,
        (_t.who == "everybody")
        | ((_t.who == "newcomers") & (accounts.c.created_at > _t.newer_than))
        | ((_t.who == "protected") & accounts.c.protected),
    )
    .order_by(_t.id)
)
END = Sql(update(text_stops).where(_t.id == bindparam("the", type_=BigId), _t.until > _now).values(until=_now))
