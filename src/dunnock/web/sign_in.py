"""Signing in and out."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Query
from dunnock.api.kit.address import bucket_key
from dunnock.api.mastodon.instance import Instance
from dunnock.foundation import ids
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.foundation.settings import Settings
from dunnock.web.cards import Cards
from dunnock.web.local_path import local_path
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Visitor, cookie_name, set_cookie


class SignInParams(msgspec.Struct, frozen=True):
    """`next` is where to go then; `force`: also when somebody is signed in already."""

    next: str = "/"
    force: bool = False
    done: str = ""


class SignInForm(Sent):
    """Who signs in."""

    login: str = ""
    password: str = ""
    next: str = "/"


class SignOutForm(Sent):
    """`next` is where to go then."""

    next: str = "/"


@get("/auth/sign_in")
async def ask_sign_in(
    *,
    params: Query[SignInParams],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    instance: NamedDependency[Instance],
    account_views: NamedDependency[AccountViews],
    settings: NamedDependency[Settings],
) -> Response[str] | Response[None]:
    """The form, or on to where a member wanted to go."""
    goal = local_path(params.next)
    if visitor.session is not None and not params.force:
        return show.go(goal)
    return await _ask(show, Cards(db, account_views), instance, goal, settings)


@post("/auth/sign_in", status_code=303)
async def sign_in(
    *,
    form: Form[SignInForm],
    request: Request[Any, Any, Any],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    instance: NamedDependency[Instance],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """Begin a new session; the browser's old one ends, and so does the cookie of its forms."""
    goal, browser = local_path(form.next), known_as(request, settings)
    try:
        token = await accounts.sign_in(
            db,
            form.login,
            form.password,
            client=request.headers.get("user-agent", ""),
            address=address_of(request),
            browser=browser,
            mail_possible=settings.sends_mail,
        )
    except accounts.SecondStepNeeded as needed:
        return await ask_second_step(show, db, settings, needed.step, goal)
    except DomainError as error:
        return await _ask(show, Cards(db, account_views), instance, goal, settings, error=error, login=form.login)
    return await welcome(show, db, visitor, settings, token=token, goal=goal, browser=browser)


@post("/auth/sign_out", status_code=303)
async def sign_out(
    form: Form[SignOutForm],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[None]:
    """End the session on the server, so that a copied cookie is worth nothing, and take the cookie away."""
    await _end(db, visitor)
    goal = local_path(form.next)
    cookies = [set_cookie(settings, "session", None), set_cookie(settings, "visit", None)]
    gone = show.go(goal, done="signed_out" if goal == "/" else "", cookies=cookies)
    gone.headers["clear-site-data"] = '"cache", "storage"'  # the home page that is kept for times without a connection
    return gone


def address_of(request: Request[Any, Any, Any]) -> str:
    """What stands for the visitor in limits: the network address that the edge found out, of IPv6 the network."""
    scope: Any = request.scope
    found: str = scope["visit"].address
    return bucket_key(found)


def site_of(settings: Settings) -> accounts.Site:
    """What passkeys are made for here."""
    return accounts.Site(settings.public_url, settings.title)


def known_as(request: Request[Any, Any, Any], settings: Settings) -> str:
    """What tells this browser from others, so that its owner can be told of one that is new."""
    held = request.cookies.get(cookie_name(settings, "browser"), "")
    return held if 20 <= len(held) <= 100 else ids.secret()


async def let_in(
    request: Request[Any, Any, Any],
    show: Show,
    db: Db,
    settings: Settings,
    *,
    member_id: int,
    goal: str,
    visitor: Visitor = Visitor(),  # noqa: B008 (it never changes)
) -> Response[None]:
    """Begin a session for who has just been made a member. `visitor`: who the browser was; their session ends."""
    browser = known_as(request, settings)
    async with db.begin() as tx:
        token = await accounts.open_session(
            tx,
            member_id,
            client=request.headers.get("user-agent", ""),
            browser=browser,
            address=address_of(request),
        )
    return await welcome(show, db, visitor, settings, token=token, goal=goal, browser=browser)


async def welcome(
    show: Show, db: Db, visitor: Visitor, settings: Settings, *, token: str, goal: str, browser: str
) -> Response[None]:
    """Give the browser its new session; its old one ends, and so does the cookie of its forms."""
    await _end(db, visitor)
    cookies = [set_cookie(settings, "session", token), set_cookie(settings, "visit", None)]
    if browser:
        cookies.append(set_cookie(settings, "browser", browser))
    return show.go(goal, cookies=cookies)


async def ask_second_step(
    show: Show, db: Db, settings: Settings, step: str, goal: str, *, error: DomainError | None = None
) -> Response[str]:
    """The form for the second factor."""
    try:
        asked = await accounts.second_step(db, step, site_of(settings))
    except accounts.StepOver as over:
        return show("sign_in_over.html", error=over, with_form=True, next=goal)
    return show(
        "second_step.html",
        error=error,
        with_form=True,
        scripts=bool(asked.options),
        step=step,
        next=goal,
        totp=asked.totp,
        codes=asked.codes,
        mailed=asked.mailed,
        options=asked.options,
    )


async def _end(db: Db, visitor: Visitor) -> None:
    if visitor.session is None:
        return
    with contextlib.suppress(accounts.MemberMissing):  # ended at the same moment
        async with db.begin() as tx:
            await accounts.end_session(tx, visitor.session.id, member_id=visitor.session.member_id)


async def _ask(
    show: Show,
    cards: Cards,
    instance: Instance,
    goal: str,
    settings: Settings,
    *,
    error: DomainError | None = None,
    login: str = "",
) -> Response[str]:
    owner_id = None if settings.sends_mail else (await instance.census()).owner_id
    owner = await cards.faces([owner_id]) if owner_id is not None else []
    return show(
        "sign_in.html",
        error=error,
        with_form=True,
        next=goal,
        login=login,
        for_app=goal.startswith("/oauth/"),
        owner=owner[0] if owner else None,
        sends_mail=settings.sends_mail,
        passkeys=site_of(settings).possible,
        unconfirmed=isinstance(error, accounts.MailUnconfirmed),
    )


HANDLERS = pages(ask_sign_in, sign_in, sign_out)
