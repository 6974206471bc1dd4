"""Which collection brought somebody here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "brought_by",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("collection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_brought_by_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_brought_by")),
        sqlite_with_rowid=False,
    )
