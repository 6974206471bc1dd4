"""the console: texts that can't be posted for a while, decisions that stopped, requests of commands, the queue of reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "text_stops",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("fragment", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("newer_than", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by_account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("until", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("who IN ('everybody', 'newcomers', 'protected')", name=op.f("ck_text_stops_who")),
        sa.ForeignKeyConstraint(["by_account_id"], ["accounts.id"], name=op.f("fk_text_stops_by_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_stops")),
    )
    with op.batch_alter_table("text_stops", schema=None) as batch_op:
        batch_op.create_index("ix_text_stops_until", ["until"], unique=False)

    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_decisions_state"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_decisions_state"),
            "state IN ('gathering', 'waiting', 'refused', 'applying', 'halted', 'applied', 'undoing', 'undone')",
        )

    with op.batch_alter_table("staff_requests", schema=None) as batch_op:
        batch_op.alter_column(
            "by_account_id", existing_type=sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        )
        batch_op.add_column(sa.Column("alarming", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("used_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))

    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "severity", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="1", nullable=False
            )
        )
        batch_op.create_index(
            "ix_reports_open_target_id",
            ["target_id", "id", "account_id"],
            unique=False,
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )
        batch_op.create_index(
            "ix_reports_open_severity",
            ["severity", "id"],
            unique=False,
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )
        batch_op.create_index(
            "ix_reports_open_assigned_to",
            ["assigned_to", "id"],
            unique=False,
            sqlite_where=sa.text("resolved_at IS NULL AND assigned_to IS NOT NULL"),
            postgresql_where=sa.text("resolved_at IS NULL AND assigned_to IS NOT NULL"),
        )
