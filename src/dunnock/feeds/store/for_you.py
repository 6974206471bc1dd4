"""Rows of For You: acts that count, what was served, what members chose."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, and_, bindparam, column, delete, exists, or_, select, table, union_all

from dunnock.feeds.tables import followed_tags, for_you_choices, for_you_less, for_you_served
from dunnock.foundation.db import BigId, Sql, among, upsert

# Columns of other domains, named here and never imported, as foreign keys are.
_posts = table(
    "posts",
    column("id", BigId),
    column("author_id", BigId),
    column("boost_of_id", BigId),
    column("visibility"),
    column("deleted_at", BigId),
)
_interactions = table(
    "interactions", column("account_id", BigId), column("post_id", BigId), column("favourite_id", BigId)
)
_follows = table("follows", column("follower_id", BigId), column("followed_id", BigId), column("requested", Boolean))
_hashtags = table("hashtags", column("id", BigId), column("key"), column("trendable", Boolean))
_hashtag_posts = table("hashtag_posts", column("hashtag_id", BigId), column("post_id", BigId))

_s, _l, _c = for_you_served.c, for_you_less.c, for_you_choices.c
_owner, _since = bindparam("owner", type_=BigId), bindparam("since", type_=BigId)
_most: Any = bindparam("most")


def _saw(account: Any, post: Any) -> Any:
    """The post was served to the account: For You showed it, or the account follows its author or the hashtag it is under."""
    return or_(
        exists().where(_s.account_id == account, _s.post_id == post.c.id),
        exists().where(_follows.c.follower_id == account, _follows.c.followed_id == post.c.author_id),
        exists()
        .where(followed_tags.c.account_id == account, followed_tags.c.hashtag_id == _hashtag_posts.c.hashtag_id)
        .where(_hashtag_posts.c.post_id == post.c.id),
    )


_i, _boosted = _interactions.c, _posts.alias("boosted")
_liked = (
    select(_i.favourite_id.label("id"), _i.account_id.label("account_id"), _i.post_id.label("post_id"))
    .join_from(_interactions, _posts, _posts.c.id == _i.post_id)
    .where(
        _i.favourite_id > _since,
        _posts.c.deleted_at.is_(None),
        _posts.c.visibility == "public",
        _posts.c.author_id != _i.account_id,
        _saw(_i.account_id, _posts),
    )
)
_boosts = (
    select(_posts.c.id, _posts.c.author_id, _posts.c.boost_of_id)
    .join_from(_posts, _boosted, _boosted.c.id == _posts.c.boost_of_id)
    .where(
        _posts.c.id > _since,
        _posts.c.deleted_at.is_(None),
        _boosted.c.deleted_at.is_(None),
        _boosted.c.visibility == "public",
        _boosted.c.author_id != _posts.c.author_id,
        _saw(_posts.c.author_id, _boosted),
    )
)
_acts = union_all(_liked, _boosts).subquery()
ACTS = Sql(select(_acts.c.id, _acts.c.account_id, _acts.c.post_id).order_by(_acts.c.id.desc()).limit(_most))
"""(act, account, post), newest first: favourites and boosts of public posts by those who were shown them."""

READS_IT = Sql(select(_s.account_id).where(_s.account_id == _owner).limit(1))
SERVED = Sql(select(_s.post_id, _s.at).where(_s.account_id == _owner))
RECEIPT = Sql(select(_s.receipt).where(_s.account_id == _owner, _s.post_id == bindparam("post", type_=BigId)))
SERVED_AT = Sql(select(_s.receipt).where(_s.account_id == _owner, _s.at == bindparam("at", type_=BigId)))
SERVE = upsert(for_you_served, ["account_id", "post_id"], "account_id", "post_id", "at", "receipt")
FORGET_SERVED = Sql(delete(for_you_served).where(_s.account_id == _owner))
_old = select(_s.account_id, _s.post_id).where(_s.at < bindparam("before", type_=BigId)).limit(_most)
OLD = Sql(_old)
DROP_SERVED = Sql(delete(for_you_served).where(_s.account_id == _owner, among(_s.post_id, "ids")))

CHOICES = Sql(select(_c.off, _c.dropped, _c.forget_before).where(_c.account_id == _owner))
CHOOSE = upsert(for_you_choices, ["account_id"], "account_id", "off", "dropped", "forget_before")

LESS = Sql(
    select(_l.kind, _l.subject_id, _l.times, _hashtags.c.key)
    .select_from(for_you_less.outerjoin(_hashtags, and_(_l.kind == "tag", _hashtags.c.id == _l.subject_id)))
    .where(_l.account_id == _owner)
    .order_by(_l.kind, _l.subject_id)
)
PUT_LESS = upsert(for_you_less, ["account_id", "kind", "subject_id"], "account_id", "kind", "subject_id", "times")
DROP_LESS = Sql(
    delete(for_you_less).where(
        _l.account_id == _owner, _l.kind == bindparam("kind"), _l.subject_id == bindparam("subject", type_=BigId)
    )
)
FORGET_LESS = Sql(delete(for_you_less).where(_l.account_id == _owner))
RESTRICTED = Sql(select(_hashtags.c.key).where(_hashtags.c.trendable == False).limit(_most))  # noqa: E712 (SQL)
