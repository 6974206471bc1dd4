"""Makes the HTML of a page and the headers that go with it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.di import NamedDependency

from dunnock.foundation import clock
from dunnock.foundation.errors import DomainError, Kind
from dunnock.foundation.settings import Settings
from dunnock.web.catalogue import Catalogue, catalogue
from dunnock.web.locales import ENGLISH, Locale, choose
from dunnock.web.looks import PLAIN, Look, look_of
from dunnock.web.origin import form_token
from dunnock.web.translate import templates
from dunnock.web.visitor import Visitor, cookie_name, fresh_visit, set_cookie
from dunnock.web.words import N_

_CSP = (
    "default-src 'none'; {scripts}style-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self'; "
    "manifest-src 'self'; form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "vary": "Accept, Cookie, Accept-Language",
}
_IN_POPUPS = ("/auth/", "/oauth/")
"""Web clients sign in in a popup, and must see whether it is still open; a policy of our own would hide that from them."""
_STILL = ("/auth/", "/oauth/", "/settings/", "/admin", "/setup")
"""Pages without the script of members: what is typed there is nobody's business but the server's."""
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,60}")
_HOST = re.compile(r"[A-Za-z0-9.-]{1,255}(?::\d{1,5})?|\[[0-9A-Fa-f:]{2,45}\](?::\d{1,5})?")
DONE = {
    "saved": N_("Your changes are saved."),
    "stopped": N_("These mails are stopped."),
    "confirmed": N_("Your e-mail address is confirmed."),
    "asked": N_("A mail is on its way to the new address. Follow its link, and the address is yours."),
    "reset": N_("Your password is changed, and all browsers and apps were signed out. You can sign in with it now."),
    "password": N_("Your password is changed. Your other browsers and all apps were signed out."),
    "revoked": N_("It is signed out and can no longer use your account."),
    "refused": N_("The request was refused."),
    "approved": N_("They are in: they can sign in now."),
    "invited": N_("The invitation is ready: pass its address on."),
    "withdrawn": N_("The invitation is withdrawn."),
    "reported": N_("Thank you: those who run this server will look at it."),
    "quiet": N_("It is quiet now: what strangers write to you is held back."),
    "taken_back": N_(
        "Everybody else is signed out, and what they changed is as it was before. Now choose a new password. What was posted "
        "in the meantime is under “Safety”."
    ),
    "others_out": N_("All other browsers and all apps are signed out. Now choose a new password."),
    "handled": N_("The report is as you said."),
    "judged": N_("It is decided, and the reports about them are closed."),
    "founded": N_("Welcome! This is your server now."),
    "stopped_before": N_("It is stopped already, or there is too little to see on it."),
    "posts_gone": N_("The posts are deleted, and the report is closed."),
    "brought_in": N_("The file is brought in."),
    "tried": N_("They are tried again now."),
    "acted": N_("It is done, and the log keeps it."),
    "asked_archive": N_("Your archive is being made. Come back in a while."),
    "moved": N_("You moved. Your followers are told."),
    "deleted": N_("Your account is deleted. Farewell!"),
    "shown": N_("You will see them again."),
    "device": N_("This device is told from now on. Here you can take it back."),
    "kept": N_("Your draft is kept. It waits for you here."),
    "scheduled": N_("It goes out at the time that you chose."),
    "posted": N_("Your post is published."),
    "objected": N_("Your objection is sent. Somebody else of the staff will look at it."),
    "second": N_("Somebody else of the staff has to agree first. Your request waits for them for 30 minutes."),
    "edited": N_("Your post says so now."),
    "post_gone": N_("Your post is deleted."),
    "voted": N_("Your vote is counted."),
    "following": N_("You follow them now."),
    "requested": N_("They are asked whether you may follow them."),
    "unfollowed": N_("You no longer follow them."),
    "muted": N_("You no longer see their posts."),
    "notified": N_("You are told when they post."),
    "server_hidden": N_("You see nobody from that server any more."),
    "blocked": N_("They are blocked: neither of you sees the other."),
    "unblocked": N_("They are no longer blocked."),
    "signed_out": N_("You are signed out. See you soon!"),
    "list_made": N_("Your list is there. Now say who is on it."),
    "feed_kept": N_("The feed is saved. Other apps show it among your lists."),
    "feed_gone": N_("The feed is deleted."),
    "feed_subscribed": N_("You have this feed now. Other apps show it among your lists."),
    "feed_left": N_("You no longer have this feed."),
    "search_kept": N_("The search is saved. What is written later comes here too."),
    "search_gone": N_("The search is no longer saved."),
    "caught_up": N_("You have caught up. What comes from now on is new."),
    "collection_made": N_("Your collection is there. Now say who is in it."),
    "collection_gone": N_("The collection is deleted."),
    "collection_left": N_("You are no longer in it, and are not put there again."),
    "list_gone": N_("The list is deleted; you still follow everybody who was on it."),
    "cleared": N_("All notifications are put away."),
    "one_through": N_("You see it now, among the notifications and where it answers you. The rest waits."),
    "let_through": N_("You hear from them from now on. What was kept back comes in a moment."),
    "sent_away": N_("The request is sent away."),
    "follower": N_("They follow you now."),
    "followed": N_("You follow them now, or asked to."),
    "dismissed": N_("They are not suggested to you again."),
    "thrown_away": N_("It is thrown away."),
    "filter_gone": N_("The filter is deleted."),
    "no_follower": N_("They do not follow you, and are not told."),
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

    def __init__(
        self,
        settings: Settings | None,
        visitor: Visitor,
        path: str,
        *,
        query: str = "",
        done: str = "",
        locale: Locale = ENGLISH,
        look: Look = PLAIN,
        agent: str = "",
        known: str = "",
    ) -> None:
        """`settings` None: the server's name is not known here (errors before any handler). `known`: tags (ETag) that the
        visitor has already, as sent.
        """
        self.settings, self.visitor, self.path, self.query = settings, visitor, path, query
        self.locale, self.look, self.agent, self.known, self._done = locale, look, agent, known, done

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
        problems = problems_of(error, self.locale)
        live = self.visitor.session is not None and not self.path.startswith(_STILL)
        html = (
            templates(self.locale)
            .get_template(template)
            .render(
                server=self.settings.title if self.settings else "Dunnock",
                recommends=self.settings is not None and self.settings.recommend,
                base=self.settings.public_url if self.settings else "",
                visitor=self.visitor,
                token=(bound := "" if cookie is None else form_token(cookie)),
                form_token=bound,
                live=live,
                look=self.look,
                path=self.path,
                this_page=self._this_page(),
                done=DONE.get(self._done, ""),
                error=refused(error, self.locale),
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

    def _this_page(self) -> str:
        """Where a form under a post leads back to: this page, at the same place of its list."""
        kept = [(name, value) for name, value in parse_qsl(self.query) if name != "done"]
        return f"{self.path}?{urlencode(kept)}" if kept else self.path

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
            forms=forms, scripts="script-src 'self'; connect-src 'self'; worker-src 'self'; " if scripts else ""
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


class Refused(msgspec.Struct, frozen=True):
    """Why a form was refused, in the visitor's language."""

    text: str


def refused(error: DomainError | None, locale: Locale) -> Refused | None:
    """The error as pages say it; None: there was none."""
    if error is None:
        return None
    return Refused(catalogue(locale).said(error.text.removeprefix("Validation failed: ")))


def problems_of(error: DomainError | None, locale: Locale) -> dict[str, str]:
    """Field -> what is wrong with it, one sentence each."""
    if error is None or not error.details:
        return {}
    words = catalogue(locale)
    return {field: _sentence(words, field, reasons[0][1]) for field, reasons in error.details.items() if reasons}


_FIELD_NAMES = {
    "agreement": N_("The promise"),
    "avatar": N_("The avatar"),
    "display_name": N_("The display name"),
    "email": N_("The e-mail address"),
    "header": N_("The header"),
    "invite_code": N_("The invitation"),
    "locale": N_("The language"),
    "name": N_("The name"),
    "note": N_("The bio"),
    "old_password": N_("The password now"),
    "password": N_("The password"),
    "reason": N_("The reason"),
    "username": N_("The name"),
}
_FIELD_AND_REASON = N_("%(field)s %(reason)s.")


def _sentence(words: Catalogue, field: str, reason: str) -> str:
    """Mastodon's reasons go on from the field's name ("can't be blank"); ours may be sentences."""
    said = words.said(reason)
    if reason[:1].isupper():
        return said if said.endswith((".", "!", "?", "\u3002", "\u061f")) else f"{said}."
    name = words.find(_FIELD_NAMES.get(field, "The " + field.replace("_", " ")))
    return words.find(_FIELD_AND_REASON) % {"field": name, "reason": said}


async def provide_show(
    request: Request[Any, Any, Any], settings: NamedDependency[Settings], visitor: NamedDependency[Visitor]
) -> Show:
    """Litestar's dependency behind `show`; kept for the page of an error."""
    scope: Any = request.scope
    show = Show(
        settings,
        visitor,
        scope["path"],
        query=scope["query_string"].decode("latin-1"),
        done=request.query_params.get("done", ""),
        locale=locale_for(request, settings, visitor),
        look=look_for(request, settings, visitor),
        agent=request.headers.get("user-agent", ""),
        known=request.headers.get("if-none-match", ""),
    )
    scope["dunnock_show"] = show
    return show


def locale_for(request: Request[Any, Any, Any], settings: Settings, visitor: Visitor) -> Locale:
    """The language of the answer: the member's choice, the browser's choice here, what the browser asks for."""
    chosen = visitor.session.locale if visitor.session else request.cookies.get(cookie_name(settings, "locale"))
    return choose(chosen, request.headers.get("accept-language", ""), pseudo=settings.dev)


def look_for(request: Request[Any, Any, Any], settings: Settings, visitor: Visitor) -> Look:
    """How the page is to look: as the member chose, or as somebody did in this browser."""
    chosen = visitor.session.page_choices if visitor.session else ""
    return look_of(chosen or request.cookies.get(cookie_name(settings, "look"), ""))
