"""Rows of the feed."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select, update

from dunnock.foundation.db import BigId, Sql, among, insert_into, insert_once
from dunnock.transparency.tables import indicators, indicators_end, transparency_keys

_i, _e, _k = indicators.c, indicators_end.c, transparency_keys.c
_most = bindparam("most", type_=BigId)
_after = bindparam("after", type_=BigId)
_now = bindparam("now", type_=BigId)

ADD = insert_into(indicators, "number", "key", "kind", "content", "hash", "at")
IN_FORCE = Sql(  # which of these are said already
    select(_i.key).where(among(_i.key, "keys"), _i.ended_by.is_(None), _i.kind != "retraction")
)
STANDING = Sql(  # what is said and was not taken back
    select(_i.number, _i.key, _i.content)
    .where(_i.ended_by.is_(None), _i.kind != "retraction", _i.number > _after)
    .order_by(_i.number)
    .limit(_most)
)
END = Sql(
    update(indicators).where(_i.number == bindparam("the", type_=BigId)).values(ended_by=bindparam("by", type_=BigId))
)
PAGE = Sql(
    select(_i.number, _i.content, _i.ended_by)
    .where(_i.number > _after, _i.number <= bindparam("up_to", type_=BigId))
    .order_by(_i.number)
    .limit(_most)
)
COUNTS = Sql(
    select(_i.kind, func.count())
    .where(_i.ended_by.is_(None), _i.number <= bindparam("up_to", type_=BigId))
    .group_by(_i.kind)
)

_end = select(
    _e.number, _e.hash, _e.signed_number, _e.statement, _e.key, _e.signature, _e.signed_at, _e.stale_at
).where(_e.id == 1)
ADD_END = insert_once(indicators_end, "id", "number", "hash", keys=["id"])
FIND_END = Sql(_end)
HOLD_END = Sql(_end, _end.with_for_update())
MOVE_END = Sql(
    update(indicators_end)
    .where(_e.id == 1)
    .values(number=bindparam("new_number", type_=BigId), hash=bindparam("new_hash"))
)
SIGN = Sql(
    update(indicators_end)
    .where(_e.id == 1, _e.number >= bindparam("number", type_=BigId))
    .values(
        signed_number=bindparam("number", type_=BigId), statement=bindparam("statement"), key=bindparam("new_key"),
        signature=bindparam("signature"), signed_at=_now,
    )
)  # fmt: skip
SET_STALE = Sql(update(indicators_end).where(_e.id == 1, _e.stale_at.is_(None)).values(stale_at=_now))
SET_FRESH = Sql(
    update(indicators_end).where(_e.id == 1, _e.stale_at == bindparam("was", type_=BigId)).values(stale_at=None)
)
ADD_KEY = insert_once(transparency_keys, keys=["name"])
KEY = Sql(select(_k.key).where(_k.name == bindparam("the_name")))
