"""What watches over a server may ask: alive (the process answers), ready (it can serve)."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency

from dunnock import federation
from dunnock.app.migrations import HEAD
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Busy, Db
from dunnock.foundation.db.schema import schema_version
from dunnock.foundation.jobs import backlog
from dunnock.foundation.reactions import lags
from dunnock.web.status import State

MOST_LAG_MS = 60_000  # a reaction that is further behind makes the server "not ready"


class Health(msgspec.Struct, frozen=True):
    """`problems` is empty when all is well."""

    status: str
    problems: list[str]


async def check(db: Db) -> Health:
    """Does the database answer, has it this release's schema, do the reactions keep up?"""
    problems = []
    try:
        version = await schema_version(db)
        if version != HEAD:
            problems.append(f"the schema is {version}, this release needs {HEAD}")
        problems += [
            f"{lag.reaction} is {lag.events} events ({lag.age_ms // 1000} s) behind"
            for lag in await lags(db)
            if lag.age_ms > MOST_LAG_MS
        ]
    except Busy:
        problems.append("the database does not answer in time")
    return Health("not ready" if problems else "ready", problems)


async def state(db: Db) -> State:
    """What the status page tells everybody: the same, and how much waits."""
    try:
        if await schema_version(db) != HEAD:
            return State(answers=False, well=False)
        behind = max((lag.age_ms for lag in await lags(db)), default=0)
        now = now_ms()
        first_due = min((due_at for _, _, due_at in await backlog(db)), default=now)
        deliveries = await federation.count_due(db, now=now)
    except Busy:
        return State(answers=False, well=False)
    return State(
        answers=True,
        well=behind <= MOST_LAG_MS,
        behind_ms=behind,
        late_ms=max(0, now - first_due),
        deliveries=deliveries,
    )


@get("/health", include_in_schema=False)
async def greet(db: NamedDependency[Db], request: Request[Any, Any, Any]) -> Response[Any]:
    """Whether the process and the database answer: `OK`, or for who asks for JSON what Mastodon's documentation shows."""
    try:
        await schema_version(db)
        status, word, code = "UP", "OK", 200
    except Busy:
        status, word, code = "DOWN", "DOWN", 503
    headers = {"cache-control": "no-store"}
    if "json" in request.headers.get("accept", ""):
        return Response({"status": status}, status_code=code, headers=headers)
    return Response(word, status_code=code, headers=headers, media_type="text/plain; charset=utf-8")


@get("/health/live", include_in_schema=False)
async def live() -> Health:
    """The process answers."""
    return Health("alive", [])


@get(["/health/ready", "/healthz"], include_in_schema=False)
async def ready(db: NamedDependency[Db]) -> Response[Health]:
    """200 when requests can be served, else 503 with the reasons."""
    found = await check(db)
    return Response(found, status_code=503 if found.problems else 200, headers={"cache-control": "no-store"})


HANDLERS = [greet, live, ready]
