"""Tables of what this server says of itself: rules, pages, terms, announcements, chosen settings."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text

from dunnock.foundation.db import BigId, flag, metadata

rules = Table(
    "rules",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("position", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("hint", Text, nullable=False, server_default=""),
    Column("translations", Text, nullable=False, server_default="{}"),  # JSON {language: {text, hint}}
    Column("removed_at", BigId),  # reports name rules by id, so a rule that goes is only put away
)

pages = Table(  # long texts, in Markdown
    "pages",
    metadata,
    Column("name", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("updated_at", BigId, nullable=False),
    CheckConstraint("name IN ('about', 'privacy')", name="name"),
    sqlite_with_rowid=False,
)

choices = Table(  # settings that staff changed while the server ran
    "choices",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),  # JSON
    Column("changed_at", BigId, nullable=False),
    sqlite_with_rowid=False,
)

terms = Table(  # every version of the terms of service that was ever published
    "terms",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("changes", Text, nullable=False, server_default=""),
    Column("effective_on", Text, nullable=False, unique=True),  # YYYY-MM-DD
    Column("published_at", BigId, nullable=False),
)

announcements = Table(
    "announcements",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("starts_at", BigId),  # of what it announces
    Column("ends_at", BigId),  # from then on it is not shown
    flag("all_day"),
    Column("published_at", BigId, nullable=False),  # may be to come
    Column("updated_at", BigId, nullable=False),
    Index("ix_announcements_published_at", "published_at"),
)

announcement_reads = Table(
    "announcement_reads",
    metadata,
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("announcement_id", BigId, ForeignKey("announcements.id"), primary_key=True, autoincrement=False),
    Index("ix_announcement_reads_announcement_id", "announcement_id"),
    sqlite_with_rowid=False,
)

announcement_reactions = Table(
    "announcement_reactions",
    metadata,
    Column("announcement_id", BigId, ForeignKey("announcements.id"), primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),  # an emoji, or the shortcode of a custom one
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("id", BigId, nullable=False),
    Index("ix_announcement_reactions_account_id", "account_id"),
    sqlite_with_rowid=False,
)
