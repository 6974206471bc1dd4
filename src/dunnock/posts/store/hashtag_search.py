"""Statements that find hashtags by their beginning, and tell how much they are used."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, distinct, exists, func, literal_column, select

from dunnock.foundation.clock import DAY
from dunnock.foundation.db import BigId, Sql, among
from dunnock.foundation.ids import id_at
from dunnock.posts.store.others import shown
from dunnock.posts.tables import hashtag_posts, hashtags, posts

_used = exists().where(hashtag_posts.c.hashtag_id == hashtags.c.id)


def _starting(*more: Any, pg: bool) -> Any:
    low: BindParameter[str] = bindparam("low")
    high: BindParameter[str] = bindparam("high")
    key = hashtags.c.key
    # Bytes are compared, whatever PostgreSQL's collation, so that its index of patterns serves.
    found = and_(key.op("~>=~")(low), key.op("~<~")(high)) if pg else and_(key >= low, key < high)
    order = key.op("USING")(literal_column("~<~")) if pg else key
    return (
        select(hashtags.c.id, hashtags.c.key, hashtags.c.name)
        .where(found, _used, hashtags.c.listable, *more)
        .order_by(order)
        .limit(bindparam("most"))
        .offset(bindparam("skip"))
    )


STARTING = Sql(_starting(pg=False), _starting(pg=True))
NEAR = Sql(
    select(hashtags.c.id, hashtags.c.key, hashtags.c.name)
    .where(among(hashtags.c.key, "keys"), _used, hashtags.c.listable)
    .order_by(hashtags.c.key)
    .limit(bindparam("most"))
)
_reviewed = hashtags.c.reviewed_at.is_not(None)
REVIEWED_STARTING = Sql(_starting(_reviewed, pg=False), _starting(_reviewed, pg=True))
FIND = Sql(select(hashtags.c.id, hashtags.c.key, hashtags.c.name).where(hashtags.c.key == bindparam("key")))

NAMES = Sql(select(hashtags.c.id, hashtags.c.name).where(among(hashtags.c.id, "ids")))
OF_POSTS = Sql(
    select(hashtag_posts.c.post_id, hashtags.c.name)
    .join_from(hashtag_posts, hashtags, hashtags.c.id == hashtag_posts.c.hashtag_id)
    .where(among(hashtag_posts.c.post_id, "ids"))
    .order_by(hashtag_posts.c.post_id, hashtags.c.key)
)

# The newest uses of some hashtags, so many at most; a day's ids are DAY << 16 apart.
_recent = (
    select(hashtag_posts.c.hashtag_id, hashtag_posts.c.post_id)
    .where(among(hashtag_posts.c.hashtag_id, "ids"), hashtag_posts.c.post_id >= bindparam("since", type_=BigId))
    .order_by(hashtag_posts.c.post_id.desc())
    .limit(bindparam("most"))
    .subquery()
)
_day = (_recent.c.post_id.op("/")(literal_column(str(id_at(DAY))))).label("day")
USES = Sql(
    select(_recent.c.hashtag_id, _day, func.count(), func.count(distinct(posts.c.author_id)))
    .join_from(_recent, posts, posts.c.id == _recent.c.post_id)
    .where(posts.c.deleted_at.is_(None), shown(posts.c.author_id))
    .group_by(_recent.c.hashtag_id, literal_column("day"))
)

# What staff said of hashtags
_RULED = (
    hashtags.c.id,
    hashtags.c.key,
    hashtags.c.name,
    hashtags.c.trendable,
    hashtags.c.usable,
    hashtags.c.listable,
    hashtags.c.reviewed_at,
)
RULED = Sql(select(*_RULED).where(among(hashtags.c.id, "ids")))
_page = (
    select(*_RULED)
    .where(hashtags.c.id < bindparam("below", type_=BigId), hashtags.c.id > bindparam("above", type_=BigId))
    .limit(bindparam("most"))
)
PAGE, PAGE_UP = Sql(_page.order_by(hashtags.c.id.desc())), Sql(_page.order_by(hashtags.c.id))
RULE = Sql(
    hashtags.update()
    .where(hashtags.c.id == bindparam("the"))
    .values(
        name=bindparam("new_name"),
        trendable=bindparam("new_trendable", type_=hashtags.c.trendable.type),
        usable=bindparam("new_usable", type_=hashtags.c.usable.type),
        listable=bindparam("new_listable", type_=hashtags.c.listable.type),
        reviewed_at=bindparam("now", type_=BigId),
    )
)
