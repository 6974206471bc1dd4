"""Tables of filters, and of the keywords and posts in them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text

from dunnock.foundation.db import BigId, flag, metadata

filters = Table(
    "filters",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("title", Text, nullable=False),
    Column("contexts", Text, nullable=False),  # of home notifications public thread account, apart by a space
    Column("action", Text, nullable=False),  # warn | hide | blur
    Column("expires_at", BigId),
    CheckConstraint("action IN ('warn', 'hide', 'blur')", name="action"),
    Index("ix_filters_account_id", "account_id"),
)

filter_keywords = Table(
    "filter_keywords",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("filter_id", BigId, ForeignKey("filters.id"), nullable=False),
    Column("keyword", Text, nullable=False),  # as written
    flag("whole_word", default=True),
    Index("ix_filter_keywords_filter_id", "filter_id"),
)

filter_posts = Table(
    "filter_posts",
    metadata,
    Column("filter_id", BigId, ForeignKey("filters.id"), primary_key=True, autoincrement=False),
    Column("post_id", BigId, ForeignKey("posts.id"), primary_key=True, autoincrement=False),
    Column("id", BigId, nullable=False, unique=True),
    Index("ix_filter_posts_post_id", "post_id"),
    sqlite_with_rowid=False,
)
