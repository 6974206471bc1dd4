"""64-bit, time-ordered ids: 48 bits of Unix milliseconds, 6 bits of slot, 10 bits of counter.

"Newest" is "largest", on every engine and on the wire. A slot belongs to one running process at a time (see
`SlotFile` and the PostgreSQL engine), so two processes never make the same id.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from pathlib import Path

from dunnock.foundation.clock import now_ms

SLOTS = 64
_COUNTER_BITS = 10
_LOW_BITS = 16


class IdMaker:
    """Makes strictly growing ids for one process."""

    def __init__(self, slot: int) -> None:
        """`slot`: 0 to 63, held by this process alone."""
        if not 0 <= slot < SLOTS:
            raise ValueError(slot)
        self._slot = slot << _COUNTER_BITS
        self._ms = 0
        self._count = 0

    @property
    def slot(self) -> int:
        """The slot that the ids tell of."""
        return self._slot >> _COUNTER_BITS

    def move(self, slot: int) -> None:
        """Go on with another slot; ids go on growing."""
        if not 0 <= slot < SLOTS:
            raise ValueError(slot)
        self._slot = slot << _COUNTER_BITS
        self._ms += 1
        self._count = -1  # the first id of this millisecond is still to come

    def next(self) -> int:
        """A new id, larger than every one before. When a millisecond is used up it borrows from the next."""
        ms = now_ms()
        if ms > self._ms:
            self._ms, self._count = ms, 0
        else:
            self._count += 1
            if self._count >> _COUNTER_BITS:
                self._ms, self._count = self._ms + 1, 0
        return self._ms << _LOW_BITS | self._slot | self._count


def id_at(ms: int, low: int = 0) -> int:
    """The id that something of the moment `ms` would have; `low` (16 bits) tells apart what shares a millisecond."""
    return max(ms, 0) << _LOW_BITS | low & 0xFFFF


def id_for(ms: int, key: str) -> int:
    """An id of the moment `ms` decided by `key` alone, so that importing the same thing again gives the same id."""
    return id_at(ms, int.from_bytes(hashlib.blake2b(key.encode(), digest_size=2).digest(), "big"))


def ms_of(an_id: int) -> int:
    """The moment (Unix milliseconds) in an id."""
    return an_id >> _LOW_BITS


def secret(bytes_of_chance: int = 32) -> str:
    """A fresh unguessable token, safe in URLs."""
    return secrets.token_urlsafe(bytes_of_chance)


def digest(token: str | bytes) -> str:
    """What is stored of a secret: its SHA-256 in hex. Only for secrets of full entropy, never for passwords."""
    return hashlib.sha256(token if isinstance(token, bytes) else token.encode()).hexdigest()


class SlotFile:
    """Holds an id slot through a locked file; the kernel frees it when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        """Take the first free slot of `folder`.

        Raises:
            RuntimeError: all 64 slots are held by running processes.
        """
        folder.mkdir(parents=True, exist_ok=True)
        for slot in range(SLOTS):
            handle = os.open(folder / f"{slot:02d}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(handle)
                continue
            self.slot, self._handle = slot, handle
            return
        raise RuntimeError(f"all {SLOTS} id slots of {folder} are in use")

    def release(self) -> None:
        """Give the slot back."""
        os.close(self._handle)
