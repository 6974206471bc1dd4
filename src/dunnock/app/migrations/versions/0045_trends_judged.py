"""trends judged, collections followed in the background."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    """Change the schema."""
    with op.batch_alter_table("trends", schema=None) as batch_op:
        batch_op.add_column(sa.Column("judged", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "collection_follows",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "collection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("waiting", sa.Text(), nullable=False),
        sa.Column("followed", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_collection_follows_account_id")),
        sa.PrimaryKeyConstraint("account_id", "collection_id", name=op.f("pk_collection_follows")),
        sqlite_with_rowid=False,
    )
