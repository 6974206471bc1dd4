"""Tables of lists (feeds that a member puts together from accounts they follow), followed hashtags and conversations."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, UniqueConstraint

from dunnock.foundation.db import BigId, flag, metadata

lists = Table(
    "lists",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("title", Text, nullable=False),
    Column("replies", Text, nullable=False, server_default="list"),  # followed | list | none: whose replies are shown
    flag("exclusive"),  # its accounts are left out of the home feed
    CheckConstraint("replies IN ('followed', 'list', 'none')", name="replies"),
    Index("ix_lists_account_id", "account_id"),
)

list_members = Table(
    "list_members",
    metadata,
    Column("list_id", BigId, ForeignKey("lists.id"), primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("id", BigId, nullable=False),
    Index("ix_list_members_account_id", "account_id"),
    sqlite_with_rowid=False,
)

followed_tags = Table(
    "followed_tags",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("hashtag_id", BigId, ForeignKey("hashtags.id"), primary_key=True, autoincrement=False),
    Column("id", BigId, nullable=False, unique=True),
    Index("ix_followed_tags_hashtag_id", "hashtag_id"),
    sqlite_with_rowid=False,
)

conversations = Table(  # a member's conversation: direct posts of one thread among the same people
    "conversations",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("thread_id", BigId, nullable=False),
    Column("people", Text, nullable=False),  # ids of the others, in order, apart by a space
    Column("last_post_id", BigId, nullable=False),
    flag("unread"),
    UniqueConstraint("account_id", "thread_id", "people"),
    Index("ix_conversations_account_id_last_post_id", "account_id", "last_post_id"),
)

conversation_posts = Table(
    "conversation_posts",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("post_id", BigId, ForeignKey("posts.id"), primary_key=True, autoincrement=False),
    Column("conversation_id", BigId, ForeignKey("conversations.id"), nullable=False),
    Index("ix_conversation_posts_conversation_id_post_id", "conversation_id", "post_id"),
    Index("ix_conversation_posts_post_id", "post_id"),
    sqlite_with_rowid=False,
)

conversation_backlog = Table(  # how far down the posts from before conversations were looked at; one row
    "conversation_backlog",
    metadata,
    Column("name", Text, primary_key=True),
    Column("below", BigId, nullable=False),
)
