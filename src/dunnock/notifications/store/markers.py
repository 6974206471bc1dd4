"""Rows of markers."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from dunnock.foundation.db import BigId, Sql, among, insert_once
from dunnock.notifications.tables import markers

_m = markers.c
_account = _m.account_id == bindparam("account", type_=BigId)
READ = Sql(
    select(_m.feed, _m.last_read_id, _m.version, _m.updated_at)
    .where(_account, among(_m.feed, "feeds"))
    .order_by(_m.feed)
)
ADD = insert_once(markers, keys=["account_id", "feed"])
MOVE = Sql(
    update(markers)
    .where(_account, _m.feed == bindparam("the_feed"), _m.version == bindparam("seen", type_=BigId))
    .values(
        last_read_id=bindparam("new_id", type_=BigId),
        version=_m.version + 1,
        updated_at=bindparam("now", type_=BigId),
    )
)
