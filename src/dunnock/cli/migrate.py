"""`dunnock migrate`."""

from __future__ import annotations

import asyncio

from dunnock.app import migrate as migrations
from dunnock.app.migrations import HEAD
from dunnock.cli import Refused
from dunnock.cli.options import DataOption, settings_of


def migrate(*, data: DataOption = None) -> None:
    """Bring the database to this release's schema. `dunnock up` does it by itself; safe while a server runs."""
    settings = settings_of(data)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        changed = asyncio.run(migrations.bring_up_to_date(settings.database))
    except migrations.MigrationFailed as error:
        raise Refused(str(error)) from None
    print(f"The schema is now {HEAD}." if changed else f"The schema is {HEAD} already.")
