"""Wakes other processes of one machine at once after a commit, over sockets in the data directory.

A bus wakes: what was committed is in the event log, and whoever missed a word reads it there. It also carries short texts
that nobody needs to keep.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable
from pathlib import Path

from dunnock.foundation.clock import SECOND, now_ms

_WAKE = b"!"
_MOST_BYTES = 65_536
_LOOK_EVERY_MS = SECOND  # how often to look who else is there


class Sockets:
    """One datagram socket for each process that listens, named after its id slot. For processes of one machine."""

    def __init__(self, folder: Path, slot: int) -> None:
        """`slot`: the number that this process holds alone."""
        folder.mkdir(parents=True, exist_ok=True)
        # A socket's address may be 107 bytes long, a data directory's path longer: so it is named from an open folder.
        self._folder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._here = f"/proc/self/fd/{self._folder}"
        self._name = f"{slot:02d}"
        self._path = folder / self._name
        self._mine: socket.socket | None = None
        self._out = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        self._others: list[str] = []
        self._looked_at = 0
        self._closed = False

    def listen(self, wake: Callable[[], None], hear: Callable[[str], None]) -> None:
        """Have `wake` called on the running loop whenever another process committed, `hear` with each text it sent."""
        self._path.unlink(missing_ok=True)  # of a process that was killed: the slot is ours now
        mine = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        mine.bind(f"{self._here}/{self._name}")
        self._path.chmod(0o600)

        def read() -> None:
            woken = False
            with contextlib.suppress(BlockingIOError):
                while said := mine.recv(_MOST_BYTES):
                    if said == _WAKE:
                        woken = True
                    else:
                        hear(said[1:].decode(errors="replace"))
            if woken:
                wake()

        asyncio.get_running_loop().add_reader(mine.fileno(), read)
        self._mine = mine

    def tell(self) -> None:
        """Wake the others. Costs a microsecond when nobody else is there."""
        self._send(_WAKE)

    def shout(self, text: str) -> None:
        """Send the others a text; one that has too much unread already does not get it."""
        self._send(b"#" + text.encode())

    def _send(self, said: bytes) -> None:
        if self._closed:  # the folder's number may be another file's by now
            return
        now = now_ms()
        if now - self._looked_at > _LOOK_EVERY_MS:
            self._looked_at = now
            self._others = [name for name in os.listdir(self._folder) if name != self._name]  # noqa: PTH208 (by handle)
        for name in self._others:
            try:
                self._out.sendto(said, f"{self._here}/{name}")
            except BlockingIOError:
                continue  # it has not read the last ones: it will wake
            except (ConnectionRefusedError, FileNotFoundError):
                self._looked_at = 0  # its process is gone; whoever gets its slot makes the socket anew

    def close(self) -> None:
        """Stop listening, and say nothing more."""
        self._closed = True
        if self._mine is not None:
            asyncio.get_running_loop().remove_reader(self._mine.fileno())
            self._mine.close()
            self._path.unlink(missing_ok=True)
        self._out.close()
        os.close(self._folder)
