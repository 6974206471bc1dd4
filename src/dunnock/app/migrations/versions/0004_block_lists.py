"""block lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "spared_servers",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_spared_servers")),
    )
    op.create_table(
        "block_lists",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("applies", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("retracts", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("by_account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("etag", sa.Text(), server_default="", nullable=False),
        sa.Column("next_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("read_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("trouble", sa.Text(), server_default="", nullable=False),
        sa.Column("servers", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("unusable", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.CheckConstraint("severity IN ('noop', 'limit', 'suspend')", name=op.f("ck_block_lists_severity")),
        sa.ForeignKeyConstraint(["by_account_id"], ["accounts.id"], name=op.f("fk_block_lists_by_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block_lists")),
        sa.UniqueConstraint("url", name=op.f("uq_block_lists_url")),
    )
    op.create_table(
        "listed_servers",
        sa.Column("list_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("reject_media", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("reject_reports", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("block_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("since", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "following", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False
        ),
        sa.Column(
            "followers", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False
        ),
        sa.CheckConstraint("severity IN ('noop', 'limit', 'suspend')", name=op.f("ck_listed_servers_severity")),
        sa.CheckConstraint(
            "state IN ('waiting', 'in_force', 'covered', 'dismissed', 'spared')", name=op.f("ck_listed_servers_state")
        ),
        sa.ForeignKeyConstraint(["list_id"], ["block_lists.id"], name=op.f("fk_listed_servers_list_id")),
        sa.PrimaryKeyConstraint("list_id", "domain", name=op.f("pk_listed_servers")),
    )
    with op.batch_alter_table("listed_servers", schema=None) as batch_op:
        batch_op.create_index(
            "ix_listed_servers_block_id",
            ["block_id"],
            unique=False,
            sqlite_where=sa.text("block_id IS NOT NULL"),
            postgresql_where=sa.text("block_id IS NOT NULL"),
        )
        batch_op.create_index("ix_listed_servers_list_id_state", ["list_id", "state", "domain"], unique=False)

    with op.batch_alter_table("server_blocks", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("expires_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
