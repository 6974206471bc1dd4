"""How SQLite's commits get onto the disk: by choice of each transaction."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path


class Flush:
    """Commits, and has the write-ahead log on the disk before it returns.

    What `synchronous = FULL` does, but by choice: what can be made again after a power cut (the effects of reactions,
    whose place in the event log is lost with them) need not wait for the disk. With NORMAL the engine itself still
    flushes the log before it copies it into the database, so nothing can be torn.
    Source: sqlite.org/wal.html ("Performance Considerations"), sqlite.org/pragma.html#pragma_synchronous.
    """

    def __init__(self, conn: sqlite3.Connection, path: Path) -> None:
        """`conn`: the only writer of the database at `path`."""
        self._conn, self._log = conn, Path(f"{path}-wal")
        self._handle: int | None = None
        self._tidies = True  # whether a commit may go on to copy the log into the database, which takes a while

    def at_once(self) -> None:
        """Commit without waiting for the disk."""
        self._tidy(on=False)
        self._conn.execute("COMMIT")

    def to_disk(self) -> None:
        """Commit; whatever was committed before is on the disk now too."""
        self._tidy(on=True)
        self._conn.execute("COMMIT")
        if self._handle is None:
            # Closing it frees none of SQLite's locks: those are on the database and on its -shm file.
            self._handle = os.open(self._log, os.O_RDONLY | os.O_CLOEXEC)
        os.fdatasync(self._handle)

    def _tidy(self, *, on: bool) -> None:
        if on is not self._tidies:
            self._conn.execute(f"PRAGMA wal_autocheckpoint = {1000 if on else 0}")
            self._tidies = on

    def close(self) -> None:
        """Let go of the log."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
