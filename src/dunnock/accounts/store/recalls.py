"""Rows of links by which owners take their account back."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select, update

from dunnock.accounts.tables import recalls
from dunnock.foundation.db import BigId, Sql, insert_into

_r = recalls.c
ADD = insert_into(recalls, "digest", "member_id", "email", "since", "expires_at")
FIND = Sql(
    select(_r.member_id, _r.email, _r.since).where(
        _r.digest == bindparam("digest"), _r.used_at.is_(None), _r.expires_at > bindparam("now", type_=BigId)
    )
)
USE = Sql(
    update(recalls)
    .where(_r.digest == bindparam("the"), _r.used_at.is_(None))
    .values(used_at=bindparam("now", type_=BigId))
)
LAST_USED = Sql(
    select(_r.since, _r.used_at)
    .where(_r.member_id == bindparam("member", type_=BigId), _r.used_at.is_not(None))
    .order_by(_r.used_at.desc())
    .limit(1)
)
SWEEP = Sql(delete(recalls).where(_r.expires_at < bindparam("before", type_=BigId)))
