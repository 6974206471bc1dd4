"""What is remembered of accounts for trends: who came together, who took part in what was held back, who was here before."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select

from dunnock.discovery.store.others import account_counts, accounts, interactions, posts
from dunnock.discovery.tables import trend_gathered, trend_gatherings, trend_held, trend_held_accounts
from dunnock.foundation.db import BigId, Sql, among, insert_into, upsert

_before = bindparam("before", type_=BigId)
_most: Any = bindparam("most")
_post = posts.alias("earlier_post")
_liked = interactions.alias("earlier_favourite")
_earlier_post = (
    select(func.min(_post.c.id)).where(_post.c.author_id == accounts.c.id, _post.c.id < _before).scalar_subquery()
)
_earlier_favourite = (
    select(func.min(_liked.c.favourite_id))
    .where(_liked.c.account_id == accounts.c.id, _liked.c.favourite_id.is_not(None), _liked.c.favourite_id < _before)
    .scalar_subquery()
)
HERE_BEFORE = Sql(
    select(accounts.c.id, account_counts.c.posts)
    .join_from(accounts, account_counts, account_counts.c.account_id == accounts.c.id)
    .where(among(accounts.c.id, "ids"), or_(_earlier_post.is_not(None), _earlier_favourite.is_not(None)))
)
"""(account that wrote or favourited something before, how many posts it has)."""
ANYBODY_BEFORE = Sql(select(posts.c.id).where(posts.c.id < _before).order_by(posts.c.id).limit(1))
ACTIVE = Sql(
    select(func.count())
    .select_from(account_counts)
    .where(account_counts.c.last_post_at >= bindparam("since", type_=BigId))
)

_gatherings = (
    select(
        trend_gathered.c.account_id,
        trend_gathered.c.gathering_id,
        trend_gatherings.c.subject_id,
        trend_gatherings.c.accounts,
    )
    .join_from(trend_gathered, trend_gatherings, trend_gatherings.c.id == trend_gathered.c.gathering_id)
    .order_by(trend_gathered.c.gathering_id.desc())
    .limit(_most)
)
GATHERINGS = Sql(_gatherings.where(among(trend_gathered.c.account_id, "ids")))
"""(account, gathering, its subject, how many came) of some accounts, the latest first."""
GATHERED_SINCE = Sql(
    _gatherings.where(
        trend_gathered.c.gathering_id >= bindparam("since", type_=BigId),
        trend_gathered.c.gathering_id < bindparam("until", type_=BigId),
    )
)
"""The same of everybody, of some half hours."""
ADD_GATHERING = insert_into(trend_gatherings)
ADD_GATHERED = insert_into(trend_gathered)
DROP_GATHERED = Sql(delete(trend_gathered).where(trend_gathered.c.gathering_id < _before))
DROP_GATHERINGS = Sql(delete(trend_gatherings).where(trend_gatherings.c.id < _before))

_held = (
    trend_held.c.kind,
    trend_held.c.subject_id,
    trend_held.c.since,
    trend_held.c.reason,
    trend_held.c.accounts,
    trend_held.c.effective,
    trend_held.c.communities,
    trend_held.c.extreme,
)
HELD = Sql(
    select(*_held).where(trend_held.c.kind == bindparam("kind")).order_by(trend_held.c.since.desc()).limit(_most)
)
FREE = Sql(delete(trend_held).where(trend_held.c.kind == bindparam("kind")))
HOLD = insert_into(trend_held)
TOOK_PART = upsert(trend_held_accounts, ["account_id", "kind", "subject_id"], "account_id", "kind", "subject_id", "at")
HELD_OF = Sql(
    select(trend_held_accounts.c.account_id, func.count())
    .where(among(trend_held_accounts.c.account_id, "ids"))
    .group_by(trend_held_accounts.c.account_id)
)
"""(account, in how much that was held back it took part)."""
HELD_ACCOUNTS = Sql(
    select(trend_held_accounts.c.account_id)
    .where(
        trend_held_accounts.c.subject_id == bindparam("subject_id", type_=BigId),
        trend_held_accounts.c.kind == bindparam("kind"),
    )
    .order_by(trend_held_accounts.c.account_id)
    .limit(_most)
)
DROP_TOOK_PART = Sql(delete(trend_held_accounts).where(trend_held_accounts.c.at < _before))
