"""`dunnock audit-log`: is the log of what staff did as it was written?"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import App, Parameter

from dunnock.cli import Refused
from dunnock.cli.options import DataOption, settings_of
from dunnock.foundation.db import open_db

app = App(name="audit-log", help="The log of what staff did.")


@app.command
def verify(*, ends: Annotated[Path | None, Parameter(name="--ends")] = None, data: DataOption = None) -> None:
    """Go through the whole log and name the first entry that is not as it was written (exit code 1), or say that all are.

    Args:
        ends: A file with ends of the log that was read from /transparency/log-ends.json earlier, best by somebody else:
            the log must go through them. Those that the database holds are checked in any case.
        data: The data directory [default: DUNNOCK_DATA, else ./data].
    """
    settings = settings_of(data)

    async def do() -> None:
        from dunnock import transparency  # noqa: PLC0415 (commands start fast)

        try:
            kept = () if ends is None else transparency.read_ends(ends.read_bytes())
        except (OSError, msgspec.MsgspecError) as error:
            raise Refused(f"{ends} can't be read: {error}") from error
        db = await open_db(settings.database, redis_url=settings.redis_url)
        try:
            found = await transparency.check_published(db, kept, server=settings.domain)
        finally:
            await db.close()
        if found.broken is not None:
            raise Refused(
                f"entry {found.broken} is broken: {found.why}. The log is sound up to entry {found.end.number}."
            )
        many = "1 entry" if found.end.number == 1 else f"{found.end.number} entries"
        print(f"{many}, all as written. The last one's hash: {found.end.hash}")

    asyncio.run(do())


@app.command
def report(month: str, /, *, data: DataOption = None) -> None:
    """Make the report of a month again from the log, and compare it with the published one, byte by byte (exit code 1).

    Args:
        month: As 2026-11.
        data: The data directory [default: DUNNOCK_DATA, else ./data].
    """
    settings = settings_of(data)

    async def do() -> None:
        from dunnock import transparency  # noqa: PLC0415 (commands start fast)

        db = await open_db(settings.database, redis_url=settings.redis_url)
        try:
            made = await transparency.report_of(db, month, server=settings.domain)
            published = (await transparency.find_report(db, month)).content
        except transparency.MonthMissing as error:
            raise Refused(f"There is no published report of {month}.") from error
        finally:
            await db.close()
        if made.decode() != published:
            raise Refused(f"The published report of {month} is not what the log says: {made.decode()}")
        print(published)

    asyncio.run(do())
