"""Apps that speak to this server for members: registered by anybody, trusted by nobody."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec

from dunnock.accounts import scopes as known
from dunnock.accounts.errors import AppInvalid
from dunnock.accounts.events import TokensRevoked
from dunnock.accounts.store import oauth as store
from dunnock.foundation import ids
from dunnock.foundation.db import Reader, Tx

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
LONGEST_NAME, LONGEST_URI, MOST_URIS = 60, 2_000, 20
_LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
_PLAIN = re.compile(r"[!-\[\]-~]+")  # printable ASCII without the backslash, which browsers read as a slash
_JOINERS = frozenset("\u200c\u200d")
_NEVER = frozenset(("javascript", "data", "file", "blob", "vbscript", "about", "mailto", "ftp", "ws", "wss"))


class App(msgspec.Struct, frozen=True, kw_only=True):
    """A registered app; `created_at` in Unix milliseconds."""

    id: int
    client_id: str
    secret_digest: str
    name: str
    website: str | None
    redirect_uris: tuple[str, ...]
    scopes: str
    created_at: int


class GrantedApp(msgspec.Struct, frozen=True):
    """An app that a member let in. `used_at`: to the day, None when it never came; `scopes`: of all its tokens together."""

    app_id: int
    name: str
    website: str | None
    since: int
    used_at: int | None
    tokens: int
    scopes: str


async def register_app(
    tx: Tx, *, name: str, redirect_uris: Sequence[str], scopes: str = known.DEFAULT, website: str | None = None
) -> tuple[App, str]:
    """Register an app; it and its secret, which is never stored.

    Raises:
        AppInvalid: the text says what is wrong.
    """
    name = " ".join("".join(one for one in name if one in _JOINERS or one.isprintable() or one.isspace()).split())
    if not name:
        raise AppInvalid(say="Validation failed: Application name can't be blank")
    if len(name) > LONGEST_NAME:
        raise AppInvalid(say=f"Validation failed: Application name is too long (maximum is {LONGEST_NAME} characters)")
    uris = tuple(dict.fromkeys(one.strip() for one in redirect_uris if one.strip()))
    if not uris:
        raise AppInvalid(say="Validation failed: Redirect URI can't be blank")
    if len(uris) > MOST_URIS:
        raise AppInvalid(say=f"Validation failed: Redirect URI: at most {MOST_URIS} can be given")
    for uri in uris:
        _check_uri(uri)
    if website and not _is_web_address(website):
        raise AppInvalid(say="Validation failed: Website must be a web address")
    wanted = " ".join(known.split(scopes)) or known.DEFAULT
    if known.unknown(wanted):
        raise AppInvalid(say="Validation failed: Scopes doesn't match configured on the server.")
    secret = ids.secret()
    app = App(
        id=tx.new_id(),
        client_id=ids.secret(),
        secret_digest=ids.digest(secret),
        name=name,
        website=website or None,
        redirect_uris=uris,
        scopes=wanted,
        created_at=tx.now,
    )
    row = {one: getattr(app, one) for one in app.__struct_fields__}
    await tx.run(store.ADD_APP, **(row | {"redirect_uris": "\n".join(uris)}))
    return app, secret


def _check_uri(uri: str) -> None:
    if uri == OUT_OF_BAND:
        return
    try:
        parts = urlsplit(uri)
        hostname, _ = parts.hostname, parts.port
    except ValueError:
        raise AppInvalid(say="Validation failed: Redirect URI must be a valid URI.") from None
    scheme = parts.scheme.lower()
    if len(uri) > LONGEST_URI or not scheme or not _PLAIN.fullmatch(uri):
        raise AppInvalid(say="Validation failed: Redirect URI must be an absolute URI.")
    if scheme in _NEVER:
        raise AppInvalid(say="Validation failed: Redirect URI is forbidden by the server.")
    if "#" in uri:
        raise AppInvalid(say="Validation failed: Redirect URI cannot contain a fragment.")
    if scheme in {"http", "https"} and (not hostname or "@" in parts.netloc):  # https://known.example@evil.example
        raise AppInvalid(say="Validation failed: Redirect URI must be an absolute URI.")
    if scheme == "http" and hostname not in _LOOPBACK:
        raise AppInvalid(say="Validation failed: Redirect URI must be an HTTPS/SSL URI.")


def _is_web_address(text: str) -> bool:
    try:
        return len(text) <= LONGEST_URI and urlsplit(text).scheme in {"http", "https"}
    except ValueError:
        return False


def may_redirect(app: App, uri: str) -> bool:
    """Is `uri` one that the app registered? For loopback addresses any port is (RFC 8252, section 7.3)."""
    return uri in app.redirect_uris or any(_same_loopback(one, uri) for one in app.redirect_uris)


def _same_loopback(registered: str, uri: str) -> bool:
    if not _PLAIN.fullmatch(uri) or "#" in uri:  # urlsplit drops line breaks: what it compares is not what is sent
        return False
    try:
        one, other = urlsplit(registered), urlsplit(uri)
        return (
            one.scheme == other.scheme == "http"
            and one.hostname == other.hostname
            and one.hostname in _LOOPBACK
            and "@" not in one.netloc + other.netloc
            and (one.path, one.query) == (other.path, other.query)
            and other.port is not None
        )
    except ValueError:
        return False


async def find_app(reader: Reader, app_id: int) -> App | None:
    """An app by our id; None when there is none."""
    return _app(await reader.one(store.APP, id=app_id))


async def app_called(reader: Reader, client_id: str) -> App | None:
    """An app by its public client id; None when there is none."""
    return _app(await reader.one(store.APP_CALLED, client_id=client_id))


async def apps_of(reader: Reader, member_id: int) -> list[GrantedApp]:
    """The apps that a member let in, latest first."""
    return [
        GrantedApp(app_id, name, website, since, used_at, tokens, " ".join(known.split(scopes)))
        for app_id, name, website, since, used_at, tokens, scopes in await reader.all(
            store.APPS_OF, member_id=member_id
        )
    ]


async def revoke_app(tx: Tx, app_id: int, *, member_id: int) -> int:
    """Shut an app out: all its tokens for this member end, and codes that are still on their way; how many tokens."""
    await tx.run(store.END_GRANTS_TO_APP, member=member_id, app=app_id, at=tx.now)  # first: see `end_everything`
    ended = await tx.run(store.END_APP_OF, member=member_id, app=app_id, at=tx.now)
    if ended:
        await tx.record(TokensRevoked(member_id=member_id, app_id=app_id))
    return ended


def _app(row: Sequence[object] | None) -> App | None:
    if row is None:
        return None
    values = dict(zip(App.__struct_fields__, row, strict=True))
    uris = str(values["redirect_uris"]).split("\n")
    return msgspec.convert(values | {"redirect_uris": uris}, App)
