"""One client that hears: a WebSocket or a stream of server-sent events, straight on its transport.

There is no task and no queue for a connection. What is sent waits in the transport; whoever lets too much wait is dropped.
"""

from __future__ import annotations

import asyncio
import socket
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Protocol, cast

import msgspec

from dunnock.api.kit import Caller
from dunnock.api.streaming import frames
from dunnock.api.streaming.channels import Channel
from dunnock.api.streaming.messages import Message, chunk

MOST_WAITING_BYTES = 512 * 1024
MOST_WAITING_MESSAGES = 1_000
KERNEL_BYTES = 128 * 1024
"""What may be under way to one client."""
MOST_COMMANDS = 64
"""Commands of one client that wait to be followed; who sends faster is no client."""
MOST_SUBSCRIPTIONS = 100


class Keeper(Protocol):
    """Where a connection reports."""

    def join(self, connection: Connection, /) -> None:
        """It is there."""

    def leave(self, connection: Connection, /) -> None:
        """It is gone."""

    def command(self, connection: Connection, command: dict[str, Any], /) -> None:
        """Its client wants something."""

    def dropped(self, why: str, /) -> None:
        """We end it: `slow`, `silent` or `broken`."""


class Connection(asyncio.Protocol, ABC):
    """What both kinds have in common. `key`: the digest of its token; `subscriptions`: channel -> beginning of its messages."""

    __slots__ = (
        "_behind",
        "_keeper",
        "address",
        "alive",
        "caller",
        "key",
        "seen",
        "subscriptions",
        "todo",
        "transport",
    )
    kind = ""

    def __init__(self, keeper: Keeper, caller: Caller, *, key: bytes, address: str, seen: int) -> None:
        """`seen`: what `Hub.endings` was before the token was looked at."""
        self._keeper, self.caller, self.key, self.address, self.seen = keeper, caller, key, address, seen
        self.transport: asyncio.Transport | None = None
        self.subscriptions: dict[Channel, bytes] = {}
        self.todo: list[dict[str, Any]] | None = None
        self.alive = True
        self._behind = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The answer's head was sent; what follows is the stream."""
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name
        line = transport.get_extra_info("socket")
        if line is not None:  # else the kernel keeps megabytes for whoever does not read
            line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)
        self._keeper.join(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's signature)
        """The client is gone, or we let it go."""
        self.transport = None
        self._keeper.leave(self)

    def eof_received(self) -> bool:
        """The client sends no more: it is gone."""
        return False

    def write(self, data: bytes) -> None:
        """Send; a client that lets too much wait is dropped, so that its slowness costs nobody memory."""
        transport = self.transport
        if transport is None or transport.is_closing():
            return
        waiting = transport.get_write_buffer_size()
        self._behind = self._behind + 1 if waiting else 0
        if waiting and (waiting + len(data) > MOST_WAITING_BYTES or self._behind > MOST_WAITING_MESSAGES):
            self.drop("slow")
            return
        transport.write(data)

    def drop(self, why: str) -> None:
        """End it at once, whatever waits."""
        if self.transport is not None and not self.transport.is_closing():
            self._keeper.dropped(why)
            self.transport.abort()

    @abstractmethod
    def send(self, message: Message, head: bytes) -> None:
        """Send an event to a subscription."""

    @abstractmethod
    def beat(self) -> None:
        """Show that we are there, and find out whether the client is."""

    @abstractmethod
    def end(self, code: int, reason: str) -> None:
        """End it once what waits is sent."""


class EventStream(Connection):
    """Server-sent events, in chunks: many clients hand on what comes by chunks, or else only when a buffer is full."""

    __slots__ = ()
    kind = "sse"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As Mastodon, begin with a sign of life."""
        super().connection_made(transport)
        self.write(_BEGUN)

    def data_received(self, data: bytes) -> None:
        """A client has nothing to say here."""

    def send(self, message: Message, head: bytes) -> None:  # noqa: ARG002 (there is one subscription only)
        """Send an event."""
        self.write(message.chunk)

    def beat(self) -> None:
        """A comment; a client that is gone answers with a reset."""
        self.write(_BEAT)

    def end(self, code: int, reason: str) -> None:  # noqa: ARG002 (there is nothing to say it with)
        """Close."""
        transport = self.transport
        if transport is not None and not transport.is_closing():
            transport.write(_END)
            transport.close()


class PlainEventStream(EventStream):
    """The same for HTTP/1.0, which knows no chunks: the body ends with the connection."""

    __slots__ = ()

    def write(self, data: bytes) -> None:
        """Send."""
        super().write(_PLAIN.get(data, data))

    def send(self, message: Message, head: bytes) -> None:  # noqa: ARG002 (as above)
        """Send an event."""
        self.write(message.lines)

    def end(self, code: int, reason: str) -> None:  # noqa: ARG002 (as above)
        """Close."""
        if self.transport is not None:
            self.transport.close()


_BEGUN, _BEAT, _END = chunk(b":)\n"), chunk(b":thump\n"), chunk(b"")
_PLAIN = {_BEGUN: b":)\n", _BEAT: b":thump\n"}


class Socket(Connection):
    """A WebSocket with any number of subscriptions."""

    __slots__ = ("_frames",)
    kind = "websocket"

    def __init__(self, keeper: Keeper, caller: Caller, *, key: bytes, address: str, seen: int) -> None:
        """As `Connection`."""
        super().__init__(keeper, caller, key=key, address=address, seen=seen)
        self._frames = frames.Frames()

    def data_received(self, data: bytes) -> None:
        """Messages of the client."""
        self.alive = True
        try:
            for kind, payload in self._frames.take(data):
                self._take(kind, payload)
        except frames.Broken as broken:
            self.end(broken.code, broken.reason)

    def _take(self, kind: int, payload: bytes) -> None:
        if kind == frames.TEXT:
            command = _decoded(payload)
            if command is not None:
                self._keeper.command(self, command)
        elif kind == frames.PING:
            self.write(frames.frame(payload, frames.PONG))
        elif kind == frames.CLOSE:
            self.end(int.from_bytes(payload[:2]) if len(payload) >= 2 else frames.NORMAL, "")
        elif kind == frames.BINARY:
            raise frames.Broken(frames.NOT_TAKEN, "binary messages are not supported")

    def send(self, message: Message, head: bytes) -> None:
        """Send an event."""
        self.write(message.frame(head))

    def say(self, refusal: bytes) -> None:
        """Send what is no event: a refusal, as JSON."""
        self.write(frames.frame(refusal))

    def beat(self) -> None:
        """Ping; whoever did not answer the last one is gone."""
        if not self.alive:
            self.drop("silent")
            return
        self.alive = False
        self.write(frames.frame(b"", frames.PING))

    def end(self, code: int, reason: str) -> None:
        """Say why, then close."""
        transport = self.transport
        if transport is not None and not transport.is_closing():
            transport.write(frames.close_frame(_sendable(code), reason))
            transport.close()


def _sendable(code: int) -> int:
    """The code of a close frame that we answer with: some may not be sent. Source: RFC 6455, 7.4."""
    known = 1000 <= code <= 1014 and code not in {1004, 1005, 1006}
    return code if known or 3000 <= code <= 4999 else frames.BROKEN


_json: Callable[[bytes], Any] = msgspec.json.Decoder().decode


def _decoded(payload: bytes) -> dict[str, Any] | None:
    """A command; None for what is none, which Mastodon ignores too."""
    try:
        command = _json(payload)
    except (msgspec.DecodeError, RecursionError):
        return None
    return command if isinstance(command, dict) else None
