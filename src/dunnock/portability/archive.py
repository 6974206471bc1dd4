"""All that a member has as one .tar.gz: posts, pictures, lists, settings. Mastodon: Backup, BackupService.

A job puts it together in parts. What is written is on the disk before the row says so, and what the row does not know of is cut
off at the next start: the archive is a row of gzip members, which is one gzip file. What others wrote to the member is not in it.
"""

from __future__ import annotations

import asyncio
import gzip
import hmac
import os
import shutil
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import msgspec

from dunnock import accounts, media
from dunnock.accounts.counts import hold
from dunnock.foundation import ids, refresh
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Db, Reader, Row, Tx
from dunnock.foundation.job import Job
from dunnock.foundation.refresh import Refresh
from dunnock.foundation.storage import Storage
from dunnock.portability import activities, export
from dunnock.portability.errors import ArchiveMissing, ArchiveRefused
from dunnock.portability.export import Place
from dunnock.portability.store import archives as store

EVERY_MS: Final = 7 * DAY
"""Source: Mastodon's BackupPolicy::MIN_AGE."""
KEPT_MS: Final = 7 * DAY
WORK_MS: Final = 20_000
_POSTS: Final = 200
_MEDIA: Final = 20
_PART: Final = 1 << 20
_NAME: Final = "archive.tar.gz"
_END: Final = b"\0" * 1024  # two empty blocks end a tar file
_encode = msgspec.json.encode


class BuildArchive(Job, frozen=True):
    """Go on putting an archive together."""

    archive_id: int


class Archive(msgspec.Struct, frozen=True, kw_only=True):
    """An archive; `ready_at` None: it is being made, and `phase` says what of it. `bytes`: its size."""

    id: int
    account_id: int
    secret: str
    folder: str
    phase: str
    after: int
    outbox_bytes: int
    bytes: int
    posts: int
    files: int
    created_at: int
    ready_at: int | None

    @property
    def expires_at(self) -> int | None:
        """From then on it is gone; None while it is being made."""
        return None if self.ready_at is None else self.ready_at + KEPT_MS

    @property
    def path(self) -> Path:
        """The file."""
        return Path(self.folder) / _NAME


async def ask_for_archive(tx: Tx, account_id: int, *, folder: Path, limited: bool = True) -> tuple[Archive, Refresh]:
    """Have an archive made; one that is being made already is given again. `folder`: where archives are.

    Raises:
        ArchiveRefused: there was one within a week (not asked unless `limited`).
    """
    await hold(tx, (account_id,))  # two at the same moment are one
    for row in await tx.all(store.OF, account=account_id):
        held = _archive(row)
        if held.ready_at is None and held.created_at > tx.now - DAY:
            work = await refresh.named(tx, work_name(held.id))
            return held, work or await refresh.begin(tx, work_name(held.id))
        if limited and held.created_at > tx.now - EVERY_MS:
            raise ArchiveRefused(account_id, retry_at=held.created_at + EVERY_MS)
    archive_id = tx.new_id()
    await tx.run(
        store.ADD,
        id=archive_id,
        account_id=account_id,
        secret=ids.secret(),
        folder=str(folder / str(archive_id)),
        created_at=tx.now,
    )
    await tx.enqueue(BuildArchive(archive_id))
    work = await refresh.begin(tx, work_name(archive_id))
    return await _found(tx, archive_id), work


async def archives_of(reader: Reader, account_id: int) -> list[Archive]:
    """The member's archives, the latest first."""
    now = now_ms()
    held = [_archive(row) for row in await reader.all(store.OF, account=account_id)]
    return [one for one in held if one.expires_at is None or one.expires_at > now]


async def find_archive(reader: Reader, account_id: int, archive_id: int, *, secret: str | None = None) -> Archive:
    """One of the member's archives; `secret`: as the address had it, None: it was not asked for.

    Raises:
        ArchiveMissing: there is none, its time is over, or the address is wrong.
    """
    row = await reader.one(store.FIND, the=archive_id)
    if row is None:
        raise ArchiveMissing(archive_id)
    held = _archive(row)
    if held.account_id != account_id or (held.expires_at is not None and held.expires_at <= now_ms()):
        raise ArchiveMissing(archive_id)
    if secret is not None and not hmac.compare_digest(secret.encode(), held.secret.encode()):
        raise ArchiveMissing(archive_id)
    return held


async def read_archive(one: Archive) -> AsyncIterator[bytes]:
    """The file, in parts."""
    with await asyncio.to_thread(one.path.open, "rb") as file:
        while part := await asyncio.to_thread(file.read, _PART):
            yield part


def check_ready(one: Archive) -> None:
    """Raises ArchiveMissing: it is not ready, or its file is not on this machine."""
    if one.ready_at is None or not one.path.exists():
        raise ArchiveMissing(one.id)


def work_name(archive_id: int) -> str:
    """What its progress is called."""
    return f"archive {archive_id}"


async def build_archive(db: Db, job: BuildArchive, *, storage: Storage, place: Place, work_ms: int = WORK_MS) -> None:
    """Go on where it is, for a while."""
    until = now_ms() + work_ms
    while True:
        row = await db.one(store.FIND, the=job.archive_id)
        if row is None:
            return
        held = _archive(row)
        account = await accounts.find(db, held.account_id)
        if held.phase == "ready" or account is None or not account.shown:
            return
        await _PHASES[held.phase](_Work(db, storage, place, account), held)
        if now_ms() >= until:
            async with db.begin() as tx:
                await tx.enqueue(job)
            return


class _Work(msgspec.Struct, frozen=True):
    db: Any
    storage: Any
    place: Place
    account: accounts.Account


async def _outbox(work: _Work, one: Archive) -> None:
    """The next posts, behind what is written already."""
    rows: list[Row] = await work.db.slow(store.POSTS, account=one.account_id, after=one.after, most=_POSTS)
    told = await activities.activities(work.db, rows, account=work.account, place=work.place)
    text = b"".join(b"%s\n%s" % (b"," if one.posts or at else b"", _encode(item)) for at, item in enumerate(told))
    if not one.outbox_bytes:
        head = {"@context": activities.CONTEXT, "id": "outbox.json", "type": "OrderedCollection"}
        text = _encode(head)[:-1] + b',"orderedItems":[' + text
    if not rows:
        text += b'\n],"totalItems":%d}\n' % one.posts
    size = await asyncio.to_thread(_append, Path(one.folder) / "outbox.json", text, one.outbox_bytes)
    await _move(
        work, one, msgspec.structs.replace(
            one, phase="outbox" if rows else "lists", after=rows[-1][0] if rows else 0, outbox_bytes=size,
            posts=one.posts + len(rows),
        ),
    )  # fmt: skip


async def _lists(work: _Work, one: Archive) -> None:
    """All that is not posts and pictures; done anew when it was not finished."""
    folder = Path(one.folder)
    for name, kind in (("likes", "favourites"), ("bookmarks", "bookmarks")):
        await _collection(work, folder / f"{name}.json", f"{name}.json", kind, one.account_id)
    for name in export.NAMES:
        with await asyncio.to_thread((folder / name).open, "wb") as file:
            async for part in export.export(work.db, one.account_id, name, place=work.place):
                await asyncio.to_thread(file.write, part)
    member = {name: await store.told(work.db, name, one.account_id) for name in store.ROWS}
    people = {str(an_id): who.handle for an_id, who in (await _named(work.db, member)).items()}
    text = msgspec.json.format(_encode(member | {"people": people}), indent=2)
    await asyncio.to_thread((folder / "member.json").write_bytes, text)
    icon, image = (_picture_name(stored) for stored in (work.account.avatar, work.account.header))
    told = activities.actor(
        work.account,
        work.place,
        icon=icon and f"avatar{Path(icon).suffix}",
        image=image and f"header{Path(image).suffix}",
    )
    await asyncio.to_thread((folder / "actor.json").write_bytes, msgspec.json.format(_encode(told), indent=2))
    await _move(work, one, msgspec.structs.replace(one, phase="files", after=0))


async def _collection(work: _Work, path: Path, name: str, kind: str, account_id: int) -> None:
    head = {"@context": activities.CONTEXT, "id": name, "type": "OrderedCollection"}
    first = True
    with await asyncio.to_thread(path.open, "wb") as file:
        file.write(_encode(head)[:-1] + b',"orderedItems":[')
        async for rows in export.pages(work.db, kind, account_id):
            text = b",\n".join(_encode(export.post_uri(row, work.place)) for row in rows)
            await asyncio.to_thread(file.write, (b"\n" if first else b",\n") + text)
            first = False
        file.write(b"]}\n")


async def _named(db: Db, member: dict[str, list[dict[str, Any]]]) -> dict[int, accounts.Account]:
    """Whom the rows name."""
    names = ("target_id", "followed_id", "from_id")
    wanted = {row[name] for rows in member.values() for row in rows for name in names if row.get(name)}
    return await accounts.find_many(db, wanted) if wanted else {}


def _picture_name(stored: str | None) -> str | None:
    return None if stored is None else media.read_picture(stored).original.path


async def _files(work: _Work, one: Archive) -> None:
    """Begin the archive with all but the pictures of posts."""
    folder = Path(one.folder)
    names = ["actor.json", "outbox.json", "likes.json", "bookmarks.json", "member.json", *export.NAMES]
    entries = [(name, folder / name) for name in names]
    for name, stored in (("avatar", work.account.avatar), ("header", work.account.header)):
        file = _picture_name(stored)
        if file is not None and await _fetch(work.storage, file, folder / name):
            entries.append((f"{name}{Path(file).suffix}", folder / name))
    size = await asyncio.to_thread(_pack, folder / _NAME, entries, 0, one.created_at)
    await _move(work, one, msgspec.structs.replace(one, phase="media", after=0, bytes=size, files=len(entries)))


async def _pictures(work: _Work, one: Archive) -> None:
    """The next pictures; behind the last, the end."""
    folder = Path(one.folder)
    rows: list[Row] = await work.db.slow(store.MEDIA, account=one.account_id, after=one.after, most=_MEDIA)
    entries = []
    for an_id, files in rows:
        name = media.read_picture(files).original.path
        if await _fetch(work.storage, name, folder / str(an_id)):
            entries.append((f"{activities.FILES}/{name}", folder / str(an_id)))
    size = await asyncio.to_thread(_pack, folder / _NAME, entries, one.bytes, one.created_at, end=not rows)
    if rows:
        new = msgspec.structs.replace(one, after=rows[-1][0], bytes=size, files=one.files + len(entries))
    else:
        new = msgspec.structs.replace(one, phase="ready", bytes=size, ready_at=now_ms())
    await _move(work, one, new)
    await asyncio.to_thread(_tidy, folder, [path for _, path in entries] if rows else None)


def _tidy(folder: Path, parts: list[Path] | None) -> None:
    """Remove what is in the archive by now; None: all but the archive."""
    for path in parts if parts is not None else [one for one in folder.iterdir() if one.name != _NAME]:
        path.unlink(missing_ok=True)


async def _fetch(storage: Storage, name: str, target: Path) -> bool:
    """Copy a stored file; False when there is none any more."""
    opened = await storage.open(name)
    if opened is None:
        return False
    try:
        with await asyncio.to_thread(target.open, "wb") as file:
            start = 0
            while part := await opened.read(start, _PART):
                await asyncio.to_thread(file.write, part)
                start += len(part)
    finally:
        await opened.close()
    return True


_PHASES = {"outbox": _outbox, "lists": _lists, "files": _files, "media": _pictures}


async def _move(work: _Work, was: Archive, new: Archive) -> None:
    async with work.db.begin() as tx:
        await tx.run(
            store.MOVE,
            the=was.id,
            was_phase=was.phase,
            was_after=was.after,
            new_phase=new.phase,
            new_after=new.after,
            new_outbox=new.outbox_bytes,
            new_bytes=new.bytes,
            new_posts=new.posts,
            new_files=new.files,
            ready=new.ready_at,
        )
        results = new.posts + new.files
        await refresh.tell(tx, work_name(was.id), results=results, finished=new.phase == "ready")


def _append(path: Path, text: bytes, at: int) -> int:
    """Write behind the first `at` bytes, durably; the new size."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("r+b" if path.exists() else "xb") as file:
        file.truncate(at)
        file.seek(at)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def _pack(path: Path, entries: list[tuple[str, Path]], at: int, when: int, *, end: bool = False) -> int:
    """Put files behind the first `at` bytes of the archive as one more gzip member, durably; the new size."""
    with path.open("r+b" if path.exists() else "xb") as file:
        file.truncate(at)
        file.seek(at)
        with gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=6, mtime=0) as packed:
            tar = tarfile.TarFile(
                fileobj=packed, mode="w", format=tarfile.PAX_FORMAT
            )  # closing it would end the archive
            for name, source in entries:
                info = tarfile.TarInfo(name)
                info.size, info.mtime, info.mode = source.stat().st_size, when // 1000, 0o600
                with source.open("rb") as content:
                    tar.addfile(info, content)
            if end:
                packed.write(_END)
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


async def sweep_archives(db: Db, folder: Path) -> None:
    """Remove archives whose time is over, those that were never finished, and folders that no row tells of."""
    now = now_ms()
    for row in await db.slow(store.OVER, before=now - KEPT_MS):
        held = _archive(row)
        if now >= (held.created_at + 2 * KEPT_MS if held.expires_at is None else held.expires_at):
            await drop_archive(db, held)
    if await asyncio.to_thread(folder.exists):
        for one in await asyncio.to_thread(lambda: list(folder.iterdir())):
            if one.name.isascii() and one.name.isdigit() and await db.one(store.FIND, the=int(one.name)) is None:
                await asyncio.to_thread(shutil.rmtree, one, ignore_errors=True)


async def drop_archive(db: Db, one: Archive) -> None:
    """Remove the file, then the row."""
    await asyncio.to_thread(shutil.rmtree, one.folder, ignore_errors=True)
    async with db.begin() as tx:
        await tx.run(store.DROP, the=one.id)


async def erase_archives(db: Db, account_id: int) -> int:
    """All archives of an account."""
    rows = await db.all(store.OF, account=account_id)
    for row in rows:
        await drop_archive(db, _archive(row))
    return len(rows)


async def _found(reader: Reader, archive_id: int) -> Archive:
    row = await reader.one(store.FIND, the=archive_id)
    assert row is not None
    return _archive(row)


def _archive(row: Row) -> Archive:
    return msgspec.convert(dict(zip(Archive.__struct_fields__, row, strict=True)), Archive)
