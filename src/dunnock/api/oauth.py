"""OAuth 2 for apps: /oauth/token, /oauth/revoke, /oauth/userinfo and the server's metadata. The consent page is in `web`."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

import msgspec
from litestar import HttpMethod, Request, Response, get, post, route
from litestar.di import NamedDependency

from dunnock import accounts
from dunnock.accounts import oauth, scopes
from dunnock.api.kit import Called, Form, OAuthRefusal, public, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.pages import answer, me
from dunnock.api.mastodon.render import Render
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings


class TokenForm(msgspec.Struct):
    """A request for a token (RFC 6749, 4.1.3 and 4.4.2; RFC 7636, 4.5)."""

    grant_type: str = ""
    client_id: str = ""
    client_secret: str | None = None
    code: str = ""
    redirect_uri: str = ""
    code_verifier: str | None = None
    scope: str = ""


class RevokeForm(msgspec.Struct):
    """A request to end a token (RFC 7009)."""

    token: str = ""
    client_id: str = ""
    client_secret: str | None = None


@post("/oauth/token", status_code=200, guards=[public()])
async def issue_token(
    form: Form[TokenForm], request: Request[Any, Any, Any], db: NamedDependency[Db]
) -> Response[wire.Token]:
    """A token for an authorisation code, or for the app itself."""
    with _told():
        issued = await _issue(form, request, db)
    response = answer(msgspec.json.encode(issued))
    response.headers["cache-control"] = "no-store"
    response.headers["pragma"] = "no-cache"  # RFC 6749, 5.1
    return response


async def _issue(form: TokenForm, request: Request[Any, Any, Any], db: Db) -> accounts.Issued:
    if not form.grant_type:
        raise accounts.OAuthRefused("invalid_request", "Missing required parameter: grant_type.")
    app, proven = await _client(request, db, form.client_id, form.client_secret)
    if form.grant_type == "client_credentials":
        return await oauth.client_credentials(db, app, proven=proven, scope=form.scope)
    if form.grant_type != "authorization_code":
        raise accounts.OAuthRefused(
            "unsupported_grant_type", "The authorization grant type is not supported by the authorization server."
        )
    if not form.code:
        raise accounts.OAuthRefused("invalid_request", "Missing required parameter: code.")
    return await oauth.exchange(
        db, app, proven=proven, code=form.code, redirect_uri=form.redirect_uri, verifier=form.code_verifier
    )


@post("/oauth/revoke", status_code=200, guards=[public()])
async def revoke_token(
    form: Form[RevokeForm], request: Request[Any, Any, Any], db: NamedDependency[Db]
) -> dict[str, str]:
    """End a token of the calling app."""
    with _told():
        try:
            app, _ = await _client(request, db, form.client_id, form.client_secret)
        except accounts.OAuthRefused as refused:  # who is nobody owns no token: as Mastodon, not 401 of RFC 7009
            if refused.slug != "invalid_client":
                raise
            raise oauth.not_its_token() from refused
        await oauth.revoke(db, app, form.token)
    return {}


@route("/oauth/userinfo", http_method=[HttpMethod.GET, HttpMethod.POST], status_code=200, guards=[require("profile")])
async def userinfo(
    caller: Called, db: NamedDependency[Db], render: NamedDependency[Render], settings: NamedDependency[Settings]
) -> dict[str, str]:
    """Who the token's member is, in OpenID Connect's words."""
    account = await accounts.find_shown(db, me(caller))
    picture, _ = render.addresses.picture(account.avatar, "avatars")
    return {
        "iss": _issuer(settings),
        "sub": f"{settings.public_url}/users/{account.username}",
        "name": account.display_name or account.username,
        "preferred_username": account.username,
        "profile": f"{settings.public_url}/@{account.username}",
        "picture": picture,
    }


@get("/.well-known/oauth-authorization-server")
async def metadata(settings: NamedDependency[Settings]) -> dict[str, Any]:
    """What this authorisation server can do (RFC 8414)."""
    base = settings.public_url
    return {
        "issuer": _issuer(settings),
        "service_documentation": f"{base}/about",
        "authorization_endpoint": f"{base}/oauth/authorize",
        "token_endpoint": f"{base}/oauth/token",
        "app_registration_endpoint": f"{base}/api/v1/apps",
        "revocation_endpoint": f"{base}/oauth/revoke",
        "userinfo_endpoint": f"{base}/oauth/userinfo",
        "scopes_supported": list(scopes.KNOWN),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
    }


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Refusals inside are answered in OAuth's own form."""
    try:
        yield
    except accounts.OAuthRefused as refused:
        raise OAuthRefusal(refused.slug, refused.text, status=refused.status) from refused


def _issuer(settings: Settings) -> str:
    return f"{settings.public_url}/"


async def _client(
    request: Request[Any, Any, Any], db: Db, client_id: str, client_secret: str | None
) -> tuple[accounts.App, bool]:
    """The app, by its form fields or by HTTP Basic (RFC 6749, 2.3.1)."""
    kind, _, coded = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(coded, validate=True).decode().partition(":")
        except ValueError:  # neither base64 nor UTF-8
            raise oauth.unknown_client() from None
        name, secret = unquote_plus(name), unquote_plus(secret)
        if "\0" in name or client_secret or (client_id and client_id != name):  # one way at a time
            raise accounts.OAuthRefused("invalid_request", "The app authenticates itself in two ways at once.")
        client_id, client_secret = name, secret
    if not client_id:
        raise oauth.unknown_client()
    return await oauth.client(db, client_id, client_secret)


HANDLERS = [issue_token, revoke_token, userinfo, metadata]
