"""Rows of observations."""

from __future__ import annotations

from sqlalchemy import LargeBinary, bindparam, delete, func, select, update

from dunnock.foundation.db import BigId, Sql, among, insert_once
from dunnock.integrity.tables import observations

_o = observations.c

ADD = insert_once(observations, "id", "account_id", "act", "target_id", "object_id", "marks", keys=["id"])
ANEW = Sql(  # what it says, answers and names now; nothing where it was never seen
    update(observations)
    .where(_o.id == bindparam("the", type_=BigId))
    .values(
        target_id=bindparam("new_target", type_=BigId),
        object_id=bindparam("new_object", type_=BigId),
        marks=bindparam("new_marks", type_=LargeBinary),
    )
)
REMOVE = Sql(delete(observations).where(_o.id == bindparam("the", type_=BigId)))
RECENT = Sql(  # the newest first
    select(_o.id, _o.account_id, _o.act, _o.marks)
    .where(_o.id >= bindparam("since", type_=BigId))
    .order_by(_o.id.desc())
    .limit(bindparam("most"))
)
STRETCH = Sql(  # as `RECENT`, before an id
    select(_o.id, _o.account_id, _o.act, _o.marks)
    .where(_o.id >= bindparam("since", type_=BigId), _o.id < bindparam("before", type_=BigId))
    .order_by(_o.id.desc())
    .limit(bindparam("most"))
)
NUMBER_SINCE = Sql(select(func.count()).where(_o.id >= bindparam("since", type_=BigId)))
ACTS_BETWEEN = Sql(  # how often an account acted, before an id
    select(func.count()).where(
        _o.account_id == bindparam("account", type_=BigId),
        _o.id >= bindparam("since", type_=BigId),
        _o.id < bindparam("before", type_=BigId),
    )
)
_target, _since = bindparam("target", type_=BigId), bindparam("since", type_=BigId)
_to = select(_o.id).where(_o.target_id == _target, _o.id >= _since).limit(bindparam("most"))
NUMBER_TO = Sql(select(func.count()).select_from(_to.subquery()))
TO = Sql(  # the newest first
    select(_o.id, _o.account_id, _o.act, _o.marks)
    .where(_o.target_id == _target, _o.id >= _since)
    .order_by(_o.id.desc())
    .limit(bindparam("most"))
)
TO_BEFORE = Sql(  # the newest first
    select(_o.id)
    .where(_o.target_id == _target, _o.id < _since, _o.id >= bindparam("oldest", type_=BigId))
    .order_by(_o.id.desc())
    .limit(bindparam("most"))
)
_old = select(_o.id).where(_o.id < bindparam("before", type_=BigId)).order_by(_o.id).limit(bindparam("most"))
OLD = Sql(_old)
DROP = Sql(delete(observations).where(among(_o.id, "ids")))
