"""asked again how old."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    """Change the schema."""
    with op.batch_alter_table("ages", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("said_minor_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column("put_off_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
