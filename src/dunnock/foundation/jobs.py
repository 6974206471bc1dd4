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
from dunnock.foundation.db.face import Busy, Db
from dunnock.foundation.db.sql import Sql, among, insert_once
from dunnock.foundation.db.tables import jobs, schedule
from dunnock.foundation.events import Logged
from dunnock.foundation.job import Job, decode
from dunnock.foundation.reactions import backoff_ms

Does = Mapping[type[Job], Callable[[Db, Any], Awaitable[None]]]

LEASE_MS = 5 * MINUTE
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
LEASE = Sql(
    update(jobs)
    .where(jobs.c.id == bindparam("the"))
    .values(lease_until=bindparam("until"), attempts=jobs.c.attempts + 1)
)
DONE = Sql(delete(jobs).where(jobs.c.id == bindparam("the")))
AGAIN = Sql(
    update(jobs)
    .where(jobs.c.id == bindparam("the"))
    .values(run_at=bindparam("at"), lease_until=0, error=bindparam("why"), dead=bindparam("over"))
)
SOONEST = Sql(select(func.min(jobs.c.run_at)).where(~jobs.c.dead))
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
        self._under_way: set[asyncio.Task[None]] = set()
        self._lanes: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to work."""
        self._db.listen(self._heard)
        self._task = asyncio.create_task(self._work(), name="jobs")

    async def stop(self, *, within_s: float = 5.0) -> None:
        """Give what is under way some seconds; what is not done by then is done again after its lease."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=within_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _heard(self, _: Sequence[Logged]) -> None:
        self._wake.set()

    async def _work(self) -> None:
        while True:
            self._wake.clear()
            try:
                await self._take_turns()
                await self._start_due()
            except Busy as error:
                _log.warning("jobs wait", why=str(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _SAFETY_NET_S)

    async def _take_turns(self) -> None:
        now = now_ms()
        for one in self._every:
            name = one.job.kind
            next_at = await self._db.value(NEXT_AT, name=name)
            if next_at is not None and next_at > now:
                continue
            async with self._db.begin() as tx:
                await tx.run(ADD_ROW, name=name, next_at=0)
                if await tx.run(TAKE_TURN, which=name, now=now, later=now + one.period_ms):
                    await tx.enqueue(one.job)

    async def _start_due(self) -> None:
        free = self._at_once - len(self._under_way)
        now = now_ms()
        soonest = await self._db.value(SOONEST)
        if free <= 0 or soonest is None or soonest > now:
            return
        full = [lane for lane, count in self._lanes.items() if count >= self._per_lane]
        async with self._db.begin() as tx:
            rows = await tx.all(DUE, now=now, most=free, full=full)
            for row in rows:
                await tx.run(LEASE, the=row[0], until=now + LEASE_MS)
        for an_id, kind, body, attempts, lane in rows:
            if lane is not None:
                self._lanes[lane] = self._lanes.get(lane, 0) + 1
            task = asyncio.create_task(self._do(an_id, kind, body, attempts + 1, lane), name=f"job {kind}")
            self._under_way.add(task)
            task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._wake.set()

    async def _do(self, an_id: int, kind: str, body: str, attempt: int, lane: str | None) -> None:
        try:
            job, do = decode(kind, body), self._does.get(kind)
            if job is None or do is None:
                raise LookupError(f"this release does not know the job {kind}")
            async with asyncio.timeout(LEASE_MS / 1000 * 0.9):
                await do(self._db, job)
        except Exception as error:  # noqa: BLE001 (the edge of the process for jobs: kept, shown, tried again)
            over = attempt >= MOST_ATTEMPTS
            _log.exception("job failed", job_kind=kind, job_id=an_id, attempt=attempt, dead=over)
            async with self._db.begin() as tx:
                at = tx.now + backoff_ms(attempt, (an_id % 101) / 100)
                await tx.run(AGAIN, the=an_id, at=at, why=f"{type(error).__name__}: {error}"[:500], over=over)
        else:
            async with self._db.begin() as tx:
                await tx.run(DONE, the=an_id)
        finally:
            if lane is not None:
                left = self._lanes[lane] - 1
                if left:
                    self._lanes[lane] = left
                else:
                    del self._lanes[lane]

    async def settle(self, *, within_s: float = 30.0) -> None:
        """Do everything that is due, here and now (for tests and commands)."""
        end = now_ms() + int(within_s * 1000)
        while now_ms() < end:
            await self._start_due()
            if not self._under_way:
                return
            await asyncio.wait(self._under_way, timeout=1)


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
