"""Collections that staff show to people who just joined."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Change the schema."""
    with op.batch_alter_table("collections", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("starter_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_index(
            "ix_collections_starter_at",
            ["starter_at"],
            unique=False,
            sqlite_where=sa.text("starter_at IS NOT NULL"),
            postgresql_where=sa.text("starter_at IS NOT NULL"),
        )
