"""Tables of what is published. All times are Unix milliseconds."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, UniqueConstraint, text

from dunnock.foundation.db import BigId, flag, metadata

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

indicators = Table(  # what decided cases know that other servers can use: append-only, each bound to the one before
    "indicators",
    metadata,
    Column("number", BigId, primary_key=True, autoincrement=False),  # 1, 2, 3, ...
    Column(
        "key", Text, nullable=False
    ),  # what it is about, for this server alone: account:ID, server:NAME:SEVERITY, ...
    Column("kind", Text, nullable=False),  # indicators.model.Kind; "retraction"
    Column("content", Text, nullable=False),  # STIX, as it was hashed
    Column("hash", Text, nullable=False),  # indicators.chain.link
    Column("at", BigId, nullable=False),
    Column("ended_by", BigId),  # the entry that takes it back; null: it is in force
    Index(
        "ix_indicators_key",
        "key",
        unique=True,
        sqlite_where=text("ended_by IS NULL AND kind <> 'retraction'"),
        postgresql_where=text("ended_by IS NULL AND kind <> 'retraction'"),
    ),
)

indicators_end = Table(  # one row: where the feed ends, held while an entry is added, and what was signed of it last
    "indicators_end",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),  # 1
    Column("number", BigId, nullable=False),
    Column("hash", Text, nullable=False),
    Column("signed_number", BigId, nullable=False, server_default="0"),
    Column("statement", Text, nullable=False, server_default=""),  # JSON, as it was signed
    Column("key", Text, nullable=False, server_default=""),  # Multikey
    Column("signature", Text, nullable=False, server_default=""),  # base64
    Column("signed_at", BigId, nullable=False, server_default="0"),
    Column("stale_at", BigId, server_default="0"),  # since when it may tell of what is not so; null: it is as decided
)

indicator_feeds = Table(  # such feeds of other servers that this one reads
    "indicator_feeds",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False, unique=True),
    Column("by_account_id", BigId, ForeignKey("accounts.id"), nullable=False),
    Column("server", Text, nullable=False, server_default=""),  # as the feed says
    Column("key", Text, nullable=False, server_default=""),  # Multikey, kept from the first time it was read
    Column("address_key", Text, nullable=False, server_default=""),  # what the feed hashes names with
    Column("number", BigId, nullable=False, server_default="0"),  # the last entry that was read
    Column("hash", Text, nullable=False, server_default=""),
    Column("said_at", Text, nullable=False, server_default=""),  # when its end was signed
    Column("unusable", BigId, nullable=False, server_default="0"),
    Column("etag", Text, nullable=False, server_default=""),
    Column("next_at", BigId, nullable=False),
    Column("read_at", BigId),
    Column("trouble", Text, nullable=False, server_default=""),  # why the last time changed nothing
)

foreign_indicators = Table(  # what such a feed says: drafts, until somebody of the staff decides
    "foreign_indicators",
    metadata,
    Column("feed_id", BigId, ForeignKey("indicator_feeds.id"), primary_key=True, autoincrement=False),
    Column("number", BigId, primary_key=True, autoincrement=False),
    Column("uid", Text, nullable=False),  # its id in STIX
    Column("kind", Text, nullable=False),  # indicators.model.Kind
    Column("value", Text, nullable=False),
    flag("hashed"),
    Column("letters", BigId, nullable=False, server_default="0"),  # of a text: how many are hashed
    Column("severity", Text, nullable=False, server_default=""),  # of a server
    Column("reason", Text, nullable=False, server_default=""),
    Column("techniques", Text, nullable=False, server_default="[]"),  # JSON [id of DISARM]
    Column("stated_at", BigId, nullable=False),
    Column("expires_at", BigId, nullable=False),
    Column("state", Text, nullable=False, server_default="waiting"),  # subscriptions.model.State
    Column("retracted_at", BigId),  # the publisher took it back
    Column("made", Text, nullable=False, server_default=""),  # what came of it: case, server, asset, text
    Column("made_id", BigId),  # no foreign key: staff may end it
    Column("decided_by", BigId, ForeignKey("accounts.id")),
    CheckConstraint("state IN ('waiting', 'accepted', 'dismissed', 'withdrawn', 'expired')", name="state"),
    UniqueConstraint("feed_id", "uid"),
    Index("ix_foreign_indicators_feed_id_state", "feed_id", "state", "number"),
    Index("ix_foreign_indicators_made", "made", "made_id"),
)

foreign_matches = Table(  # what here a draft is about: found by name, or by the hash of it
    "foreign_matches",
    metadata,
    Column("feed_id", BigId, primary_key=True, autoincrement=False),
    Column("number", BigId, primary_key=True, autoincrement=False),
    Column(
        "subject_id", BigId, primary_key=True, autoincrement=False
    ),  # an account's or an asset's, by the draft's kind
    sqlite_with_rowid=False,
)

__all__ = [
    "foreign_indicators",
    "foreign_matches",
    "government_requests",
    "indicator_feeds",
    "indicators",
    "indicators_end",
    "log_ends",
    "monthly_reports",
    "release_versions",
    "releases",
    "statements",
    "transparency_keys",
]

ranking_audits = Table(  # what audits of our own ranking found; never changed
    "ranking_audits",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("plan", Text, nullable=False),  # what it is called
    Column("report", Text, nullable=False),  # JSON, as it was made
    Column("checksum", Text, nullable=False),  # SHA-256 of the report
    UniqueConstraint("plan", "checksum"),
)
