"""Named verifiers, what they say of accounts, and domains that members proved to be theirs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Change the schema."""
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("attestations", sa.Text(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("domain_handle", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("domain_since", _BIG, nullable=True))
    op.create_table(
        "verifiers",
        sa.Column("account_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("called", sa.Text(), nullable=False),
        sa.Column("since", _BIG, nullable=False),
        sa.Column("until", _BIG, nullable=True),
        sa.Column("doubted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_verifiers_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_verifiers")),
    )
    op.create_table(
        "attestations",
        sa.Column("verifier_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("account_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("called", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.CheckConstraint("state IN ('given', 'doubted', 'refused', 'withdrawn')", name=op.f("ck_attestations_state")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_attestations_account_id")),
        sa.ForeignKeyConstraint(["verifier_id"], ["accounts.id"], name=op.f("fk_attestations_verifier_id")),
        sa.PrimaryKeyConstraint("verifier_id", "account_id", name=op.f("pk_attestations")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_attestations_account_id", "attestations", ["account_id"])
    op.create_index("ix_attestations_verifier_id_at", "attestations", ["verifier_id", "at"])
    op.create_table(
        "domain_handles",
        sa.Column("account_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("proved_at", _BIG, nullable=False),
        sa.Column("checked_at", _BIG, nullable=False),
        sa.Column("failing_since", _BIG, nullable=True),
        sa.Column("lost_at", _BIG, nullable=True),
        sa.Column("lost_why", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("lost_why IN ('', 'gone', 'taken')", name=op.f("ck_domain_handles_lost_why")),
        sa.CheckConstraint("way IN ('file', 'webfinger')", name=op.f("ck_domain_handles_way")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_domain_handles_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_domain_handles")),
    )
    op.create_index(
        "ix_domain_handles_domain", "domain_handles", ["domain"], unique=True,
        sqlite_where=sa.text("lost_at IS NULL"), postgresql_where=sa.text("lost_at IS NULL"),
    )  # fmt: skip
    op.create_index("ix_domain_handles_checked_at", "domain_handles", ["checked_at"])
