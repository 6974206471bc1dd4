"""Rows of lists and of who is on them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, column, delete, exists, func, or_, select, table, update

from dunnock.feeds.tables import list_members, lists
from dunnock.foundation.db import BigId, Sql, among, insert_into, insert_once

# Columns of other domains, named here and never imported, as foreign keys are.
_accounts = table("accounts", column("id", BigId), column("standing"))
_follows = table("follows", column("follower_id", BigId), column("followed_id", BigId))

_l, _m = lists.c, list_members.c
_list, _owner = bindparam("the_list", type_=BigId), bindparam("owner", type_=BigId)
_account = bindparam("account", type_=BigId)
_columns = (_l.id, _l.title, _l.replies, _l.exclusive)

ALL = Sql(select(*_columns).where(_l.account_id == _owner).order_by(_l.id))
FIND = Sql(select(*_columns).where(_l.id == _list, _l.account_id == _owner))
# Held on PostgreSQL, so that nobody fills a list while it is being deleted (SQLite has one writer).
HOLD = Sql(select(*_columns).where(_l.id == _list, _l.account_id == _owner).with_for_update())
COUNT = Sql(select(func.count()).where(_l.account_id == _owner))

KEPT = or_(
    _m.account_id == _l.account_id,
    exists().where(_follows.c.follower_id == _l.account_id, _follows.c.followed_id == _m.account_id),
)
"""Is somebody who is on a list shown there? Who was unfollowed is gone at once, before the reaction has removed the row."""

WITH = Sql(
    select(*_columns)
    .join_from(lists, list_members, _m.list_id == _l.id)
    .where(_m.account_id == _account, _l.account_id == _owner)
    .order_by(_l.id)
)
SHOWN_WITH = Sql(
    select(*_columns)
    .join_from(lists, list_members, _m.list_id == _l.id)
    .where(_m.account_id == _account, _l.account_id == _owner, KEPT)
    .order_by(_l.id)
)
ADD = insert_into(lists)
CHANGE = Sql(
    update(lists)
    .where(_l.id == _list)
    .values(title=bindparam("title"), replies=bindparam("replies"), exclusive=bindparam("exclusive"))
)
DROP = Sql(delete(lists).where(_l.id == _list))

COUNT_MEMBERS = Sql(select(func.count()).where(_m.list_id == _list))
ADD_MEMBER = insert_once(list_members, keys=["list_id", "account_id"])
DROP_MEMBERS = Sql(delete(list_members).where(_m.list_id == _list, among(_m.account_id, "ids")))
EMPTY = Sql(delete(list_members).where(_m.list_id == _list))
MAY_ADD = Sql(
    select(_accounts.c.id).where(
        among(_accounts.c.id, "ids"),
        or_(_accounts.c.standing == "active", _accounts.c.standing == "limited"),
        or_(
            _accounts.c.id == _owner,
            exists().where(_follows.c.follower_id == _owner, _follows.c.followed_id == _accounts.c.id),
        ),
    )
)


def _page(*, up: bool) -> Any:
    return (
        select(_m.id, _m.account_id)
        .join_from(list_members, lists, _l.id == _m.list_id)
        .where(
            _m.list_id == _list, KEPT, _m.id > bindparam("above", type_=BigId), _m.id < bindparam("below", type_=BigId)
        )
        .order_by(_m.id if up else _m.id.desc())
        .limit(bindparam("most"))
    )


MEMBERS = (Sql(_page(up=False)), Sql(_page(up=True)))
