"""Rows of how pictures look."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select, update

from dunnock.foundation.db import BigId, Sql, among, insert_once
from dunnock.integrity.tables import picture_keys, pictures

_p, _k = pictures.c, picture_keys.c
ADD = insert_once(pictures, "id", "print", "same_as", "seen_at", keys=["print"])
ADD_KEY = insert_once(picture_keys, "key", "picture_id", keys=["key", "picture_id"])
FIND = Sql(select(_p.id, _p.same_as).where(_p.print == bindparam("the_print")))
SEEN = Sql(update(pictures).where(_p.id == bindparam("the", type_=BigId)).values(seen_at=bindparam("now", type_=BigId)))
NEAR = Sql(  # those with one of some parts, the oldest first
    select(_p.id, _p.print, _p.same_as)
    .where(_p.id.in_(select(_k.picture_id).where(among(_k.key, "keys"))))
    .order_by(_p.id)
    .limit(bindparam("most"))
)
OLD = Sql(
    select(_p.id).where(_p.seen_at < bindparam("before", type_=BigId)).order_by(_p.seen_at).limit(bindparam("most"))
)
DROP_KEYS = Sql(delete(picture_keys).where(among(_k.picture_id, "ids")))
DROP = Sql(delete(pictures).where(among(_p.id, "ids")))
