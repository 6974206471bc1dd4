"""Which schema a database has, told cheaply, and running the statements that change it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import bindparam, column, func, select, table

from dunnock.foundation.db.face import Reader
from dunnock.foundation.db.sql import Sql

_LOCK = 0x64756E6E6F636B  # held while PostgreSQL is changed, so that two nodes don't do it at once
_held = Sql(
    select(func.count()).select_from(table("sqlite_master", column("name"))).where(column("name") == bindparam("name")),
    select(func.count())
    .select_from(table("pg_tables", column("tablename"), column("schemaname")))
    .where(column("tablename") == bindparam("name"), column("schemaname") == func.current_schema()),
)
_version = Sql(select(column("version_num")).select_from(table("alembic_version", column("version_num"))))


class SchemaRefused(Exception):
    """The engine did not run a statement that makes or changes the schema; the text is the engine's."""


async def schema_version(db: Reader) -> str | None:
    """The name of the last migration that ran; None: the database is empty."""
    if not await db.value(_held, name="alembic_version"):
        return None
    version: str | None = await db.value(_version)
    return version


async def change_postgres(url: str, plan: Callable[[str | None], Sequence[str]]) -> None:
    """Run, one by one, the statements that `plan` makes of the present version. One process at a time; others wait.

    A statement that must wait for others' locks for 5 seconds gives up, so that it never stops the server's own work for longer.

    Raises:
        SchemaRefused: a statement failed; those before it ran.
    """
    import asyncpg  # noqa: PLC0415 (SQLite's users don't pay for it)

    settings = {"application_name": "dunnock-migrate", "lock_timeout": "5000", "jit": "off"}
    conn: Any = await asyncpg.connect(url, server_settings=settings)
    try:
        await conn.execute("SET lock_timeout = 0")
        await conn.execute("SELECT pg_advisory_lock($1::bigint)", _LOCK)
        await conn.execute("SET lock_timeout = 5000")
        held = await conn.fetchval("SELECT to_regclass('alembic_version') IS NOT NULL")
        version = await conn.fetchval("SELECT version_num FROM alembic_version") if held else None
        for statement in plan(version):
            await conn.execute(statement)
    except asyncpg.PostgresError as error:
        raise SchemaRefused(str(error)) from error
    finally:
        await conn.close(timeout=5)


def fill_sqlite(path: str, statements: Sequence[str]) -> bool:
    """Run `statements` in the SQLite file `path` when it is missing or has no tables; False: it has some, and nothing was done.

    Raises:
        SchemaRefused: a statement failed, and none of them has any effect.
    """
    import sqlite3  # noqa: PLC0415

    conn = sqlite3.connect(path, timeout=30, isolation_level=None)
    try:
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("BEGIN IMMEDIATE")
        if conn.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            return False
        for statement in statements:
            conn.execute(statement)
        conn.execute("COMMIT")
    except sqlite3.Error as error:
        raise SchemaRefused(str(error)) from error
    finally:
        conn.close()
    return True


def damage(url: str) -> list[str]:
    """What is broken inside an SQLite file, by its own check; empty: nothing (or it is PostgreSQL, which looks after itself)."""
    if not url.startswith("sqlite:///"):
        return []
    import sqlite3  # noqa: PLC0415

    conn = sqlite3.connect(f"file:{url.removeprefix('sqlite:///')}?mode=ro", uri=True, timeout=5)
    try:
        found = [str(row[0]) for row in conn.execute("PRAGMA quick_check(10)")]
        found += [
            f"a row of {row[0]} refers to nothing" for row in conn.execute("PRAGMA foreign_key_check").fetchmany(3)
        ]
    finally:
        conn.close()
    return [text for text in found if text != "ok"]
