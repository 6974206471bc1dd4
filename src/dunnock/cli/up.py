"""`dunnock up`."""

from __future__ import annotations

import asyncio
import shlex
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from dunnock.accounts.census import anybody
from dunnock.app import migrate, serve
from dunnock.app.settings import data_directory
from dunnock.cli import Refused
from dunnock.cli.options import DataOption, settings_of
from dunnock.foundation import first_key
from dunnock.foundation.db import open_db
from dunnock.foundation.settings import Settings


def up(
    *,
    data: DataOption = None,
    host: str | None = None,
    port: int | None = None,
    workers: int | None = None,
    dev: Annotated[bool | None, Parameter(negative="")] = None,
) -> None:
    """Start everything: database, web, API, and what happens behind them. An empty data directory is fine.

    Args:
        host: The address to listen on [default: 127.0.0.1].
        port: The port to listen on [default: 8000].
        workers: How many processes answer requests [default: 1].
        dev: For development: no rate limits, full error messages, other servers on loopback over http.
    """
    settings = settings_of(data, host=host, port=port, workers=workers, dev=dev)
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Refused(
            f"Can't make the data directory {settings.data}: {error.strerror}. Choose another with --data."
        ) from None
    try:
        with serve.hold(settings.data):
            sock = serve.listen(settings.host, settings.port)
            asyncio.run(migrate.bring_up_to_date(settings.database, apart=settings.workers > 1))
            greeting = _greeting(settings, empty=not asyncio.run(_anybody(settings)))
            if settings.workers == 1:
                serve.run(serve.Part(settings=settings, fd=sock.detach()), ready=lambda: print(greeting, flush=True))
                return
            sock.close()  # it only showed that nobody else has the address
            socks = [serve.listen(settings.host, settings.port, shared=True) for _ in range(settings.workers)]
            serve.supervise(
                [
                    serve.Part(settings=settings, fd=one.fileno(), name=str(number), works=number == 1, alone=False)
                    for number, one in enumerate(socks, 1)
                ],
                ready=lambda: print(greeting, flush=True),
            )
    except (serve.CannotServe, migrate.MigrationFailed) as error:
        raise Refused(str(error)) from None


def _greeting(settings: Settings, *, empty: bool) -> str:
    lines = [f"Dunnock is at {settings.public_url} (data in {settings.data}). Ctrl-C stops it."]
    if empty:
        data = "" if settings.data == data_directory(None) else f" --data {shlex.quote(str(settings.data))}"
        lines += [
            "Nobody is here yet. Make yourself the owner, in a browser (the key is good once):",
            f"  {settings.public_url}/setup?key={first_key.make(settings.data)}",
            "or in another terminal:",
            f"  {_command()} members create NAME --email you@example.org --role owner{data}",
        ]
    return "\n".join(lines)


def _command() -> str:
    """How this was started, for people to start it again."""
    return "./dunnock" if (Path.cwd() / "dunnock").is_file() and not sys.argv[0].endswith("bin/dunnock") else "dunnock"


async def _anybody(settings: Settings) -> bool:
    db = await open_db(settings.database, pool=1)
    try:
        return await anybody(db)
    finally:
        await db.close()
