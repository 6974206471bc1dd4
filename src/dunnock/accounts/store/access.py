"""Rows of what happened to the way into members' accounts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, select

from dunnock.accounts.tables import access_changes, apps, personas, sessions, tokens
from dunnock.foundation.db import BigId, Sql, among, insert_into

_member = bindparam("member", type_=BigId)
_above, _since = bindparam("above", type_=BigId), bindparam("since", type_=BigId)
_most: BindParameter[Any] = bindparam("most")
_c = access_changes.c

ADD_CHANGE = insert_into(access_changes)
CHANGES = Sql(select(_c.id, _c.what).where(_c.member_id == _member, _c.id > _above).order_by(_c.id.desc()).limit(_most))
LATEST_CHANGE = Sql(select(_c.id).where(_c.member_id == _member, _c.id > _above).order_by(_c.id.desc()).limit(1))
SIGN_INS = Sql(
    select(sessions.c.created_at, sessions.c.client)
    .where(sessions.c.member_id == _member, sessions.c.created_at > _since)
    .order_by(sessions.c.created_at.desc(), sessions.c.id)
    .limit(_most)
)
APPS_LET_IN = Sql(
    select(tokens.c.created_at, apps.c.name)
    .join_from(tokens, apps, apps.c.id == tokens.c.app_id)
    .where(tokens.c.member_id == _member, tokens.c.created_at > _since)
    .order_by(tokens.c.created_at.desc(), tokens.c.id)
    .limit(_most)
)
LOOKS = Sql(
    select(personas.c.id, personas.c.field, personas.c.new)
    .where(
        personas.c.account_id == bindparam("account", type_=BigId),
        personas.c.id > _above,
        among(personas.c.field, "fields"),
    )
    .order_by(personas.c.id.desc())
    .limit(_most)
)
OVER_CHANGES = Sql(select(_c.id).where(_c.id < bindparam("before", type_=BigId)))
DROP_CHANGES = Sql(delete(access_changes).where(among(_c.id, "ids")))
