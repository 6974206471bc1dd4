"""The outermost ASGI app: preflights, request ids, rate limits, the lane, then Litestar; headers, clean-up."""

from __future__ import annotations

import itertools
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from dunnock.api.kit.address import address_reader
from dunnock.api.kit.caller import Authenticate, Caller
from dunnock.api.kit.errors import ROUTER_TEXT, Headers, answer, log_bug
from dunnock.api.kit.lane import Lane, send_json
from dunnock.api.kit.ratelimit import Limiter
from dunnock.api.kit.routes import GIVEN
from dunnock.api.kit.settings import EdgeSettings
from dunnock.api.kit.uploads import remove
from dunnock.foundation.acting import Acting, begin_acting
from dunnock.foundation.errors import DomainError

LIMITED = ("/api/", "/oauth/")
OPEN = ("/api/", "/.well-known/", "/nodeinfo/", "/oauth/token", "/oauth/revoke", "/oauth/userinfo")
EXPOSED = b"Link, Mastodon-Async-Refresh, X-RateLimit-Reset, X-RateLimit-Limit, X-RateLimit-Remaining, X-Request-Id"
CORS: Headers = [(b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", EXPOSED)]
SECURITY: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"vary", b"Authorization"),
]
API: Headers = CORS + SECURITY
PRIVATE = (b"cache-control", b"private, no-store")
METHODS = b"GET, POST, PUT, PATCH, DELETE, OPTIONS"
ALLOWED_HEADERS = b"Authorization, Content-Type, Idempotency-Key"
SLASHES = re.compile("/{2,}")
HEADER_NAMES = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~, -]{1,2000}")


class Gate(Protocol):
    """Tells who may not come in at all. `watches` false: nobody need be asked about."""

    watches: bool

    async def shuts_out(self, address: str) -> bool:
        """May nobody come in from that address?"""


class Kit:
    """What every request's edge shares."""

    def __init__(
        self,
        settings: EdgeSettings,
        authenticate: Authenticate,
        gate: Gate | None = None,
        given: Mapping[str, Any] | None = None,
    ) -> None:
        """Ready to count and to authenticate; `given`: what handlers may ask for by name."""
        self.given = given or {}
        self.gate = gate
        self.settings = settings
        self.authenticate = authenticate
        self.dev = settings.dev
        self.limiter = Limiter(enabled=settings.rate_limits and not settings.dev)
        self.address_of = address_reader(settings.trusted_proxies)


class Visit:
    """One request's facts, as `scope["visit"]`: who, from where, which temporary files."""

    __slots__ = ("acting", "address", "authorization", "caller", "files", "kit", "receive", "request_id")

    def __init__(self, kit: Kit, authorization: bytes | None, address: str, request_id: bytes) -> None:
        """Nobody is authenticated yet."""
        self.kit = kit
        self.authorization = authorization
        self.address = address
        self.request_id = request_id
        self.caller: Caller | None = None
        self.acting: Acting | None = None
        self.files: list[Path] = []
        self.receive: Any = None  # how the lane reads a body


class Edge:
    """`Edge(app, lane, kit)` is what the server runs."""

    def __init__(self, app: Any, lane: Lane, kit: Kit) -> None:
        """In front of `app` (Litestar)."""
        self.app = app
        self.lane = lane
        self.kit = kit
        self._start = secrets.token_hex(6)
        self._number = itertools.count(1)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection; websockets and lifespan go through with a `Visit` at most."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        path: str = scope["path"]
        if "//" in path:  # the router would find `//api/x` too: no spelling may slip past what follows
            path = SLASHES.sub("/", path)
            scope = {**scope, "path": path}
        is_open = path.startswith(OPEN)
        if scope["type"] == "http" and is_open and scope["method"] == "OPTIONS":
            await self._preflight(headers, send)
            return
        authorization = None
        for name, value in headers:
            if name == b"authorization":
                authorization = value
        client = scope.get("client")
        address = self.kit.address_of(client[0] if client else "", headers)
        request_id = f"{self._start}{next(self._number):x}".encode()
        scope["visit"] = visit = Visit(self.kit, authorization, address, request_id)
        GIVEN.set(self.kit.given)
        visit.acting = begin_acting()
        try:
            await self._answer(scope, receive, send, visit, is_open=is_open)
        finally:
            visit.acting.leave()  # what was begun in this request and goes on is nobody's act

    async def _answer(self, scope: Any, receive: Any, send: Any, visit: Visit, *, is_open: bool) -> None:
        gate = self.kit.gate
        if gate is not None and gate.watches and await gate.shuts_out(visit.address):
            await _turn_away(scope, send)
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        await self._http(scope, receive, send, visit, is_open=is_open)

    async def _http(
        self,
        scope: Any,
        receive: Any,
        send: Any,
        visit: Visit,
        *,
        is_open: bool,
    ) -> None:
        method: str = scope["method"]
        path: str = scope["path"]
        if method == "HEAD":  # the server leaves the body out by itself
            method = "GET"
            scope = {**scope, "method": "GET"}
        is_api = path.startswith(LIMITED)
        # Pages keep their own frame and cache rules; the API's are fixed here.
        extra: Headers = [(b"x-request-id", visit.request_id), *(API if is_open else SECURITY if is_api else ())]
        private = visit.authorization is not None
        started = False

        async def send_more(message: Any) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                held = [*message["headers"]]
                names = {name for name, _ in held}
                held += [pair for pair in extra if pair[0] not in names or pair[0] == b"vary"]
                if private and b"cache-control" not in names:
                    held.append(PRIVATE)
                message["headers"] = held
            await send(message)

        try:
            if is_api:
                extra += self.kit.limiter.check(method, path, visit.authorization, visit.address)
            found = self.lane.find(method, path)
            document = None if found is not None else self.lane.find_document(method, path, scope["headers"])
            if found is not None:
                visit.receive = receive
                await found[0](scope, send_more, **found[1])
            elif document is not None:
                await document(scope, send_more)
            else:
                await self.app(scope, receive, send_more)
        except DomainError as error:
            if started:
                raise
            status, body, more = answer(error)
            await send_json(send_more, status, body, more)
        except Exception as error:  # the process's edge: every bug ends here, logged
            log_bug(error, request_id=visit.request_id.decode(), method=method, route="lane", with_message=self.kit.dev)
            if started:
                raise
            await send_json(send_more, 500, b'{"error":"%s"}' % ROUTER_TEXT[500].encode())
        finally:
            if visit.files:
                remove(visit.files)

    async def _preflight(self, headers: list[tuple[bytes, bytes]], send: Any) -> None:
        asked = next((value for name, value in headers if name == b"access-control-request-headers"), b"")
        allowed = asked if HEADER_NAMES.fullmatch(asked) else ALLOWED_HEADERS
        answer_headers = [
            *CORS,
            (b"access-control-allow-methods", METHODS),
            (b"access-control-allow-headers", allowed),
            (b"access-control-max-age", b"7200"),
            (b"vary", b"Access-Control-Request-Headers"),
            (b"content-length", b"0"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": answer_headers})
        await send({"type": "http.response.body", "body": b""})


def origin_of(request: Any) -> str:
    """The address that a request came from, as the edge found it out; "" when it is not known."""
    address: str = request.scope["visit"].address
    return address


async def _turn_away(scope: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
    else:
        await send_json(send, 403, b'{"error":"Forbidden"}', [*SECURITY, PRIVATE])
