"""What was done through which door, and browsers that may be somebody else's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    """Change the schema."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "door_acts",
        sa.Column("id", big, autoincrement=False, nullable=False),
        sa.Column("account_id", big, nullable=False),
        sa.Column("door", big, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_door_acts_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_acts")),
    )
    op.create_index("ix_door_acts_account_id_id", "door_acts", ["account_id", "id"])
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("doubted", sa.Boolean(), server_default=sa.false(), nullable=False))
