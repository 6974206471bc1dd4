"""Does jobs: leased, retried with back-off, given up visibly; and writes down what the schedule asks for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec
import structlog
from sqlalchemy import and_, bindparam, delete, func, or_, select, update

from dunnock.foundation.clock import MINUTE, now_ms
from dunnock.foundation.db.face import Busy, Db, Row
from dunnock.foundation.db.insist import insist
from dunnock.foundation.db.sql import Sql, among, insert_once
from dunnock.foundation.db.tables import jobs, schedule
from dunnock.foundation.events import Logged
from dunnock.foundation.job import Job, decode, within_ms
from dunnock.foundation.reactions import backoff_ms

Does = Mapping[type[Job], Callable[[Db, Any], Awaitable[None]]]

SPARE_MS = MINUTE // 2  # how much longer a lease is than its job may take
MOST_ATTEMPTS = 12
_SAFETY_NET_S = 1.0
_log = structlog.get_logger()

_open = and_(jobs.c.run_at <= bindparam("now"), jobs.c.lease_until <= bindparam("now"), ~jobs.c.dead)
_due = (
    select(jobs.c.id, jobs.c.kind, jobs.c.body, jobs.c.attempts, jobs.c.lane)
    .where(_open, or_(jobs.c.lane.is_(None), ~among(jobs.c.lane, "full")))
    .order_by(jobs.c.run_at, jobs.c.id)
    .limit(bindparam("most"))
)
DUE = Sql(_due, _due.with_for_update(skip_locked=True))
ANY_DUE = Sql(_due)
LEASE = Sql(
    update(jobs)
    .where(jobs.c.id == bindparam("the"))
    .values(lease_until=bindparam("until"), holder=bindparam("slot"), attempts=jobs.c.attempts + 1)
)
LEFT_BEHIND = Sql(
    update(jobs)
    .where(jobs.c.run_at <= bindparam("now"), jobs.c.lease_until > bindparam("now"), ~jobs.c.dead)
    .where(jobs.c.holder == bindparam("slot"))
    .values(lease_until=0)
)
# By its attempt too: who was away for longer than the lease has no say about the job any more.
_ours = and_(jobs.c.id == bindparam("the"), jobs.c.attempts == bindparam("attempt"))
DONE = Sql(delete(jobs).where(_ours))
AGAIN = Sql(
    update(jobs)
    .where(_ours)
    .values(run_at=bindparam("at"), lease_until=0, error=bindparam("why"), dead=bindparam("over"))
)
GIVE_BACK = Sql(update(jobs).where(_ours).values(lease_until=0, attempts=jobs.c.attempts - 1))
BACKLOG = Sql(select(jobs.c.kind, func.count(), func.min(jobs.c.run_at)).where(~jobs.c.dead).group_by(jobs.c.kind))
DEAD = Sql(
    select(jobs.c.id, jobs.c.kind, jobs.c.attempts, jobs.c.error)
    .where(jobs.c.dead)
    .order_by(jobs.c.id)
    .limit(bindparam("most"))
)
REVIVE = Sql(update(jobs).where(jobs.c.dead).values(dead=False, attempts=0, run_at=bindparam("at"), lease_until=0))
ADD_ROW = insert_once(schedule, "name", "next_at", keys=["name"])
NEXT_AT = Sql(select(schedule.c.next_at).where(schedule.c.name == bindparam("name")))
TAKE_TURN = Sql(
    update(schedule)
    .where(schedule.c.name == bindparam("which"), schedule.c.next_at <= bindparam("now"))
    .values(next_at=bindparam("later"))
)


class Every(msgspec.Struct, frozen=True):
    """A job that the schedule enqueues every `period_ms`, once for the whole installation."""

    job: Job
    period_ms: int


class Jobs:
    """Works on the job table with up to `at_once` jobs under way, at most `per_lane` of one lane."""

    def __init__(self, db: Db, does: Does, every: Sequence[Every] = (), *, at_once: int = 8, per_lane: int = 2) -> None:
        """`does`: job type -> what does it; `every`: the schedule."""
        self._db, self._does, self._every = db, {kind.kind: do for kind, do in does.items()}, every
        self._at_once, self._per_lane = at_once, per_lane
        self._wake = asyncio.Event()
        self._stopping = False
        self._under_way: dict[asyncio.Task[None], tuple[int, int]] = {}  # (job, attempt)
        self._lanes: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None
        self._turns_at = 0
        self._slot: str | None = None

    async def start(self, *, slot: str | None = None) -> None:
        """Begin to work. What was under way in the same `slot` when a process ended there is done again at once."""
        if slot is not None:
            self._slot = slot
            async with self._db.begin() as tx:
                await tx.run(LEFT_BEHIND, now=now_ms(), slot=slot)
        self._db.listen(self._heard)
        self._task = asyncio.create_task(self._work(), name="jobs")

    async def stop(self, *, within_s: float = 5.0) -> None:
        """Give what is under way some seconds; what is not done by then is given back, to be done after the next start."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            _, late = await asyncio.wait([self._task], timeout=within_s)
            for task in late:
                task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if not self._under_way:
            return
        _, unfinished = await asyncio.wait(list(self._under_way), timeout=within_s)
        back = [self._under_way[task] for task in unfinished if task in self._under_way]
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
        if back:
            with contextlib.suppress(Busy):  # then its lease ends it
                async with self._db.begin() as tx:
                    for an_id, attempt in back:
                        await tx.run(GIVE_BACK, the=an_id, attempt=attempt)

    def _heard(self, _: Sequence[Logged]) -> None:
        self._wake.set()

    async def _work(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                await self._take_turns()
                await self._start_due()
            except Busy as error:
                _log.warning("jobs wait", why=str(error))
                await asyncio.sleep(0.2)
            except Exception:  # noqa: BLE001 (jobs go on when the database does)
                _log.exception("jobs can't go on")
                await asyncio.sleep(1)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _SAFETY_NET_S)

    async def _take_turns(self) -> None:
        now = now_ms()
        if now < self._turns_at:
            return
        soonest = now + MINUTE
        for one in self._every:
            name = one.job.kind
            next_at = await self._db.value(NEXT_AT, name=name)
            if next_at is not None and next_at > now:
                soonest = min(soonest, next_at)
                continue
            async with self._db.begin() as tx:
                await tx.run(ADD_ROW, name=name, next_at=0)
                if await tx.run(TAKE_TURN, which=name, now=now, later=now + one.period_ms):
                    await tx.enqueue(one.job)
            soonest = min(soonest, now + one.period_ms)
        self._turns_at = soonest

    async def _start_due(self) -> None:
        while not self._stopping and await self._start_some():
            pass

    async def _start_some(self) -> bool:
        """Start what is due and has room; whether more of other lanes may be due."""
        free = self._at_once - len(self._under_way)
        now = now_ms()
        full = [lane for lane, count in self._lanes.items() if count >= self._per_lane]
        if free <= 0 or not await self._db.all(ANY_DUE, now=now, most=1, full=full):
            return False
        taken: list[Row] = []
        planned = dict(self._lanes)
        left_out = False
        async with self._db.begin() as tx:
            for row in await tx.all(DUE, now=now, most=free, full=full):
                an_id, kind, _, attempts, lane = row
                if attempts >= MOST_ATTEMPTS:
                    why = "the process that did it ended every time"
                    _log.error("job given up", job_kind=kind, job_id=an_id, why=why)
                    await tx.run(AGAIN, the=an_id, attempt=attempts, at=now, why=why, over=True)
                    left_out = True
                elif lane is not None and planned.get(lane, 0) >= self._per_lane:
                    left_out = True
                else:
                    if lane is not None:
                        planned[lane] = planned.get(lane, 0) + 1
                    await tx.run(LEASE, the=an_id, until=now + within_ms(kind) + SPARE_MS, slot=self._slot)
                    taken.append(row)
        for an_id, kind, body, attempts, lane in taken:
            if lane is not None:
                self._lanes[lane] = self._lanes.get(lane, 0) + 1
            task = asyncio.create_task(self._do(an_id, kind, body, attempts + 1, lane), name=f"job {kind}")
            self._under_way[task] = (an_id, attempts + 1)
            task.add_done_callback(self._over)
        return left_out

    def _over(self, task: asyncio.Task[None]) -> None:
        self._under_way.pop(task, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("what became of a job could not be written down", why=str(error))  # its lease ends it
        self._wake.set()

    async def _do(self, an_id: int, kind: str, body: str, attempt: int, lane: str | None) -> None:
        try:
            failed = await self._outcome(kind, body)
            if failed is not None:
                over = attempt >= MOST_ATTEMPTS
                _log.error("job failed", job_kind=kind, job_id=an_id, attempt=attempt, dead=over, exc_info=failed)
                at = now_ms() + backoff_ms(attempt, (an_id % 101) / 100)
                why = f"{type(failed).__name__}: {failed}"[:500]
                await self._write_down(AGAIN, the=an_id, attempt=attempt, at=at, why=why, over=over)
            else:
                await self._write_down(DONE, the=an_id, attempt=attempt)
        finally:
            if lane is not None:
                left = self._lanes[lane] - 1
                if left:
                    self._lanes[lane] = left
                else:
                    del self._lanes[lane]

    async def _outcome(self, kind: str, body: str) -> Exception | None:
        try:
            job, do = decode(kind, body), self._does.get(kind)
            if job is None or do is None:
                return LookupError(f"this release does not know the job {kind}")
            async with asyncio.timeout(job.within_ms / 1000):
                await do(self._db, job)
        except Exception as error:  # noqa: BLE001 (the edge of the process for jobs: kept, shown, tried again)
            return error
        return None

    async def _write_down(self, sql: Sql, **params: Any) -> None:
        async def write() -> None:
            async with self._db.begin() as tx:
                await tx.run(sql, **params)

        await insist(write)

    async def settle(self, *, within_s: float = 30.0) -> None:
        """Do everything that is due, here and now (for tests and commands)."""
        end = now_ms() + int(within_s * 1000)
        while now_ms() < end:
            await self._start_due()
            if not self._under_way:
                return
            await asyncio.wait(list(self._under_way), timeout=1)


class DeadJob(msgspec.Struct, frozen=True):
    """A job that failed `attempts` times and is tried no more; `error` is the last reason."""

    id: int
    kind: str
    attempts: int
    error: str | None


async def backlog(db: Db) -> list[tuple[str, int, int]]:
    """(kind, how many wait, when the first is due in Unix milliseconds) of all jobs that are not dead."""
    return [(row[0], row[1], row[2]) for row in await db.slow(BACKLOG)]


async def dead_jobs(db: Db, *, most: int = 100) -> list[DeadJob]:
    """Jobs that were given up on, oldest first."""
    return [DeadJob(*row) for row in await db.all(DEAD, most=most)]


async def revive_jobs(db: Db) -> int:
    """Have all dead jobs tried again, from the first attempt; how many."""
    async with db.begin() as tx:
        return await tx.run(REVIVE, at=tx.now)
