"""The table of staff's rules; what met them is in `meetings.tables`. Times are Unix milliseconds."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text

from dunnock.foundation.db import BigId, metadata

watch_rules = Table(  # what staff have the server look for
    "watch_rules",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("condition", Text, nullable=False),  # condition.compiled
    Column("effect", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="draft"),
    Column("version", BigId, nullable=False),
    Column("tested", BigId, nullable=False, server_default="0"),  # the version that the trial was of
    Column("trial", Text, nullable=False, server_default=""),  # JSON of model.Trial
    Column("made_by", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("live_by", BigId, ForeignKey("accounts.id")),
    Column("expires_at", BigId, nullable=False),
    Column("ended_at", BigId),
    CheckConstraint("effect IN ('review', 'limit', 'hold')", name="effect"),
    CheckConstraint("state IN ('draft', 'dry', 'live', 'ended')", name="state"),
    Index("ix_watch_rules_state", "state", "id"),
)

__all__ = ["watch_rules"]
