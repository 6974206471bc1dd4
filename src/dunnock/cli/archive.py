"""`dunnock archive`: what was taken down, as files that researchers read, and the means to check them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import msgspec
from cyclopts import App

from dunnock import __version__
from dunnock.cli import Refused
from dunnock.cli.options import DataOption, settings_of
from dunnock.foundation.db import Db, open_db
from dunnock.foundation.settings import Settings

T = TypeVar("T")
app = App(name="archive", help="The public archive of what was taken down.")


@app.command
def export(decisions: list[int], /, *, to: Path, title: str, method: str = "", data: DataOption = None) -> None:
    """Write a release of some decisions. Stop it whenever you like: the next run goes on where this one was.

    Args:
        decisions: Numbers of the decisions, as the page of their case has them.
        to: The folder to write into; it is made.
        title: What the release is called.
        method: How the network was found, for researchers.
        data: The data directory [default: DUNNOCK_DATA, else ./data].
    """
    settings = settings_of(data)

    async def do(db: Db) -> None:
        from dunnock.federation import Federation  # noqa: PLC0415 (commands start fast)
        from dunnock.foundation.http import Door  # noqa: PLC0415
        from dunnock.media import MediaStore  # noqa: PLC0415
        from dunnock.transparency.archive import Order, export_release  # noqa: PLC0415

        store = MediaStore.local(settings.media)
        door = Door(agent=f"Dunnock/{__version__}")
        try:
            order = Order(decision_ids=tuple(decisions), title=title, method=method)
            made = await export_release(db, Federation(db, door, settings, store), store.storage, order, to)
        except FileExistsError as error:
            raise Refused(str(error)) from error
        finally:
            await door.close()
            await store.aclose()
        counts = ", ".join(f"{name.replace('_', ' ')} {number:,}" for name, number in made.counts.items())
        print(f"Release {made.release_id} is in {to}: {counts}.")
        print(f"SHA-256 of its manifest: {made.manifest}")

    _with_db(settings, do)


@app.command
def verify(folder: Path, /, *, database: bool = False, data: DataOption = None) -> None:
    """Check files, signature and tables of a release; exit code 1 when something is wrong.

    Args:
        folder: Where the release is.
        database: Also compare with what this server decided: exactly the accounts that the decisions are in force for.
        data: The data directory, with --database [default: DUNNOCK_DATA, else ./data].
    """
    from dunnock.transparency.archive import verify_against, verify_release  # noqa: PLC0415

    try:
        found = verify_release(folder)
        wrong = list(found.wrong)
        if database:
            wrong += _with_db(settings_of(data), lambda db: verify_against(db, folder))
    except (OSError, msgspec.MsgspecError, KeyError) as error:
        raise Refused(f"{folder} has no release in it that can be read: {error}") from error
    if wrong:
        raise Refused("; ".join(wrong))
    counts = ", ".join(f"{name.replace('_', ' ')} {number:,}" for name, number in found.counts.items())
    print(f"All is as it was published: {counts}.")
    print(f"Signed with {found.key}: compare it with the key of the server's actor.")


@app.command(name="import")
def import_release(folder: Path, /, *, data: DataOption = None) -> None:
    """Check a release, or any folder of Twitter's archive, and bring its posts in. Stopped, the next run goes on.

    Args:
        folder: Where the files are; those with `_tweets_` in their names are read, columns by their names.
        data: The data directory [default: DUNNOCK_DATA, else ./data].
    """
    from dunnock.cli.import_posts import import_posts  # noqa: PLC0415

    if (folder / "manifest.json").exists():
        verify(folder)
    files = sorted(folder.glob("*_tweets_*.csv"))
    if not files:
        raise Refused(f"{folder} has no file with _tweets_ in its name.")
    import_posts(files, kind="twitter-io", data=data)


def _with_db(settings: Settings, do: Callable[[Db], Awaitable[T]]) -> T:
    async def inside() -> T:
        db = await open_db(settings.database, redis_url=settings.redis_url)
        try:
            return await do(db)
        finally:
            await db.close()

    return asyncio.run(inside())
