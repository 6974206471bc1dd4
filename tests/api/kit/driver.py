"""Whole requests against an ASGI app, in process."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

import msgspec


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return msgspec.json.decode(self.body)


async def call(
    app: Any,
    method: str,
    path: str,
    body: bytes = b"",
    *,
    kind: str | None = None,
    token: str | None = None,
    headers: tuple[tuple[str, str], ...] = (),
    chunk: int = 1000,
    client: str = "203.0.113.9",
) -> Answer:
    """Send one request, its body in chunks of `chunk` bytes."""
    path, _, query = path.partition("?")
    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    raw += [(b"content-type", kind.encode())] if kind else []
    raw += [(b"authorization", f"Bearer {token}".encode())] if token else []
    if body and not any(name == b"content-length" for name, _ in raw):
        raw.append((b"content-length", str(len(body)).encode()))
    pieces = [body[at : at + chunk] for at in range(0, len(body), chunk)] or [b""]
    sent: list[Any] = []
    answered = asyncio.Event()

    async def receive() -> Any:
        if not pieces:
            await answered.wait()  # the client stays until it has its answer
            return {"type": "http.disconnect"}
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: Any) -> None:
        sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            answered.set()

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": raw,
        "client": (client, 5000),
        "server": ("x.test", 80),
        "state": {},
    }
    await app(scope, receive, send)
    return Answer(
        sent[0]["status"],
        {name.decode(): value.decode() for name, value in sent[0]["headers"]},
        b"".join(message.get("body", b"") for message in sent[1:]),
    )
