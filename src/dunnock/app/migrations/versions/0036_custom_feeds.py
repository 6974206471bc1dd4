"""custom feeds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "custom_feeds",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_custom_feeds_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_feeds")),
    )
    op.create_index("ix_custom_feeds_account_id", "custom_feeds", ["account_id"])
    op.create_table(
        "custom_feed_readers",
        sa.Column("feed_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_custom_feed_readers_account_id")),
        sa.ForeignKeyConstraint(["feed_id"], ["custom_feeds.id"], name=op.f("fk_custom_feed_readers_feed_id")),
        sa.PrimaryKeyConstraint("feed_id", "account_id", name=op.f("pk_custom_feed_readers")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_custom_feed_readers_account_id", "custom_feed_readers", ["account_id"])
