"""Statements about domains that members proved to be theirs."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select, update

from dunnock.accounts.tables import accounts, domain_handles
from dunnock.foundation.db import BigId, Sql, upsert

_d = domain_handles.c
_the = bindparam("the", type_=BigId)
_now = bindparam("now", type_=BigId)

_one = select(
    _d.account_id, _d.domain, _d.way, _d.proved_at, _d.checked_at, _d.failing_since, _d.lost_at, _d.lost_why
)  # fmt: skip
PUT = upsert(
    domain_handles, ["account_id"], "account_id", "domain", "way", "proved_at", "checked_at", "failing_since", "lost_at",
    "lost_why",
)  # fmt: skip
OF = Sql(_one.where(_d.account_id == _the))
_whose = _one.where(_d.domain == bindparam("domain"), _d.lost_at.is_(None))
HOLD = Sql(_whose, _whose.with_for_update())
SHOWN_BY = Sql(
    select(accounts.c.id)
    .join_from(domain_handles, accounts, accounts.c.id == _d.account_id)
    .where(_d.domain == bindparam("domain"), _d.lost_at.is_(None), accounts.c.standing != "deleted")
)
CHECKED = Sql(
    update(domain_handles)
    .where(_d.account_id == _the, _d.domain == bindparam("of"), _d.lost_at.is_(None))
    .values(
        way=bindparam("new_way"), checked_at=_now, failing_since=bindparam("failing", type_=BigId)
    )
)  # fmt: skip
LOSE = Sql(
    update(domain_handles)
    .where(_d.account_id == _the, _d.domain == bindparam("of"), _d.lost_at.is_(None))
    .values(lost_at=_now, lost_why=bindparam("why"))
)
DROP = Sql(delete(domain_handles).where(_d.account_id == _the))
DUE = Sql(
    _one.where(_d.lost_at.is_(None), _d.checked_at < bindparam("before", type_=BigId))
    .order_by(_d.checked_at)
    .limit(bindparam("most"))
)
SHOW = Sql(
    update(accounts)
    .where(accounts.c.id == _the)
    .values(domain_handle=bindparam("domain"), domain_since=bindparam("since", type_=BigId))
)
