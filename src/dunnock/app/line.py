"""One client's connection: uvicorn's, which waits for a head neither for ever nor whatever its size."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from dunnock.app.joined import Joined

HEAD_BYTES: Final = 64 * 1024
"""What a request's line and headers may have together, give or take one read from the socket."""
HEAD_SECONDS: Final = 10.0
"""How long a head may take to arrive, and how long more may come of a body that nobody wants."""
_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8\r\n"
    b'content-length: 37\r\n\r\n{"error":"The headers are too large"}'
)


class Line(HttpToolsProtocol):
    """The protocol class to run uvicorn with. Bodies that are wanted have their own limits, in the edge kit."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """As uvicorn calls it."""
        super().__init__(*given, **named)
        self._head_begun = False
        self._head_bytes = 0
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there."""
        super().connection_made(Joined(transport, self.loop))  # type: ignore[arg-type]
        self._set_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._forget_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Something came."""
        super().data_received(data)
        if self._head_begun:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
                self.transport.write(_TOO_LARGE)
                self.transport.close()
                return
        if self._deadline is None and (self._head_begun or self._idle):
            self._set_deadline()

    def on_message_begin(self) -> None:
        """The first byte of a head."""
        super().on_message_begin()
        self._head_begun, self._head_bytes = True, 0

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._head_begun = False
        self._forget_deadline()
        super().on_headers_complete()

    @property
    def _idle(self) -> bool:
        """Is nothing being answered?"""
        cycle: Any = self.cycle  # None before the first request, whatever its type says
        return cycle is None or bool(cycle.response_complete)

    def _set_deadline(self) -> None:
        if not self.transport.is_closing():
            self._deadline = self.loop.call_later(HEAD_SECONDS, self._too_slow)

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        self._deadline = None
        if self._idle:
            self.transport.close()
        else:  # what came before is still being answered: that first
            self._set_deadline()
