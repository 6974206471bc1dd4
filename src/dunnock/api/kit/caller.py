"""Who calls, and what each endpoint demands: bearer tokens and Mastodon's scopes. No declaration, no start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import msgspec
from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler

from dunnock.accounts.scopes import covers
from dunnock.api.kit.shape import parse_id
from dunnock.foundation.errors import DomainError, Kind, Missing


class Caller(msgspec.Struct, frozen=True):
    """An authenticated app, and the member and account it acts for (None: the app itself, from client credentials)."""

    token_id: int
    app_id: int
    member_id: int | None
    account_id: int | None
    scopes: frozenset[str]


Authenticate: TypeAlias = Callable[[bytes], Awaitable[Caller | None]]
"""Given the raw bearer token, whose it is; None when unknown, revoked or expired.

Raises a DomainError for a barred member.
"""

Called: TypeAlias = NamedDependency[Caller]
"""`caller: Called` in a handler under `require(...)`."""
MaybeCalled: TypeAlias = NamedDependency[Caller | None]
"""`caller: MaybeCalled` in a handler under `public(...)`; None: nobody signed in."""


class BadToken(DomainError):
    """No token where one is needed, or one that is not valid (any more)."""

    code, kind, safe = "bad_token", Kind.UNAUTHENTICATED, "The access token is invalid"


class UserNeeded(DomainError):
    """A token of an app where a member's is needed. 422, as Mastodon."""

    code, kind, safe = "user_needed", Kind.INVALID, "This method requires an authenticated user"


class OutsideScopes(DomainError):
    """The token does not cover this."""

    code, kind, safe = "outside_scopes", Kind.DENIED, "This action is outside the authorized scopes"


class NotYetIn(DomainError):
    """The token is in order, but its member has not confirmed their address; raised by an `Authenticate`."""

    code, kind, safe = "not_yet_in", Kind.DENIED, "Your login is missing a confirmed e-mail address"

    def __init__(self, caller: Caller) -> None:
        """`caller`: who it will be."""
        super().__init__(caller.member_id)
        self.caller = caller


class NotAllowed(DomainError):
    """Nobody, where staff is needed: 403 and not 401, as Mastodon and its documentation."""

    code, kind, safe = "not_allowed", Kind.DENIED, "This action is not allowed"


class Need:
    """What an endpoint demands; a Litestar guard, and the lane's check."""

    __slots__ = ("scopes", "token", "unconfirmed", "user")

    def __init__(self, scopes: tuple[str, ...], *, user: bool, token: bool, unconfirmed: bool = False) -> None:
        """Any one of `scopes` is enough; none: any valid token. `unconfirmed`: a member who is not yet in may come too."""
        self.scopes, self.user, self.token, self.unconfirmed = scopes, user, token, unconfirmed

    async def __call__(self, connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        """Check path ids and the caller before the handler, and before its body is read."""
        for value in connection.path_params.values():
            if (isinstance(value, int) and parse_id(value) is None) or (isinstance(value, str) and "\0" in value):
                raise Missing(value)
        await self.admit(connection.scope)

    async def admit(self, scope: Any) -> Caller | None:
        """The caller, None for nobody on a public endpoint. Raises: BadToken, NotAllowed, OutsideScopes, UserNeeded."""
        visit = scope["visit"]
        header = visit.authorization
        if header is None or header[:7].lower() != b"bearer ":  # Basic is how apps name themselves to /oauth/token
            if self.token:
                raise self._nobody()
            return None
        try:
            caller = await _authenticated(visit)
        except BadToken as error:
            raise self._nobody() from error
        except DomainError as error:
            if self.unconfirmed and isinstance(error, NotYetIn):
                return self._let_in(visit, error.caller)
            if self.token or error.kind is not Kind.DENIED:
                raise
            return None  # who may not come in (yet) is a stranger where strangers may look (SC-119)
        return self._let_in(visit, caller)

    def _let_in(self, visit: Any, caller: Caller) -> Caller:
        if self.scopes and not any(covers(caller.scopes, wanted) for wanted in self.scopes):
            raise OutsideScopes(self.scopes)
        if self.user and caller.member_id is None:
            raise UserNeeded
        visit.caller = caller
        if visit.acting is not None and caller.member_id is not None and caller.account_id is not None:
            visit.acting.come_in(caller.token_id, member_id=caller.member_id, account_id=caller.account_id)
        return caller

    def _nobody(self) -> DomainError:
        staff = bool(self.scopes) and all(one.startswith("admin:") for one in self.scopes)
        return NotAllowed() if staff else BadToken()


async def _authenticated(visit: Any) -> Caller:
    caller: Caller | None = await visit.kit.authenticate(visit.authorization[7:].strip())
    if caller is None:
        raise BadToken
    visit.kit.limiter.learn(visit.authorization, caller)
    return caller


def require(scopes: str | tuple[str, ...], *, user: bool = True, unconfirmed: bool = False) -> Need:
    """`guards=[require("write:statuses")]`: a token with any of `scopes`; of a member unless `user=False`."""
    return Need((scopes,) if isinstance(scopes, str) else scopes, user=user, token=True, unconfirmed=unconfirmed)


def public(scopes: str | tuple[str, ...] = ()) -> Need:
    """`guards=[public("read:statuses")]`: open to all; a token, when sent, must be valid and cover `scopes`."""
    return Need((scopes,) if isinstance(scopes, str) else scopes, user=False, token=False)


def need_of(handler: BaseRouteHandler) -> Need | None:
    """The declaration of a handler (its own or its router's); None when it has none."""
    for guard in reversed(handler.resolve_guards()):
        held = getattr(guard, "func", guard)
        if isinstance(held, Need):
            return held
    return None


def undeclared(app: Litestar) -> list[str]:
    """Paths under /api and /oauth whose handlers declare neither `require` nor `public`; with any, no start."""
    return sorted(
        f"{' '.join(sorted(handler.http_methods))} {route.path}"
        for route in app.routes
        if route.path.startswith(("/api", "/oauth"))
        for handler in getattr(route, "route_handlers", [getattr(route, "route_handler", None)])
        if isinstance(handler, HTTPRouteHandler) and handler.http_methods != {"OPTIONS"} and need_of(handler) is None
    )
