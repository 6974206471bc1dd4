"""Pictures that staff stopped, and the posts that show them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "media_stops",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("tells", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("by_account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("until", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ended_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("effect IN ('review', 'limit')", name=op.f("ck_media_stops_effect")),
        sa.ForeignKeyConstraint(["by_account_id"], ["accounts.id"], name=op.f("fk_media_stops_by_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_stops")),
    )
    with op.batch_alter_table("media_stops", schema=None) as batch_op:
        batch_op.create_index("ix_media_stops_ended_at", ["ended_at", "id"], unique=False)

    op.create_table(
        "media_stop_prints",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("stop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("print", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["stop_id"], ["media_stops.id"], name=op.f("fk_media_stop_prints_stop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_stop_prints")),
    )
    with op.batch_alter_table("media_stop_prints", schema=None) as batch_op:
        batch_op.create_index("ix_media_stop_prints_stop_id", ["stop_id"], unique=False)

    op.create_table(
        "media_stop_keys",
        sa.Column("key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column(
            "print_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.ForeignKeyConstraint(["print_id"], ["media_stop_prints.id"], name=op.f("fk_media_stop_keys_print_id")),
        sa.PrimaryKeyConstraint("key", "print_id", name=op.f("pk_media_stop_keys")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("media_stop_keys", schema=None) as batch_op:
        batch_op.create_index("ix_media_stop_keys_print_id", ["print_id"], unique=False)

    op.create_table(
        "media_stop_hits",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("stop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("apart", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("limited", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("judged_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("judged_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'released', 'refused', 'lapsed')", name=op.f("ck_media_stop_hits_state")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_media_stop_hits_account_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_media_stop_hits_decision_id")),
        sa.ForeignKeyConstraint(["judged_by"], ["accounts.id"], name=op.f("fk_media_stop_hits_judged_by")),
        sa.ForeignKeyConstraint(["stop_id"], ["media_stops.id"], name=op.f("fk_media_stop_hits_stop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_stop_hits")),
        sa.UniqueConstraint("stop_id", "post_id", name=op.f("uq_media_stop_hits_stop_id_post_id")),
    )
    with op.batch_alter_table("media_stop_hits", schema=None) as batch_op:
        batch_op.create_index("ix_media_stop_hits_account_id", ["account_id"], unique=False)
        batch_op.create_index("ix_media_stop_hits_decision_id", ["decision_id"], unique=False)
        batch_op.create_index("ix_media_stop_hits_post_id", ["post_id"], unique=False)
        batch_op.create_index("ix_media_stop_hits_state", ["state", "id"], unique=False)
        batch_op.create_index("ix_media_stop_hits_stop_id_state", ["stop_id", "state", "id"], unique=False)
