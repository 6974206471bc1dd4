"""OAuth's page for people: may this app use my account? Source: RFC 6749, section 4.1; Mastodon's /oauth/authorize."""

from __future__ import annotations

from urllib.parse import quote, urlencode, urlsplit

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock.accounts import oauth
from dunnock.accounts.apps import OUT_OF_BAND
from dunnock.accounts.errors import OAuthRefused
from dunnock.api.kit import Form, Query, public
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.web.cards import web_address
from dunnock.web.local_path import sign_in_path
from dunnock.web.pages import Sent, pages
from dunnock.web.scope_words import in_words
from dunnock.web.show import Show, headers_for
from dunnock.web.visitor import Member, Visitor
from dunnock.web.words import N_

_NAMES = (
    "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method",
)  # fmt: skip


class AuthorizeParams(msgspec.Struct, frozen=True):
    """What the app asks for. `lang` is taken and changes nothing yet: the pages are in English."""

    response_type: str = ""
    client_id: str = ""
    redirect_uri: str = ""
    scope: str = ""
    state: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""
    force_login: bool = False
    lang: str = ""


class DecisionForm(Sent):
    """The same, with the member's answer."""

    response_type: str = ""
    client_id: str = ""
    redirect_uri: str = ""
    scope: str = ""
    state: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""
    decision: str = ""


class CodeParams(msgspec.Struct, frozen=True):
    """The code to show."""

    code: str = ""


@get("/oauth/authorize", guards=[public()])
async def ask_consent(
    params: Query[AuthorizeParams],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
) -> Response[str] | Response[None]:
    """Who asks, for what; strangers sign in first. A request that is not right is told here, never sent on."""
    try:
        checked = await oauth.check_request(db, _asked(params))
    except OAuthRefused as error:
        # Never sent on, not even where it could be: anybody can register an address, and nobody has said yes.
        return show(
            "failure.html",
            status=error.status,
            heading=N_("This app can't be let in"),
            advice=error.text,
            retry_at=None,
            request_id="",
            known=visitor.session is not None,
            sign_in="",
        )
    again = _again(params)
    if visitor.session is None:
        return show.go(sign_in_path(again))
    if params.force_login:
        return show.go(f"{sign_in_path(again)}&force=1")
    destination, scheme = leads_to(checked.redirect_uri)
    return show(
        "authorize.html",
        sends_to=None if checked.redirect_uri == OUT_OF_BAND else checked.redirect_uri,
        asked=checked,
        website=web_address(checked.app.website),
        destination=destination,
        scheme=scheme,
        scopes=in_words(checked.scopes),
        request=[(name, getattr(params, name)) for name in _NAMES],
        again=again,
    )


@post("/oauth/authorize", guards=[public()], status_code=303)
async def decide(
    form: Form[DecisionForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str] | Response[None]:
    """Send the app its code, or that the member said no."""
    checked = await oauth.check_request(db, _asked(form))
    if form.decision != "allow":
        if checked.redirect_uri == OUT_OF_BAND:
            return show("denied.html", app_name=checked.app.name)
        return _answer(
            settings,
            checked.redirect_uri,
            {"error": "access_denied", "error_description": "The member said no."},
            form.state,
        )
    async with db.begin() as tx:
        code = await oauth.grant(tx, checked, member_id=member.member_id)
    if checked.redirect_uri == OUT_OF_BAND:
        return show.go(f"/oauth/authorize/native?code={quote(code, safe='')}")
    return _answer(settings, checked.redirect_uri, {"code": code}, form.state)


@get("/oauth/authorize/native", guards=[public()])
async def show_code(
    params: Query[CodeParams],
    show: NamedDependency[Show],
    member: NamedDependency[Member],  # noqa: ARG001 (asking for it keeps strangers out)
) -> Response[str]:
    """The code, for apps that can't be sent to."""
    page = show("code.html", code=params.code)
    page.headers["referrer-policy"] = "no-referrer"
    return page


def leads_to(redirect_uri: str) -> tuple[str, str]:
    """Where the answer goes, as people can judge it: a website, or the scheme of an app; neither: the member copies a code."""
    if redirect_uri == OUT_OF_BAND:
        return "", ""
    parts = urlsplit(redirect_uri)
    return (parts.netloc, "") if parts.scheme in {"http", "https"} else ("", parts.scheme)


def _asked(sent: AuthorizeParams | DecisionForm) -> oauth.Asked:
    return oauth.Asked(
        client_id=sent.client_id,
        redirect_uri=sent.redirect_uri,
        response_type=sent.response_type,
        scope=sent.scope,
        state=sent.state or None,
        code_challenge=sent.code_challenge or None,
        code_challenge_method=sent.code_challenge_method or None,
    )


def _answer(settings: Settings, redirect_uri: str, parts: dict[str, str], state: str) -> Response[None]:
    """Lead to the app's registered address, which `oauth.check_request` vouches for."""
    if state:
        parts = parts | {"state": state}
    address, mark, fragment = redirect_uri.partition("#")
    address += ("&" if "?" in address else "?") + urlencode(parts)
    headers = headers_for(settings, "/oauth/authorize", redirect_uri) | {
        "location": address + mark + fragment,
        "cache-control": "private, no-store",
        "referrer-policy": "no-referrer",
    }
    return Response(None, status_code=303, headers=headers)


def _again(params: AuthorizeParams) -> str:
    """This request, to come back to after signing in; without the wish to sign in once more."""
    return "/oauth/authorize?" + urlencode({name: value for name in _NAMES if (value := getattr(params, name))})


HANDLERS = pages(ask_consent, decide, show_code)
