"""Statements about how old members are."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from dunnock.accounts.tables import ages, members
from dunnock.foundation.db import BigId, Sql, among, upsert

_a = ages.c
_HELD = (_a.band, _a.moves_up_at, _a.zone, _a.said_minor_at, _a.put_off_at)
OF = Sql(select(*_HELD).where(_a.account_id == bindparam("the", type_=BigId)))
OF_MEMBERS = Sql(
    select(members.c.account_id, *_HELD)
    .join_from(members, ages, _a.account_id == members.c.account_id, isouter=True)
    .where(among(members.c.account_id, "ids"))
)
"""(account, and what `OF` gives) of accounts that somebody signs in to; null where they said nothing."""
PUT = upsert(ages, ["account_id"], "account_id", "band", "moves_up_at", "zone", "said_minor_at", "put_off_at")
