"""`dunnock events`: how far the reactions are, and what could not be done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from cyclopts import App

from dunnock.cli.options import DataOption, settings_of
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db, open_db
from dunnock.foundation.jobs import backlog, dead_jobs, revive_jobs
from dunnock.foundation.reactions import dead_letters, lags, revive

T = TypeVar("T")
app = App(name="events", help="What happens behind the requests: reactions, jobs, and what was given up on.")


@app.command(name="lag")
def lag(*, data: DataOption = None) -> None:
    """Show how far each reaction is behind, and the jobs that wait."""

    async def ask(db: Db) -> None:
        for one in await lags(db):
            print(f"{one.reaction:40} {one.events:8} events behind, the oldest for {one.age_ms / 1000:.1f} s")
        for kind, count, _ in await backlog(db):
            print(f"{kind:40} {count:8} jobs waiting")

    _with_db(data, ask)


@app.command(name="dead")
def dead(*, data: DataOption = None) -> None:
    """List what was tried often and given up on, with the last reason."""

    async def ask(db: Db) -> None:
        letters, jobs = await dead_letters(db), await dead_jobs(db)
        for letter in letters:
            print(f"event {letter.event_id} {letter.kind} of {iso(letter.at)}: ", end="")
            print(f"{letter.reaction} failed {letter.attempts} times: {letter.error}")
        for job in jobs:
            print(f"job {job.id} {job.kind}: failed {job.attempts} times: {job.error}")
        if not letters and not jobs:
            print("Nothing was given up on.")

    _with_db(data, ask)


@app.command(name="revive")
def revive_all(*, data: DataOption = None) -> None:
    """Have everything that was given up on tried again."""

    async def ask(db: Db) -> None:
        print(f"{await revive(db)} events and {await revive_jobs(db)} jobs are tried again.")

    _with_db(data, ask)


def _with_db(data: DataOption, work: Callable[[Db], Awaitable[T]]) -> T:
    async def run() -> T:
        db = await open_db(settings_of(data).database, pool=2)
        try:
            return await work(db)
        finally:
            await db.close()

    return asyncio.run(run())
