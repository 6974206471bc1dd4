"""The ground's own tables: the event log, how far each reaction has heard, what failed, and jobs."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, text

from dunnock.foundation.db.sql import BigId, flag, metadata

event_log = Table(
    "event_log",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    # The PostgreSQL transaction's number: commits are not in the order of ids there, so readers stop at the oldest
    # transaction still open. SQLite has one writer, its ids are in commit order, and this is always 0.
    Column("tx", BigId, nullable=False),
    Column("at", BigId, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index("ix_event_log_tx_id", "tx", "id"),
    sqlite_autoincrement=True,
)

reactions = Table(
    "reactions",
    metadata,
    Column("name", Text, primary_key=True),
    Column("tx", BigId, nullable=False),
    Column("id", BigId, nullable=False),
    Column("at", BigId, nullable=False),
)

failures = Table(
    "failures",
    metadata,
    Column("reaction", Text, ForeignKey("reactions.name"), primary_key=True),
    Column("event_id", BigId, ForeignKey("event_log.id"), primary_key=True),
    Column("attempts", Integer, nullable=False),
    Column("run_at", BigId, nullable=False),
    Column("error", Text, nullable=False),
    flag("dead"),
    Index("ix_failures_run_at", "run_at", sqlite_where=text("dead = 0"), postgresql_where=text("NOT dead")),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("lane", Text),
    Column("run_at", BigId, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("lease_until", BigId, nullable=False, server_default="0"),
    Column("holder", Text),  # whose lease it is: a slot (foundation/slot.py)
    Column("error", Text),
    flag("dead"),
    Index("ix_jobs_run_at", "run_at", sqlite_where=text("dead = 0"), postgresql_where=text("NOT dead")),
)

dev_mails = Table(  # what a server in development would have sent; the last of them
    "dev_mails",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("recipient", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", BigId, nullable=False),
)

schedule = Table(
    "schedule",
    metadata,
    Column("name", Text, primary_key=True),
    Column("next_at", BigId, nullable=False),
)

refreshes = Table(  # how far work in the background is
    "refreshes",
    metadata,
    Column("name", Text, primary_key=True),  # who does it, and on what
    Column("id", BigId, nullable=False, unique=True),
    Column("secret", Text, nullable=False),  # whoever knows it got the id from us
    flag("finished"),
    Column("results", Integer),
    Column("at", BigId, nullable=False),
    Index("ix_refreshes_at", "at"),
)

__all__ = ["event_log", "failures", "jobs", "reactions", "refreshes", "schedule"]
