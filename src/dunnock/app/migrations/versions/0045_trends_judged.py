"""trends judged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    """Change the schema."""
    with op.batch_alter_table("trends", schema=None) as batch_op:
        batch_op.add_column(sa.Column("judged", sa.Text(), server_default="", nullable=False))
