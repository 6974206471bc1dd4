"""Rules: what staff have the server look for, and what met it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "watch_rules",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tested", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.Column("trial", sa.Text(), server_default="", nullable=False),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("live_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("expires_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ended_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("effect IN ('review', 'limit')", name=op.f("ck_watch_rules_effect")),
        sa.CheckConstraint("state IN ('draft', 'dry', 'live', 'ended')", name=op.f("ck_watch_rules_state")),
        sa.ForeignKeyConstraint(["live_by"], ["accounts.id"], name=op.f("fk_watch_rules_live_by")),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_watch_rules_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_rules")),
    )
    with op.batch_alter_table("watch_rules", schema=None) as batch_op:
        batch_op.create_index("ix_watch_rules_state", ["state", "id"], unique=False)

    op.create_table(
        "watch_hits",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("rule_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("limited", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("judged_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("judged_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "state IN ('noted', 'waiting', 'released', 'refused', 'lapsed')", name=op.f("ck_watch_hits_state")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_watch_hits_account_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_watch_hits_decision_id")),
        sa.ForeignKeyConstraint(["judged_by"], ["accounts.id"], name=op.f("fk_watch_hits_judged_by")),
        sa.ForeignKeyConstraint(["rule_id"], ["watch_rules.id"], name=op.f("fk_watch_hits_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_hits")),
        sa.UniqueConstraint("rule_id", "kind", "subject_id", name=op.f("uq_watch_hits_rule_id_kind_subject_id")),
    )
    with op.batch_alter_table("watch_hits", schema=None) as batch_op:
        batch_op.create_index("ix_watch_hits_account_id", ["account_id"], unique=False)
        batch_op.create_index("ix_watch_hits_decision_id", ["decision_id"], unique=False)
        batch_op.create_index("ix_watch_hits_kind_subject_id", ["kind", "subject_id"], unique=False)
        batch_op.create_index("ix_watch_hits_rule_id_state", ["rule_id", "state", "id"], unique=False)
        batch_op.create_index("ix_watch_hits_state", ["state", "id"], unique=False)
