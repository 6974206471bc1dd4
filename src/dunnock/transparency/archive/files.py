"""The files of a release while they are written: they go on where the last saved moment was, and what is beyond it is cut off."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dunnock.foundation.storage import Storage

_FOLDED = 64 * 1024
_PART = ".part"
WORKING = frozenset(("state.json", "people.json", "manifest.json", "signature.json"))
"""What lies in the folder and is not named by the manifest."""
_OURS = re.compile(r"release_.*_csv_hashed\.csv|media\.csv|networks\.(?:csv|stix\.json)|statements\.jsonl")


class Files:
    """Tables and lists of a release. Nothing but their ends is in memory."""

    def __init__(self, folder: Path, lengths: dict[str, int], rows: dict[str, int]) -> None:
        """`lengths` and `rows` by name: where the last run saved; changed by `save` and by what is written."""
        self._folder, self._lengths, self._rows = folder, lengths, rows
        self._open: dict[str, io.BufferedRandom] = {}
        self._copied: dict[str, tuple[str, int]] = {}
        for path in folder.iterdir():
            if path.name in lengths:
                os.truncate(path, lengths[path.name])
            elif path.suffix == _PART or _OURS.fullmatch(path.name):
                path.unlink()

    def head(self, name: str, columns: Sequence[str]) -> None:
        """Begin a table, unless it is begun."""
        if self._lengths.get(name, 0) == 0 and name not in self._open:
            self._file(name).write(_line(columns).encode())

    def row(self, name: str, values: Sequence[Any]) -> None:
        """One row of a table."""
        self.line(name, _line(values).encode())

    def line(self, name: str, content: bytes) -> None:
        """One line, with its end."""
        self._file(name).write(content)
        self._rows[name] = self._rows.get(name, 0) + 1

    async def copy(self, storage: Storage, name: str) -> tuple[str, int]:
        """A stored file, once, under the SHA-256 of what is in it: that, and its bytes; ("", 0) when it is gone."""
        known = self._copied.get(name)
        if known is not None:
            return known
        opened = await storage.open(name)
        if opened is None:
            return "", 0
        folder = self._folder / "media"
        folder.mkdir(exist_ok=True)
        seen, size, part = hashlib.sha256(), 0, folder / _PART
        try:
            with part.open("wb") as target:
                while chunk := await opened.read(size, _FOLDED):
                    seen.update(chunk)
                    target.write(chunk)
                    size += len(chunk)
        finally:
            await opened.close()
        part.replace(folder / f"{seen.hexdigest()}{Path(name).suffix}")
        if len(self._copied) > _FOLDED:
            self._copied.clear()
        self._copied[name] = seen.hexdigest(), size
        return self._copied[name]

    def save(self) -> None:
        """All that is written is on the disk, and `lengths` says how much that is."""
        for name, file in self._open.items():
            file.flush()
            if self._lengths.get(name) != file.tell():
                os.fsync(file.fileno())
                self._lengths[name] = file.tell()

    def close(self) -> None:
        """End all."""
        for file in self._open.values():
            file.close()
        (self._folder / "media" / _PART).unlink(missing_ok=True)

    def _file(self, name: str) -> io.BufferedRandom:
        file = self._open.get(name)
        if file is None:
            path = self._folder / name
            path.touch()
            file = self._open[name] = path.open("r+b")
            file.seek(0, os.SEEK_END)
        return file


def listed(folder: Path, rows: dict[str, int]) -> dict[str, dict[str, Any]]:
    """What a manifest says of the files of a folder: SHA-256, bytes, and rows of those that have some."""
    return {
        path.relative_to(folder).as_posix(): {
            "sha256": digest_of(path),
            "bytes": path.stat().st_size,
            **({"rows": rows[path.name]} if path.name in rows else {}),
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in WORKING
    }


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Put a file there, whole or not at all."""
    part = path.with_suffix(_PART)
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


class _Echo:
    """Makes `csv.writer` give back its line."""

    def write(self, line: str) -> str:
        return line


_line: Callable[[Sequence[Any]], str] = csv.writer(_Echo(), lineterminator="\n").writerow
