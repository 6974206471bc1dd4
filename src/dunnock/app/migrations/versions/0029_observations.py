"""Observations: when accounts are awake, where they say that they are, and how what they show looks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "rhythms",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("hours", sa.LargeBinary(), nullable=False),
        sa.Column("hours_since", sa.LargeBinary(), nullable=False),
        sa.Column("last_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("woke_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slept_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("moved_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("moved_from", sa.Text(), nullable=False),
        sa.Column("moved_to", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_rhythms_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_rhythms")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("rhythms", schema=None) as batch_op:
        batch_op.create_index("ix_rhythms_last_at", ["last_at"], unique=False)
        batch_op.create_index("ix_rhythms_moved_at", ["moved_at"], unique=False)
        batch_op.create_index("ix_rhythms_woke_at", ["woke_at"], unique=False)

    op.create_table(
        "pictures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("print", sa.Text(), nullable=False),
        sa.Column("same_as", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seen_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pictures")),
        sa.UniqueConstraint("print", name=op.f("uq_pictures_print")),
    )
    with op.batch_alter_table("pictures", schema=None) as batch_op:
        batch_op.create_index("ix_pictures_seen_at", ["seen_at"], unique=False)

    op.create_table(
        "picture_keys",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column(
            "picture_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.ForeignKeyConstraint(["picture_id"], ["pictures.id"], name=op.f("fk_picture_keys_picture_id")),
        sa.PrimaryKeyConstraint("key", "picture_id", name=op.f("pk_picture_keys")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("picture_keys", schema=None) as batch_op:
        batch_op.create_index("ix_picture_keys_picture_id", ["picture_id"], unique=False)
