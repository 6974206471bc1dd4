"""Who likes what one likes, and whose posts they like."""

from __future__ import annotations

from sqlalchemy import Integer, and_, bindparam, case, cast, func, literal_column, or_, select

from dunnock.discovery.store.others import accounts, follows, independence, interactions, post_counts, posts
from dunnock.discovery.tables import vouched
from dunnock.foundation.db import BigId, Sql, among

_me = bindparam("viewer", type_=BigId)
_mine = (
    select(interactions.c.post_id)
    .where(interactions.c.account_id == _me, interactions.c.favourite_id.is_not(None))
    .order_by(interactions.c.favourite_id.desc())
    .limit(bindparam("liked"))
    .subquery()
)
_theirs = interactions.alias("theirs")
_known = or_(
    select(follows.c.followed_id)
    .where(follows.c.follower_id == _me, follows.c.followed_id == _theirs.c.account_id, ~follows.c.requested)
    .exists(),
    select(vouched.c.account_id).where(vouched.c.account_id == _theirs.c.account_id).exists(),
)
_in_common = cast(func.count(), Integer)
_is_known = func.max(case((_known, literal_column("1")), else_=literal_column("0")))
PEERS = Sql(
    select(_theirs.c.account_id, _is_known)
    .join_from(_mine, post_counts, post_counts.c.post_id == _mine.c.post_id)
    .join(_theirs, _theirs.c.post_id == _mine.c.post_id)
    .join(accounts, accounts.c.id == _theirs.c.account_id)
    .where(
        post_counts.c.favourites <= bindparam("told_of"),
        _theirs.c.favourite_id.is_not(None),
        _theirs.c.account_id != _me,
        accounts.c.standing == "active",
    )
    .group_by(_theirs.c.account_id)
    .having(_in_common >= bindparam("in_common"))
    .order_by(_is_known.desc(), _in_common.desc(), _theirs.c.account_id)
    .limit(bindparam("most"))
)
"""(account that favourited some of the posts that one favourited lately, does one follow it or somebody vouch for it).

Posts that very many favourited say little, and are left out.
"""

_recent = (
    select(interactions.c.account_id, interactions.c.post_id, interactions.c.favourite_id)
    .where(
        among(interactions.c.account_id, "ids"),
        interactions.c.favourite_id > bindparam("since", type_=BigId),
    )
    .limit(bindparam("looked_at"))
    .subquery()
)
_numbered = select(
    _recent.c.account_id,
    _recent.c.post_id,
    func.row_number().over(partition_by=_recent.c.account_id, order_by=_recent.c.favourite_id.desc()).label("number"),
).subquery()
LIKED = Sql(
    select(_numbered.c.account_id, posts.c.author_id, independence.c.group_id, independence.c.weight)
    .join_from(_numbered, posts, posts.c.id == _numbered.c.post_id)
    .outerjoin(independence, independence.c.account_id == _numbered.c.account_id)
    .where(
        _numbered.c.number <= bindparam("each"),
        and_(posts.c.visibility == "public", posts.c.deleted_at.is_(None)),
        posts.c.author_id != _numbered.c.account_id,
        posts.c.author_id != _me,
    )
    .distinct()
)
"""(account, whose public posts it favourited lately, its group, its weight there); no group: None."""
