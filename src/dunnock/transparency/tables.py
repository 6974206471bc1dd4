"""Tables of what is published. All times are Unix milliseconds."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text

from dunnock.foundation.db import BigId, metadata

log_ends = Table(  # ends of the staff's log, signed and published; never changed
    "log_ends",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("number", BigId, nullable=False),  # of the last entry
    Column("statement", Text, nullable=False),  # JSON, as it was signed
    Column("key", Text, nullable=False),  # Multikey
    Column("signature", Text, nullable=False),  # base64
    Index("ix_log_ends_number", "number"),
)

releases = Table(  # what was taken down, made into files for researchers
    "releases",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("title", Text, nullable=False),
    Column("method", Text, nullable=False, server_default=""),
    Column("decisions", Text, nullable=False),  # JSON [id]
    Column("key", Text, nullable=False),  # hashes the accounts of this release; never published
    Column("counts", Text, nullable=False, server_default="{}"),  # JSON, as in the manifest
    Column("manifest", Text),  # SHA-256; null: it is being made
    Column("published_at", BigId),
    Column("version", BigId, nullable=False, server_default="1"),
    Column("stale_at", BigId),  # something that it tells of was taken back: since when; null: it is as decided
    Column("trouble", Text, nullable=False, server_default=""),  # why it could not be amended
)

release_versions = Table(  # former versions of a release, before something was taken out
    "release_versions",
    metadata,
    Column("release_id", BigId, ForeignKey("releases.id"), primary_key=True, autoincrement=False),
    Column("version", BigId, primary_key=True, autoincrement=False),
    Column("manifest", Text, nullable=False),  # SHA-256
    Column("counts", Text, nullable=False),  # JSON
    Column("taken_out", Text, nullable=False),  # JSON: what the next version does not have, and how many of it
    Column("until", BigId, nullable=False),
    sqlite_with_rowid=False,
)

statements = Table(  # statements of reasons for everybody to read; nothing in them says whom they are about
    "statements",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("decision_id", BigId, ForeignKey("decisions.id"), nullable=False),
    Column("puid", Text, nullable=False, unique=True),  # keyed hash of decision and account
    Column("content", Text, nullable=False),  # JSON, as the European Union's database takes it
    Column("withdrawn_at", BigId),  # the decision was taken back for this account
)

transparency_keys = Table(  # what names things by without telling whose they are; never published
    "transparency_keys",
    metadata,
    Column("name", Text, primary_key=True),
    Column("key", Text, nullable=False),  # 32 random bytes, hexadecimal
)

monthly_reports = Table(  # what the log of a month comes to; never changed
    "monthly_reports",
    metadata,
    Column("month", Text, primary_key=True),  # 2026-11
    Column("content", Text, nullable=False),  # JSON, as it was signed
    Column("key", Text, nullable=False),  # Multikey
    Column("signature", Text, nullable=False),  # base64
)

government_requests = Table(  # what governments asked for; who of the staff wrote it down says the log
    "government_requests",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("authority", Text, nullable=False),
    Column("country", Text, nullable=False),  # ISO 3166, two letters
    Column("received_on", Text, nullable=False),  # 2026-11-27
    Column("law", Text, nullable=False),
    Column("asked", Text, nullable=False),
    Column("number", BigId, nullable=False),  # accounts that it was about
    Column("done", Text, nullable=False),
    CheckConstraint("asked IN ('remove', 'data', 'block', 'other')", name="asked"),
    CheckConstraint("done IN ('refused', 'partly', 'complied', 'open')", name="done"),
)

__all__ = [
    "government_requests",
    "log_ends",
    "monthly_reports",
    "release_versions",
    "releases",
    "statements",
    "transparency_keys",
]
