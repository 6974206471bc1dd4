"""Statements that count who uses the server."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, bindparam, literal_column, select, union_all
from sqlalchemy.dialects import postgresql, sqlite

from dunnock.accounts.tables import active_days, sessions, tokens
from dunnock.foundation.db import BigId, Sql

_member, _since = bindparam("member", type_=BigId), bindparam("since", type_=BigId)
_one: ColumnElement[int] = literal_column("1")
ACTIVE_SINCE = Sql(
    union_all(
        select(_one).select_from(tokens).where(tokens.c.member_id == _member, tokens.c.used_at >= _since),
        select(_one).select_from(sessions).where(sessions.c.member_id == _member, sessions.c.seen_at >= _since),
    ).limit(_one)
)


def _count(insert: Any) -> Any:
    return (
        insert(active_days)
        .values(day=bindparam("day", type_=BigId), members=1)
        .on_conflict_do_update(index_elements=["day"], set_={"members": active_days.c.members + 1})
    )


COUNT = Sql(_count(sqlite.insert), _count(postgresql.insert))
