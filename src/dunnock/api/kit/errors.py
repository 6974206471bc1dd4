"""Every refusal of the Mastodon API as `{"error": "text"}` with the status that its clients know."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable
from typing import Any, TypeAlias

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from dunnock.foundation import clock
from dunnock.foundation.errors import DomainError, Kind, Missing

Headers: TypeAlias = list[tuple[bytes, bytes]]

# Mastodon answers 422 ("Duplicate record") where other APIs say 409.
STATUS = {
    Kind.INVALID: 422,
    Kind.UNAUTHENTICATED: 401,
    Kind.DENIED: 403,
    Kind.MISSING: 404,
    Kind.CONFLICT: 422,
    Kind.LIMITED: 429,
    Kind.GONE: 410,
    Kind.TOO_LARGE: 413,
    Kind.UNAVAILABLE: 503,
}
ROUTER_TEXT = {404: "Not Found", 405: "Not Found", 500: "Something went wrong on our end"}
ID_PATHS = "id_paths"
"""Where an app keeps `id_paths` of its routes."""
_ID_PART = re.compile(r"\\\{[^{}]*:int\\\}")
_log = structlog.get_logger("dunnock.api")


class BadRequest(DomainError):
    """The request can't be read: broken encoding, nesting or framing. 400."""

    code, kind, safe = "bad_request", Kind.INVALID, "This request can't be read"
    status = 400


class UnsupportedBody(DomainError):
    """A body in an encoding that we do not read. 415."""

    code, kind, safe = "unsupported_body", Kind.INVALID, "Send JSON, a urlencoded form or multipart/form-data"
    status = 415


class BodyTooLarge(DomainError):
    """More bytes than this endpoint takes. 413."""

    code, kind, safe = "too_large", Kind.TOO_LARGE, "The request is too large"


class TooManyRequests(DomainError):
    """The caller's share of this window is used up; `retry_at` says when the next begins. 429."""

    code, kind, safe = "too_many_requests", Kind.LIMITED, "Too many requests"

    def __init__(self, *, retry_at: int, limit: int | None = None, say: str | None = None) -> None:
        """`limit`: how many there may be in a window, where it is one of requests."""
        super().__init__(limit, retry_at=retry_at, say=say)
        self.limit = limit


class OAuthRefusal(DomainError):
    """An answer of the OAuth endpoints: `{"error": slug, "error_description": text}`. Source: RFC 6749, 5.2."""

    code, kind = "oauth_refusal", Kind.INVALID

    def __init__(self, slug: str, description: str, *, status: int = 400) -> None:
        """`slug` is one of RFC 6749's error codes, such as `invalid_grant`."""
        super().__init__(slug, say=slug)
        self.description = description
        self.status = status


class WrappedRefusal(DomainError):
    """A refusal whose whole body stands inside `error`, as Mastodon has it for collections."""

    code, kind = "wrapped_refusal", Kind.INVALID

    def __init__(self, inner: DomainError) -> None:
        """`inner`: what it is about."""
        super().__init__(*inner.args, say=inner.text, details=inner.details)


def answer(error: DomainError) -> tuple[int, bytes, Headers]:
    """Status, JSON body and extra headers for a refusal."""
    status: int = getattr(error, "status", 0) or STATUS[error.kind]
    body: dict[str, Any] = {"error": error.text}
    if isinstance(error, OAuthRefusal):
        body["error_description"] = error.description
    if error.details:
        body["details"] = {
            field: [{"error": slug, "description": text} for slug, text in reasons]
            for field, reasons in error.details.items()
        }
    if isinstance(error, WrappedRefusal):
        body = {"error": {"details": {}, **body}}
    headers: Headers = []
    if status == STATUS[Kind.UNAUTHENTICATED]:
        oauth = isinstance(error, OAuthRefusal)  # it is the app that did not prove itself (RFC 6749, 5.2)
        asked = b'Basic realm="Dunnock"' if oauth else b'Bearer realm="Dunnock", error="invalid_token"'
        headers.append((b"www-authenticate", asked))
    if error.retry_at is not None:
        wait = max(1, -(-error.retry_at // 1000) - clock.now_ms() // 1000)
        headers.append((b"retry-after", b"%d" % wait))
        if status == STATUS[Kind.LIMITED]:
            if isinstance(error, TooManyRequests) and error.limit is not None:
                headers += [(b"x-ratelimit-limit", b"%d" % error.limit), (b"x-ratelimit-remaining", b"0")]
            headers.append((b"x-ratelimit-reset", clock.iso(error.retry_at).encode()))
    return status, msgspec.json.encode(body), headers


def log_bug(error: BaseException, *, request_id: str, method: str, route: str, with_message: bool = False) -> None:
    """Log a bug with its trace.

    Messages of exceptions can quote what people wrote, so they are left out unless `with_message`.
    """
    trace = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    extra = {"message": str(error)} if with_message else {}
    causes: list[str] = []
    cause = error.__cause__ or error.__context__
    while cause is not None and len(causes) < 5:
        causes.append(type(cause).__qualname__)
        cause = cause.__cause__ or cause.__context__
    _log.error(
        "bug",
        request_id=request_id,
        method=method,
        route=route,
        error=type(error).__qualname__,
        causes=causes,
        trace=trace,
        **extra,
    )


def on_refusal(_: Request[Any, Any, Any], error: DomainError) -> Response[bytes]:
    """Litestar's exception handler for our own refusals."""
    return _response(*answer(error))


def on_http_exception(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Litestar's own refusals: no such route, wrong method (404, as Mastodon), its validation (422)."""
    status = error.status_code
    if status >= 500:
        return on_bug(request, error)
    if status == 400:
        return _response(422, _error("Validation failed"), [])
    if status == 404 and ID_PATHS in request.app.state and request.app.state[ID_PATHS].fullmatch(request.url.path):
        return _response(404, _error(Missing.safe), [])  # there is such an endpoint, and no such id
    if status == 405:
        status = 404
    return _response(status, _error(ROUTER_TEXT.get(status, error.detail)), [])


def id_paths(paths: Iterable[str]) -> re.Pattern[str]:
    """What paths with ids look like when anything may stand for an id."""
    shapes = {_ID_PART.sub("[^/]+", re.escape(path)) for path in paths}
    return re.compile("|".join(sorted(one for one in shapes if "[^/]+" in one)) or "(?!)")


def on_bug(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Anything else: logged, and 500 without a hint of what happened."""
    scope: Any = request.scope
    visit = scope.get("visit")
    log_bug(
        error,
        request_id=visit.request_id.decode() if visit else "",
        method=request.method,
        route=scope.get("path_template", ""),
        with_message=visit.kit.dev if visit else False,
    )
    return _response(500, _error(ROUTER_TEXT[500]), [])


def _error(text: str) -> bytes:
    return msgspec.json.encode({"error": text})


def _response(status: int, body: bytes, headers: Headers) -> Response[bytes]:
    named = {name.decode(): value.decode() for name, value in headers}
    return Response(body, status_code=status, media_type="application/json; charset=utf-8", headers=named)
