"""SQLite: reads on the event loop (they take microseconds), one writer, and one fsync for all who wait (group commit)."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import structlog

from dunnock.foundation import events, ids
from dunnock.foundation import job as jobs
from dunnock.foundation.bus import Sockets
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import log
from dunnock.foundation.db.face import Busy, Commits, Conflict, Db, Listener, Row, Tx
from dunnock.foundation.db.flush import Flush
from dunnock.foundation.db.sql import Sql
from dunnock.foundation.events import Event

_TAIL = 5000  # events heard at once after another process's commits
_OPS_PER_CHECK = 20_000  # virtual machine steps between two looks at the clock: below a millisecond
_CACHE_KIB = 16_384
# The whole database, or this statement's time with it, is the trouble: not what was asked.
_TROUBLE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)
_log = structlog.get_logger()


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A bare connection with the settings that every connection of ours has."""
    # Patient until it is open: after a crash the first process to come recovers the file, and others have to wait for it.
    conn = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512, timeout=10)
    conn.execute("PRAGMA journal_mode = WAL")
    # The write-ahead log is flushed by us, and only for transactions that somebody was promised (`flush.Flush`).
    conn.execute("PRAGMA synchronous = NORMAL")
    conn.execute("PRAGMA foreign_keys = ON")
    conn.execute("PRAGMA temp_store = MEMORY")
    conn.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    conn.execute("PRAGMA journal_size_limit = 67108864")
    # A reader is let in at once but in moments of recovery; a writer waits in a thread instead (`SqliteDb._wait_for_turn`).
    conn.execute(f"PRAGMA busy_timeout = {200 if read_only else 0}")
    if read_only:
        conn.execute("PRAGMA query_only = ON")
    return conn


async def _see_through(future: asyncio.Future[Any]) -> bool:
    """Wait for what a thread does, to its end, however often we are cancelled meanwhile; whether we were."""
    cancelled = False
    while not future.done():
        try:
            await asyncio.wait([future])
        except asyncio.CancelledError:
            cancelled = True
    return cancelled


class _Deadline:
    """Interrupts a statement of one connection that runs past its time limit."""

    def __init__(self, conn: sqlite3.Connection, limit_s: float) -> None:
        self._limit, self._end = limit_s, 0.0
        conn.set_progress_handler(self._check, _OPS_PER_CHECK)

    def restart(self) -> None:
        self._end = 0.0

    def _check(self) -> int:
        # The clock is first read when a statement has already run for a while, so quick ones never pay for it.
        now = time.monotonic()
        if not self._end:
            self._end = now + self._limit
        return now > self._end


class SqliteDb(Db):
    """The embedded engine. See `face.Db`."""

    engine = "sqlite"

    def __init__(self, path: Path, *, slots: Path | None = None, timeout_s: float = 5.0, wait_s: float = 15.0) -> None:
        """Open (and create) the file.

        `timeout_s`: the longest a statement may run; `wait_s`: the longest wait for another process's write.
        """
        self.path = path
        self._wait_s = wait_s
        self._slot = ids.SlotFile(slots or path.parent / "slots")
        self._ids = ids.IdMaker(self._slot.slot)
        self._write = connect(path)
        self._bus = Sockets(path.parent / "bus", self._slot.slot)
        self._ears_open = False
        self._hearer: Callable[[str], None] | None = None
        self._flush = Flush(self._write, path)
        self._must_last = False
        self._read = connect(path, read_only=True)
        self._aside: sqlite3.Connection | None = None
        self._aside_lock = asyncio.Lock()
        self._aside_deadline: _Deadline | None = None
        self._deadline = _Deadline(self._read, timeout_s)
        self._write_deadline = _Deadline(self._write, timeout_s)
        self._disk = ThreadPoolExecutor(1, "commit")
        self._away = ThreadPoolExecutor(1, "slow-read")
        self._turn = asyncio.Lock()
        self._holder: asyncio.Task[Any] | None = None
        self._open = False
        self._closed = False
        self._give_up = False
        self._waiting: list[asyncio.Future[None]] = []
        self._committing: asyncio.Task[None] | None = None
        self._commits: set[asyncio.Task[None]] = set()
        self._listeners: list[Listener] = []
        self._version = -1
        self._heard = 0
        self._query = self._read.execute
        self.commits = Commits()

    def new_id(self) -> int:
        """A fresh time-ordered id."""
        return self._ids.next()

    # Reading ------------------------------------------------------------------------------------------------------

    async def all(self, sql: Sql, **params: Any) -> list[Row]:
        """Every row. Runs on the event loop: for statements of well below a millisecond; else use `slow`."""
        form = sql.sqlite
        try:
            return self._query(form.text, form.args(params)).fetchall()
        except sqlite3.OperationalError as error:
            raise self._told(error) from error
        finally:
            self._deadline.restart()

    async def one(self, sql: Sql, **params: Any) -> Row | None:
        """The first row; None when there is none."""
        form = sql.sqlite
        try:
            cursor = self._query(form.text, form.args(params))
            row: Row | None = cursor.fetchone()
            cursor.close()
        except sqlite3.OperationalError as error:
            raise self._told(error) from error
        finally:
            self._deadline.restart()
        return row

    async def value(self, sql: Sql, **params: Any) -> Any:
        """The first column of the first row; None when there is none."""
        row = await self.one(sql, **params)
        return None if row is None else row[0]

    async def slow(self, sql: Sql, **params: Any) -> list[Row]:
        """Like `all`, in a thread with a connection of its own."""
        form = sql.sqlite
        async with self._aside_lock:
            if self._aside is None:
                self._aside = connect(self.path, read_only=True)
                self._aside_deadline = _Deadline(self._aside, 30.0)
            conn, deadline = self._aside, self._aside_deadline
            assert deadline is not None
            deadline.restart()
            work = asyncio.get_running_loop().run_in_executor(
                self._away, lambda: conn.execute(form.text, form.args(params)).fetchall()
            )
            try:
                return await asyncio.shield(work)
            except asyncio.CancelledError:
                conn.interrupt()  # nobody waits for it any more
                await _see_through(work)
                if not work.cancelled():
                    work.exception()
                raise
            except sqlite3.OperationalError as error:
                raise self._told(error) from error

    # Hearing ------------------------------------------------------------------------------------------------------

    def listen(self, listener: Listener) -> None:
        """Have `listener` called with every event after its commit."""
        if not self._listeners:
            self._version = self._query("PRAGMA data_version").fetchone()[0]
            with contextlib.suppress(sqlite3.OperationalError):  # no schema yet: nothing to hear either
                self._heard = self._query(log.LAST_ID.sqlite.text).fetchone()[0]
            self._open_ears()
        self._listeners.append(listener)

    def shout(self, text: str) -> None:
        """Tell the other processes, over sockets in the data directory."""
        self._bus.shout(text)

    def hear(self, hearer: Callable[[str], None]) -> None:
        """Have `hearer` called with what they tell."""
        self._hearer = hearer
        self._open_ears()

    def _open_ears(self) -> None:
        if not self._ears_open:
            self._ears_open = True
            self._bus.listen(self._woken, self._heard_shout)

    def _heard_shout(self, text: str) -> None:
        if self._hearer is not None:
            self._hearer(text)

    def sync(self) -> None:
        """Hear of everything committed so far, by whichever process: the file says in 2 microseconds whether there is any."""
        try:
            version = self._query("PRAGMA data_version").fetchone()[0]
            if version == self._version:
                return
            if self._listeners:
                self._tail()
        except sqlite3.OperationalError as error:
            raise self._told(error) from error
        self._version = version  # last: what could not be read now is read at the next call

    def _woken(self) -> None:
        try:
            self.sync()
        except Busy as error:
            _log.warning("could not read what another process committed", why=str(error))

    def _tail(self) -> None:
        form = log.AFTER_ID.sqlite
        while True:
            rows = self._query(form.text, form.args({"id": self._heard, "most": _TAIL})).fetchall()
            if rows:
                self._heard = rows[-1][1]
            log.tell(self._listeners, log.read(rows))  # of a commit without events too: it may have left a job
            if len(rows) < _TAIL:
                return

    # Writing ------------------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def begin(self, *, durable: bool = True) -> AsyncIterator[Tx]:
        """A transaction of our own inside the group that shares the next fsync."""
        me = asyncio.current_task()
        if self._holder is not None and self._holder is me:
            raise RuntimeError("a transaction is open already in this task: pass its `tx` on")
        end = time.monotonic() + self._wait_s
        await self._take_turn()
        try:
            self._holder = me
            await self._open_group(end)
            run = self._write.execute
            run("SAVEPOINT mine")
            tx = _SqliteTx(self, now_ms())
            try:
                yield tx
                tx.flush()
                run("RELEASE mine")
            except BaseException:
                self._undo()
                raise
            finally:
                tx.end()
                self._write_deadline.restart()
            done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(done)
            self._must_last = self._must_last or durable
        finally:
            self._holder = None
            if self._open and self._committing is None:
                self._committing = asyncio.create_task(self._commit(), name="commit")
                self._commits.add(self._committing)
                self._committing.add_done_callback(self._commits.discard)
            self._turn.release()
        await asyncio.shield(done)

    async def _take_turn(self) -> None:
        if not self._turn.locked():
            await self._turn.acquire()
        else:
            try:
                async with asyncio.timeout(self._wait_s):
                    await self._turn.acquire()
            except TimeoutError as error:
                raise Busy("somebody in this process keeps a transaction open") from error
        if self._closed:
            self._turn.release()
            raise Busy("the database is closed")

    async def _open_group(self, end: float) -> None:
        if self._open:
            return
        try:
            self._write.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if not _is(error, sqlite3.SQLITE_BUSY):
                raise self._told(error) from error
            self._give_up = False
            got_in = asyncio.get_running_loop().run_in_executor(self._disk, self._wait_for_turn, end)
            try:
                await asyncio.shield(got_in)
            except asyncio.CancelledError:
                # The thread can't be called back: what it opened must be known before anyone goes on.
                self._give_up = True
                await _see_through(got_in)
                if not got_in.exception():
                    self._open = True
                raise
        self._open = True

    def _wait_for_turn(self, end: float) -> None:
        """Another process writes: wait for it in a thread, so that reads go on meanwhile."""
        pause = 0.001
        while True:
            try:
                self._write.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if not _is(error, sqlite3.SQLITE_BUSY) or self._give_up or time.monotonic() > end:
                    raise self._told(error) from error
                time.sleep(pause)
                pause = min(pause * 1.5, 0.02)
            else:
                return

    def _undo(self) -> None:
        """Take back the transaction in hand, and no other of its group."""
        if self._write.in_transaction:
            try:
                self._write.execute("ROLLBACK TO mine")
                self._write.execute("RELEASE mine")
            except sqlite3.Error as error:
                _log.warning("a transaction could not be undone alone", why=str(error))
            else:
                return
        # The engine itself took back the whole group: it does when the disk is full, or a statement that writes is interrupted.
        self._lose(self._waiting, "the database took the transaction back")
        self._waiting = []

    def _lose(self, waiting: Sequence[asyncio.Future[None]], why: object) -> None:
        """Nothing of the group is kept, and all of it hears so."""
        self._must_last = False
        with contextlib.suppress(sqlite3.Error):
            if self._write.in_transaction:
                self._write.execute("ROLLBACK")
        self._open = False
        for done in waiting:
            if not done.done():
                done.set_exception(Busy(why))

    async def _commit(self) -> None:
        # The lock is fair: everyone who queued before us has joined the group by the time it is ours.
        async with self._turn:
            self._committing = None
            if not self._open:
                return
            waiting, self._waiting = self._waiting, []
            begun = time.perf_counter()
            cancelled, failed = await self._finish()
            if failed is not None:
                _log.error("commit failed", why=str(failed), transactions=len(waiting))
                self._lose(waiting, failed)
            self._open = False
            self.commits.add(time.perf_counter() - begun)
        if failed is None:
            try:
                self.sync()
                self._bus.tell()
            except Exception:  # noqa: BLE001 (it is committed: whatever goes wrong now, those who wait must hear that)
                _log.exception("could not read what was committed")
            for done in waiting:
                if not done.done():
                    done.set_result(None)
        if cancelled:
            raise asyncio.CancelledError

    async def _finish(self) -> tuple[bool, BaseException | None]:
        """Commit the open group; whether we were cancelled meanwhile, and what went wrong."""
        if not self._must_last:
            try:
                self._flush.at_once()
            except sqlite3.Error as error:
                return False, error
            return False, None
        self._must_last = False
        writing = asyncio.get_running_loop().run_in_executor(self._disk, self._flush.to_disk)
        cancelled = await _see_through(writing)
        return cancelled, writing.exception()

    def _told(self, error: sqlite3.OperationalError) -> Exception:
        return Busy(str(error)) if _is(error, *_TROUBLE) else error

    async def close(self) -> None:
        """Finish what is being committed, then let go of the file."""
        async with self._turn:
            if self._closed:
                return
            self._closed = True  # whoever queued behind us hears that it is too late
        while self._commits:
            await asyncio.wait(set(self._commits))
        if self._aside is not None:
            self._aside.interrupt()
        self._disk.shutdown(wait=True)
        self._away.shutdown(wait=True)
        self._flush.close()
        self._bus.close()
        for conn in (self._read, self._aside, self._write):
            if conn is not None:
                conn.close()
        self._slot.release()


def _is(error: sqlite3.OperationalError, *codes: int) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in codes


def _gone(*_: object) -> Any:
    raise Busy("the database took the transaction back")


def _over(*_: object) -> Any:
    raise RuntimeError("this transaction is over")


class _SqliteTx:
    """See `face.Tx`."""

    __slots__ = ("_db", "_depth", "_events", "_jobs", "_many", "_run", "now")

    def __init__(self, db: SqliteDb, now: int) -> None:
        self._db, self.now = db, now
        self._run, self._many = db._write.execute, db._write.executemany  # noqa: SLF001 (one mechanism in two classes)
        self._events: list[Event] = []
        self._jobs: list[tuple[jobs.Job, int]] = []
        self._depth = 0

    def _execute(self, sql: Sql, params: Mapping[str, Any]) -> sqlite3.Cursor:
        form = sql.sqlite
        self._db._write_deadline.restart()  # noqa: SLF001
        try:
            return self._run(form.text, form.args(params))
        except sqlite3.IntegrityError as error:
            raise Conflict(str(error)) from error
        except sqlite3.OperationalError as error:
            raise self._failed(error) from error

    def _failed(self, error: sqlite3.OperationalError) -> Exception:
        if not self._db._write.in_transaction:  # noqa: SLF001
            # The engine took everything back. What came now would be written outside of any transaction: nothing may.
            self._run = self._many = _gone
            return Busy(str(error))
        return self._db._told(error)  # noqa: SLF001

    def end(self) -> None:
        """Refuse whoever kept hold of this object."""
        self._run = self._many = _over

    async def all(self, sql: Sql, **params: Any) -> list[Row]:
        cursor = self._execute(sql, params)
        try:
            return cursor.fetchall()
        except sqlite3.OperationalError as error:  # most rows are only looked for when they are fetched
            raise self._failed(error) from error

    async def one(self, sql: Sql, **params: Any) -> Row | None:
        cursor = self._execute(sql, params)
        try:
            row: Row | None = cursor.fetchone()
        except sqlite3.OperationalError as error:
            raise self._failed(error) from error
        cursor.close()
        return row

    async def value(self, sql: Sql, **params: Any) -> Any:
        row = await self.one(sql, **params)
        return None if row is None else row[0]

    async def run(self, sql: Sql, **params: Any) -> int:
        return self._execute(sql, params).rowcount

    async def many(self, sql: Sql, rows: Iterable[Mapping[str, Any]]) -> None:
        form = sql.sqlite
        self._execute_many(form.text, map(form.args, rows))

    def _execute_many(self, text: str, rows: Iterable[list[Any]]) -> None:
        self._db._write_deadline.restart()  # noqa: SLF001
        try:
            self._many(text, rows)
        except sqlite3.IntegrityError as error:
            raise Conflict(str(error)) from error
        except sqlite3.OperationalError as error:
            raise self._failed(error) from error

    async def record(self, event: Event) -> None:
        self._events.append(event)

    async def enqueue(self, job: jobs.Job, *, run_at: int | None = None) -> None:
        self._jobs.append((job, self.now if run_at is None else run_at))

    def new_id(self) -> int:
        return self._db.new_id()

    @contextlib.asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        self._depth += 1
        name = f"s{self._depth}"
        heard, asked = len(self._events), len(self._jobs)
        self._run(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            if self._run is not _gone:
                self._run(f"ROLLBACK TO {name}")
                self._run(f"RELEASE {name}")
            del self._events[heard:], self._jobs[asked:]
            raise
        else:
            self._run(f"RELEASE {name}")
        finally:
            self._depth -= 1

    def flush(self) -> None:
        """Write the events and jobs; they are committed with the rest."""
        if self._events:
            form = log.ADD_EVENT.sqlite
            self._execute_many(
                form.text, [form.args({"at": self.now, "kind": e.kind, "body": events.encode(e)}) for e in self._events]
            )
        if self._jobs:
            form = log.ADD_JOB.sqlite
            self._execute_many(
                form.text,
                [
                    form.args(
                        {"id": self.new_id(), "kind": j.kind, "body": jobs.encode(j), "lane": j.lane, "run_at": at}
                    )
                    for j, at in self._jobs
                ],
            )
