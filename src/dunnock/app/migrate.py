"""Brings the database to the schema of this release. Runs in a process of its own: Alembic is large, servers run long."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

from dunnock.app import collector
from dunnock.app.migrations import HEAD
from dunnock.foundation.db import open_db
from dunnock.foundation.db.schema import change_postgres, schema_version

_STAMP = (  # as Alembic does it
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))",
    f"INSERT INTO alembic_version (version_num) VALUES ('{HEAD}')",
)


class MigrationFailed(Exception):
    """The schema could not be brought up to date; the text says why."""


async def is_current(url: str) -> bool:
    """Has the database of `url` the schema of this release? Costs a millisecond or two."""
    if url.startswith("sqlite:///") and not os.path.exists(url.removeprefix("sqlite:///")):  # noqa: ASYNC240, PTH110 (microseconds)
        return False
    db = await open_db(url, pool=1)
    try:
        return await schema_version(db) == HEAD
    finally:
        await db.close()


async def bring_up_to_date(url: str) -> bool:
    """Migrate in a child process when the schema is not this release's; whether there was anything to do.

    Raises:
        MigrationFailed: the child failed; its output is in the text.
    """
    if await is_current(url):
        return False
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
    from sqlalchemy import NullPool, create_engine, event  # noqa: PLC0415 (only this process pays for it)

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
        if to != "head" or not _made_at_once(connection):
            from alembic import command  # noqa: PLC0415 (a new server does without)

            command.upgrade(_config(connection=connection), to)
    engine.dispose()


def _made_at_once(connection: Any) -> bool:
    """Make all tables of an SQLite file that has none; False: it has some."""
    from dunnock.app.tables import metadata  # noqa: PLC0415 (only this process pays for it)

    with connection.begin():
        if connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar():
            return False
        metadata.create_all(connection)
        for statement in _STAMP:
            connection.exec_driver_sql(statement)
    return True


def _all_at_once() -> list[str]:
    """What makes all tables in an empty PostgreSQL database."""
    from sqlalchemy.dialects.postgresql.asyncpg import dialect  # noqa: PLC0415
    from sqlalchemy.schema import CreateIndex, CreateTable  # noqa: PLC0415

    from dunnock.app.tables import metadata  # noqa: PLC0415
    from dunnock.foundation.db import EXTRAS  # noqa: PLC0415

    postgres: Any = dialect()  # type: ignore[no-untyped-call]
    made: list[Any] = []
    for table in metadata.sorted_tables:
        made += [
            CreateTable(table),
            *(CreateIndex(one) for one in sorted(table.indexes, key=lambda one: str(one.name))),
        ]
    extras = [statement for extra in EXTRAS.values() for statement in extra.postgresql]
    whole = [*(str(one.compile(dialect=postgres)) for one in made), *extras, *_STAMP]
    return ["BEGIN", *whole, "COMMIT"]


def _statements(version: str | None, to: str) -> list[str]:
    """What brings PostgreSQL from `version` to `to`, statement by statement."""
    if version == HEAD and to in {"head", HEAD}:
        return []
    if version is None and to == "head":
        return _all_at_once()
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
