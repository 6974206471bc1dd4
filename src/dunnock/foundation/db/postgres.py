"""PostgreSQL through asyncpg: prepared statements, no reset between uses, wake-up by LISTEN/NOTIFY."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

import asyncpg
import msgspec

from dunnock.foundation import events, ids
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import log
from dunnock.foundation.db.face import Busy, Commits, Conflict, Db, Listener, Row, Tx
from dunnock.foundation.db.sql import Sql
from dunnock.foundation.events import Event, Logged
from dunnock.foundation import job as jobs

CHANNEL = "dunnock_events"
_SLOT_LOCKS = 0x64756E  # class of the advisory locks that hold id slots
_MOST_BYTES = 7000  # a notification's payload is limited to 8000
_BUSY = (
    asyncpg.QueryCanceledError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    asyncpg.PostgresConnectionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    ConnectionError,
    TimeoutError,
)


class _Connection(asyncpg.Connection):
    async def reset(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 (asyncpg's signature)
        """Nothing to reset: we leave no state behind (saves a round trip for each use)."""


def _told(error: Exception) -> Exception:
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        return Conflict(str(error))
    return Busy(str(error)) if isinstance(error, _BUSY) else error


class PostgresDb(Db):
    """The scale-out engine. See `face.Db`."""

    engine = "postgresql"

    def __init__(self, url: str, pool: asyncpg.Pool[Any], own: asyncpg.Connection[Any], slot: int) -> None:
        """Use `open` instead."""
        self.url, self._pool, self._own = url, pool, own
        self._ids = ids.IdMaker(slot)
        self.commits = Commits()
        self._listeners: list[Listener] = []
        self._heard = 0
        self._closing = False
        self._keeper: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, url: str, *, size: int = 8, timeout_s: float = 5.0) -> PostgresDb:
        """Connect; `timeout_s`: the longest a statement may run.

        Raises:
            RuntimeError: 64 processes use this database already.
        """
        pool = await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=size,
            connection_class=_Connection,
            command_timeout=timeout_s + 5,
            server_settings={
                "statement_timeout": str(int(timeout_s * 1000)),
                "idle_in_transaction_session_timeout": "60000",
                "jit": "off",
                "application_name": "dunnock",
            },
        )
        own = await asyncpg.connect(url, server_settings={"application_name": "dunnock-bus"})
        for slot in range(ids.SLOTS):
            if await own.fetchval("SELECT pg_try_advisory_lock($1, $2)", _SLOT_LOCKS, slot):
                return cls(url, pool, own, slot)
        raise RuntimeError(f"{ids.SLOTS} processes use this database already")

    def new_id(self) -> int:
        """A fresh time-ordered id."""
        return self._ids.next()

    # Reading ------------------------------------------------------------------------------------------------------

    async def all(self, sql: Sql, **params: Any) -> list[Row]:
        """Every row (asyncpg records: they index and unpack like tuples)."""
        form = sql.postgres
        try:
            async with self._pool.acquire() as conn:
                return await conn.fetch(form.text, *form.args(params))
        except (asyncpg.PostgresError, *_BUSY) as error:
            raise _told(error) from error

    async def one(self, sql: Sql, **params: Any) -> Row | None:
        """The first row; None when there is none."""
        form = sql.postgres
        try:
            async with self._pool.acquire() as conn:
                row: Row | None = await conn.fetchrow(form.text, *form.args(params))
                return row
        except (asyncpg.PostgresError, *_BUSY) as error:
            raise _told(error) from error

    async def value(self, sql: Sql, **params: Any) -> Any:
        """The first column of the first row; None when there is none."""
        row = await self.one(sql, **params)
        return None if row is None else row[0]

    async def slow(self, sql: Sql, **params: Any) -> list[Row]:
        """Like `all`, with up to 30 seconds."""
        form = sql.postgres
        try:
            async with self._pool.acquire() as conn, conn.transaction():
                await conn.execute("SET LOCAL statement_timeout = 30000")
                return await conn.fetch(form.text, *form.args(params), timeout=35)
        except (asyncpg.PostgresError, *_BUSY) as error:
            raise _told(error) from error

    # Hearing ------------------------------------------------------------------------------------------------------

    def sync(self) -> None:
        """Nothing to do: other processes' commits arrive by notification; our own are heard before they are answered."""

    def listen(self, listener: Listener) -> None:
        """Have `listener` called with every event after its commit."""
        self._listeners.append(listener)
        if self._keeper is None:
            self._keeper = asyncio.get_running_loop().create_task(self._keep_listening())

    async def _keep_listening(self) -> None:
        """Keep one connection on the channel; after a break, hear again what the log got meanwhile."""
        self._heard = await self.value(log.LAST_ID)
        form = log.AFTER_ID.postgres
        while not self._closing:
            try:
                conn = await asyncpg.connect(self.url, server_settings={"application_name": "dunnock-listen"})
            except (OSError, asyncpg.PostgresError):
                await asyncio.sleep(0.5)
                continue
            gone = asyncio.Event()
            conn.add_termination_listener(lambda *_, gone=gone: gone.set())
            try:
                await conn.add_listener(CHANNEL, self._notified)
                # Ids are not in commit order: look a little further back than the last one heard.
                after = max(self._heard - 1000, 0)
                while rows := await conn.fetch(form.text, *form.args({"id": after, "most": 5000})):
                    after = rows[-1][1]
                    self._tell(rows)
                await gone.wait()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(0.5)
            finally:
                conn.terminate()

    def _notified(self, _conn: Any, _pid: int, _channel: str, payload: Any) -> None:
        self._tell(msgspec.json.decode(payload))

    def _tell(self, rows: Iterable[Any]) -> None:
        heard = []
        for tx, an_id, at, kind, body in rows:
            self._heard = max(self._heard, an_id)
            event = events.decode(kind, body)
            if event is not None:
                heard.append(Logged(tx, an_id, at, event))
        for listener in self._listeners:
            listener(heard)

    # Writing ------------------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def begin(self) -> AsyncIterator[Tx]:
        """A transaction on a connection of its own."""
        try:
            async with self._pool.acquire(timeout=15) as conn:
                async with conn.transaction():
                    tx = _PostgresTx(self, conn, now_ms())
                    yield tx
                    begun = time.perf_counter()
                    told = await tx.flush()
                self.commits.add(time.perf_counter() - begun)
        except (asyncpg.PostgresError, *_BUSY) as error:
            raise _told(error) from error
        self._tell(told)

    async def close(self) -> None:
        """Let go of the database."""
        self._closing = True
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
        try:
            await asyncio.wait_for(self._pool.close(), 5)
        except TimeoutError:
            self._pool.terminate()
        await self._own.close(timeout=2)


class _PostgresTx:
    """See `face.Tx`."""

    __slots__ = ("_conn", "_db", "_events", "_jobs", "now")

    def __init__(self, db: PostgresDb, conn: Any, now: int) -> None:
        self._db, self._conn, self.now = db, conn, now
        self._events: list[Event] = []
        self._jobs: list[tuple[jobs.Job, int]] = []

    async def all(self, sql: Sql, **params: Any) -> list[Row]:
        form = sql.postgres
        rows: list[Row] = await self._conn.fetch(form.text, *form.args(params))
        return rows

    async def one(self, sql: Sql, **params: Any) -> Row | None:
        form = sql.postgres
        row: Row | None = await self._conn.fetchrow(form.text, *form.args(params))
        return row

    async def value(self, sql: Sql, **params: Any) -> Any:
        row = await self.one(sql, **params)
        return None if row is None else row[0]

    async def run(self, sql: Sql, **params: Any) -> int:
        form = sql.postgres
        try:
            status: str = await self._conn.execute(form.text, *form.args(params))
        except asyncpg.IntegrityConstraintViolationError as error:
            raise Conflict(str(error)) from error
        last = status.rsplit(" ", 1)[-1]
        return int(last) if last.isdigit() else 0

    async def many(self, sql: Sql, rows: Iterable[Mapping[str, Any]]) -> None:
        form = sql.postgres
        await self._conn.executemany(form.text, [form.args(row) for row in rows])

    async def record(self, event: Event) -> None:
        self._events.append(event)

    async def enqueue(self, job: jobs.Job, *, run_at: int | None = None) -> None:
        self._jobs.append((job, self.now if run_at is None else run_at))

    def new_id(self) -> int:
        return self._db.new_id()

    @contextlib.asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        heard, asked = len(self._events), len(self._jobs)
        try:
            async with self._conn.transaction():
                yield
        except BaseException:
            del self._events[heard:], self._jobs[asked:]
            raise

    async def flush(self) -> list[tuple[int, int, int, str, str]]:
        """Write events and jobs and notify; what listeners in this process are told after the commit."""
        if self._jobs:
            form = log.ADD_JOB.postgres
            await self._conn.executemany(
                form.text,
                [
                    form.args(
                        {"id": self.new_id(), "kind": j.kind, "body": jobs.encode(j), "lane": j.lane, "run_at": at}
                    )
                    for j, at in self._jobs
                ],
            )
        if not self._events:
            if self._jobs:
                await self._conn.execute(f"NOTIFY {CHANNEL}, '[]'")
            return []
        kinds, bodies = [e.kind for e in self._events], [events.encode(e) for e in self._events]
        rows = await self._conn.fetch(_ADD_AND_TELL, self.now, kinds, bodies)
        told = [(row[0], row[1], self.now, kind, body) for row, kind, body in zip(rows, kinds, bodies, strict=True)]
        chunk: list[Any] = []
        size = 0
        for one in told:
            length = len(one[4].encode()) + len(one[3]) + 80
            if chunk and size + length > _MOST_BYTES:
                await self._notify(chunk)
                chunk, size = [], 0
            chunk.append(one)
            size += length
        await self._notify(chunk)
        return told

    async def _notify(self, chunk: list[Any]) -> None:
        await self._conn.execute(_NOTIFY, msgspec.json.encode(chunk).decode())


_ADD_AND_TELL = (
    "INSERT INTO event_log (tx, at, kind, body) "
    "SELECT pg_current_xact_id()::text::bigint, $1, k, b FROM unnest($2::text[], $3::text[]) AS e(k, b) "
    "RETURNING tx, id"
)
_NOTIFY = f"SELECT pg_notify('{CHANNEL}', $1)"
