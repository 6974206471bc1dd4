"""moderation more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    """Change the schema."""
    with op.batch_alter_table("report_messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("passed_on", sa.Boolean(), server_default=sa.false(), nullable=False))
