"""for you."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "for_you_choices",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("off", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("minor", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("dropped", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "forget_before", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_for_you_choices_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_for_you_choices")),
    )
    op.create_table(
        "for_you_less",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("times", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("kind IN ('author', 'tag')", name=op.f("ck_for_you_less_kind")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_for_you_less_account_id")),
        sa.PrimaryKeyConstraint("account_id", "kind", "subject_id", name=op.f("pk_for_you_less")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_for_you_less_subject_id", "for_you_less", ["subject_id"])
    op.create_table(
        "for_you_served",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_for_you_served_account_id")),
        sa.PrimaryKeyConstraint("account_id", "post_id", name=op.f("pk_for_you_served")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_for_you_served_at", "for_you_served", ["at"])
