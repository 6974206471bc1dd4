"""The WebSocket protocol as far as streams need it: opening handshake, frames out, frames in. Source: RFC 6455.

No extensions (compression costs more memory per connection than everything else), text only, small messages from clients.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from collections.abc import Iterator

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
_CONTINUED = 0
MOST_BYTES = 4_096
"""The longest message that a client may send: a subscription is some dozen bytes."""
NORMAL, AWAY, BROKEN, NOT_TAKEN, NOT_TEXT, REFUSED, TOO_BIG, RESTART = 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1012
"""Codes that a connection is closed with."""
_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def accept_key(key: bytes) -> bytes | None:
    """What proves that the handshake was read; None when `key` is none (16 bytes in base64)."""
    try:
        if len(base64.b64decode(key, validate=True)) != 16:
            return None
    except binascii.Error:
        return None
    return base64.b64encode(hashlib.sha1(key + _MAGIC, usedforsecurity=False).digest())


def frame(payload: bytes, kind: int = TEXT) -> bytes:
    """One whole message to a client."""
    size = len(payload)
    if size < 126:
        return bytes((0x80 | kind, size)) + payload
    if size < 65_536:
        return struct.pack("!BBH", 0x80 | kind, 126, size) + payload
    return struct.pack("!BBQ", 0x80 | kind, 127, size) + payload


def close_frame(code: int, reason: str = "") -> bytes:
    """The frame that ends a connection."""
    return frame(code.to_bytes(2) + reason.encode()[:123], CLOSE)


class Broken(Exception):
    """The client does not keep to the protocol; `code` says how the connection ends."""

    def __init__(self, code: int, reason: str) -> None:
        """`reason` is for whoever writes the client."""
        super().__init__(reason)
        self.code, self.reason = code, reason


class Frames:
    """Reads what one client sends. Nearly always nothing is held between two calls of `take`."""

    __slots__ = ("_held", "_parts")

    def __init__(self) -> None:
        """At the beginning of a connection."""
        self._held = b""  # a frame of which the rest has not come
        self._parts: list[bytes] | None = None  # a message of which the rest has not come

    def take(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """(kind, payload) of each message and control frame that is complete now. Text is whole and valid UTF-8.

        Raises:
            Broken: the rest can't be read.
        """
        held = self._held + data if self._held else data
        at, end = 0, len(held)
        try:
            while end - at >= 2:
                size, start = _size(held, at, end)
                if start is None or end - start < size + 4:
                    break
                kind, last = held[at] & 0x0F, bool(held[at] & 0x80)
                payload = _unmasked(held, start, size)
                at = start + 4 + size
                message = self._message(kind, payload, last=last)
                if message is not None:
                    yield message
        finally:
            self._held = held[at:]

    def _message(self, kind: int, payload: bytes, *, last: bool) -> tuple[int, bytes] | None:
        if kind >= CLOSE:
            return kind, payload
        if kind == _CONTINUED:
            if self._parts is None:
                raise Broken(BROKEN, "there is nothing to go on with")
        elif self._parts is not None:
            raise Broken(BROKEN, "the message before is not complete")
        elif kind == BINARY:
            return BINARY, b""  # not taken, whatever follows
        if last and self._parts is None:
            return TEXT, _text(payload)
        parts = self._parts = self._parts or []
        parts.append(payload)
        if sum(map(len, parts)) > MOST_BYTES or len(parts) > 64:
            raise Broken(TOO_BIG, f"a message may have {MOST_BYTES} bytes")
        if not last:
            return None
        self._parts = None
        return TEXT, _text(b"".join(parts))


def _size(held: bytes, at: int, end: int) -> tuple[int, int | None]:
    """Length of the payload of the frame that begins at `at`, and where its mask begins (None: not there yet)."""
    first, second = held[at], held[at + 1]
    kind, size = first & 0x0F, second & 0x7F
    if first & 0x70:
        raise Broken(BROKEN, "no extension was agreed on")
    if kind not in {_CONTINUED, TEXT, BINARY, CLOSE, PING, PONG}:
        raise Broken(BROKEN, "there is no such kind of frame")
    if not second & 0x80:
        raise Broken(BROKEN, "frames of clients are masked")
    if kind >= CLOSE and (size > 125 or not first & 0x80):
        raise Broken(BROKEN, "control frames are short and whole")
    if size < 126:
        return size, at + 2
    if size == 127:
        raise Broken(TOO_BIG, f"a message may have {MOST_BYTES} bytes")
    if end - at < 4:
        return 0, None
    size = int.from_bytes(held[at + 2 : at + 4])
    if size > MOST_BYTES:
        raise Broken(TOO_BIG, f"a message may have {MOST_BYTES} bytes")
    return size, at + 4


def _unmasked(held: bytes, start: int, size: int) -> bytes:
    mask = held[start : start + 4]
    masked = held[start + 4 : start + 4 + size]
    whole = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(masked) ^ int.from_bytes(whole)).to_bytes(size)


def _text(payload: bytes) -> bytes:
    try:
        payload.decode()
    except UnicodeDecodeError:
        raise Broken(NOT_TEXT, "text is UTF-8") from None
    return payload
