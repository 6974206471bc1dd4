"""Makes the HTML of a page and the headers that go with it."""

from __future__ import annotations

import functools
import re
from typing import Any
from urllib.parse import urlencode

import jinja2
from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from markupsafe import Markup

from dunnock.foundation import clock
from dunnock.foundation.errors import DomainError, Kind
from dunnock.foundation.settings import Settings
from dunnock.web.asset import asset_url
from dunnock.web.origin import form_token
from dunnock.web.visitor import Visitor, fresh_visit, set_cookie

_CSP = (
    "default-src 'none'; {scripts}style-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self'; "
    "manifest-src 'self'; form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "vary": "Cookie",
}
_IN_POPUPS = ("/auth/", "/oauth/")
"""Web clients sign in in a popup, and must see whether it is still open; a policy of our own would hide that from them."""
_STILL = ("/auth/", "/oauth/", "/settings/", "/admin", "/setup")
"""Pages without the script of members: what is typed there is nobody's business but the server's."""
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,60}")
_HOST = re.compile(r"[A-Za-z0-9.-]{1,255}(?::\d{1,5})?|\[[0-9A-Fa-f:]{2,45}\](?::\d{1,5})?")
DONE = {
    "saved": "Your changes are saved.",
    "stopped": "These mails are stopped.",
    "confirmed": "Your e-mail address is confirmed.",
    "asked": "A mail is on its way to the new address. Follow its link, and the address is yours.",
    "reset": "Your password is changed, and all browsers and apps were signed out. You can sign in with it now.",
    "password": "Your password is changed. Your other browsers and all apps were signed out.",
    "revoked": "It is signed out and can no longer use your account.",
    "refused": "The request was refused.",
    "approved": "They are in: they can sign in now.",
    "invited": "The invitation is ready: pass its address on.",
    "withdrawn": "The invitation is withdrawn.",
    "reported": "Thank you: those who run this server will look at it.",
    "handled": "The report is as you said.",
    "judged": "It is decided, and the reports about them are closed.",
    "founded": "Welcome! This is your server now.",
    "posts_gone": "The posts are deleted, and the report is closed.",
    "brought_in": "The file is brought in.",
    "tried": "They are tried again now.",
    "acted": "It is done, and the log keeps it.",
    "asked_archive": "Your archive is being made. Come back in a while.",
    "deleted": "Your account is deleted. Farewell!",
    "shown": "You will see them again.",
    "posted": "Your post is published.",
    "edited": "Your post says so now.",
    "post_gone": "Your post is deleted.",
    "voted": "Your vote is counted.",
    "following": "You follow them now.",
    "requested": "They are asked whether you may follow them.",
    "unfollowed": "You no longer follow them.",
    "muted": "You no longer see their posts.",
    "blocked": "They are blocked: neither of you sees the other.",
    "unblocked": "They are no longer blocked.",
    "signed_out": "You are signed out. See you soon!",
    "list_made": "Your list is there. Now say who is on it.",
    "list_gone": "The list is deleted; you still follow everybody who was on it.",
    "cleared": "All notifications are put away.",
    "let_through": "You hear from them from now on. What was kept back comes in a moment.",
    "sent_away": "The request is sent away.",
    "follower": "They follow you now.",
    "followed": "You follow them now, or asked to.",
    "dismissed": "They are not suggested to you again.",
    "thrown_away": "It is thrown away.",
    "filter_gone": "The filter is deleted.",
    "no_follower": "They do not follow you, and are not told.",
}
"""What a page says after a form did its work and led to it by `?done=...`."""
STATUS = {
    Kind.INVALID: 422,
    Kind.UNAUTHENTICATED: 401,
    Kind.DENIED: 403,
    Kind.MISSING: 404,
    Kind.CONFLICT: 409,
    Kind.LIMITED: 429,
    Kind.GONE: 410,
    Kind.TOO_LARGE: 413,
    Kind.UNAVAILABLE: 503,
}


class Show:
    """Answers one visitor with pages; the `show` of the handlers."""

    def __init__(self, settings: Settings | None, visitor: Visitor, path: str, query: str = "", done: str = "") -> None:
        """`settings` None: the server's name is not known here (errors before any handler)."""
        self.settings, self.visitor, self.path, self.query = settings, visitor, path, query
        self._done = done

    def __call__(
        self,
        template: str,
        *,
        status: int = 200,
        error: DomainError | None = None,
        with_form: bool = False,
        sends_to: str | None = None,
        cookies: list[Cookie] | None = None,
        scripts: bool = False,
        **values: Any,
    ) -> Response[str]:
        """The page. `error` is why the form on it was refused, and gives the status.

        `with_form`: a stranger's page has a form, so it needs a cookie to bind it to. `sends_to`: an address elsewhere to
        which the answer to its form may lead. `scripts`: it has one of ours. `values` are the template's.
        """
        cookie, given = self.visitor.cookie, [*(cookies or [])]
        if with_form and cookie is None and self.settings is not None:
            cookie = fresh_visit()
            given.append(set_cookie(self.settings, "visit", cookie))
        problems = problems_of(error)
        live = self.visitor.session is not None and not self.path.startswith(_STILL)
        html = (
            environment()
            .get_template(template)
            .render(
                server=self.settings.title if self.settings else "Dunnock",
                base=self.settings.public_url if self.settings else "",
                visitor=self.visitor,
                token=(bound := "" if cookie is None else form_token(cookie)),
                form_token=bound,
                live=live,
                path=self.path,
                done=DONE.get(self._done, ""),
                error=error,
                problems=problems,
                now=clock.now_ms(),
                **values,
            )
        )
        if error is not None and status == 200:
            status = getattr(error, "status", 0) or STATUS[error.kind]
        private = self.visitor.session is not None or with_form or error is not None
        scripts = scripts or live
        headers = headers_for(self.settings, self.path, sends_to, scripts=scripts) | {
            "cache-control": "private, no-store" if private else "no-cache"
        }
        return Response(html, status_code=status, media_type="text/html", headers=headers, cookies=given)

    def go(self, path: str, *, done: str = "", cookies: list[Cookie] | None = None) -> Response[None]:
        """Lead on to another page of ours; `done` is a key of `DONE`."""
        if done:
            path += ("&" if "?" in path else "?") + urlencode({"done": done})
        headers = headers_for(self.settings, self.path, None) | {"location": path, "cache-control": "private, no-store"}
        return Response(None, status_code=303, headers=headers, cookies=cookies or [])


def keep_to_itself(page: Response[str]) -> Response[str]:
    """The page, whose address holds a secret: links on it tell no other site, nor our own, where they were."""
    page.headers["referrer-policy"] = "no-referrer"
    return page


def headers_for(settings: Settings | None, path: str, sends_to: str | None, *, scripts: bool = False) -> dict[str, str]:
    """The security headers of a page. `sends_to`, `scripts`: see `Show`."""
    forms = "'self'" if sends_to is None else f"'self' {_source(sends_to)}".rstrip()
    headers = _HEADERS | {
        "content-security-policy": _CSP.format(
            forms=forms, scripts="script-src 'self'; connect-src 'self'; " if scripts else ""
        )
    }
    if not path.startswith(_IN_POPUPS):
        headers["cross-origin-opener-policy"] = "same-origin"
    if settings is not None and settings.public_url.startswith("https://"):
        headers["strict-transport-security"] = "max-age=31536000"
    return headers


def _source(address: str) -> str:
    """The address's origin, or its scheme when it is an app's own, as a Content-Security-Policy names it.

    Chromium holds `form-action` against redirects too, so a consent page must name where its answer leads. What could
    not be named safely is left out; the page then offers a link.
    """
    scheme, _, rest = address.partition(":")
    scheme = scheme.lower()
    if _SCHEME.fullmatch(scheme) is None or scheme in {"javascript", "data", "blob", "filesystem"}:
        return ""
    if scheme not in {"http", "https"}:
        return f"{scheme}:"
    host = re.split(r"[/?#]", rest.removeprefix("//"), maxsplit=1)[0]
    return f"{scheme}://{host}" if _HOST.fullmatch(host) else ""


def problems_of(error: DomainError | None) -> dict[str, str]:
    """Field -> what is wrong with it, one sentence each."""
    if error is None or not error.details:
        return {}
    return {field: _sentence(field, reasons[0][1]) for field, reasons in error.details.items() if reasons}


_FIELD_NAMES = {
    "note": "The bio",
    "email": "The e-mail address",
    "username": "The name",
    "agreement": "The promise",
    "old_password": "The password now",
    "invite_code": "The invitation",
}


def _sentence(field: str, reason: str) -> str:
    """Mastodon's reasons go on from the field's name ("can't be blank"); ours may be sentences."""
    if reason[:1].isupper():
        return reason if reason.endswith((".", "!", "?")) else f"{reason}."
    return f"{_FIELD_NAMES.get(field, 'The ' + field.replace('_', ' '))} {reason}."


@functools.cache
def environment() -> jinja2.Environment:
    """The templates; made once."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("dunnock.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # what the extension adds
    made.globals.update(asset=asset_url)
    made.filters.update(iso=clock.iso, day=_day, ago=_ago, moment=_moment, count=_count, plural=_plural)
    return made


_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def _day(ms: int) -> str:
    """`5 March 2026`."""
    year, month, day = clock.iso_day(ms).rsplit("-", 2)
    return f"{int(day)} {_MONTHS[int(month) - 1]} {year}"


def _moment(ms: int) -> str:
    """`5 March 2026, 14:05 UTC`."""
    return f"{_day(ms)}, {clock.iso(ms)[-13:-8]} UTC"


def _ago(ms: int, now: int) -> str:
    """How long ago, in words; after four weeks the date."""
    past = now - ms
    for unit, name in ((clock.DAY, "day"), (clock.HOUR, "hour"), (clock.MINUTE, "minute")):
        if past >= unit:
            number = past // unit
            if name == "day" and number > 28:
                return _day(ms)
            return f"{number} {name}{'' if number == 1 else 's'} ago"
    return "just now" if past >= -clock.MINUTE else _day(ms)


def _count(number: int) -> str:
    """With thin groups of three: `12 345`."""
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def _plural(number: int, one: str, many: str) -> Markup:
    """`1 post`, `2 posts`."""
    return Markup("<strong>{}</strong> {}").format(_count(number), one if number == 1 else many)


async def provide_show(
    request: Request[Any, Any, Any], settings: NamedDependency[Settings], visitor: NamedDependency[Visitor]
) -> Show:
    """Litestar's dependency behind `show`; kept for the page of an error."""
    scope: Any = request.scope
    show = Show(
        settings, visitor, scope["path"], scope["query_string"].decode("latin-1"), request.query_params.get("done", "")
    )
    scope["dunnock_show"] = show
    return show
