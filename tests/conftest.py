"""What every test may ask for: real servers, one database to a worker."""

from __future__ import annotations

import asyncio
import functools
import gc
import importlib
import os
import pkgutil
import re
import shutil
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
import sqlalchemy
from argon2 import PasswordHasher
from sqlalchemy.dialects.postgresql.asyncpg import dialect as postgres_dialect
from sqlalchemy.schema import CreateIndex, CreateTable

import dunnock
import services
from dunnock.accounts import passwords
from dunnock.accounts.tries import Tries
from dunnock.foundation import db as database
from dunnock.foundation.db import Db
from dunnock.foundation.db.log import AFTER_ID
from dunnock.foundation.events import Event, decode
from making import Make

ENGINES = ("sqlite", "postgresql")
_ROOM = 4 * 2**30


def pytest_configure(config: pytest.Config) -> None:
    gc.set_threshold(10_000, 10, 10)  # a fifth of the tests' work was Python looking at what all tests are made of
    services.begin()
    if place := _in_memory():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", place)
    os.environ.setdefault("PGSSLMODE", "disable")  # nobody listens on 127.0.0.1; a client makes ready for TLS in 1 ms
    # Most tests have members, whose passwords need not be safe; servers in processes of their own hash as they should.
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    passwords._NOBODY = passwords._hasher.hash("nobody")


def _in_memory() -> str | None:
    """Where files are only memory, if there is plenty: thousands of databases wait for the disk half of their time."""
    place = Path("/dev/shm")
    try:
        there = os.statvfs(place)
        spare = re.search(r"MemAvailable: +(\d+) kB", Path("/proc/meminfo").read_text())
    except OSError:
        return None
    room = min(there.f_bavail * there.f_frsize, 1024 * int(spare[1]) if spare else 0)
    if there.f_flag & (os.ST_NOEXEC | os.ST_RDONLY) or not os.access(place, os.W_OK) or room < _ROOM:
        return None
    return str(place)


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests of pages and endpoints ask SQLite only, unless they are marked `both_engines`.

    They call what the tests of the packages below call on both engines; marked are those that ask PostgreSQL what no other
    test asks it (a statement, or one with values of other types), so that everything is still asked there.
    """
    place = metafunc.definition.path.relative_to(Path(__file__).parent).parts[0]
    if place not in {"api", "web"} or "database_url" not in metafunc.fixturenames:
        return
    if metafunc.definition.get_closest_marker("both_engines") is None and "DUNNOCK_TEST_BOTH_ENGINES" not in os.environ:
        metafunc.definition.add_marker(pytest.mark.parametrize("database_url", ["sqlite"], indirect=True))


def pytest_collection_finish(session: pytest.Session) -> None:
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    gc.unfreeze()  # so that everything is torn down in its order
    services.end()


REAL_HASHER, REAL_NOBODY = passwords._hasher, passwords._NOBODY


@pytest.fixture
def real_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed in this process, too, as they should."""
    monkeypatch.setattr(passwords, "_hasher", REAL_HASHER)
    monkeypatch.setattr(passwords, "_NOBODY", REAL_NOBODY)


@pytest.fixture(autouse=True)
def nothing_tried() -> None:
    """What earlier tests tried (to sign in, to join, to get mail) does not count in this one."""
    for name in ("mail_links", "sign_in", "sign_up"):
        for value in vars(importlib.import_module(f"dunnock.accounts.{name}")).values():
            if isinstance(value, Tries):
                value._at.clear()


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """An empty database of this worker on the session's PostgreSQL (fast: it forgets its writes on a power cut)."""
    return services.postgres(f"dunnock_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")


@pytest.fixture(scope="session")
def redis_url() -> str:
    """A Redis of this worker's own."""
    return services.redis(os.environ.get("PYTEST_XDIST_WORKER", "main"))


@functools.cache
def _tables() -> list[sqlalchemy.Table]:
    """Every table of every domain, in an order in which they can be made."""
    for package in (one for one in pkgutil.iter_modules(dunnock.__path__) if one.ispkg):
        for module in (f"dunnock.{package.name}.tables", f"dunnock.{package.name}.db.tables"):
            try:
                importlib.import_module(module)
            except ModuleNotFoundError as error:
                if error.name is None or not module.startswith(error.name):
                    raise
    return database.metadata.sorted_tables


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema and nothing in it."""
    _tables()
    path = tmp_path_factory.mktemp("template") / "empty.db"
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    database.metadata.create_all(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_ready(postgres_url: str) -> str:
    """The worker's PostgreSQL database, with the schema."""

    async def build() -> None:
        conn = await asyncpg.connect(postgres_url)
        try:
            if await conn.fetchval("SELECT to_regclass('event_log')") is None:
                for table in _tables():
                    await conn.execute(str(CreateTable(table).compile(dialect=postgres_dialect())))
                    for index in sorted(table.indexes, key=lambda one: str(one.name)):
                        await conn.execute(str(CreateIndex(index).compile(dialect=postgres_dialect())))
                for extra in database.EXTRAS.values():
                    for statement in extra.postgresql:
                        await conn.execute(statement)
        finally:
            await conn.close()

    asyncio.run(build())
    return postgres_url


class Sweeper:
    """Empties a worker's PostgreSQL database, over one connection that it keeps.

    A new connection would read anew what each of the tables looks like, which takes PostgreSQL ten times as long as the rest.
    """

    def __init__(self, url: str) -> None:
        # Rows of a test are few and in few tables: DELETE is ten times faster than TRUNCATE, and only where there are any.
        self._names = [table.name for table in _tables()]
        looks = ", ".join(f'EXISTS (SELECT FROM "{name}")' for name in self._names)
        self._any = f"SELECT ARRAY[{looks}]"
        self._url = url
        self._conn: asyncpg.Connection[asyncpg.Record] | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sweeper", daemon=True)
        self._thread.start()

    def sweep(self) -> None:
        asyncio.run_coroutine_threadsafe(self._sweep(), self._loop).result(60)

    async def _sweep(self) -> None:
        if self._conn is None or self._conn.is_closed():
            self._conn = await asyncpg.connect(self._url, server_settings={"session_replication_role": "replica"})
        some = await self._conn.fetchval(self._any)
        if full := [name for name, held in zip(self._names, some, strict=True) if held]:
            await self._conn.execute(";".join(f'DELETE FROM "{name}"' for name in full))

    def close(self) -> None:
        if self._conn is not None:
            asyncio.run_coroutine_threadsafe(self._conn.close(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture(scope="session")
def sweeper(postgres_ready: str) -> Iterator[Sweeper]:
    made = Sweeper(postgres_ready)
    yield made
    made.close()


@pytest.fixture
def postgres_empty(postgres_ready: str, sweeper: Sweeper) -> str:
    """The same, with no rows."""
    sweeper.sweep()
    return postgres_ready


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database with the schema, once for each engine."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres_empty")
        return url
    path = tmp_path / "dunnock.db"
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    return f"sqlite:///{path}"


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Db]:
    """An open, empty database, once for each engine."""
    opened = await database.open_db(database_url)
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture
def make(db: Db) -> Make:
    """Rows without events; see `making.Make`."""
    return Make(db)


@pytest.fixture
def events(db: Db) -> Callable[[], Awaitable[list[Event]]]:
    """All events recorded so far, oldest first."""

    async def recorded() -> list[Event]:
        rows = await db.all(AFTER_ID, id=0, most=100_000)
        return [event for _, _, _, kind, body in rows if (event := decode(kind, body)) is not None]

    return recorded
