"""Rows of servers, and of raids, whose strangers are held back for a while."""

from __future__ import annotations

from sqlalchemy import bindparam, func, or_, select, update

from dunnock.foundation.db import BigId, Sql, insert_into
from dunnock.posts.tables import held_posts, origin_holds

_o = origin_holds.c
_the, _now = bindparam("the", type_=BigId), bindparam("now", type_=BigId)
_to = bindparam("to", type_=BigId)
_number = select(func.count()).where(held_posts.c.origin_hold_id == _o.id).correlate(origin_holds).scalar_subquery()
_row = select(_o.id, _o.account_id, _o.domain, _o.until, _o.signal_id, _o.ended_at, _o.ended_by, _number, _o.raid_id)
_on = (_o.until > _now, _o.ended_at.is_(None))

ADD = insert_into(origin_holds, "id", "account_id", "domain", "since_id", "until", "signal_id", "raid_id")
FIND = Sql(_row.where(_o.id == _the), _row.where(_o.id == _the).with_for_update(of=origin_holds))
OF_SERVER = Sql(  # the newest first
    _row.where(_o.domain == bindparam("host"), _o.raid_id.is_(None), _o.until > _now)
    .order_by(_o.id.desc())
    .limit(bindparam("most"))
)
OF_RAID = Sql(  # the newest first
    _row.where(_o.raid_id == bindparam("raid", type_=BigId), _o.until > _now)
    .order_by(_o.id.desc())
    .limit(bindparam("most"))
)
ON = Sql(_row.where(*_on).order_by(_o.id.desc()).limit(bindparam("most")))
FOR = Sql(  # what holds for one account
    _row.where(*_on, or_(_o.account_id == _to, _o.account_id.is_(None))).order_by(_o.id.desc()).limit(bindparam("most"))
)
EXTEND = Sql(
    update(origin_holds)
    .where(_o.id == _the)
    .values(until=bindparam("new_until", type_=BigId), signal_id=bindparam("new_signal", type_=BigId))
)
END = Sql(
    update(origin_holds)
    .where(_o.id == _the, _o.ended_at.is_(None))
    .values(ended_at=_now, ended_by=bindparam("who", type_=BigId))
)
