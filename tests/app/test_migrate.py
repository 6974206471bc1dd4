"""The migrations make, from nothing and from every release, what the tables in the code say."""

from __future__ import annotations

import asyncio
import os
import re
import runpy
import sqlite3
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.dialects.postgresql.asyncpg import dialect as postgres_dialect
from sqlalchemy.schema import CreateIndex, CreateTable

import services
from dunnock.app import migrate, migrations
from dunnock.app.tables import metadata
from dunnock.foundation.db import EXTRAS, open_db
from dunnock.foundation.db.schema import schema_version

ROOT = Path(__file__).parents[2]
RELEASED = sorted((Path(__file__).parent / "schemas").glob("*.sql"))


def sqlite_shape(path: Path) -> dict[str, Any]:
    """Everything that a schema is made of, in a form that two can be compared in."""
    conn = sqlite3.connect(path)
    shape: dict[str, Any] = {}
    for name, sql in conn.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ):
        if name == "alembic_version":
            continue
        indexes = {}
        for _, index, unique, origin, partial in conn.execute(f"PRAGMA index_list('{name}')"):
            # By name: a column that was added later has another number.
            columns = tuple(row[2:] for row in conn.execute(f"PRAGMA index_xinfo('{index}')"))
            where = conn.execute("SELECT sql FROM sqlite_master WHERE name = ?", (index,)).fetchone()
            where = where[0].partition(" WHERE ")[2] if where and where[0] else ""
            indexes[index if origin == "c" else columns] = (unique, origin, partial, columns, where)
        shape[name] = {
            "columns": sorted(row[1:] for row in conn.execute(f"PRAGMA table_xinfo('{name}')")),
            "keys": sorted(row[2:] for row in conn.execute(f"PRAGMA foreign_key_list('{name}')")),
            # A column that was added later stands behind the constraints.
            "checks": sorted(re.findall(r"CONSTRAINT (\w+) CHECK \((.*?)\)(?=[,\s]*\n|, \w+ [A-Z])", sql + "\n")),
            "rowid": "WITHOUT ROWID" in sql.upper(),
            "autoincrement": "AUTOINCREMENT" in sql.upper(),
            "indexes": indexes,
        }
    conn.close()
    return shape


async def postgres_shape(url: str) -> dict[str, Any]:
    conn = await asyncpg.connect(url)
    try:
        columns = await conn.fetch(
            "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)"
            " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_attrdef d"
            " ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"
            " AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'alembic_version' ORDER BY 1, 2"
        )
        indexes = await conn.fetch(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1"
        )
        rules = await conn.fetch(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
            " AND conrelid <> 'alembic_version'::regclass ORDER BY 1"
            if await conn.fetchval("SELECT to_regclass('alembic_version')")
            else "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace ORDER BY 1"
        )
        return {"columns": [*map(tuple, columns)], "indexes": [*map(tuple, indexes)], "rules": [*map(tuple, rules)]}
    finally:
        await conn.close()


async def fresh(name: str) -> str:
    """An empty PostgreSQL database, whatever was in it."""
    url = services.postgres(f"{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    conn = await asyncpg.connect(url)
    await conn.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await conn.close()
    return url


@pytest.fixture
async def postgres_wanted() -> dict[str, Any]:
    url = await fresh("wanted")
    conn = await asyncpg.connect(url)
    for table in metadata.sorted_tables:
        await conn.execute(str(CreateTable(table).compile(dialect=postgres_dialect())))
        for index in table.indexes:
            await conn.execute(str(CreateIndex(index).compile(dialect=postgres_dialect())))
    for extra in EXTRAS.values():
        for statement in extra.postgresql:
            await conn.execute(statement)
    await conn.close()
    return await postgres_shape(url)


async def test_empty_sqlite_becomes_what_the_code_says(sqlite_template, tmp_path):
    path = tmp_path / "new" / "dunnock.db"
    assert await migrate.bring_up_to_date(f"sqlite:///{path}")
    assert sqlite_shape(path) == sqlite_shape(sqlite_template)
    assert not await migrate.bring_up_to_date(f"sqlite:///{path}"), "nothing is to do the second time"


def test_all_migrations_of_sqlite_make_what_the_code_says(sqlite_template, tmp_path):
    path = tmp_path / "dunnock.db"
    migrate.upgrade(f"sqlite:///{path}", migrations.HEAD)
    assert sqlite_shape(path) == sqlite_shape(sqlite_template)
    conn = sqlite3.connect(path)
    assert conn.execute("SELECT version_num FROM alembic_version").fetchall() == [(migrations.HEAD,)]
    conn.close()


async def test_all_migrations_of_postgresql_make_what_the_code_says(postgres_wanted):
    url = await fresh("migrated")
    await asyncio.to_thread(migrate.upgrade, url, migrations.HEAD)
    assert await postgres_shape(url) == postgres_wanted
    assert not await migrate.bring_up_to_date(url)


async def test_empty_postgresql_becomes_what_the_code_says(postgres_wanted):
    url = await fresh("migrated")
    assert await migrate.bring_up_to_date(url)
    assert await postgres_shape(url) == postgres_wanted
    assert not await migrate.bring_up_to_date(url)
    db = await open_db(url)
    assert await schema_version(db) == migrations.HEAD
    await db.close()


async def test_two_nodes_may_migrate_at_once():
    url = await fresh("migrated")
    assert any(await asyncio.gather(migrate.bring_up_to_date(url), migrate.bring_up_to_date(url)))


def test_head_is_the_newest_migration():
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_current_head() == migrations.HEAD


async def test_every_released_schema_migrates(sqlite_template, postgres_wanted, tmp_path):
    """`python scripts/migration.py --release VERSION` adds a release."""
    for dump in RELEASED:
        if dump.name.endswith(".sqlite.sql"):
            path = tmp_path / f"{dump.name}.db"
            conn = sqlite3.connect(path)
            conn.executescript(dump.read_text())
            conn.close()
            await migrate.bring_up_to_date(f"sqlite:///{path}")
            assert sqlite_shape(path) == sqlite_shape(sqlite_template), dump.name
        else:
            url = await fresh("migrated")
            conn = await asyncpg.connect(url)
            await conn.execute(dump.read_text())
            await conn.close()
            await migrate.bring_up_to_date(url)
            assert await postgres_shape(url) == postgres_wanted, dump.name


async def test_what_is_no_database_is_told(tmp_path):
    path = tmp_path / "dunnock.db"
    path.write_text("this is no database, and long enough to be seen as one" * 50)
    with pytest.raises(Exception, match="database"):
        await migrate.bring_up_to_date(f"sqlite:///{path}")


async def test_a_failing_child_is_told(tmp_path):
    """The file holds somebody else's tables, so nothing is made at once."""
    path = tmp_path / "dunnock.db"
    conn = sqlite3.connect(path)
    conn.execute("CREATE TABLE accounts (id INTEGER)")
    conn.close()
    with pytest.raises(migrate.MigrationFailed, match="accounts already exists"):
        await migrate.bring_up_to_date(f"sqlite:///{path}")


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_a_child_makes_the_tables_where_it_is_asked_to(sqlite_template, postgres_wanted, tmp_path, engine):
    path = tmp_path / "dunnock.db"
    url = f"sqlite:///{path}" if engine == "sqlite" else await fresh("migrated")
    assert await migrate.bring_up_to_date(url, apart=True)
    if engine == "sqlite":
        assert sqlite_shape(path) == sqlite_shape(sqlite_template)
    else:
        assert await postgres_shape(url) == postgres_wanted
    assert await migrate.is_current(url)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_tables_that_can_not_be_made_are_told_and_none_is_left(tmp_path, monkeypatch, engine):
    path = tmp_path / "dunnock.db"
    url = f"sqlite:///{path}" if engine == "sqlite" else await fresh("migrated")
    with monkeypatch.context() as patch:
        patch.setattr(migrate, "_STAMP", (*migrate._STAMP, "CREATE TABLE accounts (id INTEGER)"))
        with pytest.raises(migrate.MigrationFailed, match=r"accounts.* already exists"):
            await migrate.bring_up_to_date(url)
    assert not await migrate.is_current(url)
    assert await migrate.bring_up_to_date(url), "the next try finds nothing in the way"


async def test_a_kept_release_can_be_made_again(sqlite_template, tmp_path):
    """What `scripts/migration.py --release` writes, virtual tables and all."""
    path = tmp_path / "new.db"
    await migrate.bring_up_to_date(f"sqlite:///{path}")
    conn = sqlite3.connect(path)
    statements = runpy.run_path(str(ROOT / "scripts/migration.py"))["dump"](conn)
    conn.close()
    again = tmp_path / "again.db"
    conn = sqlite3.connect(again)
    conn.executescript("\n".join(statements))
    conn.execute("INSERT INTO search_docs (post_id, words) VALUES (1, 'hello')")
    assert conn.execute("SELECT rowid FROM search_index WHERE search_index MATCH 'hello'").fetchall() == [(-1,)]
    conn.close()
    assert not await migrate.bring_up_to_date(f"sqlite:///{again}")
    assert sqlite_shape(again) == sqlite_shape(sqlite_template)
