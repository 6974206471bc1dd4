"""Tables of lists (feeds that a member puts together from accounts they follow) and of followed hashtags."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text

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
