"""Tables of push subscriptions and of the key that they trust."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text

from dunnock.foundation.db import BigId, flag, metadata

push_keys = Table(  # one row: all processes and machines of an installation sign with one key
    "push_keys",
    metadata,
    Column("name", Text, primary_key=True),  # vapid
    Column("public", Text, nullable=False),  # base64url of the uncompressed point
    Column("secret", Text, nullable=False),  # base64url of the private number; whoever has it may push in our name
)

push_subscriptions = Table(
    "push_subscriptions",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    # One for each token, and gone with it.
    Column("token_id", BigId, ForeignKey("tokens.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("p256dh", Text, nullable=False),  # base64url, as `auth`
    Column("auth", Text, nullable=False),
    flag("standard"),
    Column("policy", Text, nullable=False, server_default="all"),
    Column("alerts", Text, nullable=False, server_default=""),  # space-separated
    # The token itself, sealed with the push key: apps find by it which of their accounts a message is for.
    Column("sealed_token", Text, nullable=False),
    Column("created_at", BigId, nullable=False),
    CheckConstraint("policy IN ('all', 'followed', 'follower', 'none')", name="policy"),
    Index("ix_push_subscriptions_account_id", "account_id"),
)
