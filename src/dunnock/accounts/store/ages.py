"""Statements about how old members are."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from dunnock.accounts.tables import ages, members
from dunnock.foundation.db import BigId, Sql, among, upsert

_a = ages.c
OF = Sql(select(_a.band, _a.moves_up_at, _a.zone).where(_a.account_id == bindparam("the", type_=BigId)))
OF_MEMBERS = Sql(
    select(members.c.account_id, _a.band, _a.moves_up_at, _a.zone)
    .join_from(members, ages, _a.account_id == members.c.account_id, isouter=True)
    .where(among(members.c.account_id, "ids"))
)
"""(account, band, when it ends, zone) of accounts that somebody signs in to; null where they said nothing."""
PUT = upsert(ages, ["account_id"], "account_id", "band", "moves_up_at", "zone")
