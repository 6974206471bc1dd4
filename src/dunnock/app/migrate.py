"""Brings the database to the schema of this release.

A new database gets its tables here and now. What changes one runs in a process of its own: Alembic is large, servers run long.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

from dunnock.app import collector
from dunnock.app.migrations import HEAD
from dunnock.foundation.db import open_db
from dunnock.foundation.db.schema import SchemaRefused, change_postgres, fill_sqlite, schema_version

_STAMP = (  # as Alembic does it
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))",
    f"INSERT INTO alembic_version (version_num) VALUES ('{HEAD}')",
)


class MigrationFailed(Exception):
    """The schema could not be brought up to date; the text says why."""


async def is_current(url: str) -> bool:
    """Has the database of `url` the schema of this release? Costs a millisecond or two."""
    return await _version(url) == HEAD


async def _version(url: str) -> str | None:
    if url.startswith("sqlite:///") and not os.path.exists(url.removeprefix("sqlite:///")):  # noqa: ASYNC240, PTH110 (microseconds)
        return None
    db = await open_db(url, pool=1)
    try:
        return await schema_version(db)
    finally:
        await db.close()


async def bring_up_to_date(url: str, *, apart: bool = False) -> bool:
    """Make the tables of a new database, or migrate in a child process; whether there was anything to do.

    `apart`: the child makes the tables of a new database, too, for programs that need none of the tables themselves.

    Raises:
        MigrationFailed: it did not work; what was said is in the text.
    """
    version = await _version(url)
    if version == HEAD:
        return False
    if version is None and not apart and await _fill(url):
        return True
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "dunnock.app.migrate",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await child.communicate(url.encode())  # not as an argument: it may hold a password
    if child.returncode:
        raise MigrationFailed(said.decode(errors="replace").strip())
    return True


def upgrade(url: str, to: str = "head") -> None:
    """Run the migrations up to revision `to`, here and now. Needs Alembic; for the child process and tests.

    To `head`, a database in which nothing is gets the tables as the code has them, at once: tests prove that all migrations,
    one after the other, make the same. Named by its number, every revision is reached step by step.
    """
    if url.startswith("sqlite:///"):
        _upgrade_sqlite(url, to)
    else:
        asyncio.run(change_postgres(url, lambda version: _statements(version, to)))


def _upgrade_sqlite(url: str, to: str) -> None:
    if to == "head" and _fill_sqlite(url):
        return
    from alembic import command  # noqa: PLC0415 (a new server does without)
    from sqlalchemy import NullPool, create_engine, event  # noqa: PLC0415

    Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the listener below says when a transaction begins
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA foreign_keys = OFF")  # batch mode makes tables anew under the references to them

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.connect() as connection:
        command.upgrade(_config(connection=connection), to)
    engine.dispose()


async def _fill(url: str) -> bool:
    """Make all tables in a database that has none; False: it has some."""
    made = False

    def plan(version: str | None) -> list[str]:
        nonlocal made
        made = version is None
        return _all_at_once("postgresql") if made else []

    try:
        if url.startswith("sqlite:///"):
            return _fill_sqlite(url)
        await change_postgres(url, plan)
    except SchemaRefused as error:
        raise MigrationFailed(str(error)) from error
    return made


def _fill_sqlite(url: str) -> bool:
    path = Path(url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True)
    return fill_sqlite(str(path), _all_at_once("sqlite"))


def _all_at_once(engine: str) -> list[str]:
    """What makes all tables in an empty database."""
    from sqlalchemy.dialects import sqlite  # noqa: PLC0415 (a start of a server that has its tables does without)
    from sqlalchemy.dialects.postgresql import asyncpg  # noqa: PLC0415
    from sqlalchemy.schema import CreateIndex, CreateTable  # noqa: PLC0415

    from dunnock.app.tables import metadata  # noqa: PLC0415
    from dunnock.foundation.db import EXTRAS  # noqa: PLC0415

    dialect: Any = sqlite.dialect() if engine == "sqlite" else asyncpg.dialect()  # type: ignore[no-untyped-call]
    made: list[Any] = []
    for table in metadata.sorted_tables:
        made += [
            CreateTable(table),
            *(CreateIndex(one) for one in sorted(table.indexes, key=lambda one: str(one.name))),
        ]
    extras = [statement for extra in EXTRAS.values() for statement in getattr(extra, engine)]
    whole = [*(str(one.compile(dialect=dialect)) for one in made), *extras, *_STAMP]
    return whole if engine == "sqlite" else ["BEGIN", *whole, "COMMIT"]


def _statements(version: str | None, to: str) -> list[str]:
    """What brings PostgreSQL from `version` to `to`, statement by statement."""
    if version == HEAD and to in {"head", HEAD}:
        return []
    if version is None and to == "head":
        return _all_at_once("postgresql")
    from alembic import command  # noqa: PLC0415 (a new server does without)

    written = _Statements()
    command.upgrade(_config(statements=written), f"{version}:{to}" if version else to, sql=True)
    return [text for text in written if text.strip("; \n")]


class _Statements(list[str]):
    """Stands for the file that Alembic writes to: each of its writes is one statement."""

    def write(self, text: str) -> None:
        self.append("\n".join(line for line in text.splitlines() if not line.startswith("--")))

    def flush(self) -> None:
        """Nothing is held back."""


def _config(**attributes: Any) -> Any:
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes.update(attributes)
    return config


if __name__ == "__main__":
    collector.collect_rarely()
    upgrade(sys.stdin.read().strip())
