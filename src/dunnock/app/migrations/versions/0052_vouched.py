"""For whom people vouch whom this server knows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "vouched",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_vouched_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_vouched")),
        sqlite_with_rowid=False,
    )
