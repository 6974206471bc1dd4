"""Looks whether a server has what it needs, and says what to do where it has not."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import stat
from collections.abc import Awaitable, Callable

import msgspec

from dunnock.app import health
from dunnock.app.migrate import is_current
from dunnock.foundation.clock import YEAR_2025, now_ms
from dunnock.foundation.db import open_db
from dunnock.foundation.db.schema import damage
from dunnock.foundation.settings import Settings

LEAST_FREE = 1_000_000_000  # bytes


class Finding(msgspec.Struct, frozen=True):
    """`good`: nothing is to do; `advice` says what is, else what was found."""

    what: str
    good: bool
    advice: str


async def examine(settings: Settings) -> list[Finding]:
    """Everything that can be looked at from here; the server may run or not."""
    found = [_directory(settings), _disk(settings), _clock(), _port(settings)]
    checks: tuple[Callable[[Settings], Awaitable[Finding]], ...] = (_schema, _database, _reactions)
    for check in checks:
        try:
            found.append(await check(settings))
        except Exception as error:  # noqa: BLE001 (whatever it is, it is a finding)
            found.append(Finding(check.__name__.strip("_"), good=False, advice=f"{type(error).__name__}: {error}"))
            break
    return found


def _directory(settings: Settings) -> Finding:
    path = settings.data
    if not path.is_dir():
        return Finding("data directory", good=False, advice=f"{path} does not exist yet; `dunnock up` makes it.")
    if not os.access(path, os.W_OK | os.X_OK):
        return Finding(
            "data directory", good=False, advice=f"This user may not write to {path}: give it to them (chown)."
        )
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Finding("data directory", good=False, advice=f"Others may read {path}: run `chmod 700 {path}`.")
    return Finding("data directory", good=True, advice=f"{path}, for this user only")


def _disk(settings: Settings) -> Finding:
    place = next(path for path in (settings.data, *settings.data.parents) if path.exists())
    free = shutil.disk_usage(place).free
    text = f"{free / 1e9:.1f} GB free"
    return Finding("disk", good=free >= LEAST_FREE, advice=text if free >= LEAST_FREE else f"Only {text}: make room.")


def _clock() -> Finding:
    good = now_ms() > YEAR_2025
    return Finding(
        "clock", good=good, advice="plausible" if good else "The clock is years behind: set it (timedatectl)."
    )


def _port(settings: Settings) -> Finding:
    with contextlib.closing(socket.socket()) as probe:
        probe.settimeout(1)
        host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104
        taken = probe.connect_ex((host, settings.port)) == 0
    state = "in use (by this server, if it runs)" if taken else "free"
    return Finding("port", good=True, advice=f"{settings.host}:{settings.port} is {state}")


async def _schema(settings: Settings) -> Finding:
    good = await is_current(settings.database)
    return Finding("schema", good=good, advice="of this release" if good else "Run `dunnock migrate`.")


async def _database(settings: Settings) -> Finding:
    problems = await asyncio.to_thread(damage, settings.database)
    text = "; ".join(problems[:3])
    return Finding("database", good=not problems, advice=f"Restore a backup: {text}" if problems else "whole")


async def _reactions(settings: Settings) -> Finding:
    db = await open_db(settings.database, pool=1)
    try:
        found = await health.check(db)
    finally:
        await db.close()
    late = "; ".join(found.problems)
    advice = f"{late}: is the server (or a worker) running?" if late else "up to date"
    return Finding("reactions", good=not late, advice=advice)
