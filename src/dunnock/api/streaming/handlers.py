"""GET /api/v1/streaming and what lies below: WebSockets, server-sent events, and whether streams work.

Answers come from the lane, since a stream is no answer that Litestar knows: the connection is taken over by `Connection`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

from dunnock.api.kit import Caller, Lane
from dunnock.api.kit.nested import nest, pairs_of
from dunnock.api.streaming import channels, frames
from dunnock.api.streaming.channels import PATHS, Refused, first
from dunnock.api.streaming.connection import Connection, EventStream, PlainEventStream, Socket
from dunnock.api.streaming.hub import Hub
from dunnock.foundation.errors import DomainError, Kind

PATH = "/api/v1/streaming"
_YES = frozenset(("1", "true", "on", "t", "yes"))


class TokenMissing(DomainError):
    """Streams are for members."""

    code, kind, safe = "token_missing", Kind.UNAUTHENTICATED, "Missing access token"


class TokenInvalid(DomainError):
    """No token of a member, or one that is not valid (any more)."""

    code, kind, safe = "token_invalid", Kind.UNAUTHENTICATED, "Invalid access token"


class StreamRefused(DomainError):
    """What can't be heard, with the status that Mastodon gives it."""

    code, kind = "stream_refused", Kind.INVALID

    def __init__(self, status: int, text: str) -> None:
        """As `Refused`, before there is a stream."""
        super().__init__(text, say=text)
        self.status = status


class UpgradeNeeded(DomainError):
    """A handshake of another version of the protocol. 426."""

    code, kind, safe = "upgrade_needed", Kind.INVALID, "Version 13 of the WebSocket protocol is needed"
    status = 426


class HandshakeBroken(DomainError):
    """A handshake that can't be read. 400."""

    code, kind, safe = "handshake_broken", Kind.INVALID, "The WebSocket handshake can't be read"
    status = 400


def add_to(lane: Lane, hub: Hub) -> None:
    """Serve all streams."""

    async def show_health(scope: Any, send: Any) -> None:  # noqa: ARG001 (handlers are called alike)
        headers = [(b"content-type", b"text/plain"), (b"content-length", b"2"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"OK"})

    lane.add("GET", f"{PATH}/health", show_health)
    for path in ("", "/"):
        lane.add("GET", PATH + path, _stream(hub, None))
    for path, name in PATHS.items():
        lane.add("GET", f"{PATH}/{path}", _stream(hub, name))


class _Asked:
    """A request for a stream, taken apart."""

    __slots__ = ("headers", "params", "scope", "send")

    def __init__(self, scope: Any, send: Any) -> None:
        self.scope, self.send = scope, send
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.params = nest(pairs_of(scope["query_string"]))

    @property
    def upgrade(self) -> bool:
        return self.headers.get(b"upgrade", b"").lower() == b"websocket"

    @property
    def subprotocol(self) -> bytes:
        """The first one that is offered: browsers, which can't set a header, send the token so."""
        return self.headers.get(b"sec-websocket-protocol", b"").split(b",")[0].strip()

    async def member(self, hub: Hub) -> tuple[Caller, bytes]:
        """Whose token came, in the header, the query or as the subprotocol, and its digest."""
        visit = self.scope["visit"]
        raw = visit.authorization
        if raw is not None:
            raw = raw[7:].strip() if raw[:7].lower() == b"bearer " else raw
        else:
            raw = first(self.params.get("access_token")).encode() or self.subprotocol
        if not raw:
            raise TokenMissing
        caller: Caller | None = await visit.kit.authenticate(raw)
        if caller is None or caller.account_id is None:
            raise TokenInvalid
        visit.kit.limiter.learn(b"Bearer " + raw, caller)
        hub.admit(caller, visit.address)
        return caller, sha256(raw).digest()

    async def take(self, status: int, headers: list[tuple[bytes, bytes]], connection: Connection) -> None:
        """Answer, and hand the connection over."""
        await self.send({"type": "http.response.start", "status": status, "headers": headers, "taker": connection})


def _stream(hub: Hub, name: str | None) -> Callable[[Any, Any], Awaitable[None]]:
    async def stream(scope: Any, send: Any) -> None:
        asked = _Asked(scope, send)
        if asked.upgrade:
            await _open_socket(hub, asked)
            return
        wanted = name or first(asked.params.get("stream"))
        if name is not None and name.startswith("public") and first(asked.params.get("only_media")) in _YES:
            wanted = f"{name}:media"
        if not wanted:
            raise StreamRefused(404, "Not Found")  # as documented: the streams are here, and not somewhere else
        await _open_events(hub, asked, wanted)

    return stream


async def _open_events(hub: Hub, asked: _Asked, wanted: str) -> None:
    seen = hub.endings
    caller, key = await asked.member(hub)
    try:
        ask = channels.read(wanted, asked.params, caller.scopes)
        await hub.check(caller, ask)
    except Refused as refused:
        raise StreamRefused(refused.status, refused.text) from None
    chunks = asked.scope["http_version"] != "1.0"
    kind = EventStream if chunks else PlainEventStream
    connection = kind(hub, caller, key=key, address=asked.scope["visit"].address, seen=seen)
    head = [
        (b"content-type", b"text/event-stream"),
        (b"cache-control", b"private, no-store"),
        (b"connection", b"close"),
        (b"x-accel-buffering", b"no"),  # nginx hands on what comes as it comes
    ]
    if chunks:
        head.append((b"transfer-encoding", b"chunked"))
    await asked.take(200, head, connection)
    try:
        await hub.subscribe(connection, ask)
    except Refused:  # the list went away meanwhile
        connection.end(frames.NORMAL, "")


async def _open_socket(hub: Hub, asked: _Asked) -> None:
    if asked.headers.get(b"sec-websocket-version") != b"13":
        raise UpgradeNeeded
    proof = frames.accept_key(asked.headers.get(b"sec-websocket-key", b""))
    if proof is None:
        raise HandshakeBroken
    seen = hub.endings
    caller, key = await asked.member(hub)
    connection = Socket(hub, caller, key=key, address=asked.scope["visit"].address, seen=seen)
    head = [(b"upgrade", b"websocket"), (b"connection", b"Upgrade"), (b"sec-websocket-accept", proof)]
    if asked.subprotocol:
        head.append((b"sec-websocket-protocol", asked.subprotocol))
    await asked.take(101, head, connection)
    if first(asked.params.get("stream")):
        hub.command(connection, {**asked.params, "type": "subscribe"})
