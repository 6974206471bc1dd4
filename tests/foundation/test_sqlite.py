"""The embedded engine: one fsync for all who wait, and nothing half-made whatever happens."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from sqlalchemy import bindparam, func, literal_column, select

from dunnock.foundation.db import Busy, Conflict, Sql, insert_into
from dunnock.foundation.db.sqlite import SqliteDb
from dunnock.foundation.db.tables import schedule
from dunnock.foundation.events import Event

ADD = insert_into(schedule, "name", "next_at")
NAMES = Sql(select(schedule.c.name).order_by(schedule.c.name))
COUNT = Sql(select(func.count()).select_from(schedule))
NUMBERS = (
    select(literal_column("1").label("n")).cte("numbers", recursive=True)
)  # fmt: skip
NUMBERS = NUMBERS.union_all(select(NUMBERS.c.n + 1).where(NUMBERS.c.n < bindparam("most")))
RUNAWAY = Sql(select(func.count()).select_from(NUMBERS))
RUNAWAY_WRITE = Sql(
    schedule.insert().from_select(
        ["name", "next_at"], select(literal_column("'runaway' || numbers.n"), NUMBERS.c.n).select_from(NUMBERS)
    )
)
FOREVER = 10**10


class FileTouched(Event, frozen=True):
    number: int


@pytest.fixture
async def lite(sqlite_template, tmp_path):
    shutil.copy(sqlite_template, tmp_path / "dunnock.db")
    db = SqliteDb(tmp_path / "dunnock.db", timeout_s=0.3, wait_s=1.0)
    yield db
    await db.close()


async def put(db, name, *, before_end=None):
    async with db.begin() as tx:
        await tx.run(ADD, name=name, next_at=1)
        if before_end is not None:
            await before_end()


def on_disk(db):
    """What another program sees."""
    conn = sqlite3.connect(db.path)
    try:
        return [row[0] for row in conn.execute("SELECT name FROM schedule ORDER BY name")]
    finally:
        conn.close()


def outsider(db):
    conn = sqlite3.connect(db.path, isolation_level=None)
    conn.execute("BEGIN IMMEDIATE")
    return conn


async def until(condition, *, within_s=30.0):
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end
        await asyncio.sleep(0)  # what is looked for may be so for one turn of the loop only


# Group commit ---------------------------------------------------------------------------------------------------------


async def test_those_who_come_together_share_a_commit(lite):
    said = []
    lite._write.set_trace_callback(said.append)
    await asyncio.gather(*(put(lite, f"{n:03}") for n in range(100)))
    lite._write.set_trace_callback(None)
    assert 1 <= said.count("COMMIT") <= 3
    assert lite.commits.number == said.count("COMMIT")
    assert len(on_disk(lite)) == 100


async def test_one_that_fails_takes_nobody_with_it(lite):
    async def fail(name):
        async with lite.begin() as tx:
            await tx.run(ADD, name=name, next_at=1)
            await tx.record(FileTouched(number=1))
            raise LookupError

    async def clash():
        await put(lite, "a")

    done = await asyncio.gather(put(lite, "a"), fail("b"), clash(), put(lite, "c"), return_exceptions=True)
    assert [type(one) for one in done] == [type(None), LookupError, Conflict, type(None)]
    assert on_disk(lite) == ["a", "c"]


async def test_a_nested_transaction_is_refused_and_the_outer_one_stands(lite):
    async with lite.begin() as tx:
        await tx.run(ADD, name="outer", next_at=1)
        with pytest.raises(RuntimeError, match="open already"):
            async with lite.begin():
                pass
    assert on_disk(lite) == ["outer"]


async def test_a_transaction_ends_with_its_block(lite):
    async with lite.begin() as tx:
        pass
    with pytest.raises(RuntimeError, match="over"):
        await tx.run(ADD, name="late", next_at=1)


async def test_a_savepoint_undoes_its_own_part_with_events(lite, sqlite_template):
    async with lite.begin() as tx:
        await tx.run(ADD, name="kept", next_at=1)
        with pytest.raises(LookupError):  # noqa: PT012 (the block is what is tested)
            async with tx.savepoint():
                await tx.run(ADD, name="undone", next_at=1)
                await tx.record(FileTouched(number=1))
                raise LookupError
        with pytest.raises(Conflict):
            async with tx.savepoint():
                await tx.run(ADD, name="kept", next_at=1)
        await tx.record(FileTouched(number=2))
    assert on_disk(lite) == ["kept"]
    bodies = sqlite3.connect(lite.path).execute("SELECT body FROM event_log").fetchall()
    assert bodies == [('{"number":2}',)]


# Cancellation ---------------------------------------------------------------------------------------------------------


async def test_cancelled_while_it_waits_for_its_turn(lite):
    hold = asyncio.Event()
    first = asyncio.create_task(put(lite, "first", before_end=hold.wait))
    await asyncio.sleep(0)
    second = asyncio.create_task(put(lite, "second"))
    third = asyncio.create_task(put(lite, "third"))
    await asyncio.sleep(0.01)
    second.cancel()
    await asyncio.sleep(0)
    hold.set()
    await asyncio.gather(first, third)
    assert second.cancelled()
    assert on_disk(lite) == ["first", "third"]


async def test_cancelled_within_its_block(lite):
    started = asyncio.Event()

    async def linger():
        started.set()
        await asyncio.sleep(60)

    task = asyncio.create_task(put(lite, "gone", before_end=linger))
    await started.wait()
    other = asyncio.create_task(put(lite, "other"))
    task.cancel()
    await other
    assert task.cancelled()
    assert on_disk(lite) == ["other"]


async def test_cancelled_while_it_waits_for_the_commit(lite):
    tasks = [asyncio.create_task(put(lite, f"{n}")) for n in range(9)]
    await until(lambda: lite._waiting or lite._committing is not None)
    for task in tasks[::2]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    answered = {f"{n}" for n, task in enumerate(tasks) if not task.cancelled()}
    assert answered <= set(on_disk(lite))
    await put(lite, "after")
    assert "after" in on_disk(lite)


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("let_in", [False, True])
async def test_cancelled_while_another_process_writes(lite, times, let_in):
    other = outsider(lite)
    task = asyncio.create_task(put(lite, "gone"))
    await asyncio.sleep(0.02)
    for _ in range(times):
        if let_in:
            other.close()
            time.sleep(0.03)  # noqa: ASYNC251 (the thread gets in while the loop knows nothing)
        task.cancel()
        await asyncio.sleep(0)
    other.close()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    await put(lite, "after")
    assert on_disk(lite) == ["after"]


async def test_the_commit_itself_is_not_undone_by_cancelling_it(lite):
    task = asyncio.create_task(put(lite, "kept"))
    await until(lambda: lite._committing is not None)
    for commit in set(lite._commits):
        await asyncio.sleep(0)
        commit.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await put(lite, "after")
    assert "after" in on_disk(lite)
    assert task.exception() is not None or "kept" in on_disk(lite)


async def test_closing_waits_for_what_is_being_committed(lite):
    tasks = [asyncio.create_task(put(lite, f"{n}")) for n in range(5)]
    await until(lambda: lite._waiting)
    await lite.close()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert {f"{n}" for n, one in enumerate(done) if one is None} == set(on_disk(lite))
    assert all(one is None or isinstance(one, Busy) for one in done)


# Trouble --------------------------------------------------------------------------------------------------------------


async def test_a_runaway_question_is_stopped(lite):
    begun = time.monotonic()
    with pytest.raises(Busy):
        await lite.value(RUNAWAY, most=FOREVER)
    assert time.monotonic() - begun < 2
    assert await lite.value(RUNAWAY, most=10) == 10
    async with lite.begin() as tx:
        with pytest.raises(Busy):
            await tx.value(RUNAWAY, most=FOREVER)
        await tx.run(ADD, name="goes on", next_at=1)  # reading takes nothing back
    assert on_disk(lite) == ["goes on"]


async def test_a_runaway_write_takes_its_whole_group_back_and_all_of_it_hears_so(lite):
    """SQLite rolls back the transaction of a write that is interrupted: what follows must not be written outside of any."""

    async def run_away():
        async with lite.begin() as tx:
            await tx.run(ADD, name="mine", next_at=1)
            try:
                async with tx.savepoint():
                    await tx.run(RUNAWAY_WRITE, most=FOREVER)
            except Busy:
                pass
            with pytest.raises(Busy):
                await tx.run(ADD, name="outside", next_at=1)

    done = await asyncio.gather(put(lite, "before"), run_away(), put(lite, "after"), return_exceptions=True)
    there = on_disk(lite)
    assert [name for name in ("before", "after") if name in there] == [
        name for name, one in zip(("before", "after"), (done[0], done[2]), strict=True) if one is None
    ]
    assert "mine" not in there
    assert "outside" not in there
    await put(lite, "later")
    assert "later" in on_disk(lite)


async def test_another_process_that_writes_stops_no_reader(lite):
    other = outsider(lite)
    task = asyncio.create_task(put(lite, "patient"))
    slowest = 0.0
    for _ in range(50):
        begun = time.perf_counter()
        assert await lite.value(COUNT) == 0
        slowest = max(slowest, time.perf_counter() - begun)
        await asyncio.sleep(0.002)
    assert slowest < 0.1
    other.execute("COMMIT")
    await task
    assert on_disk(lite) == ["patient"]
    other.close()


async def test_waiting_for_another_process_ends_for_all_at_the_same_time(lite):
    other = outsider(lite)
    begun = time.monotonic()
    done = await asyncio.gather(*(put(lite, f"{n}") for n in range(5)), return_exceptions=True)
    assert all(isinstance(one, Busy) for one in done)
    assert time.monotonic() - begun < 2.5  # not five times the patience of one
    other.close()
    await put(lite, "after")
    assert on_disk(lite) == ["after"]


async def test_a_transaction_that_waits_for_one_of_the_same_process_is_let_go(lite):
    async with lite.begin() as tx:
        with pytest.raises(Busy):
            await asyncio.create_task(put(lite, "inner"))
        await tx.run(ADD, name="outer", next_at=1)
    assert on_disk(lite) == ["outer"]


async def test_a_full_disk_is_told_to_everyone_and_nothing_is_half_made(sqlite_template, tmp_path):
    shutil.copy(sqlite_template, tmp_path / "dunnock.db")
    program = """
        import asyncio, pathlib, resource, signal, sys
        from dunnock.foundation.db import Busy, insert_into
        from dunnock.foundation.db.sqlite import SqliteDb
        from dunnock.foundation.db.tables import schedule

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        path = pathlib.Path(sys.argv[1])
        ADD = insert_into(schedule, "name", "next_at")

        async def put(db, name):
            async with db.begin() as tx:
                await tx.run(ADD, name=name, next_at=1)

        async def main():
            db = SqliteDb(path)
            await put(db, "before")
            size = pathlib.Path(f"{path}-wal").stat().st_size
            soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (size + 5000, hard))
            done = await asyncio.gather(*(put(db, f"{n}" * 3000) for n in range(9)), return_exceptions=True)
            assert all(isinstance(one, Busy) for one in done), done
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            await put(db, "later")
            await db.close()

        asyncio.run(main())
    """
    source = str(Path(__file__).parents[2] / "src")
    done = subprocess.run(  # noqa: ASYNC221 (nothing else runs here)
        [sys.executable, "-c", textwrap.dedent(program), str(tmp_path / "dunnock.db")],
        env=os.environ | {"PYTHONPATH": source}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    conn = sqlite3.connect(tmp_path / "dunnock.db")
    assert conn.execute("SELECT name FROM schedule ORDER BY name").fetchall() == [("before",), ("later",)]
    assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_slow_questions_leave_the_loop_free_and_can_be_given_up(lite):
    task = asyncio.create_task(lite.slow(RUNAWAY, most=FOREVER))
    for _ in range(20):
        begun = time.perf_counter()
        await lite.value(COUNT)
        assert time.perf_counter() - begun < 0.5
        await asyncio.sleep(0.002)
    task.cancel()
    begun = time.monotonic()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    assert await lite.slow(RUNAWAY, most=5) == [(5,)]
    assert time.monotonic() - begun < 2


# Hearing --------------------------------------------------------------------------------------------------------------


async def test_what_another_process_commits_is_heard_at_the_next_call(lite):
    heard = []
    lite.listen(lambda logged: heard.extend(one.event.number for one in logged))
    other = SqliteDb(lite.path)
    try:
        for number in range(3):
            async with other.begin() as tx:
                await tx.record(FileTouched(number=number))
            lite.sync()
            assert heard == list(range(number + 1))
        lite.sync()
        assert heard == [0, 1, 2]
    finally:
        await other.close()


async def test_own_events_are_heard_before_the_answer(lite):
    heard = []
    lite.listen(lambda logged: heard.extend(one.event.number for one in logged))
    async with lite.begin() as tx:
        await tx.record(FileTouched(number=7))
        assert heard == []
    assert heard == [7]


async def test_a_listener_that_fails_hides_no_commit_and_no_event_from_others(lite):
    heard = []

    def fail(_):
        raise LookupError

    lite.listen(fail)
    lite.listen(lambda logged: heard.extend(one.event.number for one in logged))
    async with asyncio.timeout(30):
        async with lite.begin() as tx:
            await tx.record(FileTouched(number=1))
    assert heard == [1]


async def test_events_that_cannot_be_read_are_passed_over(lite):
    heard = []
    lite.listen(lambda logged: heard.extend(one.event.number for one in logged))
    conn = sqlite3.connect(lite.path)
    for kind, body in (("NeverHeardOf", "{}"), ("FileTouched", "{}"), ("FileTouched", '{"number":3}')):
        conn.execute("INSERT INTO event_log (tx, at, kind, body) VALUES (0, 0, ?, ?)", (kind, body))
    conn.commit()
    conn.close()
    lite.sync()
    assert heard == [3]
