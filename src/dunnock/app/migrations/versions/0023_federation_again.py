"""federation: where it stands that posts may quote others, and who holds a lease."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "quote_words",
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_quote_words")),
    )
    op.create_index("ix_quote_words_uri", "quote_words", ["uri"])
    op.add_column("jobs", sa.Column("holder", sa.Text(), nullable=True))
    op.add_column("deliveries", sa.Column("holder", sa.Text(), nullable=True))
