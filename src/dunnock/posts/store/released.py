"""Rows of posts for a release of the public archive."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from dunnock.foundation.db import BigId, Sql, among
from dunnock.posts.tables import post_counts, posts

_p, _c = posts.c, post_counts.c
_boosted = posts.alias("boosted")
_page = select(
    _p.id, _p.author_id, _p.text, _p.warning, _p.language, _p.created_at, _p.reply_to_id, _p.reply_to_author_id, _p.quoted_id,
    _p.boost_of_id, _boosted.c.author_id, _boosted.c.text, _boosted.c.language, _p.mentions, _p.hashtags, _p.media,
    _p.poll_id, _p.app_id, _c.replies, _c.boosts, _c.favourites, _c.quotes, _p.visibility,
).select_from(
    posts.outerjoin(post_counts, _c.post_id == _p.id).outerjoin(_boosted, _boosted.c.id == _p.boost_of_id)
)  # fmt: skip
OF_ONE = Sql(
    _page.where(
        _p.author_id == bindparam("author", type_=BigId),
        _p.id > bindparam("after", type_=BigId),
        _p.deleted_at.is_(None),
    )
    .order_by(_p.id)
    .limit(bindparam("most"))
)
OF_SOME = Sql(  # sorted in memory on PostgreSQL: for few authors at a time
    _page.where(among(_p.author_id, "authors"), _p.deleted_at.is_(None))
    .order_by(_p.author_id, _p.id)
    .limit(bindparam("most"))
)
