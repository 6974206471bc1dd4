"""`dunnock worker`."""

from __future__ import annotations

import asyncio

from dunnock.app import migrate, serve
from dunnock.cli import Refused
from dunnock.cli.options import DataOption, settings_of


def worker(*, data: DataOption = None) -> None:
    """Run reactions and jobs, and answer no requests: to help a busy server, on this or another node."""
    settings = settings_of(data)
    if not asyncio.run(migrate.is_current(settings.database)):
        raise Refused("The database has not this release's schema. Run `dunnock migrate`, or start the server, first.")
    serve.run(
        serve.Part(settings=settings, fd=None), ready=lambda: print("The worker works. Ctrl-C stops it.", flush=True)
    )
