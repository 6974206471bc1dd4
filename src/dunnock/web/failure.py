"""What people see when a page can't be shown: what happened, and what to do now."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException

from dunnock.api.kit import errors as api
from dunnock.foundation import clock
from dunnock.foundation.errors import DomainError, Kind
from dunnock.foundation.settings import Settings
from dunnock.web.catalogue import catalogue
from dunnock.web.local_path import local_path, sign_in_path
from dunnock.web.locales import choose
from dunnock.web.looks import PLAIN
from dunnock.web.show import STATUS, Show, look_for
from dunnock.web.visitor import SignInNeeded, Visitor, cookie_name
from dunnock.web.words import N_

_MACHINES = ("/api/", "/oauth/", "/.well-known/", "/nodeinfo/", "/media/", "/health/", "/healthz", "/metrics")
_PAGES = ("/oauth/authorize",)
_FEEDS = (".rss", ".atom")
_WORDS = {
    400: (N_("This request can't be read"), N_("Something was broken on the way. Please go back and try again.")),
    401: (N_("Please sign in"), N_("This page is for members.")),
    403: (N_("That is not allowed"), N_("You may not do this here.")),
    404: (N_("There is nothing here"), N_("The page or post does not exist, was deleted, or is not shown to you.")),
    405: (N_("That is not how this page works"), N_("Please go back and try again.")),
    409: (N_("Somebody was faster"), N_("This changed meanwhile. Please go back, look at it again and try once more.")),
    410: (N_("This is gone"), N_("It was here once, and was deleted for good. It does not come back.")),
    413: (N_("That is too large"), N_("Please choose a smaller file or write less, and try again.")),
    415: (N_("This form can't be read"), N_("Please go back and try again.")),
    422: (N_("That did not work"), N_("Please go back and try again.")),
    429: (N_("A little slower, please"), N_("There were too many requests from you in a short time.")),
    500: (
        N_("Something went wrong on our side"),
        N_("It is not your fault, and it was written down. What you sent may not have been kept: look before you send it again."),
    ),
    503: (N_("The server is busy"), N_("It could not answer in time. Nothing is lost; please try again in a minute.")),
}  # fmt: skip
_OF_CODE = {
    "person_gone": (N_("This account is deleted"), N_("It was here once, and does not come back.")),
    "person_withheld": (
        N_("Not shown for legal reasons"),
        N_("The law demands that this account is not shown here. Its owner is told why."),
    ),
    "person_suspended": (N_("This account is suspended"), N_("This server shows nothing of it.")),
    "post_gone": (N_("This post was deleted"), N_("It was here once, and does not come back.")),
}
_BUSY_S = "60"


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
    hushed = error.kind in {Kind.MISSING, Kind.GONE, Kind.UNAVAILABLE} or error.code in _OF_CODE
    text = "" if hushed else error.text
    return _page(request, status, text, code=error.code, retry_at=error.retry_at)


def on_http_exception(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """A page for what Litestar refuses: no such path, wrong method. Programs get the API's JSON."""
    if not is_page(request.scope["path"]):
        return api.on_http_exception(request, error)
    if error.status_code >= 500:
        return on_bug(request, error)
    status = 404 if error.status_code in {400, 405} else error.status_code
    return _page(request, status, "")


def on_bug(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A page for our own fault, which is logged."""
    logged = api.on_bug(request, error)
    return _page(request, 500, "") if is_page(request.scope["path"]) else logged


def _show(request: Request[Any, Any, Any]) -> Show:
    """What the handler had; for paths without a handler, what can be said without asking who it is."""
    scope: Any = request.scope
    found: Show | None = scope.get("dunnock_show")
    if found is not None:
        return found
    visit = scope.get("visit")
    settings: Settings | None = visit.kit.given.get("settings") if visit else None
    language = choose(None, request.headers.get("accept-language", ""))
    look = look_for(request, settings, Visitor()) if settings else PLAIN
    return Show(settings, Visitor(), scope["path"], locale=language, look=look)


def _signed_in(request: Request[Any, Any, Any], show: Show) -> bool:
    """Does it look like a member, as far as that can be said without asking the database?"""
    if show.visitor.session is not None:
        return True
    return show.settings is not None and cookie_name(show.settings, "session") in request.cookies


def _page(
    request: Request[Any, Any, Any], status: int, text: str, *, code: str = "", retry_at: int | None = None
) -> Response[Any]:
    """The page of a failure; readers of news get its heading alone. `retry_at`: when trying again makes sense."""
    scope: Any = request.scope
    heading, advice = _OF_CODE.get(code) or _WORDS.get(status, _WORDS[422])
    headers = {"cache-control": "private, no-store"}
    if retry_at is not None:
        headers["retry-after"] = str(max(1, -(-retry_at // 1000) - clock.now_ms() // 1000))
    elif status == STATUS[Kind.UNAVAILABLE]:
        headers["retry-after"] = _BUSY_S
    show = _show(request)
    known = _signed_in(request, show)
    if scope["path"].endswith(_FEEDS):
        line = catalogue(show.locale).find(heading) + "\n"
        return Response(line, status_code=status, media_type="text/plain; charset=utf-8", headers=headers)
    visit = scope.get("visit")
    page = show(
        "failure.html",
        status=status,
        heading=heading,
        advice=text or advice,
        retry_at=retry_at,
        request_id=visit.request_id.decode() if visit and status >= 500 else "",
        known=known,
        sign_in=sign_in_path(local_path(show.path)) if status == 404 and not known else "",
    )
    page.headers.update(headers)
    return page


PAGE_EXCEPTION_HANDLERS: dict[Any, Any] = {DomainError: on_refusal, HTTPException: on_http_exception, Exception: on_bug}
"""Of the pages' own handlers."""
APP_EXCEPTION_HANDLERS: dict[Any, Any] = {HTTPException: on_http_exception}
"""Of the whole app: a path that nobody serves is answered in the asker's language."""
