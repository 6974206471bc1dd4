"""Alembic's environment. SQLite: over the connection that is handed in; PostgreSQL: as statements for asyncpg to run."""

from __future__ import annotations

from typing import Any

from alembic import context

from dunnock.app.tables import metadata
from dunnock.foundation.db import EXTRAS

_HIDDEN = frozenset(name for one in EXTRAS.values() for name in one.hidden)


def include_name(name: str | None, kind: str, _: Any) -> bool:
    """What SQLite makes by itself is not compared."""
    return kind != "table" or name not in _HIDDEN


attributes = context.config.attributes
if context.is_offline_mode():
    context.configure(
        dialect_name="postgresql",
        target_metadata=metadata,
        output_buffer=attributes["statements"],
        transactional_ddl=True,
        transaction_per_migration=True,
    )
else:
    context.configure(
        connection=attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
        include_name=include_name,
        transaction_per_migration=True,
    )
with context.begin_transaction():
    context.run_migrations()
