"""Tables of notifications, and of how far a member has read."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from dunnock.foundation.db import BigId, flag, metadata

_HEADS: Any = {"sqlite_where": text("head = 1 AND filtered = 0"), "postgresql_where": text("head AND NOT filtered")}
_FILTERED: Any = {"sqlite_where": text("filtered = 1"), "postgresql_where": text("filtered")}

notifications = Table(
    "notifications",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("kind", Text, nullable=False),  # one of model.KINDS
    Column("from_id", BigId, ForeignKey("accounts.id"), nullable=False),
    # What it is about, by kind: a post, severance, report or decision. 0 where there is nothing, so that the key below
    # holds on both engines (null is never equal to null)
    Column("post_id", BigId, nullable=False, server_default="0"),
    Column("created_at", BigId, nullable=False),
    Column("bucket", BigId, nullable=False, server_default="0"),  # the hour that names its group; 0: stands alone
    flag("head", default=True),  # the newest of its group, or alone
    flag("filtered"),  # kept back by the policy
    UniqueConstraint("account_id", "kind", "from_id", "post_id"),
    Index("ix_notifications_account_id_id", "account_id", "id"),
    Index("ix_notifications_post_id", "post_id"),
    Index("ix_notifications_groups", "account_id", "kind", "post_id", "bucket", "id", "from_id"),
    Index("ix_notifications_heads", "account_id", "id", **_HEADS),
    Index("ix_notifications_filtered", "account_id", "from_id", "id", **_FILTERED),
)

notification_policies = Table(  # what becomes of notifications by strangers; no row: the defaults of model.Policy
    "notification_policies",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    # each accept | filter | drop
    Column("not_following", Text, nullable=False),
    Column("not_followers", Text, nullable=False),
    Column("new_accounts", Text, nullable=False),
    Column("private_mentions", Text, nullable=False),
    Column("limited_accounts", Text, nullable=False),
    Column("bots", Text, nullable=False),
)

quiet_times = Table(  # until when only those whom a member follows are heard at once
    "quiet_times",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("until", BigId, nullable=False),  # 0: it is not quiet
    # Who followed with a lower id did so before the strangers came
    Column("since_id", BigId, nullable=False, server_default="0"),
    Column("when_flooded", Text, nullable=False, server_default="ask"),  # one of model.WHEN_FLOODED
    Column("offered_at", BigId, nullable=False, server_default="0"),  # 0: nothing is offered
)

notification_settings = Table(  # of whom a member wants to hear a kind at all; no row: of everyone
    "notification_settings",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("from_whom", Text, nullable=False),
    CheckConstraint("from_whom IN ('followed', 'followers', 'nobody')", name="from_whom"),
    sqlite_with_rowid=False,
)

notification_requests = Table(  # strangers whose messages are kept back; which and how many, the notifications say
    "notification_requests",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("from_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("created_at", BigId, nullable=False),
    Column("updated_at", BigId, nullable=False),
    UniqueConstraint("account_id", "from_id"),
    Index("ix_notification_requests_account_id_id", "account_id", "id"),
)

notification_permissions = Table(  # whose request was accepted: the policy lets them through ever after
    "notification_permissions",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("from_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("merging", BigId, nullable=False, server_default="0"),  # 1 until all that was kept back is told
    sqlite_with_rowid=False,
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
