"""One event as it goes out. Its bytes are made once for all who get the same."""

from __future__ import annotations

import msgspec

from dunnock.api.streaming.frames import frame

_encode = msgspec.json.encode


def head_of(label: tuple[str, ...]) -> bytes:
    """The beginning of a WebSocket message for subscribers of one stream."""
    return b'{"stream":' + _encode(label)


class Message:
    """An event with its payload: JSON, or a bare id; None: the event has none."""

    __slots__ = ("_chunk", "_frames", "_tail", "event", "payload")

    def __init__(self, event: str, payload: bytes | None) -> None:
        """`payload` has no line breaks, as compact JSON has none."""
        self.event, self.payload = event, payload
        self._tail = self._chunk = b""
        self._frames: dict[bytes, bytes] = {}

    def frame(self, head: bytes) -> bytes:
        """For a WebSocket: `payload` is a JSON string; `head` is made by `head_of`."""
        made = self._frames.get(head)
        if made is None:
            if not self._tail:
                payload = b"" if self.payload is None else b',"payload":' + _encode(self.payload.decode())
                self._tail = b',"event":"%b"%b}' % (self.event.encode(), payload)
            made = self._frames[head] = frame(head + self._tail)
        return made

    @property
    def lines(self) -> bytes:
        """For server-sent events."""
        payload = b"undefined" if self.payload is None else self.payload
        return b"event: %b\ndata: %b\n\n" % (self.event.encode(), payload)

    @property
    def chunk(self) -> bytes:
        """For server-sent events in a body of chunks."""
        if not self._chunk:
            self._chunk = chunk(self.lines)
        return self._chunk


def chunk(data: bytes) -> bytes:
    """A piece of a body whose length is not known. Source: RFC 9112, 7.1."""
    return b"%x\r\n%b\r\n" % (len(data), data)
