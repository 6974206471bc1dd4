"""Tables of raids. Times are Unix milliseconds. What stands here of an account goes by itself some weeks after its last part."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text

from dunnock.foundation.db import BigId, flag, metadata

raids = Table(  # people who go from one member to the next
    "raids",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("first_at", BigId, nullable=False),
    Column("last_at", BigId, nullable=False),
    Column("case_id", BigId, ForeignKey("cases.id")),
    Column("ended_at", BigId),  # staff said that it is none
    Column("ended_by", BigId, ForeignKey("accounts.id")),
    Index("ix_raids_last_at", "last_at"),
    Index("ix_raids_case_id", "case_id"),
)

raid_accounts = Table(  # who took part
    "raid_accounts",
    metadata,
    Column("raid_id", BigId, ForeignKey("raids.id"), primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("domain", Text, nullable=False),  # the server; empty: this one
    Column("waves", BigId, nullable=False),  # how often it turned to another member
    Column("last_target_id", BigId, nullable=False),  # whom it wrote to last
    Column("last_at", BigId, nullable=False),
    flag("left_out"),  # staff said that it has no part in it
    Index("ix_raid_accounts_account_id", "account_id", "last_at"),
    Index("ix_raid_accounts_domain", "domain", "last_at"),
    Index("ix_raid_accounts_last_at", "last_at"),
    sqlite_with_rowid=False,
)

raid_marks = Table(  # by what the next part of it is known: words that several said, servers that are its own
    "raid_marks",
    metadata,
    Column("raid_id", BigId, ForeignKey("raids.id"), primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("mark", Text, primary_key=True),  # a hash in hex, or the server's name
    CheckConstraint("kind IN ('word', 'server')", name="kind"),
    Index("ix_raid_marks_mark", "mark", "kind"),
    sqlite_with_rowid=False,
)

raid_hits = Table(  # the members who were raided
    "raid_hits",
    metadata,
    Column("raid_id", BigId, ForeignKey("raids.id"), primary_key=True, autoincrement=False),
    Column("account_id", BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("first_at", BigId, nullable=False),
    Column("last_at", BigId, nullable=False),
    Column("people", BigId, nullable=False),  # strangers who wrote within the window, at most
    Column("posts", BigId, nullable=False),
    Column("again", BigId, nullable=False),  # of the people, those who had raided somebody else before
    flag("early"),  # known by who they were, before it was a flood
    Column("signal_id", BigId, nullable=False),
    Index("ix_raid_hits_account_id", "account_id"),
    sqlite_with_rowid=False,
)

__all__ = ["raid_accounts", "raid_hits", "raid_marks", "raids"]
