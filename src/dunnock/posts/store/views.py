"""Batch reads of posts for showing."""

from __future__ import annotations

from sqlalchemy import bindparam, column, select, table

from dunnock.foundation.db import BigId, Sql, among
from dunnock.posts.tables import held_posts, interactions, post_counts, posts, thread_mutes

_previews = table("post_previews", column("post_id", BigId), column("preview_id", BigId))  # named, never imported
CARDS = Sql(
    select(
        posts.c.id,
        posts.c.author_id,
        posts.c.boost_of_id,
        posts.c.html,
        posts.c.warning,
        posts.c.visibility,
        posts.c.language,
        posts.c.sensitive,
        posts.c.reply_to_id,
        posts.c.reply_to_author_id,
        posts.c.thread_id,
        posts.c.mentions,
        posts.c.hashtags,
        posts.c.emoji,
        posts.c.media,
        posts.c.app_id,
        posts.c.created_at,
        posts.c.edited_at,
        posts.c.local,
        posts.c.url,
        posts.c.uri,
        post_counts.c.replies,
        post_counts.c.boosts,
        post_counts.c.favourites,
        posts.c.poll_id,
        post_counts.c.quotes,
        posts.c.quoted_id,
        posts.c.quoted_author_id,
        posts.c.quote_state,
        posts.c.quote_policy,
        posts.c.reply_policy,
        _previews.c.preview_id,
        select(held_posts.c.account_id)
        .where(held_posts.c.post_id == posts.c.id, held_posts.c.hides)
        .limit(1)
        .scalar_subquery(),
    )
    .join_from(posts, post_counts, post_counts.c.post_id == posts.c.id)
    .outerjoin(_previews, _previews.c.post_id == posts.c.id)
    .where(among(posts.c.id, "ids"), posts.c.deleted_at.is_(None))
)
TEXTS = Sql(select(posts.c.id, posts.c.text).where(among(posts.c.id, "ids")))
COUNTS = Sql(
    select(
        post_counts.c.post_id,
        post_counts.c.replies,
        post_counts.c.boosts,
        post_counts.c.favourites,
        post_counts.c.quotes,
    ).where(among(post_counts.c.post_id, "ids"))
)
MARKS = Sql(
    select(
        interactions.c.post_id,
        interactions.c.favourite_id,
        interactions.c.boost_id,
        interactions.c.bookmark_id,
        interactions.c.pin_id,
    ).where(interactions.c.account_id == bindparam("viewer"), among(interactions.c.post_id, "ids"))
)
THREAD_MUTES = Sql(select(thread_mutes.c.thread_id).where(thread_mutes.c.account_id == bindparam("viewer")))
