"""POST /inbox and /users/:name/inbox: what other servers tell. Source: federation.md, section 2."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from dunnock.api.activitypub.request import request_of
from dunnock.api.kit import Lane
from dunnock.api.kit.errors import BadRequest, BodyTooLarge
from dunnock.federation import MOST_BYTES, Inbox
from dunnock.foundation.settings import Settings


def add_to(lane: Lane, inbox: Inbox, settings: Settings) -> None:
    """Serve the inboxes from the fast lane."""
    scheme = urlsplit(settings.public_url).scheme

    async def take(scope: Any, send: Any, *, name: str | None = None) -> None:
        body = await _read(scope)
        await inbox.take(request_of(scope, scheme, body), name=name)
        await send({"type": "http.response.start", "status": 202, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def only_post(_: Any, send: Any, *, name: str | None = None) -> None:  # noqa: ARG001 (any inbox)
        headers = [(b"allow", b"POST"), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 405, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    for path in ("/inbox", "/actor/inbox", "/users/{name}/inbox"):
        lane.add("GET", path, only_post)
    lane.add("POST", "/inbox", take)
    lane.add("POST", "/actor/inbox", take)
    lane.add("POST", "/users/{name}/inbox", take)


async def _read(scope: Any) -> bytes:
    length = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    if length.isdigit() and int(length) > MOST_BYTES:
        raise BodyTooLarge
    parts: list[bytes] = []
    size = 0
    receive = scope["visit"].receive
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadRequest(say="The client went away")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MOST_BYTES:
            raise BodyTooLarge
        if not message.get("more_body", False):
            return b"".join(parts)
