"""What watches over a server may ask: alive (the process answers), ready (it can serve)."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from dunnock.app.migrations import HEAD
from dunnock.foundation.db import Busy, Db
from dunnock.foundation.db.schema import schema_version
from dunnock.foundation.reactions import lags

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


@get("/health", include_in_schema=False)
async def greet(db: NamedDependency[Db]) -> Response[dict[str, str]]:
    """Whether the process and the database answer, in Mastodon's words."""
    try:
        await schema_version(db)
    except Busy:
        return Response({"status": "DOWN"}, status_code=503, headers={"cache-control": "no-store"})
    return Response({"status": "UP"}, headers={"cache-control": "no-store"})


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
