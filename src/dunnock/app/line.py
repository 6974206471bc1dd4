"""One client's connection: uvicorn's, which waits for a head neither for ever nor whatever its size."""

from __future__ import annotations

import asyncio
import functools
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from dunnock.app.joined import Joined

HEAD_BYTES: Final = 64 * 1024
"""What a request's line and headers may have together, give or take one read from the socket."""
HEAD_SECONDS: Final = 10.0
"""How long a head may take to arrive, and how long more may come of a body that nobody wants."""
STREAMS: Final = "/api/v1/streaming"
"""Below this path an answer may become a stream: its first message then names a `taker`, the protocol that goes on."""
EARLY_BYTES: Final = 8 * 1024
"""What a client may send before it knows that there is a stream."""
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
        self._upgrade = False  # the head asked for another protocol, and what follows is no HTTP
        self._early = self._latest = b""

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
        if self._upgrade:
            self._early += data
            if len(self._early) > EARLY_BYTES:
                self.transport.close()
            return
        self._latest = data
        super().data_received(data)
        self._latest = b""
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
        if self.scope["path"].startswith(STREAMS):
            self.cycle.send = functools.partial(self._answer, self.cycle)  # type: ignore[method-assign]

    def _unsupported_upgrade_warning(self) -> None:
        """WebSockets are answered by the app itself; everything else is answered as if no upgrade had been asked for."""
        self._upgrade = True
        self._early = self._latest.partition(b"\r\n\r\n")[2]

    async def _answer(self, cycle: RequestResponseCycle, message: Any) -> None:
        """Send a message of the app; one with a `taker` hands the connection over, and nothing of HTTP is left of it."""
        taker = message.get("taker")
        if taker is None or cycle.disconnected or cycle.response_started:
            await RequestResponseCycle.send(cycle, message)
            return
        transport = cast("Joined", self.transport).bare
        if cycle.scope["method"] == "HEAD":  # only the head is wanted, so there is no stream
            await RequestResponseCycle.send(cycle, message)
            await RequestResponseCycle.send(cycle, {"type": "http.response.body", "body": b""})
            return
        self.connections.discard(self)
        self._unset_keepalive_if_required()
        cycle.response_started = cycle.response_complete = cycle.disconnected = True
        head = [STATUS_LINE[message["status"]]]
        for name, value in (*cycle.default_headers, *message["headers"]):
            head += (name, b": ", value, b"\r\n")
        transport.write(b"".join((*head, b"\r\n")))
        transport.set_protocol(taker)
        taker.connection_made(transport)
        if self._early:
            taker.data_received(self._early)

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
