"""`dunnock demo`."""

from __future__ import annotations

import asyncio
import time

from dunnock.app import demo as demonstration
from dunnock.app import migrate
from dunnock.cli import Refused
from dunnock.cli.options import DataOption, settings_of
from dunnock.foundation.db import open_db
from dunnock.foundation.settings import Settings
from dunnock.media import MediaStore


def demo(*, data: DataOption = None) -> None:
    """Make a small living server: members, conversations, pictures, and one planted campaign. For an empty directory."""
    settings = settings_of(data)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    began = time.monotonic()
    try:
        made = asyncio.run(_fill(settings))
    except migrate.MigrationFailed as error:
        raise Refused(str(error)) from None
    except demonstration.NotEmpty:
        raise Refused(f"{settings.data} has members already. Choose an empty directory with --data.") from None
    print(
        f"A demo is in {settings.data}: {made.accounts} accounts, {made.posts:,} posts, {made.pictures} pictures "
        f"({time.monotonic() - began:.1f} s).\n"
        f"{len(made.campaign)} accounts are a planted campaign, led by @{made.campaign[0]}.\n\n"
        f"Start it:      ./dunnock up --data {settings.data}\n"
        f"Then sign in:  {settings.public_url}/auth/sign_in\n"
        f"  e-mail       {made.email}\n"
        f"  password     {made.password}"
    )


async def _fill(settings: Settings) -> demonstration.Made:
    await migrate.bring_up_to_date(settings.database)
    db = await open_db(settings.database, pool=2, timeout_s=60.0)
    media_store = MediaStore.local(settings.media)
    try:
        return await demonstration.fill(db, media_store, settings)
    finally:
        await media_store.aclose()
        await db.close()
