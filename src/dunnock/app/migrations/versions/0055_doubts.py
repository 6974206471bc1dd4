"""From where somebody came with a member's password and was asked for a code."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    """Change the schema."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "doubts",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("account_id", big, autoincrement=False, nullable=False),
        sa.Column("at", big, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_doubts_account_id")),
        sa.PrimaryKeyConstraint("origin", "account_id", name=op.f("pk_doubts")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_doubts_account_id", "doubts", ["account_id"])
    op.create_index("ix_doubts_at", "doubts", ["at"])
