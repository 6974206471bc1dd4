"""Table of notifications."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table, Text, UniqueConstraint

from dunnock.foundation.db import BigId, metadata

notifications = Table(
    "notifications",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("kind", Text, nullable=False),  # mention | favourite | boost | follow | follow_request | post | edit | sign_up
    Column("from_id", BigId, ForeignKey("accounts.id"), nullable=False),
    # 0 where there is none, so that the unique key below holds on both engines (null is never equal to null)
    Column("post_id", BigId, nullable=False, server_default="0"),
    Column("created_at", BigId, nullable=False),
    UniqueConstraint("account_id", "kind", "from_id", "post_id"),
    Index("ix_notifications_account_id_id", "account_id", "id"),
    Index("ix_notifications_post_id", "post_id"),
)
