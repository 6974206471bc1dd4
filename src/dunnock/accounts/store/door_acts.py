"""Rows of what members did through which door."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select, update

from dunnock.accounts.tables import door_acts
from dunnock.foundation.db import BigId, Sql, among, insert_into

_d = door_acts.c
_account = bindparam("account", type_=BigId)

ADD = insert_into(door_acts)
SINCE = Sql(
    select(_d.door, _d.kind, _d.target, _d.was)
    .where(_d.account_id == _account, _d.id > bindparam("above", type_=BigId))
    .order_by(_d.id)
    .limit(bindparam("most", type_=BigId))
)
NAME_APP = Sql(
    update(door_acts)
    .where(_d.account_id == _account, _d.kind == "app", _d.target == bindparam("grant"))
    .values(target=bindparam("token"))
)
OVER = Sql(select(_d.id).where(_d.id < bindparam("before", type_=BigId)).order_by(_d.id).limit(20_000))
DROP = Sql(delete(door_acts).where(among(_d.id, "ids")))
