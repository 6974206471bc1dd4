"""PostgreSQL's index of words: little waits to be taken in, since each search reads it."""

from __future__ import annotations

from alembic import op

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    """Change the schema."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX ix_search_docs_words SET (gin_pending_list_limit = 64)")
        op.execute("SELECT gin_clean_pending_list('ix_search_docs_words')")
