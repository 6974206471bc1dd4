"""Statements about accounts that move, and who of this server has to do with them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, or_, select, update

from dunnock.accounts.tables import accounts, blocks, follows, mutes
from dunnock.foundation.db import BigId, Sql

_the = accounts.c.id == bindparam("the")
ALIASES = Sql(select(accounts.c.also_known_as).where(_the))
SET_ALIASES = Sql(update(accounts).where(_the, accounts.c.domain == "").values(also_known_as=bindparam("new_aliases")))
MOVED_TO = Sql(select(accounts.c.moved_to_id).where(_the))
MOVED_AT = Sql(select(accounts.c.moved_at).where(_the))
MOVE = Sql(
    update(accounts)
    .where(_the)
    .values(moved_to_id=bindparam("new_id", type_=BigId), moved_at=bindparam("new_at", type_=BigId))
)


def _of_ours(query: Select[Any], who: ColumnElement[int]) -> Sql:
    """The rows of this server's accounts above one id, in the order of their ids."""
    mine = query.join(accounts, accounts.c.id == who).where(
        accounts.c.domain == "", who > bindparam("above", type_=BigId)
    )
    return Sql(mine.order_by(who).limit(bindparam("most")))


_old = bindparam("old", type_=BigId)
FOLLOWERS = _of_ours(
    select(follows.c.follower_id, follows.c.boosts, follows.c.notify, follows.c.languages).where(
        follows.c.followed_id == _old, follows.c.requested.is_(False)
    ),
    follows.c.follower_id,
)
BLOCKERS = _of_ours(select(blocks.c.account_id).where(blocks.c.target_id == _old), blocks.c.account_id)
MUTERS = _of_ours(
    select(mutes.c.account_id, mutes.c.notifications, mutes.c.expires_at).where(
        mutes.c.target_id == _old,
        or_(mutes.c.expires_at.is_(None), mutes.c.expires_at > bindparam("now", type_=BigId)),
    ),
    mutes.c.account_id,
)
