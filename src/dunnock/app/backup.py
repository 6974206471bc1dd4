"""Backups: the database of one moment, then the files of media, read back before they count as made; and the way back.

    BACKUP/2026-11-26T153000Z/manifest.json   what there must be, with digests
                              dunnock.db      or dunnock.dump (PostgreSQL)
                              files.txt       the names of the media that its rows need
                              dunnock.toml    when there is one
    BACKUP/files/ab/cd/...                    media, shared by all backups: each is copied once, and named by its content

Database first, then media: a file is there before its row, and stays for a day after the last row that needs it is gone.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from dunnock import media
from dunnock.app.migrate import is_current
from dunnock.app.migrations import HEAD
from dunnock.app.settings import FILE
from dunnock.foundation import backups, clock
from dunnock.foundation.db import open_db
from dunnock.foundation.db.copy import CopyFailed, check_copy, copy_name, copy_out, put_back
from dunnock.foundation.db.schema import schema_version
from dunnock.foundation.settings import Settings
from dunnock.foundation.storage import is_name

_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z")
_LIST = "files.txt"
_CHUNK = 1 << 20
Tell = Callable[[str], object]


class BackupFailed(Exception):
    """A backup is not good, or could not be made or put back; the text says why and what to do."""


class Manifest(msgspec.Struct, frozen=True):
    """What a backup must hold. `files`: how many media the rows need; `file_bytes`: how large they are together."""

    at: int
    schema: str
    engine: str
    public_url: str
    database: str
    database_sha256: str
    database_bytes: int
    files: int
    file_bytes: int
    files_sha256: str


async def make(settings: Settings, to: Path, tell: Tell) -> Path:
    """A new backup below `to`, read back; its folder. The server may run.

    Raises:
        BackupFailed: it could not be made, or is not whole.
    """
    now = clock.now_ms()
    stamp = f"{clock.iso(now)[:19].replace(':', '')}Z"
    folder, unfinished = to / stamp, to / f".{stamp}.unfinished"
    try:
        _begin(to, unfinished)
        copy = unfinished / copy_name(settings.database)
        tell(f"Copying the database to {folder / copy.name} ...")
        before = await _names(settings)
        copy_out(settings.database, copy)
        names = sorted({*before, *await _names(settings)})  # what was there at the moment of the copy is in one of them
        if (settings.data / FILE).is_file():
            shutil.copyfile(settings.data / FILE, unfinished / FILE)
            (unfinished / FILE).chmod(0o600)
        tell("Copying media ...")
        copied = _copy_files(settings.media / "files", to / "files")
        listed = unfinished / _LIST
        listed.write_text("".join(f"{name}\n" for name in names))
        there = [path for name in names if (path := _path(to / "files", name)).is_file()]
        manifest = Manifest(
            at=now,
            schema=await _schema(settings),
            engine="sqlite" if copy.suffix == ".db" else "postgresql",
            public_url=settings.public_url,
            database=copy.name,
            database_sha256=_digest(copy),
            database_bytes=copy.stat().st_size,
            files=len(names),
            file_bytes=sum(path.stat().st_size for path in there),
            files_sha256=_digest(listed),
        )
        (unfinished / "manifest.json").write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
        unfinished.rename(folder)
    except (OSError, CopyFailed) as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise BackupFailed(f"The backup could not be made: {error}") from error
    tell(f"{copied} new files of media. Reading everything back ...")
    verify(folder, deep=False)
    size_of_all = manifest.database_bytes + manifest.file_bytes
    backups.note(settings.data, backups.Backup(now, str(folder), size_of_all, manifest.files))
    return folder


def verify(folder: Path, *, deep: bool) -> Manifest:
    """Read a backup: is it what its manifest says, can the database be read, are all files of its rows there?

    `deep`: read every file of media too, and hold its content against its name.

    Raises:
        BackupFailed: the first thing that is wrong.
    """
    try:
        manifest = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise BackupFailed(f"{folder} holds no backup: {error}") from error
    copy = folder / manifest.database
    if manifest.database not in {"dunnock.db", "dunnock.dump"} or not copy.is_file():
        raise BackupFailed(f"{copy} is missing.")
    if _digest(copy) != manifest.database_sha256:
        raise BackupFailed(f"{copy} is not what was written: its digest differs.")
    broken = check_copy(copy)
    if broken:
        raise BackupFailed(f"{copy} is damaged: {broken}")
    listed, files = folder / _LIST, folder.parent / "files"
    if not listed.is_file() or _digest(listed) != manifest.files_sha256:
        raise BackupFailed(f"{listed} is not what was written.")
    for name in listed.read_text().split():
        path = _path(files, name)
        if not path.is_file():
            raise BackupFailed(f"A file of media that a row needs is missing: {path}")
        if deep and _digest(path) != name.partition(".")[0]:
            raise BackupFailed(f"{path} is damaged: its content is not what its name says.")
    return manifest


async def restore(settings: Settings, folder: Path, tell: Tell) -> Manifest:
    """Put a backup into the empty data directory (and, with PostgreSQL, empty database) of `settings`.

    Everything is read first: a damaged backup changes nothing.

    Raises:
        BackupFailed: it is damaged, of a newer release or of the other engine, or there is something already.
    """
    tell(f"Reading {folder} ...")
    manifest = verify(folder, deep=True)
    engine = "sqlite" if settings.database.startswith("sqlite:///") else "postgresql"
    if engine != manifest.engine:
        raise BackupFailed(f"The backup is of {manifest.engine}, and database_url is of {engine}.")
    if manifest.schema > HEAD:
        raise BackupFailed(f"The backup is of a newer release (schema {manifest.schema}): install that one first.")
    if (settings.media / "files").exists():
        raise BackupFailed(f"There is media at {settings.media} already. Choose an empty data directory.")
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        tell("Putting back the database ...")
        put_back(folder / manifest.database, settings.database)
        tell("Putting back media ...")
        _copy_files(folder.parent / "files", settings.media / "files")
        if (folder / FILE).is_file() and not (settings.data / FILE).exists():
            shutil.copyfile(folder / FILE, settings.data / FILE)
    except (OSError, CopyFailed) as error:
        raise BackupFailed(f"The backup could not be put back: {error}") from error
    if manifest.schema == HEAD and not await is_current(settings.database):
        raise BackupFailed("The database that was put back can't be read.")
    return manifest


def newest(to: Path) -> Path | None:
    """The newest backup below a folder; None: there is none."""
    return max((one for one in to.glob("*Z") if _STAMP.fullmatch(one.name)), default=None)


def prune(to: Path, keep: int) -> int:
    """Remove all but the newest `keep` backups' databases; how many. Media stays: the others share it."""
    found = sorted(one for one in to.glob("*Z") if _STAMP.fullmatch(one.name))
    for one in found[: max(len(found) - keep, 0)]:
        shutil.rmtree(one)
    return max(len(found) - keep, 0)


def _begin(to: Path, unfinished: Path) -> None:
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in to.glob(".*.unfinished"):  # of one that was killed
        shutil.rmtree(left, ignore_errors=True)
    unfinished.mkdir(mode=0o700)


async def _schema(settings: Settings) -> str:
    db = await open_db(settings.database, pool=1)
    try:
        return await schema_version(db) or ""
    finally:
        await db.close()


async def _names(settings: Settings) -> set[str]:
    db = await open_db(settings.database, pool=1)
    try:
        return await media.used_files(db)
    finally:
        await db.close()


def _path(files: Path, name: str) -> Path:
    return files / name[:2] / name[2:4] / name


def _copy_files(source: Path, target: Path) -> int:
    """Copy each file that is not there yet; how many. One is there whole or not at all."""
    copied = 0
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in _walk(source):
        there = _path(target, path.name)
        if there.is_file() and there.stat().st_size == path.stat().st_size:
            continue
        there.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = there.with_name(f".{there.name}.new")
        try:
            shutil.copyfile(path, fresh)
        except FileNotFoundError:
            continue  # swept at this moment: no row of the copy needs it
        with fresh.open("rb") as held:
            os.fsync(held.fileno())
        fresh.rename(there)
        copied += 1
    return copied


def _walk(files: Path) -> Iterator[Path]:
    for path in files.glob("??/??/*"):
        if is_name(path.name):
            yield path


def _digest(path: Path) -> str:
    seen = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            seen.update(chunk)
    return seen.hexdigest()
