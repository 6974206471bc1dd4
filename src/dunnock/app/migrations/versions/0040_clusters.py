"""Clusters: what people did to them by hand, and which accounts they keep apart."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "cluster_edits",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("cluster_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("undone_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("undone_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("act IN ('merge', 'split')", name=op.f("ck_cluster_edits_act")),
        sa.ForeignKeyConstraint(["by_account_id"], ["accounts.id"], name=op.f("fk_cluster_edits_by_account_id")),
        sa.ForeignKeyConstraint(["cluster_id"], ["clusters.id"], name=op.f("fk_cluster_edits_cluster_id")),
        sa.ForeignKeyConstraint(["other_id"], ["clusters.id"], name=op.f("fk_cluster_edits_other_id")),
        sa.ForeignKeyConstraint(["undone_by"], ["accounts.id"], name=op.f("fk_cluster_edits_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster_edits")),
    )
    with op.batch_alter_table("cluster_edits", schema=None) as batch_op:
        batch_op.create_index("ix_cluster_edits_cluster_id", ["cluster_id", "id"], unique=False)
        batch_op.create_index("ix_cluster_edits_other_id", ["other_id", "id"], unique=False)

    op.create_table(
        "cluster_edit_members",
        sa.Column("edit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("both", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seen_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_cluster_edit_members_account_id")),
        sa.ForeignKeyConstraint(["edit_id"], ["cluster_edits.id"], name=op.f("fk_cluster_edit_members_edit_id")),
        sa.PrimaryKeyConstraint("edit_id", "account_id", name=op.f("pk_cluster_edit_members")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("cluster_edit_members", schema=None) as batch_op:
        batch_op.create_index("ix_cluster_edit_members_account_id", ["account_id"], unique=False)

    op.create_table(
        "cluster_apart",
        sa.Column(
            "cluster_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("edit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_cluster_apart_account_id")),
        sa.ForeignKeyConstraint(["cluster_id"], ["clusters.id"], name=op.f("fk_cluster_apart_cluster_id")),
        sa.ForeignKeyConstraint(["edit_id"], ["cluster_edits.id"], name=op.f("fk_cluster_apart_edit_id")),
        sa.PrimaryKeyConstraint("cluster_id", "account_id", name=op.f("pk_cluster_apart")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("cluster_apart", schema=None) as batch_op:
        batch_op.create_index("ix_cluster_apart_account_id", ["account_id"], unique=False)
        batch_op.create_index("ix_cluster_apart_edit_id", ["edit_id"], unique=False)
