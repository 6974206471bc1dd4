"""Raids: what is held back under a post, what a member chose for a flood of strangers, and who wrote to whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def _id(name: str, **options: object) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, **options)  # type: ignore[arg-type]


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "held_posts",
        _id("post_id", autoincrement=False),
        _id("account_id", autoincrement=False),
        _id("author_id"),
        sa.Column("hides", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_held_posts_account_id")),
        sa.ForeignKeyConstraint(["author_id"], ["accounts.id"], name=op.f("fk_held_posts_author_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_held_posts_post_id")),
        sa.PrimaryKeyConstraint("post_id", "account_id", name=op.f("pk_held_posts")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("held_posts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_held_posts_account_id_author_id", ["account_id", "author_id", "post_id"], unique=False
        )
        batch_op.create_index("ix_held_posts_author_id", ["author_id", "post_id"], unique=False)

    op.add_column("quiet_times", _id("since_id", server_default="0"))
    op.add_column("quiet_times", sa.Column("when_flooded", sa.Text(), server_default="ask", nullable=False))
    op.add_column("quiet_times", _id("offered_at", server_default="0"))
    op.create_index("ix_observations_target_id", "observations", ["target_id", "id"], unique=False)
