"""A forgotten password: the mail, and the page that its link leads to. Mastodon: /auth/password."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Query
from dunnock.api.mastodon.instance import Instance
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.foundation.settings import Settings
from dunnock.web.cards import Cards, Face
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show, keep_to_itself
from dunnock.web.sign_in import address_of
from dunnock.web.words import N_


class ForgottenForm(Sent):
    """Whose password."""

    email: str = ""


class ResetParams(msgspec.Struct, frozen=True):
    """The token of the mail's link."""

    reset_password_token: str = ""


class ResetForm(Sent):
    """The same, with the password from now on."""

    reset_password_token: str = ""
    password: str = ""


@get("/auth/password/new")
async def ask_reset(
    show: NamedDependency[Show],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    instance: NamedDependency[Instance],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """The form to ask for the mail; on a server without mail, whom to ask."""
    owner = None if settings.sends_mail else await owner_of(instance, Cards(db, account_views))
    return show("password_new.html", with_form=True, email="", possible=settings.sends_mail, owner=owner)


@post("/auth/password/new", status_code=200)
async def send_reset(
    form: Form[ForgottenForm],
    request: Request[Any, Any, Any],
    show: NamedDependency[Show],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """Send it, if it is for somebody; the answer does not tell (SC-123)."""
    try:
        if not settings.sends_mail:
            raise accounts.MailImpossible
        await accounts.ask_reset(db, form.email, address="" if settings.dev else address_of(request))
    except DomainError as error:
        return show(
            "password_new.html", with_form=True, error=error, email=form.email, possible=settings.sends_mail, owner=None
        )
    return show("mail_sent.html", with_form=True, heading=N_("Look into your mail"), name="", email=form.email.strip())


@get("/auth/password/edit")
async def ask_password(
    params: Query[ResetParams], show: NamedDependency[Show], db: NamedDependency[Db]
) -> Response[str]:
    """The form for another password."""
    return await _ask(show, db, params.reset_password_token)


@post("/auth/password/edit", status_code=303)
async def reset(
    form: Form[ResetForm], show: NamedDependency[Show], db: NamedDependency[Db]
) -> Response[str] | Response[None]:
    """Take it; nobody is signed in by that, as a second factor may still be asked for."""
    try:
        await accounts.reset_password(db, form.reset_password_token, form.password)
    except DomainError as error:
        return await _ask(show, db, form.reset_password_token, error=error)
    return show.go("/auth/sign_in", done="reset")


async def owner_of(instance: Instance, cards: Cards) -> Face | None:
    """Who runs this server, to be asked by people who are not signed in."""
    owner_id = (await instance.census()).owner_id
    faces = await cards.faces([owner_id]) if owner_id is not None else []
    return faces[0] if faces else None


async def _ask(show: Show, db: Db, token: str, *, error: DomainError | None = None) -> Response[str]:
    try:
        member = await accounts.resetting(db, token)
    except DomainError as over:
        return keep_to_itself(
            show("password_new.html", with_form=True, error=error or over, email="", possible=True, owner=None)
        )
    return keep_to_itself(
        show("password_edit.html", with_form=True, error=error, reset_password_token=token, username=member.email)
    )


HANDLERS = pages(ask_reset, send_reset, ask_password, reset)
