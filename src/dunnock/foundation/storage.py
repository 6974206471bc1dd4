"""Files that never change, named by their content: `Storage` is the face, `LocalStorage` a folder on disk."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import time
from collections.abc import AsyncIterator, Collection, Iterator
from pathlib import Path
from typing import Protocol

_NAME = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{2,5}", re.ASCII)
_CHUNK = 1 << 20
_BATCH = 500
_A_DAY_NS = 86_400 * 10**9


def is_name(text: str) -> bool:
    """The text has the shape of a stored file's name: its SHA-256 in hexadecimal, a dot, its ending."""
    return _NAME.fullmatch(text) is not None


class Opened(Protocol):
    """A stored file that is being read. `size` in bytes."""

    size: int

    async def read(self, start: int, length: int) -> bytes:
        """These bytes; fewer at the end of the file."""

    async def close(self) -> None:
        """Let go of it; more than once does no harm."""


class Storage(Protocol):
    """Keeps files under names that their content decides: the same content is one file, whoever brought it.

    So nobody knows who else uses a file. Files are only deleted when they are old and no row refers to them, and
    `put` makes a file young again.
    """

    async def put(self, source: Path, *, sha256: str, suffix: str) -> str:
        """Keep a copy of `source` durably and give its name; it is there whole or not at all. Twice is once.

        `sha256` in hexadecimal, `suffix` without a dot, lower case.

        Raises:
            ValueError: the content is not what `sha256` says, or the name would have another shape.
            OSError: it could not be kept (no space, no permission, no connection).
        """

    async def open(self, name: str) -> Opened | None:
        """A file to be read; None when there is none, or `name` has not the shape of a name."""

    async def exists(self, name: str) -> bool:
        """There is such a file."""

    async def used(self, names: Collection[str]) -> dict[str, int]:
        """When files were opened last (Unix milliseconds, to a day); those of which it is not known are left out."""

    async def free(self) -> int | None:
        """The bytes that are left for files; None: there is no knowing, or no end."""

    def names(self, *, before: int) -> AsyncIterator[list[str]]:
        """All files last put before this moment (Unix milliseconds), in batches of some hundreds, in no order."""

    async def delete(self, name: str, *, before: int) -> bool:
        """Delete a file unless it is gone or was put at or after `before` (Unix milliseconds); True: it was deleted."""


class LocalStorage:
    """A folder: `ab/cd/<sha256>.<ending>`, by the first four digits. Processes of one machine may share it."""

    def __init__(self, root: Path) -> None:
        """Keep files below `root`, which is made at the first put."""
        self._root = root
        self._incoming = root / ".incoming"

    async def put(self, source: Path, *, sha256: str, suffix: str) -> str:
        """See `Storage.put`."""
        name = f"{sha256}.{suffix}"
        if not is_name(name):
            raise ValueError(name)
        await asyncio.to_thread(self._put, source, name, sha256)
        return name

    async def open(self, name: str) -> _LocalFile | None:
        """See `Storage.open`."""
        if not is_name(name):
            return None
        try:
            handle, size = await asyncio.to_thread(_open, self.path(name), note=True)
        except FileNotFoundError:
            return None
        return _LocalFile(handle, size)

    async def exists(self, name: str) -> bool:
        """See `Storage.exists`."""
        return is_name(name) and await asyncio.to_thread(self.path(name).exists)

    async def used(self, names: Collection[str]) -> dict[str, int]:
        """See `Storage.used`."""
        return await asyncio.to_thread(self._used, [name for name in names if is_name(name)])

    async def free(self) -> int | None:
        """See `Storage.free`."""
        return await asyncio.to_thread(self._free)

    async def names(self, *, before: int) -> AsyncIterator[list[str]]:
        """See `Storage.names`. Also removes what a crash left of files that were being put."""
        await asyncio.to_thread(self._remove_remains, before)
        found = self._find(before)
        while batch := await asyncio.to_thread(_take, found):
            yield batch

    async def delete(self, name: str, *, before: int) -> bool:
        """See `Storage.delete`."""
        return is_name(name) and await asyncio.to_thread(self._delete, name, before)

    def path(self, name: str) -> Path:
        """Where a file of this name (of the right shape) lies."""
        return self._root / name[:2] / name[2:4] / name

    def _used(self, names: list[str]) -> dict[str, int]:
        found = {}
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                found[name] = self.path(name).stat().st_atime_ns // 1_000_000
        return found

    def _free(self) -> int:
        at = next(path for path in (self._root, *self._root.absolute().parents) if path.exists())
        left = os.statvfs(at)
        return left.f_bavail * left.f_frsize

    def _put(self, source: Path, name: str, sha256: str) -> None:
        target = self.path(name)
        self._incoming.mkdir(parents=True, exist_ok=True)
        with self._locked(fcntl.LOCK_SH), contextlib.suppress(FileNotFoundError):
            os.utime(target)  # young again; under the lock, so that it can't be deleted at this moment
            return
        fresh = self._incoming / secrets.token_hex(16)
        try:
            if _copy(source, fresh) != sha256:
                raise ValueError(f"the content of {source} is not {sha256}")
            for folder in (target.parent.parent, target.parent):
                with contextlib.suppress(FileExistsError):
                    folder.mkdir()
                    _sync(folder.parent)
            fresh.rename(target)
            _sync(target.parent)
        finally:
            fresh.unlink(missing_ok=True)

    def _delete(self, name: str, before: int) -> bool:
        path = self.path(name)
        with contextlib.suppress(FileNotFoundError), self._locked(fcntl.LOCK_EX):
            if _age(path.stat()) < before:
                path.unlink()
                return True
        return False

    @contextlib.contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        handle = os.open(self._root / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, how)
            yield
        finally:
            os.close(handle)

    def _find(self, before: int) -> Iterator[str]:
        for outer in _folders(self._root):
            for inner in _folders(Path(outer)):
                with os.scandir(inner) as entries:
                    for entry in entries:
                        if is_name(entry.name) and _age(entry.stat()) < before:
                            yield entry.name

    def _remove_remains(self, before: int) -> None:
        with contextlib.suppress(FileNotFoundError), os.scandir(self._incoming) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):
                    if _age(entry.stat()) < before:
                        Path(entry.path).unlink()


class _LocalFile:
    def __init__(self, handle: int, size: int) -> None:
        self._handle: int | None = handle
        self.size = size

    async def read(self, start: int, length: int) -> bytes:
        assert self._handle is not None  # closed once, at the end
        return await asyncio.to_thread(os.pread, self._handle, length, start)

    async def close(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _open(path: Path, *, note: bool = False) -> tuple[int, int]:
    """`note`: keep when that was, once a day; many disks are set up not to."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    found = os.fstat(handle)
    if note and time.time_ns() - found.st_atime_ns > _A_DAY_NS:
        with contextlib.suppress(PermissionError):
            os.utime(handle, ns=(time.time_ns(), found.st_mtime_ns))
    return handle, found.st_size


def _copy(source: Path, target: Path) -> str:
    """Copy durably; the SHA-256 of what was copied, in hexadecimal."""
    seen = hashlib.sha256()
    with source.open("rb") as old, target.open("xb") as new:
        while chunk := old.read(_CHUNK):
            seen.update(chunk)
            new.write(chunk)
        new.flush()
        os.fsync(new.fileno())
    return seen.hexdigest()


def _sync(folder: Path) -> None:
    """Have the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _age(found: os.stat_result) -> int:
    return found.st_mtime_ns // 1_000_000


def _folders(root: Path) -> list[str]:
    try:
        with os.scandir(root) as entries:
            return [entry.path for entry in entries if len(entry.name) == 2 and entry.is_dir(follow_symlinks=False)]
    except FileNotFoundError:
        return []


def _take(found: Iterator[str]) -> list[str]:
    return [name for _, name in zip(range(_BATCH), found, strict=False)]
