"""Whom to show to people who look for people: the directory, suggestions, and what members dismissed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    nulls_last,
    select,
)

from dunnock.discovery.store.others import account_counts, accounts, follows, independence, presentable
from dunnock.discovery.store.vouching import is_vouched
from dunnock.discovery.tables import dismissals
from dunnock.foundation.clock import DAY, HOUR
from dunnock.foundation.db import BigId, Sql, among, insert_once
from dunnock.foundation.ids import id_at

_AUDIENCE = 20  # of an account's followers, the first, are looked at
_SETTLED = 7 * DAY

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
_supporter, _supporter_counts = accounts.alias(), account_counts.alias()
_audience, _first_audience, _shared = follows.alias(), follows.alias(), follows.alias()
_latest_audience = (
    select(_first_audience.c.id)
    .where(_first_audience.c.followed_id == _supporter.c.id)
    .order_by(_first_audience.c.id)
    .limit(literal_column("1"))
    .offset(literal_column(str(_AUDIENCE - 1)))
    .correlate_except(_first_audience)
    .scalar_subquery()
)


def _vouched_by(followed: Any, followed_at: Any, *but: Any) -> Any:
    """Of `_supporter`: who of its audience says that it is somebody, the 20th to follow it or the last before; None: nobody does.

    It must have been here for a week when it followed, and its audience followed it for as long. A circle of accounts that
    follow each other and the same one is no audience; `but`: nor are these.
    """
    shares = _shared.c.follower_id == _audience.c.follower_id, _shared.c.followed_id == followed
    settled = followed_at - literal_column(str(id_at(_SETTLED)))
    of_its_own = (
        select(_audience.c.follower_id)
        .where(
            _audience.c.followed_id == _supporter.c.id,
            ~_audience.c.requested,
            _audience.c.id <= func.coalesce(_latest_audience, literal_column(str((1 << 63) - 1))),
            _audience.c.id <= settled,
            *[_audience.c.follower_id != one for one in (followed, *but)],
            ~select(_shared.c.id).where(*shares).correlate_except(_shared).exists(),
        )
        .order_by(_audience.c.id.desc())
        .limit(literal_column("1"))
        .correlate_except(_audience)
        .scalar_subquery()
    )
    somebody = and_(
        _supporter.c.id <= settled, _supporter_counts.c.posts > literal_column("0"), is_vouched(_supporter.c.id)
    )
    return case((somebody, of_its_own))


def _support(followers: Any, *but: Any) -> Sql:
    """(account, are they known, so many in one hour, so many by one voucher, how many such) of who follows it.

    Those of a group are left out.
    """
    hour = _led.c.id.op("/")(literal_column(str(id_at(HOUR)))).label("hour")
    voucher = _vouched_by(_led.c.followed_id, _led.c.id, *but).label("voucher")
    each = (
        select(_led.c.followed_id.label("id"), voucher, hour)
        .select_from(followers)
        .join(_supporter, _supporter.c.id == _led.c.follower_id)
        .join(_supporter_counts, _supporter_counts.c.account_id == _supporter.c.id)
        .outerjoin(independence, independence.c.account_id == _led.c.follower_id)
        .where(~_led.c.requested, among(_led.c.followed_id, "ids"), independence.c.account_id.is_(None))
        .subquery()
    )
    known = case((each.c.voucher.is_not(None), literal_column("1")), else_=literal_column("0")).label("known")
    came = func.count().over(partition_by=(each.c.id, known, each.c.hour)).label("came")
    vouched = func.count().over(partition_by=(each.c.id, each.c.voucher)).label("vouched")
    of = select(each.c.id, known, came, vouched).subquery()
    return Sql(
        select(of.c.id, of.c.known, of.c.came, of.c.vouched, func.count()).group_by(
            of.c.id, of.c.known, of.c.came, of.c.vouched
        )
    )


_groups = (func.count(), func.sum(independence.c.weight))
_own_group = independence.alias()


def _of_another_group(followed_id: Any) -> ColumnElement[bool]:
    """Those who act together with whom they follow are no audience: it would be its own."""
    same = _own_group.c.account_id == followed_id, _own_group.c.group_id == independence.c.group_id
    return ~select(_own_group.c.account_id).where(*same).exists()


SUPPORT = _support(_led)
GROUPED_FOLLOWERS = Sql(
    select(_led.c.followed_id, independence.c.group_id, *_groups)
    .join_from(independence, _led, _led.c.follower_id == independence.c.account_id)
    .where(~_led.c.requested, among(_led.c.followed_id, "ids"), _of_another_group(_led.c.followed_id))
    .group_by(_led.c.followed_id, independence.c.group_id)
)
"""(account, group, how many of the group follow it, their weights)."""
FRIENDS_SUPPORT = _support(_friends.join(_led, _led.c.follower_id == _friends.c.followed_id), _me)
"""As `SUPPORT`, of those one follows; that one does is no audience."""
GROUPED_FRIENDS = Sql(
    select(_theirs.c.followed_id, independence.c.group_id, *_groups)
    .join_from(_friends, _theirs, _theirs.c.follower_id == _friends.c.followed_id)
    .join(independence, independence.c.account_id == _friends.c.followed_id)
    .where(~_theirs.c.requested, among(_theirs.c.followed_id, "ids"), _of_another_group(_theirs.c.followed_id))
    .group_by(_theirs.c.followed_id, independence.c.group_id)
)
"""As `GROUPED_FOLLOWERS`, of those one follows."""

_latest = (
    select(follows.c.follower_id, follows.c.id)
    .where(follows.c.followed_id == _me, ~follows.c.requested)
    .order_by(follows.c.id.desc())
    .limit(bindparam("looked_at"))
    .subquery()
)
_voucher = _vouched_by(_me, _latest.c.id).label("voucher")
FOLLOWERS = Sql(
    select(
        _latest.c.follower_id,
        independence.c.group_id,
        independence.c.weight,
        _voucher,
        _latest.c.id.op("/")(literal_column(str(id_at(HOUR)))),
    )
    .join_from(_latest, _supporter, _supporter.c.id == _latest.c.follower_id)
    .join(_supporter_counts, _supporter_counts.c.account_id == _supporter.c.id)
    .outerjoin(independence, independence.c.account_id == _latest.c.follower_id)
    .where(
        _supporter.c.standing == "active",
        _supporter.c.discoverable,
        ~exists().where(_mine.c.follower_id == _me, _mine.c.followed_id == _latest.c.follower_id),
    )
    .order_by(_latest.c.id.desc())
)
"""(account, group, weight, who vouches for it, in which hour) of who follows one lately and is not followed back; no group: None.
"""

REQUESTED = Sql(select(follows.c.followed_id).where(follows.c.follower_id == _me, follows.c.requested))
"""Whom one asked to follow."""
DISMISSED = Sql(select(dismissals.c.target_id).where(dismissals.c.account_id == _me))
DISMISS = insert_once(dismissals, "account_id", "target_id", keys=["account_id", "target_id"])
