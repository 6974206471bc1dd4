"""independence."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "independence",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.CheckConstraint("weight >= 0 AND weight <= 1", name=op.f("ck_independence_weight")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_independence_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_independence")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_independence_group_id", "independence", ["group_id"])
