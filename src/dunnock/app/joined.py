"""Sends the head of an answer and its body in one write: each write is a system call, and wakes the client."""

from __future__ import annotations

import asyncio
from typing import Any

_HEAD_BYTES = 8_192  # a longer head goes out by itself


class Joined:
    """A transport that holds an answer's head back until its body comes, or until the loop's next turn."""

    __slots__ = ("_held", "_loop", "_transport", "get_extra_info", "is_closing")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """Stand in front of `transport`."""
        self._transport, self._loop = transport, loop
        self._held: bytes | None = None
        self.is_closing, self.get_extra_info = transport.is_closing, transport.get_extra_info

    def write(self, data: bytes) -> None:
        """Send, or hold back."""
        held = self._held
        if held is not None:
            self._held = None
            self._transport.write(held + data)
        elif data[:5] == b"HTTP/" and len(data) < _HEAD_BYTES:
            self._held = data
            self._loop.call_soon(self._flush)
        else:
            self._transport.write(data)

    def _flush(self) -> None:
        held = self._held
        if held is not None:
            self._held = None
            self._transport.write(held)

    def close(self) -> None:
        """Send what is held back, then close."""
        self._flush()
        self._transport.close()

    @property
    def bare(self) -> asyncio.Transport:
        """The transport itself, for whoever takes the connection over; nothing may be held back then."""
        self._flush()
        return self._transport

    def __getattr__(self, name: str) -> Any:
        """Everything else is the transport's."""
        return getattr(self._transport, name)
