"""federation more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Change the schema."""
    with op.batch_alter_table("hosts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("read_scheme", sa.Text(), server_default="draft", nullable=False))
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("turn", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False)
        )
        batch_op.drop_index("ix_media_copies")
        batch_op.create_index(
            "ix_media_copies",
            ["turn", "id", "bytes"],
            unique=False,
            sqlite_where=sa.text("remote_url IS NOT NULL AND bytes > 0"),
            postgresql_where=sa.text("remote_url IS NOT NULL AND bytes > 0"),
        )
    with op.batch_alter_table("relays", schema=None) as batch_op:
        batch_op.add_column(sa.Column("followed_uri", sa.Text(), nullable=True))
