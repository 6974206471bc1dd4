"""Tables of names that are protected, of who is taken for them, and of who became somebody else. Times are Unix milliseconds."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, UniqueConstraint

from dunnock.foundation.db import BigId, metadata

protected_names = Table(  # what nobody else is to be taken for: brands that staff wrote down, and protected accounts
    "protected_names",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),  # as it is shown
    Column("handle", Text, nullable=False, server_default=""),  # what its accounts are called, if otherwise
    Column("account_id", BigId, nullable=False, server_default="0"),  # whose it is, here or elsewhere; 0: not known
    Column("site", Text, nullable=False, server_default=""),  # host of its own website: who proves that one is its own
    Column("source", Text, nullable=False),  # staff | account (protected here: goes when that ends)
    Column("by_account_id", BigId),
    Column("created_at", BigId, nullable=False),
    CheckConstraint("source IN ('staff', 'account')", name="source"),
    UniqueConstraint("source", "name", "account_id"),
    Index("ix_protected_names_account_id", "account_id"),
)

protected_keys = Table(  # what a protected name is found by (lookalike.keys_of)
    "protected_keys",
    metadata,
    Column("key", Text, primary_key=True),
    Column("name_id", BigId, ForeignKey("protected_names.id"), primary_key=True, autoincrement=False),
    Index("ix_protected_keys_name_id", "name_id"),
    sqlite_with_rowid=False,
)

lookalikes = Table(  # who is taken for a protected name
    "lookalikes",
    metadata,
    Column("account_id", BigId, primary_key=True, autoincrement=False),
    Column("name_id", BigId, ForeignKey("protected_names.id"), primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),  # watched | marked | cleared (by staff, for good) | over (called otherwise)
    Column("evidence", Text, nullable=False),  # JSON of verdict.Evidence
    Column("at", BigId, nullable=False),  # of the newest change
    Column("decided_by", BigId),  # account of the staff
    CheckConstraint("state IN ('watched', 'marked', 'cleared', 'over')", name="state"),
    Index("ix_lookalikes_state_at", "state", "at"),
    Index("ix_lookalikes_name_id", "name_id"),
    sqlite_with_rowid=False,
)

turns = Table(  # accounts that became somebody else (shift)
    "turns",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("account_id", BigId, nullable=False),
    Column("former", Text, nullable=False),  # what it was called before
    Column("evidence", Text, nullable=False),  # JSON of shift.Evidence
    Column("held", Text, nullable=False),  # JSON [Label]: the badges that wait to be given back
    Column("state", Text, nullable=False),  # suspended (the badge) | noticed (only the notice) | over
    Column("until", BigId, nullable=False),  # how long the notice stands; over: when it ended
    Column("decided_by", BigId),
    CheckConstraint("state IN ('suspended', 'noticed', 'over')", name="state"),
    Index("ix_turns_account_id", "account_id"),
    Index("ix_turns_state_until", "state", "until"),
)

__all__ = ["lookalikes", "protected_keys", "protected_names", "turns"]
