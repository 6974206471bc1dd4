"""ages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "ages",
        sa.Column(
            "account_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("band", sa.Text(), nullable=True),
        sa.Column("moves_up_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("zone", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("band IN ('under_13', '13_15', '16_17', 'adult')", name=op.f("ck_ages_band")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_ages_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_ages")),
        sqlite_with_rowid=False,
    )
    op.execute(  # who said that they are under 18 did not say how old
        "INSERT INTO ages (account_id, band) SELECT account_id, '16_17' FROM for_you_choices WHERE minor"
    )
