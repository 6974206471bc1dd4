"""The database: `open_db(url)`, then `db.begin()` to write and `db.all/one/value` to read. Two engines, one face."""

from __future__ import annotations

from pathlib import Path

from dunnock.foundation.db.face import Busy, Conflict, Db, Listener, Reader, Row, Tx
from dunnock.foundation.db.insist import insist
from dunnock.foundation.db.sql import (
    EXTRAS,
    BigId,
    Extra,
    ManyIds,
    Sql,
    among,
    extra,
    flag,
    insert_into,
    insert_once,
    metadata,
    upsert,
)

__all__ = [
    "EXTRAS",
    "BigId",
    "Busy",
    "Conflict",
    "Db",
    "Extra",
    "Listener",
    "ManyIds",
    "Reader",
    "Row",
    "Sql",
    "Tx",
    "among",
    "extra",
    "flag",
    "insert_into",
    "insert_once",
    "insist",
    "metadata",
    "open_db",
    "upsert",
]


async def open_db(url: str, *, timeout_s: float = 5.0, pool: int = 8, redis_url: str = "") -> Db:
    """Open the database of `url`: `sqlite:///path/to/file` or `postgresql://…`. `timeout_s` limits each statement.

    `redis_url`: with PostgreSQL, wake other processes over Redis.

    Raises:
        ValueError: the URL names another engine.
    """
    if url.startswith("sqlite:///"):
        from dunnock.foundation.db.sqlite import SqliteDb  # noqa: PLC0415 (each process pays for one engine only)

        return SqliteDb(Path(url.removeprefix("sqlite:///")), timeout_s=timeout_s)
    if url.startswith(("postgresql://", "postgres://")):
        from dunnock.foundation.db.postgres import PostgresDb  # noqa: PLC0415

        return await PostgresDb.open(url, size=pool, timeout_s=timeout_s, redis_url=redis_url)
    raise ValueError(f"a database URL starts with sqlite:/// or postgresql://, not {url.split(':', 1)[0]}:")
