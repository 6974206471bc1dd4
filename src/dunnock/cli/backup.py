"""`dunnock backup` and `dunnock restore`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from dunnock.app import backup as backups
from dunnock.app import serve
from dunnock.cli import Refused
from dunnock.cli.options import DataOption, settings_of


def backup(
    to: Path,
    /,
    *,
    keep: int | None = None,
    verify: Annotated[bool, Parameter(negative="")] = False,
    data: DataOption = None,
) -> None:
    """Copy the database and media into a folder and read the copy back. The server may run.

    Args:
        to: The folder of backups; media there is shared by all, so that each file is copied once.
        keep: Afterwards keep only so many, the newest.
        verify: Make none: read the newest one, every file of it.
    """
    if keep is not None and keep < 1:
        raise Refused("--keep must be at least 1.")
    settings = settings_of(data)
    to = to.absolute()
    try:
        if verify:
            found = backups.newest(to)
            if found is None:
                raise Refused(f"There is no backup in {to}.")
            manifest = backups.verify(found, deep=True)
            print(f"{found} is whole: {manifest.database_bytes / 1e6:.1f} MB of database, {manifest.files} files.")
            return
        made = asyncio.run(backups.make(settings, to, print))
        print(f"The backup is in {made}, and can be read.")
        if keep is not None and (dropped := backups.prune(to, keep)):
            print(f"{dropped} older {'one is' if dropped == 1 else 'ones are'} gone.")
    except backups.BackupFailed as error:
        raise Refused(str(error)) from None


def restore(folder: Path, /, *, data: DataOption = None) -> None:
    """Put a backup into an empty data directory, after reading all of it.

    Args:
        folder: A backup, or a folder of backups: then the newest.
    """
    settings = settings_of(data)
    folder = folder.absolute()
    found = folder if (folder / "manifest.json").is_file() else backups.newest(folder)
    if found is None:
        raise Refused(f"There is no backup in {folder}.")
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with serve.hold(settings.data):
            manifest = asyncio.run(backups.restore(settings, found, print))
    except (backups.BackupFailed, serve.CannotServe, OSError) as error:
        raise Refused(str(error)) from None
    print(f"{found} is restored. It is the server {manifest.public_url}: start it with `dunnock up`.")
