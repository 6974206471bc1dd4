"""Statements about groups of accounts that act together."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from dunnock.accounts.tables import independence
from dunnock.foundation.db import BigId, Sql, among, upsert

_i = independence.c
_the = bindparam("the", type_=BigId)

OF = Sql(select(_i.account_id, _i.group_id, _i.weight).where(among(_i.account_id, "ids")))
MEMBERS = Sql(select(_i.account_id, _i.weight).where(_i.group_id == _the))
PUT = upsert(independence, ["account_id"], "account_id", "group_id", "weight")
REMOVE = Sql(delete(independence).where(_i.group_id == _the, among(_i.account_id, "ids")))
