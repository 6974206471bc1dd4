"""Statements about whose follows count, and about moving the counts of others when that changes."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    ScalarSelect,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    text,
    update,
)

from dunnock.accounts.tables import account_counts, accounts, follows
from dunnock.foundation.db import BigId, Sql, among


def counts_for_others(by: ColumnElement[int], act: ColumnElement[int]) -> ColumnElement[bool]:
    """Does the act `act` (an id) of this account count, as those of all who are shown do?

    The account is held as it is until the transaction ends: nobody counts it anew in between.
    """
    mark = select(accounts.c.uncounted_to).where(accounts.c.id == by).with_for_update(read=True, key_share=True)
    return mark.scalar_subquery() < act


_above, _upto = bindparam("above", type_=BigId), bindparam("upto", type_=BigId)
_ENDS = ((follows.c.follower_id, follows.c.followed_id), (follows.c.followed_id, follows.c.follower_id))
_in_window = and_(follows.c.id > _above, follows.c.id <= _upto)

_moving = (
    select(accounts.c.id, accounts.c.standing, accounts.c.uncounted_to)
    .where(text("uncounted_to NOT IN (0, 9223372036854775807)"))  # as its index says it
    .order_by(accounts.c.id)
    .limit(bindparam("most"))
)
ANY_MOVING = Sql(_moving)
MOVING = Sql(_moving, _moving.with_for_update())
MOVED = Sql(update(accounts).where(among(accounts.c.id, "ids")).values(uncounted_to=bindparam("mark", type_=BigId)))


def _some(mine: Column[int]) -> ScalarSelect[int]:
    found = select(literal_column("1", Integer)).where(mine == accounts.c.id, _in_window).correlate(accounts)
    return select(func.count()).select_from(found.limit(bindparam("most")).subquery()).scalar_subquery()


SIZES = Sql(select(accounts.c.id, _some(_ENDS[0][0]) + _some(_ENDS[1][0])).where(among(accounts.c.id, "ids")))


def _nth(mine: Column[int], *, up: bool) -> Sql:
    key = follows.c.id
    found = select(key).where(mine == bindparam("the", type_=BigId), _in_window)
    return Sql(found.order_by(key if up else key.desc()).limit(literal_column("1")).offset(bindparam("before")))


NTH = {up: tuple(_nth(mine, up=up) for mine, _ in _ENDS) for up in (True, False)}
_others = [select(other).where(among(mine, "ids"), ~follows.c.requested, _in_window) for mine, other in _ENDS]
HOLD_OTHERS = Sql(  # in the order of ids, so that two who count never wait in a circle; SQLite has one writer anyway
    select(literal_column("0")),
    select(func.count()).select_from(
        select(account_counts.c.account_id)
        .where(account_counts.c.account_id.in_(_others[0].union_all(_others[1])))
        .order_by(account_counts.c.account_id)
        .with_for_update()
        .subquery()
    ),
)


def _shift(mine: Column[int], other: Column[int], name: str) -> Sql:
    sums = (
        select(other.label("whose"), func.count().label("n"))
        .where(among(mine, "ids"), ~follows.c.requested, _in_window)
        .group_by(other)
        .subquery()
    )
    return Sql(
        update(account_counts)
        .where(account_counts.c.account_id == sums.c.whose)
        .values({name: account_counts.c[name] + bindparam("sign", type_=BigId) * sums.c.n})
    )


SHIFT = tuple(_shift(*ends, name) for ends, name in zip(_ENDS, ("followers", "following"), strict=True))
