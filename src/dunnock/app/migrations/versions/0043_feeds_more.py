"""feeds more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "for_you_weights",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("id", _BIG, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("compared", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_for_you_weights")),
        sa.UniqueConstraint("id", name=op.f("uq_for_you_weights_id")),
    )
    op.create_table(
        "for_you_weight_changes",
        sa.Column("id", _BIG, autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["hash"], ["for_you_weights.hash"], name=op.f("fk_for_you_weight_changes_hash")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_for_you_weight_changes")),
    )
    op.create_table(
        "ranking_audits",
        sa.Column("id", _BIG, autoincrement=False, nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_audits")),
        sa.UniqueConstraint("plan", "checksum", name=op.f("uq_ranking_audits_plan_checksum")),
    )
    with op.batch_alter_table("custom_feeds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("listed", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("words", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("languages", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("tags", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("readers", _BIG, server_default="0", nullable=False))
        batch_op.add_column(sa.Column("removed_at", _BIG, nullable=True))
        batch_op.add_column(sa.Column("removed_because", sa.Text(), server_default="", nullable=False))
        batch_op.create_index("ix_custom_feeds_listed_readers", ["listed", "readers"], unique=False)
    op.create_table(
        "custom_feed_reports",
        sa.Column("feed_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("account_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("id", _BIG, nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("closed_at", _BIG, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_custom_feed_reports_account_id")),
        sa.ForeignKeyConstraint(["feed_id"], ["custom_feeds.id"], name=op.f("fk_custom_feed_reports_feed_id")),
        sa.PrimaryKeyConstraint("feed_id", "account_id", name=op.f("pk_custom_feed_reports")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_custom_feed_reports_account_id", "custom_feed_reports", ["account_id"])
    op.create_index("ix_custom_feed_reports_closed_at_id", "custom_feed_reports", ["closed_at", "id"])
    op.create_table(
        "custom_feed_orders",
        sa.Column("account_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("held", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_custom_feed_orders_account_id")),
        sa.PrimaryKeyConstraint("account_id", "file", name=op.f("pk_custom_feed_orders")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_custom_feed_orders_at", "custom_feed_orders", ["at"])
    with op.batch_alter_table("for_you_choices", schema=None) as batch_op:
        batch_op.drop_column("minor")
