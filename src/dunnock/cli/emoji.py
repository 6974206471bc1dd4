"""`dunnock emoji add | list | remove`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from dunnock import media
from dunnock.app import migrate
from dunnock.cli import Refused
from dunnock.cli.options import DataOption, settings_of
from dunnock.foundation.db import Db, open_db
from dunnock.foundation.settings import Settings

app = App(name="emoji", help="Custom emoji of this server.")


@app.command
def add(
    shortcode: str,
    file: Path,
    /,
    *,
    category: str | None = None,
    unlisted: Annotated[bool, Parameter(negative="")] = False,
    data: DataOption = None,
) -> None:
    """Add an emoji, or replace the one of that name. A running server shows it at once.

    Args:
        shortcode: How people write it, without colons: letters, digits and underscores.
        file: A picture: JPEG, PNG, GIF, WebP or AVIF, at most 256 KB.
        category: Under which heading the picker offers it.
        unlisted: The picker does not offer it.
        data: The data directory [default: DUNNOCK_DATA, else ./data].
    """
    if not file.is_file():
        raise Refused(f"There is no file {file}.")
    settings = settings_of(data)
    path = file.resolve()

    async def do(db: Db) -> None:
        media_store = media.MediaStore.local(settings.media)
        try:
            await media.add_emoji(
                db,
                media_store,
                shortcode=shortcode.strip(":"),
                path=path,
                category=category,
                listed=not unlisted,
            )
        finally:
            await media_store.aclose()

    _with_db(settings, do)
    print(f"Added :{shortcode.strip(':')}:")


@app.command(name="list")
def list_emoji(*, data: DataOption = None) -> None:
    """List all emoji with their categories."""

    async def do(db: Db) -> None:
        for one in await media.all_emoji(db):
            print(f":{one.shortcode}:", one.category or "-", *(() if one.listed else ("(unlisted)",)))

    _with_db(settings_of(data), do)


@app.command
def remove(shortcode: str, /, *, data: DataOption = None) -> None:
    """Remove an emoji; posts show its name from then on."""
    name = shortcode.strip(":")

    async def do(db: Db) -> None:
        async with db.begin() as tx:
            if not await media.remove_emoji(tx, name):
                raise Refused(f"There is no emoji :{name}:")

    _with_db(settings_of(data), do)
    print(f"Removed :{name}:")


def _with_db(settings: Settings, do: Callable[[Db], Awaitable[None]]) -> None:
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def run() -> None:
        await migrate.bring_up_to_date(settings.database)
        db = await open_db(settings.database)
        try:
            await do(db)
        finally:
            await db.close()

    try:
        asyncio.run(run())
    except migrate.MigrationFailed as error:
        raise Refused(str(error)) from None
