"""trends."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "trend_held",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", _id(), autoincrement=False, nullable=False),
        sa.Column("since", _id(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("accounts", sa.Integer(), nullable=False),
        sa.Column("effective", sa.Float(), nullable=False),
        sa.Column("communities", sa.Integer(), nullable=False),
        sa.Column("extreme", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject_id", name=op.f("pk_trend_held")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "trend_held_accounts",
        sa.Column("account_id", _id(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", _id(), autoincrement=False, nullable=False),
        sa.Column("at", _id(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_trend_held_accounts_account_id")),
        sa.PrimaryKeyConstraint("account_id", "kind", "subject_id", name=op.f("pk_trend_held_accounts")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_trend_held_accounts_subject_id_kind", "trend_held_accounts", ["subject_id", "kind"])
    op.create_index("ix_trend_held_accounts_at", "trend_held_accounts", ["at"])
    op.create_table(
        "trend_gatherings",
        sa.Column("id", _id(), autoincrement=False, nullable=False),
        sa.Column("subject_id", _id(), nullable=False),
        sa.Column("accounts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trend_gatherings")),
    )
    op.create_table(
        "trend_gathered",
        sa.Column("account_id", _id(), autoincrement=False, nullable=False),
        sa.Column("gathering_id", _id(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_trend_gathered_account_id")),
        sa.ForeignKeyConstraint(["gathering_id"], ["trend_gatherings.id"], name=op.f("fk_trend_gathered_gathering_id")),
        sa.PrimaryKeyConstraint("account_id", "gathering_id", name=op.f("pk_trend_gathered")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_trend_gathered_gathering_id", "trend_gathered", ["gathering_id"])
