"""Raids: servers whose strangers are held back; posts that wait for a look before they are published."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
_HIDDEN = """
    FROM held_posts h JOIN posts p ON p.id = h.post_id
    WHERE h.hides AND p.deleted_at IS NULL AND p.visibility IN ('public', 'unlisted')
"""


def _id(name: str, *, nullable: bool = False, **options: object) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=nullable, **options)  # type: ignore[arg-type]


def upgrade() -> None:
    """Change the schema. Replies that are hidden are not counted any more."""
    op.create_table(
        "origin_holds",
        _id("id", autoincrement=False),
        _id("account_id", nullable=True),
        sa.Column("domain", sa.Text(), nullable=False),
        _id("since_id"),
        _id("until"),
        _id("signal_id"),
        _id("ended_at", nullable=True),
        _id("ended_by", nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_origin_holds_account_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["accounts.id"], name=op.f("fk_origin_holds_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_origin_holds")),
    )
    op.create_index("ix_origin_holds_domain", "origin_holds", ["domain", "until"], unique=False)
    op.create_index("ix_origin_holds_account_id", "origin_holds", ["account_id", "until"], unique=False)
    op.add_column("held_posts", _id("origin_hold_id", nullable=True))
    op.create_index(
        "ix_held_posts_origin_hold_id",
        "held_posts",
        ["origin_hold_id", "post_id"],
        unique=False,
        sqlite_where=sa.text("origin_hold_id IS NOT NULL"),
        postgresql_where=sa.text("origin_hold_id IS NOT NULL"),
    )
    op.execute(
        f"UPDATE post_counts SET replies = replies - (SELECT count(*) {_HIDDEN} AND p.reply_to_id = post_counts.post_id) "
        f"WHERE post_id IN (SELECT p.reply_to_id {_HIDDEN})"
    )

    with op.batch_alter_table("watch_rules", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_watch_rules_effect"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_watch_rules_effect"), "effect IN ('review', 'limit', 'hold')")
    op.add_column("watch_hits", sa.Column("held", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("watch_hits", sa.Column("objection", sa.Text(), server_default="", nullable=False))
    op.add_column("watch_hits", _id("objected_at", nullable=True))
