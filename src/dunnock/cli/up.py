"""`dunnock up`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from dunnock.app import migrate, serve
from dunnock.cli import Refused
from dunnock.cli.options import DataOption, settings_of
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
        dev: For development: no rate limits, full error messages.
    """
    settings = settings_of(data, host=host, port=port, workers=workers, dev=dev)
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Refused(f"Can't make the data directory {settings.data}: {error.strerror}. Choose another with --data.") from None
    try:
        with serve.hold(settings.data):
            sock = serve.listen(settings.host, settings.port)
            asyncio.run(migrate.bring_up_to_date(settings.database))
            serve.run(settings, sock, ready=lambda: _greet(settings))
    except (serve.CannotServe, migrate.MigrationFailed) as error:
        raise Refused(str(error)) from None


def _greet(settings: Settings) -> None:
    print(f"Dunnock is at {settings.public_url} (data in {settings.data}). Ctrl-C stops it.", flush=True)
    sys.stdout.flush()
