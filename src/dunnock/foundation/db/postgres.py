"""PostgreSQL through asyncpg: prepared statements, no reset between uses, wake-up by LISTEN/NOTIFY."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import asyncpg
import msgspec
import structlog

from dunnock.foundation import events, ids
from dunnock.foundation import job as jobs
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import log
from dunnock.foundation.db.face import Busy, Commits, Conflict, Db, Listener, Row, Tx
from dunnock.foundation.db.sql import Sql
from dunnock.foundation.events import Event

if TYPE_CHECKING:
    from dunnock.foundation.redis_bus import RedisBus

CHANNEL = "dunnock_events"
_SLOT_LOCKS = 0x64756E  # class of the advisory locks that hold id slots
_MOST_BYTES = 7900  # a notification's payload is limited to 8000
_PATIENCE_S = 15.0  # for a connection of the pool
_CHECK_S = 5.0  # how often the listening connection is asked whether it is still there
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
    asyncpg.CrashShutdownError,
    asyncpg.DiskFullError,
    asyncpg.InvalidCachedStatementError,
    ConnectionError,
    TimeoutError,
)


_Row = tuple[int, int, int, str, str]
_log = structlog.get_logger()


class _Connection(asyncpg.Connection):
    async def reset(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 (asyncpg's signature)
        """Nothing to reset, since we leave no state behind (saves a round trip for each use).

        But one who was cancelled while undoing leaves a transaction open, and the next would be in the middle of it.
        """
        if self.is_in_transaction():
            await super().reset(timeout=timeout)


def _told(error: Exception) -> Exception:
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        return Conflict(str(error))
    if isinstance(error, (ValueError, asyncpg.InternalClientError)):
        return error  # a mistake of ours: a value that its column can't hold, the driver used in a wrong way
    return Busy(f"{type(error).__name__}: {error}") if isinstance(error, _BUSY) else error


async def _take_slot(url: str, first: int = 0) -> tuple[asyncpg.Connection[Any], int]:
    """A connection that holds an id slot as long as it lives, and the slot: `first` if it is free."""
    own = await asyncpg.connect(
        url, timeout=10, command_timeout=10, server_settings={"application_name": "dunnock-slot"}
    )
    try:
        for slot in (first, *range(ids.SLOTS)):
            if await own.fetchval("SELECT pg_try_advisory_lock($1, $2)", _SLOT_LOCKS, slot):
                return own, slot
    except BaseException:
        own.terminate()
        raise
    own.terminate()
    raise RuntimeError(f"{ids.SLOTS} processes use this database already")


class PostgresDb(Db):
    """The scale-out engine. See `face.Db`."""

    engine = "postgresql"

    def __init__(self, url: str, pool: asyncpg.Pool[Any], own: asyncpg.Connection[Any], slot: int, since: int) -> None:
        """Use `open` instead."""
        self.url, self._pool = url, pool
        self._ids = ids.IdMaker(slot)
        self.commits = Commits()
        self._listeners: list[Listener] = []
        self._since = since  # whatever was written by transactions before this one was heard of
        self._look = asyncio.Event()
        self._closing = False
        self._keeper: asyncio.Task[None] | None = None
        self._slot_keeper: asyncio.Task[None] | None = None
        self.bus: RedisBus | None = None
        self._fallbacks: set[asyncio.Task[None]] = set()
        self._hearer: Callable[[str], None] | None = None
        self._holders: set[asyncio.Task[Any] | None] = set()
        self._own: asyncpg.Connection[Any] | None = None
        self._hold(own)

    @classmethod
    async def open(cls, url: str, *, size: int = 8, timeout_s: float = 5.0, redis_url: str = "") -> PostgresDb:
        """Connect; `timeout_s`: the longest a statement may run.

        `redis_url`: tell other processes of commits over Redis instead of NOTIFY, which has all commits of events take
        one lock; processes without it are still heard.

        Raises:
            RuntimeError: 64 processes use this database already.
        """
        own, slot = await _take_slot(url)
        try:
            await own.execute(_FORGET_OTHER_CLUSTER)
            since = await own.fetchval(_SETTLED)
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
        except BaseException:
            own.terminate()
            raise
        opened = cls(url, pool, own, slot, since)
        if redis_url:
            name = await pool.fetchval("SELECT current_database()")
            from dunnock.foundation.redis_bus import RedisBus  # noqa: PLC0415 (only who uses it pays for it)

            opened.bus = RedisBus(redis_url, f"dunnock:{name}")
            opened.bus.start(opened._heard_over_redis, opened._look.set, opened._notify_instead)
        return opened

    def new_id(self) -> int:
        """A fresh time-ordered id.

        Raises:
            Busy: another process may have our slot by now; for the moment until we have one again.
        """
        if self._own is None:
            raise Busy("the id slot was lost with its connection")
        return self._ids.next()

    def _hold(self, own: asyncpg.Connection[Any]) -> None:
        self._own = own
        own.add_termination_listener(self._slot_lost)

    def _slot_lost(self, *_: object) -> None:
        self._own = None
        if not self._closing:
            self._slot_keeper = asyncio.get_running_loop().create_task(self._take_slot_again(), name="id slot")

    async def _take_slot_again(self) -> None:
        while not self._closing:
            try:
                own, slot = await _take_slot(self.url, self._ids.slot)
            except (OSError, RuntimeError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.warning("no id slot", why=str(error))
                await asyncio.sleep(0.3)
            else:
                self._ids.move(slot)
                self._hold(own)
                return

    # Reading ------------------------------------------------------------------------------------------------------

    async def all(self, sql: Sql, **params: Any) -> list[Row]:
        """Every row (asyncpg records: they index and unpack like tuples)."""
        form = sql.postgres
        try:
            async with asyncio.timeout(_PATIENCE_S), self._pool.acquire() as conn:
                return await conn.fetch(form.text, *form.args(params))
        except (asyncpg.PostgresError, *_BUSY) as error:
            raise _told(error) from error

    async def one(self, sql: Sql, **params: Any) -> Row | None:
        """The first row; None when there is none."""
        form = sql.postgres
        try:
            async with asyncio.timeout(_PATIENCE_S), self._pool.acquire() as conn:
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
            async with asyncio.timeout(60), self._pool.acquire() as conn, conn.transaction():
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

    def shout(self, text: str) -> None:
        """Tell the other processes, by notification or over Redis."""
        payload = f"{_SHOUT}{self._ids.slot}:{text}"
        if self.bus is not None:
            self.bus.tell(payload)
        else:
            self._notify_instead(payload)

    def hear(self, hearer: Callable[[str], None]) -> None:
        """Have `hearer` called with what they tell; needs `listen`, too."""
        self._hearer = hearer

    async def _keep_listening(self) -> None:
        """Keep one connection on the channel. What was committed while there was none is read from the log."""
        while not self._closing:
            try:
                conn = await asyncpg.connect(
                    self.url, timeout=10, command_timeout=10, server_settings={"application_name": "dunnock-listen"}
                )
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.warning("can't listen", why=str(error))
                await asyncio.sleep(0.3)
                continue
            try:
                await self._listen_on(conn)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.warning("listening was interrupted", why=str(error))
                await asyncio.sleep(0.1)
            finally:
                conn.terminate()

    async def _listen_on(self, conn: asyncpg.Connection[Any]) -> None:
        """Hear, until the connection breaks.

        Ids are not in commit order, so how far we have heard is told by transactions: all before the oldest that was
        open some checks ago. What comes after is heard again when in doubt.
        """
        stir = self._look
        gone = False

        def end(*_: object) -> None:
            nonlocal gone
            gone = True
            stir.set()

        conn.add_termination_listener(end)
        await conn.add_listener(CHANNEL, self._notified)
        stir.set()
        recent = await conn.fetchval(_SETTLED)
        while not gone:
            # A message over Redis can be lost with its sender, a notification can't: with Redis the log is always read on.
            if stir.is_set() or self.bus is not None:
                stir.clear()
                await self._read_on(conn)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stir.wait(), _CHECK_S)
            if not gone:
                # Asking finds out too when the other end went away without a word. Notifications that were under way at
                # the last answer have come by now: so it is that one's transactions that are done with.
                now = await conn.fetchval(_SETTLED)
                if not stir.is_set():
                    self._since, recent = recent, now

    async def _read_on(self, conn: asyncpg.Connection[Any]) -> None:
        form = log.SINCE.postgres
        tx, an_id = self._since, -1
        while rows := await conn.fetch(form.text, *form.args({"tx": tx, "id": an_id, "most": 5000})):
            tx, an_id = rows[-1][0], rows[-1][1]
            self._tell(rows)

    def _heard_over_redis(self, payload: str) -> None:
        self._notified(None, 0, CHANNEL, payload)

    def _notify_instead(self, payload: str) -> None:
        """Have the database tell the others: Redis is away, or there is none."""

        async def notify() -> None:
            with contextlib.suppress(asyncpg.PostgresError, *_BUSY):
                await self._pool.execute(_NOTIFY, payload)

        task = asyncio.get_running_loop().create_task(notify())
        self._fallbacks.add(task)
        task.add_done_callback(self._fallbacks.discard)

    def _notified(self, _conn: Any, _pid: int, _channel: str, payload: Any) -> None:
        if payload.startswith(_SHOUT):
            slot, _, text = payload[len(_SHOUT) :].partition(":")
            if self._hearer is not None and slot != str(self._ids.slot):
                self._hearer(text)
            return
        try:
            rows = msgspec.json.decode(payload, type=list[_Row])
        except ValueError:
            self._look.set()  # too long for a notification, or nothing of ours: the log tells
        else:
            self._tell(rows)

    def _tell(self, rows: Iterable[Any]) -> None:
        log.tell(self._listeners, log.read(rows))

    # Writing ------------------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def begin(self, *, durable: bool = True) -> AsyncIterator[Tx]:  # noqa: ARG002 (durable it is, always)
        """A transaction on a connection of its own."""
        me = asyncio.current_task()
        if me in self._holders:
            raise RuntimeError("a transaction is open already in this task: pass its `tx` on")
        self._holders.add(me)
        try:
            async with asyncio.timeout(_PATIENCE_S) as patience, self._pool.acquire() as conn:
                patience.reschedule(None)
                async with conn.transaction():
                    tx = _PostgresTx(self, conn, now_ms())
                    try:
                        yield tx
                        begun = time.perf_counter()
                        told = await tx.flush()
                    finally:
                        tx.end()
                self.commits.add(time.perf_counter() - begun)
        except (asyncpg.PostgresError, *_BUSY) as error:
            raise _told(error) from error
        finally:
            self._holders.discard(me)
        self._tell(told)
        if self.bus is not None:
            for payload in tx.payloads:
                self.bus.tell(payload)

    async def close(self) -> None:
        """Let go of the database."""
        self._closing = True
        if self.bus is not None:
            await self.bus.close()
        for keeper in (self._keeper, self._slot_keeper):
            if keeper is not None:
                keeper.cancel()
                await asyncio.wait([keeper])
        try:
            await asyncio.wait_for(self._pool.close(), 5)
        except TimeoutError:
            self._pool.terminate()
        if self._own is not None:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._own.close(timeout=2)


class _PostgresTx:
    """See `face.Tx`."""

    __slots__ = ("_conn", "_db", "_events", "_jobs", "now", "payloads")

    def __init__(self, db: PostgresDb, conn: Any, now: int) -> None:
        self._db, self._conn, self.now = db, conn, now
        self._events: list[Event] = []
        self._jobs: list[tuple[jobs.Job, int]] = []
        self.payloads: list[str] = []  # what other processes are told over the bus after the commit

    def end(self) -> None:
        """Refuse whoever kept hold of this object."""
        self._conn = _OVER

    async def all(self, sql: Sql, **params: Any) -> list[Row]:
        form = sql.postgres
        try:
            rows: list[Row] = await self._conn.fetch(form.text, *form.args(params))
        except (asyncpg.PostgresError, *_BUSY) as error:
            raise _told(error) from error
        return rows

    async def one(self, sql: Sql, **params: Any) -> Row | None:
        form = sql.postgres
        try:
            row: Row | None = await self._conn.fetchrow(form.text, *form.args(params))
        except (asyncpg.PostgresError, *_BUSY) as error:
            raise _told(error) from error
        return row

    async def value(self, sql: Sql, **params: Any) -> Any:
        row = await self.one(sql, **params)
        return None if row is None else row[0]

    async def run(self, sql: Sql, **params: Any) -> int:
        form = sql.postgres
        try:
            status: str = await self._conn.execute(form.text, *form.args(params))
        except (asyncpg.PostgresError, *_BUSY) as error:
            raise _told(error) from error
        last = status.rsplit(" ", 1)[-1]
        return int(last) if last.isdigit() else 0

    async def many(self, sql: Sql, rows: Iterable[Mapping[str, Any]]) -> None:
        form = sql.postgres
        try:
            await self._conn.executemany(form.text, [form.args(row) for row in rows])
        except (asyncpg.PostgresError, *_BUSY) as error:
            raise _told(error) from error

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
                await self._notify([])
            return []
        kinds, bodies = [e.kind for e in self._events], [events.encode(e) for e in self._events]
        rows = await self._conn.fetch(_ADD_AND_TELL, self.now, kinds, bodies)
        told = [(row[0], row[1], self.now, kind, body) for row, kind, body in zip(rows, kinds, bodies, strict=True)]
        chunk: list[bytes] = []
        size = 2
        for one in told:
            shown = msgspec.json.encode(one)
            if len(shown) + 2 > _MOST_BYTES:
                await self._announce(_LOOK)
                continue
            if size + len(shown) + 1 > _MOST_BYTES:
                await self._notify(chunk)
                chunk, size = [], 2
            chunk.append(shown)
            size += len(shown) + 1
        await self._notify(chunk)
        return told

    async def _notify(self, chunk: list[bytes]) -> None:
        await self._announce(f"[{b','.join(chunk).decode()}]")

    async def _announce(self, payload: str) -> None:
        if self._db.bus is None:
            await self._conn.execute(_NOTIFY, payload)
        else:
            self.payloads.append(payload)


class _Over:
    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("this transaction is over")


_OVER: Any = _Over()
_LOOK = "look"  # said instead of an event that is too long to be told
_SETTLED = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
# A dump restored elsewhere brings transaction numbers of its old home, which may lie ahead of this one's: new events
# would then wait for them for ever. What is visible has always a smaller number than the snapshot's end.
_FORGET_OTHER_CLUSTER = """
DO $$ BEGIN
    IF to_regclass('event_log') IS NOT NULL AND to_regclass('reactions') IS NOT NULL THEN
        IF EXISTS (SELECT 1 FROM event_log WHERE tx >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint) THEN
            LOCK TABLE event_log, reactions;
            UPDATE reactions SET tx = 0;
            UPDATE event_log SET tx = 0;
        END IF;
    END IF;
END $$
"""
_ADD_AND_TELL = (
    "INSERT INTO event_log (tx, at, kind, body) "
    "SELECT pg_current_xact_id()::text::bigint, $1, k, b FROM unnest($2::text[], $3::text[]) AS e(k, b) "
    "RETURNING tx, id"
)
_SHOUT = "#"  # begins what is told once and not kept; an event's notification begins with a bracket
_NOTIFY = f"SELECT pg_notify('{CHANNEL}', $1)"
