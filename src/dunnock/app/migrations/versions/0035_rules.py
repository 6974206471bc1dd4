"""rules."""

from __future__ import annotations

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Change the schema."""
