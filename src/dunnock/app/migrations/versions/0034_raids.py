"""raids."""

from __future__ import annotations

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Change the schema."""
