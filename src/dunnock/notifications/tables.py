"""Tables of notifications, and of how far a member has read."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from dunnock.foundation.db import BigId, metadata

notifications = Table(
    "notifications",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    # mention | favourite | boost | follow | follow_request | post | edit | sign_up
    Column("kind", Text, nullable=False),
    Column("from_id", BigId, ForeignKey("accounts.id"), nullable=False),
    # 0 where there is none, so that the unique key below holds on both engines (null is never equal to null)
    Column("post_id", BigId, nullable=False, server_default="0"),
    Column("created_at", BigId, nullable=False),
    UniqueConstraint("account_id", "kind", "from_id", "post_id"),
    Index("ix_notifications_account_id_id", "account_id", "id"),
    Index("ix_notifications_post_id", "post_id"),
)

markers = Table(  # how far a member has read a feed, shared by all their clients
    "markers",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("feed", Text, primary_key=True),
    Column("last_read_id", BigId, nullable=False),
    Column("version", Integer, nullable=False),  # 0 at first, one more with each move
    Column("updated_at", BigId, nullable=False),
    CheckConstraint("feed IN ('home', 'notifications')", name="feed"),
    sqlite_with_rowid=False,
)
