"""Whom to show to people who look for people: the directory, suggestions, and what members dismissed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, Integer, bindparam, cast, exists, func, literal_column, nulls_last, select

from dunnock.discovery.store.others import account_counts, accounts, follows, independence, presentable
from dunnock.discovery.tables import dismissals
from dunnock.foundation.db import BigId, Sql, among, insert_once

_most: BindParameter[int] = bindparam("most")


def _directory(order: Any, *, local: bool) -> Sql:
    query = (
        select(accounts.c.id)
        .join_from(accounts, account_counts, account_counts.c.account_id == accounts.c.id)
        .where(presentable())
    )
    return Sql((query.where(accounts.c.domain == "") if local else query).order_by(*order).limit(_most))


DIRECTORY = {
    ("active", local): _directory((nulls_last(account_counts.c.last_post_at.desc()), accounts.c.id.desc()), local=local)
    for local in (False, True)
} | {("new", local): _directory((accounts.c.id.desc(),), local=local) for local in (False, True)}
"""(order, only of this server) -> account ids."""

MOST_FOLLOWED = Sql(
    select(accounts.c.id, account_counts.c.followers)
    .join_from(accounts, account_counts, account_counts.c.account_id == accounts.c.id)
    .where(presentable(), account_counts.c.followers > literal_column("0"))
    .order_by(account_counts.c.followers.desc(), accounts.c.id)
    .limit(_most)
)

_me = bindparam("viewer", type_=BigId)
# Those one follows who let others see whom they follow: the latest of them, so many at most.
_friends = (
    select(follows.c.followed_id)
    .join_from(follows, accounts, accounts.c.id == follows.c.followed_id)
    .where(
        follows.c.follower_id == _me,
        ~follows.c.requested,
        ~accounts.c.hide_collections,
        accounts.c.standing == "active",
    )
    .order_by(follows.c.id.desc())
    .limit(bindparam("friends"))
    .subquery()
)
_theirs = follows.alias()
_mine = follows.alias()
_seen = (
    select(_theirs.c.followed_id.label("id"))
    .join_from(_friends, _theirs, _theirs.c.follower_id == _friends.c.followed_id)
    .where(~_theirs.c.requested)
    .limit(bindparam("looked_at"))
    .subquery()
)
_often = cast(func.count(), Integer)
FRIENDS_OF_FRIENDS = Sql(
    select(_seen.c.id, _often)
    .join_from(_seen, accounts, accounts.c.id == _seen.c.id)
    .where(
        presentable(),
        _seen.c.id != _me,
        ~exists().where(_mine.c.follower_id == _me, _mine.c.followed_id == _seen.c.id),
    )
    .group_by(_seen.c.id)
    .order_by(_often.desc(), _seen.c.id)
    .limit(_most)
)
"""(account, how many of those one follows follow it)."""

_led = follows.alias()
_groups = (func.count(), func.sum(independence.c.weight))
GROUPED_FOLLOWERS = Sql(
    select(_led.c.followed_id, independence.c.group_id, *_groups)
    .join_from(independence, _led, _led.c.follower_id == independence.c.account_id)
    .where(~_led.c.requested, among(_led.c.followed_id, "ids"))
    .group_by(_led.c.followed_id, independence.c.group_id)
)
"""(account, group, how many of the group follow it, their weights)."""
GROUPED_FRIENDS = Sql(
    select(_theirs.c.followed_id, independence.c.group_id, *_groups)
    .join_from(_friends, _theirs, _theirs.c.follower_id == _friends.c.followed_id)
    .join(independence, independence.c.account_id == _friends.c.followed_id)
    .where(~_theirs.c.requested, among(_theirs.c.followed_id, "ids"))
    .group_by(_theirs.c.followed_id, independence.c.group_id)
)
"""The same, of those one follows."""

_latest = (
    select(follows.c.follower_id, follows.c.id)
    .where(follows.c.followed_id == _me, ~follows.c.requested)
    .order_by(follows.c.id.desc())
    .limit(bindparam("looked_at"))
    .subquery()
)
FOLLOWERS = Sql(
    select(_latest.c.follower_id, independence.c.group_id, independence.c.weight)
    .join_from(_latest, accounts, accounts.c.id == _latest.c.follower_id)
    .outerjoin(independence, independence.c.account_id == _latest.c.follower_id)
    .where(presentable(), ~exists().where(_mine.c.follower_id == _me, _mine.c.followed_id == _latest.c.follower_id))
    .order_by(_latest.c.id.desc())
    .limit(_most)
)
"""(account, group, weight) of who follows one lately and is not followed back; without a group None."""

REQUESTED = Sql(select(follows.c.followed_id).where(follows.c.follower_id == _me, follows.c.requested))
"""Whom one asked to follow."""
DISMISSED = Sql(select(dismissals.c.target_id).where(dismissals.c.account_id == _me))
DISMISS = insert_once(dismissals, "account_id", "target_id", keys=["account_id", "target_id"])
