"""Who looks at a page: a member with a session, or a stranger; and the cookies that say so."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec
from litestar import Request
from litestar.datastructures import Cookie
from litestar.di import NamedDependency

from dunnock import accounts, moderation
from dunnock.accounts.views import AccountCard, AccountViews
from dunnock.foundation import ids
from dunnock.foundation.acting import acting
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Kind
from dunnock.foundation.settings import Settings
from dunnock.web.origin import form_token

Cookies: TypeAlias = Literal["session", "visit", "browser", "locale", "look"]
_YEAR_S = 366 * 24 * 3600
_STAFF = frozenset(("moderator", "admin", "owner"))


class SignInNeeded(DomainError):
    """The page is for members; the answer leads to the sign-in page."""

    code, kind, safe = "sign_in_needed", Kind.UNAUTHENTICATED, "Please sign in to see this page"


class StaffOnly(DomainError):
    """The page is for moderators and admins. It reads as missing: nobody else needs to know that it is there."""

    code, kind, safe = "staff_only", Kind.MISSING, "There is no such page"


class Visitor(msgspec.Struct, frozen=True):
    """Somebody who looks. `cookie` is what their forms are bound to; None: no form was ever shown to them."""

    cookie: str | None = None
    account: AccountCard | None = None
    session: accounts.Session | None = None

    @property
    def account_id(self) -> int | None:
        """The account that looks; None: a stranger."""
        return None if self.session is None else self.session.account_id

    @property
    def is_staff(self) -> bool:
        """May they decide who joins?"""
        return self.session is not None and self.session.role in _STAFF

    @property
    def form_token(self) -> str:
        """What their forms carry; empty when there is no cookie to bind it to."""
        return "" if self.cookie is None else form_token(self.cookie)

    @property
    def member(self) -> Member:
        """The one who is signed in.

        Raises:
            SignInNeeded: nobody is.
        """
        if self.session is None or self.account is None:
            raise SignInNeeded
        return Member(self.session.id, self.session.member_id, self.session.account_id, self.session.role, self.account)


class Member(msgspec.Struct, frozen=True):
    """A visitor who is signed in."""

    session_id: int
    member_id: int
    account_id: int
    role: str
    account: AccountCard
    waiting: moderation.Waiting | None = None
    """What waits for staff; None on pages of members."""


def cookie_name(settings: Settings, what: Cookies) -> str:
    """The cookie of a session, of a stranger's forms, of a browser that somebody signed in with, of a language or a look.

    `__Host-` keeps other sites of the domain from setting it.
    """
    name = "dunnock" if what == "session" else f"dunnock-{what}"
    return f"__Host-{name}" if settings.public_url.startswith("https://") else name


def set_cookie(settings: Settings, what: Cookies, value: str | None) -> Cookie:
    """The cookie with this value; None takes it away. A visit ends with the browser."""
    lasts = 0 if value is None else None if what == "visit" else _YEAR_S
    return Cookie(
        key=cookie_name(settings, what),
        value=value or "",
        max_age=lasts,
        path="/",
        secure=settings.public_url.startswith("https://"),
        httponly=True,
        samesite="lax",
    )


def fresh_visit() -> str:
    """The value of a new stranger's cookie."""
    return ids.secret()


async def find_visitor(
    request: Request[Any, Any, Any],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    account_views: NamedDependency[AccountViews],
) -> Visitor:
    """Litestar's dependency behind `visitor`: by the session's cookie, which must be in force."""
    raw = request.cookies.get(cookie_name(settings, "session"))
    session = await accounts.find_session(db, raw) if raw else None
    if raw is None or session is None:
        return Visitor(request.cookies.get(cookie_name(settings, "visit")))
    acting().come_in(session.id, member_id=session.member_id, account_id=session.account_id)
    card = await account_views.one(session.account_id)
    if card is None or card.standing == "deleted":
        return Visitor(request.cookies.get(cookie_name(settings, "visit")))
    return Visitor(raw, card, session)


async def find_member(visitor: NamedDependency[Visitor]) -> Member:
    """Litestar's dependency behind `member`: a page that asks for it is for members only."""
    return visitor.member


async def find_staff(visitor: NamedDependency[Visitor], db: NamedDependency[Db]) -> Member:
    """Litestar's dependency behind `staff`: moderators, admins and owners, with what waits for them."""
    member = visitor.member
    if not visitor.is_staff:
        raise StaffOnly(member.member_id)
    return msgspec.structs.replace(member, waiting=await moderation.waiting(db, by=member.account_id))
