"""Jobs are done: when they are due, by one process at a time, again after a failure or a death, and not for ever."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select, update

from dunnock.foundation import db as database
from dunnock.foundation import jobs as work
from dunnock.foundation.clock import HOUR, SECOND, now_ms
from dunnock.foundation.db import Busy, Sql
from dunnock.foundation.db.tables import jobs
from dunnock.foundation.job import Job
from dunnock.foundation.jobs import MOST_ATTEMPTS, SPARE_MS, Every, Jobs, backlog, dead_jobs, revive_jobs

STATES = Sql(select(jobs.c.kind, jobs.c.attempts, jobs.c.lease_until, jobs.c.dead).order_by(jobs.c.id))
COUNT = Sql(select(func.count()).select_from(jobs))
ALL_DUE = Sql(update(jobs).values(run_at=0))
LEASES_END = Sql(update(jobs).values(lease_until=0))


class Wave(Job, frozen=True):
    number: int


class Post(Job, frozen=True):
    number: int
    to: str

    @property
    def lane(self):
        return self.to


class Tick(Job, frozen=True):
    pass


class Doer:
    """Does jobs, and remembers; `fails`: how often each still fails, `hold`: what they wait for."""

    def __init__(self):
        self.done, self.fails, self.hold = [], {}, None
        self.at_once, self.most = {}, {}

    async def do(self, db, job):
        lane = job.lane
        self.at_once[lane] = self.at_once.get(lane, 0) + 1
        self.most[lane] = max(self.most.get(lane, 0), self.at_once[lane])
        try:
            await (self.hold.wait() if self.hold else asyncio.sleep(0.005))
            number = getattr(job, "number", None)
            if self.fails.get(number, 0):
                self.fails[number] -= 1
                raise LookupError(f"not yet {number}")
            self.done.append(number)
        finally:
            self.at_once[lane] -= 1

    def jobs(self, db, every=(), **options):
        return Jobs(db, {Wave: self.do, Post: self.do, Tick: self.do}, every, **options)


@pytest.fixture
def doer():
    return Doer()


@pytest.fixture
async def other_db(db, database_url):
    """A second process's view of the same database."""
    opened = await database.open_db(database_url)
    yield opened
    await opened.close()


async def ask(db, *asked, run_at=None):
    async with db.begin() as tx:
        for job in asked:
            await tx.enqueue(job, run_at=run_at)


async def change(db, sql):
    async with db.begin() as tx:
        await tx.run(sql)


async def until(condition, *, within_s=10.0):
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 (conditions of all kinds, seen from outside)
            await asyncio.sleep(0.005)


async def test_due_jobs_are_done_once_and_at_once(db, doer):
    runner = doer.jobs(db)
    await runner.start()
    await asyncio.sleep(0.05)
    async with asyncio.timeout(0.8):  # sooner than the safety net: the commit wakes it
        await ask(db, *(Wave(number=n) for n in range(20)))
        await until(lambda: len(doer.done) == 20)
    await runner.stop()
    assert sorted(doer.done) == list(range(20))
    assert await db.value(COUNT) == 0


async def test_a_job_of_a_transaction_that_fails_is_never_done(db, doer):
    with pytest.raises(RuntimeError):  # noqa: PT012 (the block is what is tested)
        async with db.begin() as tx:
            await tx.enqueue(Wave(number=1))
            raise RuntimeError
    await doer.jobs(db).settle()
    assert doer.done == []


async def test_a_job_waits_until_it_is_due(db, doer):
    await ask(db, Wave(number=1), run_at=now_ms() + HOUR)
    await ask(db, Wave(number=2), run_at=now_ms() - HOUR)
    runner = doer.jobs(db)
    await runner.settle()
    assert doer.done == [2]
    assert [(kind, count) for kind, count, _ in await backlog(db)] == [("Wave", 1)]
    await change(db, ALL_DUE)
    await runner.settle()
    assert doer.done == [2, 1]


async def test_what_fails_is_tried_later_then_dead_then_revived(db, doer):
    doer.fails[1] = 1000
    await ask(db, Wave(number=1), Wave(number=2))
    runner = doer.jobs(db)
    await runner.settle()
    assert doer.done == [2]
    [(_, _, due)] = await backlog(db)
    assert now_ms() < due <= now_ms() + 3 * SECOND
    await runner.settle()
    assert doer.fails[1] == 999  # not yet again
    for _ in range(MOST_ATTEMPTS - 1):
        await change(db, ALL_DUE)
        await runner.settle()
    await change(db, ALL_DUE)
    await runner.settle()
    assert doer.fails[1] == 1000 - MOST_ATTEMPTS
    [dead] = await dead_jobs(db)
    assert (dead.kind, dead.attempts, dead.error) == ("Wave", MOST_ATTEMPTS, "LookupError: not yet 1")
    assert await backlog(db) == []
    doer.fails.clear()
    assert await revive_jobs(db) == 1
    await runner.settle()
    assert doer.done == [2, 1]
    assert await dead_jobs(db) == []


async def test_a_lane_has_no_more_than_its_share_and_holds_up_no_other(db, doer):
    await ask(
        db, *(Post(number=n, to="slow.example") for n in range(12)), Post(number=100, to="b.example"), Wave(number=200)
    )
    doer.hold = asyncio.Event()
    runner = doer.jobs(db, per_lane=2)
    await runner.start()
    await until(lambda: len(doer.at_once) == 3)
    await asyncio.sleep(0.05)
    assert doer.at_once == {"slow.example": 2, "b.example": 1, None: 1}
    doer.hold.set()
    await until(lambda: len(doer.done) == 14)
    await runner.stop()
    assert doer.most["slow.example"] == 2
    assert runner._lanes == {}


async def test_two_processes_share_the_work_and_do_each_job_once(db, other_db, doer):
    await ask(db, *(Wave(number=n) for n in range(60)))
    runners = [doer.jobs(db), doer.jobs(other_db)]
    for runner in runners:
        await runner.start()
    await until(lambda: len(doer.done) >= 60)
    await asyncio.sleep(0.05)
    for runner in runners:
        await runner.stop()
    assert sorted(doer.done) == list(range(60))


async def test_the_schedule_asks_once_over_two_processes(db, other_db, doer):
    every = [Every(Tick(), HOUR)]
    runners = [doer.jobs(db, every), doer.jobs(other_db, every)]
    for runner in runners:
        await runner.start()
    await until(lambda: doer.done)
    await asyncio.sleep(0.2)
    for runner in runners:
        await runner.stop()
    again = doer.jobs(db, every)  # and not anew at each start
    await again.start()
    await asyncio.sleep(0.1)
    await again.stop()
    assert doer.done == [None]


async def test_the_schedule_comes_round(db, doer):
    runner = doer.jobs(db, [Every(Tick(), 50)])
    await runner.start()
    await until(lambda: len(doer.done) >= 2)
    await runner.stop()


async def test_the_job_of_a_dead_process_is_done_again_after_its_lease(db, doer, monkeypatch):
    doer.hold = asyncio.Event()
    died = doer.jobs(db)
    await ask(db, Wave(number=1))
    await died._start_due()
    for task in list(died._under_way):  # as by SIGKILL: it writes nothing down
        task.cancel()
    await asyncio.sleep(0.01)
    doer.hold = None
    survivor = doer.jobs(db)
    await survivor.settle()
    assert doer.done == []
    [(_, attempts, lease_until, _)] = await db.all(STATES)
    assert attempts == 1
    assert now_ms() < lease_until <= now_ms() + Job.within_ms + SPARE_MS
    monkeypatch.setattr(work, "now_ms", lambda: now_ms() + Job.within_ms + SPARE_MS + SECOND)
    await survivor._start_due()
    await until(lambda: doer.done == [1])
    await until(lambda: not survivor._under_way)
    assert await db.value(COUNT) == 0


async def test_who_comes_after_a_dead_process_goes_on_at_once(db, other_db, doer):
    """By the slot: what another process has under way stays its own."""
    doer.hold = asyncio.Event()
    died, other = doer.jobs(db), doer.jobs(other_db, at_once=1)
    await ask(db, Wave(number=1))
    await died.start(slot="first")
    await until(lambda: died._under_way)
    await ask(db, Wave(number=2))
    await other.start(slot="second")
    await until(lambda: other._under_way or len(died._under_way) == 2)
    held_by_other = len(other._under_way)
    died._task.cancel()
    for task in list(died._under_way):  # as by SIGKILL: it writes nothing down
        task.cancel()
    held, doer.hold = doer.hold, None
    after = doer.jobs(db)
    await after.start(slot="first")
    await until(lambda: len(doer.done) == 2 - held_by_other)
    held.set()
    await until(lambda: sorted(doer.done) == [1, 2])
    await after.stop()
    await other.stop()
    assert await db.value(COUNT) == 0


async def test_a_job_that_kills_its_process_each_time_is_given_up(db, doer):
    await ask(db, Wave(number=1))
    for _ in range(MOST_ATTEMPTS):
        runner = doer.jobs(db)
        doer.hold = asyncio.Event()
        await runner._start_due()
        for task in list(runner._under_way):
            task.cancel()
        await asyncio.sleep(0)
        await change(db, LEASES_END)
    doer.hold = None
    await doer.jobs(db).settle()
    assert doer.done == []
    [dead] = await dead_jobs(db)
    assert "ended every time" in dead.error


async def test_one_who_was_away_for_longer_than_the_lease_has_no_say(db, doer):
    doer.hold = asyncio.Event()
    doer.fails[1] = 1
    away = doer.jobs(db)
    await ask(db, Wave(number=1))
    await away._start_due()
    await asyncio.sleep(0.01)
    await change(db, LEASES_END)
    other = Doer()
    other.hold = asyncio.Event()
    now_has_it = other.jobs(db)
    await now_has_it._start_due()
    doer.hold.set()
    await until(lambda: not away._under_way)
    [(_, attempts, lease_until, _)] = await db.all(STATES)
    assert attempts == 2
    assert lease_until > now_ms()  # the failure of the one who was away changed nothing
    other.hold.set()
    await until(lambda: not now_has_it._under_way)
    assert other.done == [1]
    assert await db.value(COUNT) == 0


async def test_stopping_waits_a_little_then_gives_back(db, doer):
    doer.hold = asyncio.Event()
    runner = doer.jobs(db)
    await runner.start()
    await ask(db, Wave(number=1))
    await until(lambda: doer.at_once.get(None))
    await runner.stop(within_s=0.1)
    [(_, attempts, lease_until, dead)] = await db.all(STATES)
    assert (attempts, lease_until, bool(dead)) == (0, 0, False)
    doer.hold = None
    await doer.jobs(db).settle()
    assert doer.done == [1]


async def test_jobs_go_on_after_the_database_was_in_trouble(db, doer, monkeypatch):
    runner = doer.jobs(db)
    troubles = [Busy("for a moment"), OSError("stranger"), Busy("again")]
    real = Jobs._start_some

    async def some(self):
        if troubles:
            raise troubles.pop()
        return await real(self)

    monkeypatch.setattr(Jobs, "_start_some", some)
    await runner.start()
    await ask(db, Wave(number=1))
    await until(lambda: doer.done == [1])
    await runner.stop()


async def test_a_job_that_nobody_knows_is_kept_and_tried_later(db, doer):
    await ask(db, Wave(number=1))
    await Jobs(db, {}).settle()
    [(_, attempts, _, dead)] = await db.all(STATES)
    assert attempts == 1
    assert not dead
