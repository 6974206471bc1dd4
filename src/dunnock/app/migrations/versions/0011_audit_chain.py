"""the staff's log is a chain: its entries are numbered, and each holds a hash of itself and of the one before.

Those that are there already are bound together by the next act (`moderation.log`).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "staff_log_end",
        sa.Column("id", _BIG, autoincrement=False, nullable=False),
        sa.Column("number", _BIG, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_log_end")),
    )
    with op.batch_alter_table("staff_log", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number", _BIG, nullable=True))
        batch_op.add_column(sa.Column("hash", sa.Text(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_staff_log_number"), ["number"])
