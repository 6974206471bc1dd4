"""Raids that go from one member to the next: who takes part, by what the next part is known, who was raided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _id(name: str, *, nullable: bool = False, **options: object) -> sa.Column[int]:
    return sa.Column(name, _BIG, nullable=nullable, **options)  # type: ignore[arg-type]


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "raids",
        _id("id", autoincrement=False),
        _id("first_at"),
        _id("last_at"),
        _id("case_id", nullable=True),
        _id("ended_at", nullable=True),
        _id("ended_by", nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_raids_case_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["accounts.id"], name=op.f("fk_raids_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raids")),
    )
    op.create_index("ix_raids_last_at", "raids", ["last_at"])
    op.create_index("ix_raids_case_id", "raids", ["case_id"])
    op.create_table(
        "raid_accounts",
        _id("raid_id", autoincrement=False),
        _id("account_id", autoincrement=False),
        sa.Column("domain", sa.Text(), nullable=False),
        _id("waves"),
        _id("last_target_id"),
        _id("last_at"),
        sa.Column("left_out", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_raid_accounts_account_id")),
        sa.ForeignKeyConstraint(["raid_id"], ["raids.id"], name=op.f("fk_raid_accounts_raid_id")),
        sa.PrimaryKeyConstraint("raid_id", "account_id", name=op.f("pk_raid_accounts")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_raid_accounts_account_id", "raid_accounts", ["account_id", "last_at"])
    op.create_index("ix_raid_accounts_domain", "raid_accounts", ["domain", "last_at"])
    op.create_index("ix_raid_accounts_last_at", "raid_accounts", ["last_at"])
    op.create_table(
        "raid_marks",
        _id("raid_id", autoincrement=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('word', 'server')", name=op.f("ck_raid_marks_kind")),
        sa.ForeignKeyConstraint(["raid_id"], ["raids.id"], name=op.f("fk_raid_marks_raid_id")),
        sa.PrimaryKeyConstraint("raid_id", "kind", "mark", name=op.f("pk_raid_marks")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_raid_marks_mark", "raid_marks", ["mark", "kind"])
    op.create_table(
        "raid_hits",
        _id("raid_id", autoincrement=False),
        _id("account_id", autoincrement=False),
        _id("first_at"),
        _id("last_at"),
        _id("people"),
        _id("posts"),
        _id("again"),
        sa.Column("early", sa.Boolean(), server_default=sa.false(), nullable=False),
        _id("signal_id"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_raid_hits_account_id")),
        sa.ForeignKeyConstraint(["raid_id"], ["raids.id"], name=op.f("fk_raid_hits_raid_id")),
        sa.PrimaryKeyConstraint("raid_id", "account_id", name=op.f("pk_raid_hits")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_raid_hits_account_id", "raid_hits", ["account_id"])
    with op.batch_alter_table("origin_holds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("raid_id", _BIG, nullable=True))
    op.create_index("ix_origin_holds_raid_id", "origin_holds", ["raid_id", "until"])
