"""Rows of searches that members keep."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select, update

from dunnock.discovery.tables import saved_searches
from dunnock.foundation.db import BigId, Sql, insert_into

_c = saved_searches.c
_COLUMNS = (_c.id, _c.account_id, _c.title, _c.query, _c.secret)
_the = _c.id == bindparam("id", type_=BigId)

FIND = Sql(select(*_COLUMNS).where(_the))
ALL = Sql(select(*_COLUMNS).where(_c.account_id == bindparam("owner", type_=BigId)).order_by(_c.id))
ADD = insert_into(saved_searches)
CHANGE = Sql(update(saved_searches).where(_the).values(title=bindparam("new_title"), query=bindparam("new_query")))
DELETE = Sql(delete(saved_searches).where(_the))
