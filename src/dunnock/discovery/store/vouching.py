"""Who follows whom, as far as it says that somebody vouches; and for whom somebody does."""

from __future__ import annotations

from sqlalchemy import ColumnElement, bindparam, delete, insert, literal_column, or_, select, tuple_, union

from dunnock.discovery.store.others import account_counts, accounts, follows, independence, members
from dunnock.discovery.tables import vouched
from dunnock.foundation.db import BigId, Sql, among

_here_before = bindparam("here_before", type_=BigId)
_members = (
    select(accounts.c.id)
    .join_from(members, accounts, accounts.c.id == members.c.account_id)
    .where(members.c.state == "active", accounts.c.standing == "active")
)
_first = (
    _members.join(account_counts, account_counts.c.account_id == accounts.c.id)
    .where(members.c.id <= _here_before, account_counts.c.posts > literal_column("0"))
    .order_by(members.c.id)
    .limit(bindparam("first"))
    .subquery()
)
KNOWN = Sql(union(_members.where(members.c.role != "member"), select(_first.c.id)))
"""Staff, and the first members that are here for long and wrote something."""

_after = tuple_(bindparam("follower", type_=BigId), bindparam("followed", type_=BigId))
FOLLOWS = Sql(
    select(follows.c.follower_id, follows.c.followed_id)
    .join_from(follows, accounts, accounts.c.id == follows.c.follower_id)
    .outerjoin(independence, independence.c.account_id == follows.c.follower_id)
    .where(
        tuple_(follows.c.follower_id, follows.c.followed_id) > _after,
        ~follows.c.requested,
        follows.c.id <= bindparam("settled", type_=BigId),
        accounts.c.standing == "active",
        independence.c.account_id.is_(None),
    )
    .order_by(follows.c.follower_id, follows.c.followed_id)
    .limit(bindparam("most"))
)
"""(who follows, who is followed) of those in good standing who act on their own."""

ALL = Sql(
    select(vouched.c.account_id)
    .where(vouched.c.account_id > bindparam("after", type_=BigId))
    .order_by(vouched.c.account_id)
    .limit(bindparam("most"))
)
ANY = Sql(select(vouched.c.account_id).limit(literal_column("1")))
OF = Sql(select(vouched.c.account_id).where(among(vouched.c.account_id, "ids")))
ADD = Sql(
    insert(vouched).from_select(
        ["account_id"],
        select(accounts.c.id).where(
            among(accounts.c.id, "ids"),
            ~select(vouched.c.account_id).where(vouched.c.account_id == accounts.c.id).exists(),
        ),
    )
)
REMOVE = Sql(delete(vouched).where(among(vouched.c.account_id, "ids")))


def is_vouched(account_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Somebody vouches for that account, or nobody can say of anybody."""
    one = select(vouched.c.account_id).where(vouched.c.account_id == account_id)
    return or_(one.exists(), ~select(vouched.c.account_id).exists())
