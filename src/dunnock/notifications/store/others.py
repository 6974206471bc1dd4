"""Columns of accounts and posts that notifications look at in their own statements; named here, never imported."""

from __future__ import annotations

from sqlalchemy import Boolean, column, table

from dunnock.foundation.db import BigId

accounts = table(
    "accounts",
    column("id", BigId),
    column("domain"),
    column("standing"),
    column("kind"),
    column("created_at", BigId),
)
members = table("members", column("account_id", BigId), column("role"), column("state"))
follows = table(
    "follows",
    column("id", BigId),
    column("follower_id", BigId),
    column("followed_id", BigId),
    column("requested", Boolean),
    column("notify", Boolean),
    column("languages"),
)
blocks = table("blocks", column("account_id", BigId), column("target_id", BigId))
mutes = table(
    "mutes",
    column("account_id", BigId),
    column("target_id", BigId),
    column("notifications", Boolean),
    column("expires_at", BigId),
)
domain_blocks = table("domain_blocks", column("account_id", BigId), column("domain"))
posts = table(
    "posts",
    column("id", BigId),
    column("author_id", BigId),
    column("boost_of_id", BigId),
    column("visibility"),
    column("language"),
    column("reply_to_id", BigId),
    column("reply_to_author_id", BigId),
    column("thread_id", BigId),
    column("edited_at", BigId),
    column("deleted_at", BigId),
    column("quoted_id", BigId),
    column("quoted_author_id", BigId),
    column("quote_state"),
)
mentions = table("mentions", column("account_id", BigId), column("post_id", BigId))
interactions = table(
    "interactions",
    column("account_id", BigId),
    column("post_id", BigId),
    column("favourite_id", BigId),
    column("boost_id", BigId),
)
polls = table("polls", column("id", BigId), column("post_id", BigId), column("ended", Boolean))
poll_votes = table("poll_votes", column("account_id", BigId), column("poll_id", BigId))
held_posts = table("held_posts", column("post_id", BigId), column("account_id", BigId))
thread_mutes = table("thread_mutes", column("account_id", BigId), column("thread_id", BigId))
server_blocks = table("server_blocks", column("domain"), column("severity"))
server_allows = table("server_allows", column("domain"))
