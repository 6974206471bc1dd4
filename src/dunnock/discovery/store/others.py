"""Columns of other domains that discovery's statements look at; named here, never imported, as foreign keys are."""

from __future__ import annotations

from sqlalchemy import Boolean, ColumnElement, Float, Integer, and_, column, exists, or_, table

from dunnock.foundation.db import BigId

accounts = table(
    "accounts",
    column("id", BigId),
    column("username"),
    column("username_key"),
    column("domain"),
    column("discoverable", Boolean),
    column("indexable", Boolean),
    column("hide_collections", Boolean),
    column("sensitized", Boolean),
    column("standing"),
    column("kind"),
)
account_counts = table(
    "account_counts",
    column("account_id", BigId),
    column("posts"),
    column("followers"),
    column("last_post_at", BigId),
)
follows = table(
    "follows",
    column("follower_id", BigId),
    column("followed_id", BigId),
    column("id", BigId),
    column("requested", Boolean),
)
independence = table("independence", column("account_id", BigId), column("group_id", BigId), column("weight", Float))
members = table("members", column("id", BigId), column("account_id", BigId), column("role"), column("state"))
posts = table(
    "posts",
    column("id", BigId),
    column("author_id", BigId),
    column("boost_of_id", BigId),
    column("text"),
    column("html"),
    column("warning"),
    column("visibility"),
    column("language"),
    column("sensitive", Boolean),
    column("reply_to_id", BigId),
    column("mentions"),
    column("hashtags"),
    column("media"),
    column("deleted_at", BigId),
)
polls = table("polls", column("post_id", BigId), column("options"))
post_counts = table("post_counts", column("post_id", BigId), column("boosts", Integer), column("favourites", Integer))
hashtag_posts = table("hashtag_posts", column("hashtag_id", BigId), column("post_id", BigId))
post_previews = table("post_previews", column("post_id", BigId), column("preview_id", BigId), column("link_id", BigId))
interactions = table(
    "interactions",
    column("account_id", BigId),
    column("post_id", BigId),
    column("favourite_id", BigId),
    column("bookmark_id", BigId),
)


def kept(post_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Somebody favourited or bookmarked the post."""
    return exists().where(
        interactions.c.post_id == post_id,
        or_(interactions.c.favourite_id.is_not(None), interactions.c.bookmark_id.is_not(None)),
    )


def presentable() -> ColumnElement[bool]:
    """The row of `accounts` is one that may be shown to people who never heard of it."""
    return and_(accounts.c.standing == "active", accounts.c.discoverable)
