"""Serves stored files below /media/, and the pictures of accounts that chose none."""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import Callable
from typing import Any, Final

from dunnock.api import missing
from dunnock.api.kit import Lane
from dunnock.foundation.storage import Opened, Storage, is_name
from dunnock.media.model import TYPES, URL_PATH

CHUNK: Final = 256 * 1024
# What a browser or another server makes of a file is decided here alone: a picture, or nothing. Source: SC-003, SC-004,
# SC-008, SC-009.
_SAFE: Final = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"content-disposition", b"inline"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"access-control-allow-origin", b"*"),
]
_FOR_EVER: Final = (b"cache-control", b"public, max-age=31536000, immutable")
_FOR_A_DAY: Final = (b"cache-control", b"public, max-age=86400")
_RANGE: Final = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})")


def add_to(lane: Lane, storage: Storage) -> None:
    """Serve the files of `storage`, and `/avatars/original/missing.png` and `/headers/original/missing.png`."""

    async def show_file(scope: Any, send: Any, *, name: str) -> None:
        kind = TYPES.get(name.rpartition(".")[2]) if is_name(name) else None
        opened = None if kind is None else await storage.open(name)
        if kind is None or opened is None:
            await _send_missing(send)
            return
        try:
            await _send_file(scope, send, opened, kind.encode(), name.partition(".")[0].encode())
        finally:
            await opened.close()

    lane.add("GET", URL_PATH + "{name}", show_file)
    lane.add("GET", "/avatars/original/missing.png", functools.partial(_show_made, missing.avatar))
    lane.add("GET", "/headers/original/missing.png", functools.partial(_show_made, missing.header))


async def _send_file(scope: Any, send: Any, opened: Opened, kind: bytes, content_hash: bytes) -> None:
    asked: dict[bytes, bytes] = dict(scope["headers"])
    tag = b'"%b"' % content_hash
    known = asked.get(b"if-none-match")
    if known is not None and (known.strip() == b"*" or tag in known):
        await _start(send, 304, [(b"etag", tag), _FOR_EVER])
        await send({"type": "http.response.body", "body": b""})
        return
    start, end = 0, opened.size
    status = 200
    headers = [(b"content-type", kind), (b"etag", tag), _FOR_EVER, (b"accept-ranges", b"bytes")]
    wanted = asked.get(b"range")
    if wanted is not None and asked.get(b"if-range", tag) == tag:
        part = _part(wanted, opened.size)
        if part is not None and not part:
            await _start(send, 416, [(b"content-range", b"bytes */%d" % opened.size), (b"content-length", b"0")])
            await send({"type": "http.response.body", "body": b""})
            return
        if part is not None:
            start, end = part.start, part.stop
            status = 206
            headers.append((b"content-range", b"bytes %d-%d/%d" % (start, end - 1, opened.size)))
    headers.append((b"content-length", b"%d" % (end - start)))
    chunk = await opened.read(start, min(CHUNK, end - start))
    await _start(send, status, headers)
    while chunk and start + len(chunk) < end:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
        start += len(chunk)
        chunk = await opened.read(start, min(CHUNK, end - start))
    await send({"type": "http.response.body", "body": chunk})


def _part(wanted: bytes, size: int) -> range | None:
    """The bytes that a Range header wants, empty when the file has none of them; None: the whole, for what we don't follow.

    Source: RFC 9110, section 14.1.2.
    """
    match = _RANGE.fullmatch(wanted)
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        return range(size - min(int(match[2]), size), size)
    start = int(match[1])
    if match[2] and int(match[2]) < start:
        return None
    return range(start, min(int(match[2]) + 1, size) if match[2] else size)


async def _show_made(made: Callable[[], bytes], _scope: Any, send: Any) -> None:
    body = await asyncio.to_thread(made)
    await _start(send, 200, [(b"content-type", b"image/png"), _FOR_A_DAY, (b"content-length", b"%d" % len(body))])
    await send({"type": "http.response.body", "body": body})


async def _send_missing(send: Any) -> None:
    body = b"Not found"
    kind = (b"content-type", b"text/plain; charset=utf-8")
    await _start(send, 404, [kind, (b"content-length", b"%d" % len(body))])
    await send({"type": "http.response.body", "body": body})


async def _start(send: Any, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *_SAFE]})
