"""A name for a process that does work, which another process gets only after its end: what was left undone under it can go on."""

from __future__ import annotations

import fcntl
import itertools
import os
from pathlib import Path

from dunnock.foundation import ids

_FOLDER = "slots"


class Slot:
    """Held until `leave`, or until the process ends, however it does."""

    def __init__(self, data: Path) -> None:
        """Take the first name of this data directory that nobody has.

        The kernel lets go of a dead process's lock, so whoever gets it knows that the one before is gone.
        """
        folder = data / _FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        for number in itertools.count(1):
            handle = os.open(folder / str(number), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(handle)
                continue
            self._handle = handle
            break
        held = os.read(handle, 100).decode(errors="replace")
        self.name = held or ids.secret(12)
        """Unique among all nodes that have the same database."""
        if not held:
            os.write(handle, self.name.encode())

    def leave(self) -> None:
        """Let others have it."""
        os.close(self._handle)
