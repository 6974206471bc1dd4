"""counts without those who are suspended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"

_ON_THE_WAY = "uncounted_to NOT IN (0, 9223372036854775807)"


def upgrade() -> None:
    """Change the schema; whoever is suspended or deleted by now counts no more once a job went through them."""
    op.add_column(
        "accounts",
        sa.Column(
            "uncounted_to",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
    )
    op.create_index(
        "ix_accounts_uncounted",
        "accounts",
        ["id"],
        unique=False,
        sqlite_where=sa.text(_ON_THE_WAY),
        postgresql_where=sa.text(_ON_THE_WAY),
    )
    op.execute("UPDATE accounts SET uncounted_to = -1 WHERE standing IN ('suspended', 'deleted')")
