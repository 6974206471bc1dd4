"""Tables of where posts and profiles lead money and people. Times are Unix milliseconds."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text

from dunnock.foundation.db import BigId, flag, metadata

assets = Table(  # something that money or people are led to
    "assets",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False, unique=True),  # links.Asset.key
    Column("kind", Text, nullable=False),  # payment | fundraising | subscription | wallet | chat | shop
    Column("site", Text, nullable=False),
    Column(
        "state", Text, nullable=False, server_default=""
    ),  # "" | blocked (by staff) | held (by the server, for a while)
    Column("why", Text, nullable=False, server_default=""),
    Column("by_account_id", BigId),  # of the staff
    Column("first_at", BigId, nullable=False),
    CheckConstraint("state IN ('', 'blocked', 'held')", name="state"),
    Index("ix_assets_state", "state", "id"),
)

asset_uses = Table(  # who led there, and where: in a post, or (post_id 0) in the profile
    "asset_uses",
    metadata,
    Column("asset_id", BigId, ForeignKey("assets.id"), primary_key=True, autoincrement=False),
    Column("account_id", BigId, primary_key=True, autoincrement=False),
    Column("post_id", BigId, primary_key=True, autoincrement=False),
    Column("at", BigId, nullable=False),
    flag("protected"),  # the account was protected then
    Index("ix_asset_uses_account_id", "account_id"),
    Index("ix_asset_uses_post_id", "post_id"),
    Index("ix_asset_uses_at", "asset_id", "at"),
    sqlite_with_rowid=False,
)

short_links = Table(  # what shortened addresses lead to: followed once
    "short_links",
    metadata,
    Column("address", Text, primary_key=True),  # links.canonical
    Column("target", Text, nullable=False),  # "": nowhere
    Column("at", BigId, nullable=False),
    Index("ix_short_links_at", "at"),
    sqlite_with_rowid=False,
)

__all__ = ["asset_uses", "assets", "short_links"]
