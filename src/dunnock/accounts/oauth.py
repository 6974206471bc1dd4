"""OAuth 2 for apps: authorisation code with PKCE, client credentials, revocation.

Source: RFC 6749, RFC 7636 (S256 only), RFC 7009, RFC 8252; client-api.md point 10.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections import Counter

import msgspec

from dunnock.accounts import scopes as known
from dunnock.accounts.apps import App, app_called, may_redirect
from dunnock.accounts.door_acts import app_let_in, note_member_act
from dunnock.accounts.errors import OAuthRefused
from dunnock.accounts.events import TokensRevoked
from dunnock.accounts.sign_up import find_member
from dunnock.accounts.store import oauth as store
from dunnock.accounts.tokens import make_token
from dunnock.foundation import ids
from dunnock.foundation.clock import MINUTE
from dunnock.foundation.db import Db, Reader, Tx

CODE_LASTS_MS = 10 * MINUTE
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_under_way: Counter[str] = Counter()  # codes that are being exchanged in this process
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The parameters of an authorisation request, as they came."""

    client_id: str = ""
    redirect_uri: str = ""
    response_type: str = ""
    scope: str = ""
    state: str | None = None
    code_challenge: str | None = None
    code_challenge_method: str | None = None


class AuthorizeRequest(msgspec.Struct, frozen=True):
    """A request that may be put before a member."""

    app: App
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str | None
    challenge: str | None


class Issued(msgspec.Struct, frozen=True):
    """A token just made; `created_at` in Unix seconds, as the answer has it."""

    access_token: str
    scope: str
    created_at: int
    token_type: str = "Bearer"  # noqa: S105 (the name of a kind, not a secret)


async def check_request(reader: Reader, asked: Asked) -> AuthorizeRequest:
    """Whether an authorisation request is in order.

    Raises:
        OAuthRefused: with `may_redirect` the app may be told; otherwise show it, and redirect nowhere.
    """
    app = await app_called(reader, asked.client_id)
    if app is None or not app.secret_digest:  # without one it is our own command line, which asks nobody
        raise OAuthRefused("invalid_client", "This app is not known here; let it register again.", status=401)
    if not may_redirect(app, asked.redirect_uri):
        raise OAuthRefused("invalid_redirect_uri", "The app asked to be called back at an address it did not register.")
    if asked.response_type != "code":
        raise OAuthRefused("unsupported_response_type", "Only response_type=code is supported.", may_redirect=True)
    wanted = " ".join(known.split(asked.scope)) or known.DEFAULT
    if known.unknown(wanted) or not known.within(wanted, app.scopes):
        raise OAuthRefused("invalid_scope", "The app asks for more than it registered for.", may_redirect=True)
    if asked.code_challenge:
        if asked.code_challenge_method != "S256":
            raise OAuthRefused("invalid_request", "code_challenge_method must be S256.", may_redirect=True)
        if not _CHALLENGE.fullmatch(asked.code_challenge):
            raise OAuthRefused("invalid_request", "code_challenge is malformed.", may_redirect=True)
    elif asked.code_challenge_method:
        raise OAuthRefused("invalid_request", "code_challenge is missing.", may_redirect=True)
    return AuthorizeRequest(app, asked.redirect_uri, known.split(wanted), asked.state, asked.code_challenge or None)


async def grant(tx: Tx, request: AuthorizeRequest, *, member_id: int) -> str:
    """The member agreed: the authorisation code, good for ten minutes and one use."""
    code = ids.secret()
    await note_member_act(tx, member_id, "app", ids.digest(code))
    await tx.run(
        store.ADD_GRANT,
        code_digest=ids.digest(code),
        app_id=request.app.id,
        member_id=member_id,
        scopes=" ".join(request.scopes),
        redirect_uri=request.redirect_uri,
        challenge=request.challenge,
        expires_at=tx.now + CODE_LASTS_MS,
    )
    return code


def unknown_client() -> OAuthRefused:
    """No such app, no proof that it is the app, or none that can be read; the words are Mastodon's."""
    return OAuthRefused(
        "invalid_client",
        "Client authentication failed due to unknown client, no client authentication included, or unsupported "
        "authentication method.",
        status=401,
    )


async def client(reader: Reader, client_id: str, client_secret: str | None) -> tuple[App, bool]:
    """The app that authenticates itself, and whether it showed its secret (False: a public client, which showed none).

    Raises:
        OAuthRefused: no such app, or a wrong secret.
    """
    app = await app_called(reader, client_id)
    if (
        app is None
        or not app.secret_digest
        or (client_secret and not hmac.compare_digest(ids.digest(client_secret), app.secret_digest))
    ):
        raise unknown_client()
    return app, bool(client_secret)


async def exchange(db: Db, app: App, *, proven: bool, code: str, redirect_uri: str, verifier: str | None) -> Issued:
    """A token for a code. A code that comes a second time ends the token that was made from it (RFC 6749, 4.1.2).

    Of several requests that overlap one gets a token, which stays good; the others are refused.

    Raises:
        OAuthRefused: `invalid_grant` whenever anything does not fit.
    """
    digest = ids.digest(code)
    overlaps = digest in _under_way
    _under_way[digest] += 1
    try:
        again = not overlaps and await db.value(store.GRANT_USED, digest=digest) is not None
        async with db.begin() as tx:
            issued = await _exchange(
                tx, app, proven=proven, digest=digest, redirect_uri=redirect_uri, verifier=verifier, again=again
            )
    finally:
        _under_way[digest] -= 1
        if not _under_way[digest]:
            del _under_way[digest]
    if issued is None:
        raise OAuthRefused(
            "invalid_grant",
            "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in "
            "the authorization request, or was issued to another client.",
        )
    return issued


async def _exchange(
    tx: Tx, app: App, *, proven: bool, digest: str, redirect_uri: str, verifier: str | None, again: bool
) -> Issued | None:
    """None: refused; what that ended is committed all the same. `again`: the code was used before this request came."""
    row = await tx.one(store.GRANT, digest=digest)
    if row is None:
        return None
    app_id, member_id, scopes, its_uri, challenge, expires_at, used_at, token_id = row
    if app_id != app.id:
        return None
    if used_at is not None:
        if again and token_id is not None and await tx.run(store.END_TOKEN, the=token_id, at=tx.now):
            await tx.record(TokensRevoked(member_id=member_id, app_id=app.id))
        return None
    if its_uri != redirect_uri or expires_at <= tx.now or not _proves(challenge, verifier, proven=proven):
        return None
    member = await find_member(tx, member_id)
    if member is None or member.state.value != "active":
        return None
    token_id = tx.new_id()
    if not await tx.run(store.USE_GRANT, the=digest, at=tx.now, new_token=token_id):
        return None  # another request was faster
    _, raw = await make_token(
        tx, app, scopes=scopes, member_id=member_id, account_id=member.account_id, token_id=token_id
    )
    await app_let_in(tx, member.account_id, grant=digest, token_id=token_id)
    return Issued(raw, scopes, tx.now // 1000)


def _proves(challenge: str | None, verifier: str | None, *, proven: bool) -> bool:
    """Is it the same client that began? By its PKCE verifier where it sent a challenge, else by its secret.

    A verifier without a challenge is refused: somebody may have cut the challenge off. Source: RFC 9700, 2.1.1.
    """
    if challenge is None:
        return proven and not verifier
    if verifier is None or not _VERIFIER.fullmatch(verifier):
        return False
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest(made, challenge)


async def client_credentials(db: Db, app: App, *, proven: bool, scope: str) -> Issued:
    """A token of the app itself.

    Raises:
        OAuthRefused: no secret was shown, or the scope is not the app's.
    """
    if not proven:
        raise unknown_client()
    wanted = " ".join(known.split(scope)) or known.DEFAULT
    if known.unknown(wanted) or not known.within(wanted, app.scopes):
        raise OAuthRefused("invalid_scope", "The requested scope is invalid, unknown, or malformed.")
    async with db.begin() as tx:
        _, raw = await make_token(tx, app, scopes=wanted, member_id=None, account_id=None)
        return Issued(raw, wanted, tx.now // 1000)


def not_its_token() -> OAuthRefused:
    """Who asks owns no such token; as Mastodon, 403."""
    return OAuthRefused("unauthorized_client", "You are not authorized to revoke this token", status=403)


async def revoke(db: Db, app: App, token: str) -> None:
    """End a token of this app; one that is not there is as good as ended (RFC 7009, 2.2).

    Raises:
        OAuthRefused: none is given, or it is another app's.
    """
    if not token:
        raise not_its_token()
    async with db.begin() as tx:
        row = await tx.one(store.TOKEN_ALIVE, digest=ids.digest(token))
        if row is None:
            return
        token_id, app_id, member_id = row
        if app_id != app.id:
            raise not_its_token()
        if await tx.run(store.END_TOKEN, the=token_id, at=tx.now):
            await tx.record(TokensRevoked(member_id=member_id, app_id=app.id))
