"""The note of the last backup that was made and read back: a small file in the data directory."""

from __future__ import annotations

from pathlib import Path

import msgspec

_NAME = "last-backup.json"


class Backup(msgspec.Struct, frozen=True):
    """When it was made (Unix milliseconds), where it lies, how large it is, and of how many files."""

    at: int
    path: str
    bytes: int
    files: int


def last(data: Path) -> Backup | None:
    """The last backup; None when none was made here, or its note can't be read."""
    try:
        return msgspec.json.decode((data / _NAME).read_bytes(), type=Backup)
    except (OSError, msgspec.DecodeError):
        return None


def note(data: Path, made: Backup) -> None:
    """Remember it."""
    fresh = data / f"{_NAME}.new"
    fresh.write_bytes(msgspec.json.encode(made))
    fresh.replace(data / _NAME)
