"""What people see when a page can't be shown: what happened, and what to do now."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException

from dunnock.api.kit import errors as api
from dunnock.foundation.errors import DomainError, Kind
from dunnock.web.local_path import local_path, sign_in_path
from dunnock.web.show import STATUS, Show
from dunnock.web.visitor import SignInNeeded, Visitor

_MACHINES = ("/api/", "/oauth/", "/.well-known/", "/nodeinfo/", "/media/", "/health/", "/healthz", "/metrics")
_PAGES = ("/oauth/authorize",)
_WORDS = {
    400: ("This request can't be read", "Something was broken on the way. Please go back and try again."),
    401: ("Please sign in", "This page is for members."),
    403: ("That is not allowed", ""),
    404: ("There is nothing here", "The page or post does not exist, was deleted, or is not shown to you."),
    405: ("That is not how this page works", "Please go back and try again."),
    410: ("This is gone", "It was here once, and its owner or this server took it away for good."),
    413: ("That is too large", "Please choose a smaller file or write less, and try again."),
    415: ("This form can't be read", "Please go back and try again."),
    422: ("That did not work", ""),
    429: (
        "A little slower, please",
        "There were too many requests from you in a short time. Please wait a few minutes.",
    ),
    500: ("Something went wrong on our side", "It is not your fault, and it was written down. Please try again later."),
    503: ("The server is busy", "Please try again in a minute."),
}


def is_page(path: str) -> bool:
    """Is this path for people, not for programs?"""
    return path.startswith(_PAGES) or not path.startswith(_MACHINES)


def on_refusal(request: Request[Any, Any, Any], error: DomainError) -> Response[Any]:
    """A page for a refusal; strangers on members' pages are led to the sign-in page."""
    scope: Any = request.scope
    if isinstance(error, SignInNeeded):
        query = scope["query_string"].decode("latin-1")
        here = local_path(scope["path"] + (f"?{query}" if query else "")) if request.method == "GET" else "/"
        return _show(request).go(sign_in_path(here))
    status = getattr(error, "status", 0) or STATUS[error.kind]
    # What hides something must not tell more than what is missing.
    text = "" if error.kind in {Kind.MISSING, Kind.GONE} else error.text
    retry = {} if error.retry_at is None else dict(_retry(error))
    return _page(request, status, text, retry)


def on_http_exception(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """A page for what Litestar refuses: no such path, wrong method. Programs get the API's JSON."""
    if not is_page(request.scope["path"]):
        return api.on_http_exception(request, error)
    if error.status_code >= 500:
        return on_bug(request, error)
    status = 404 if error.status_code in {400, 405} else error.status_code
    return _page(request, status, "", {})


def on_bug(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A page for our own fault, which is logged."""
    logged = api.on_bug(request, error)
    return _page(request, 500, "", {}) if is_page(request.scope["path"]) else logged


def _retry(error: DomainError) -> list[tuple[str, str]]:
    return [(name.decode(), value.decode()) for name, value in api.answer(error)[2] if name == b"retry-after"]


def _show(request: Request[Any, Any, Any]) -> Show:
    scope: Any = request.scope
    found: Show | None = scope.get("dunnock_show")
    return found or Show(None, Visitor(), scope["path"])


def _page(request: Request[Any, Any, Any], status: int, text: str, headers: dict[str, str]) -> Response[Any]:
    title, advice = _WORDS.get(status, _WORDS[422])
    page = _show(request)("failure.html", status=status, heading=title, advice=text or advice)
    page.headers.update(headers)
    page.headers["cache-control"] = "private, no-store"
    return page


PAGE_EXCEPTION_HANDLERS: dict[Any, Any] = {DomainError: on_refusal, HTTPException: on_http_exception, Exception: on_bug}
"""Of the pages' own handlers."""
APP_EXCEPTION_HANDLERS: dict[Any, Any] = {HTTPException: on_http_exception}
"""Of the whole app: a path that nobody serves is answered in the asker's language."""
