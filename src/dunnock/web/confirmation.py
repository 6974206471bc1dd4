"""Confirming an e-mail address: the page that a mail's link leads to, and one to ask for the mail again."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts
from dunnock.api.kit import Form, Query
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.foundation.settings import Settings
from dunnock.web.onboarding import first_page
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show, keep_to_itself
from dunnock.web.sign_in import address_of
from dunnock.web.visitor import Visitor
from dunnock.web.words import N_


class ConfirmParams(msgspec.Struct, frozen=True):
    """The token of the mail's link."""

    confirmation_token: str = ""


class ConfirmForm(Sent):
    """The same, pressed."""

    confirmation_token: str = ""


class AgainForm(Sent):
    """Whom to send the mail to."""

    email: str = ""


@get("/auth/confirmation")
async def ask_confirm(
    params: Query[ConfirmParams], show: NamedDependency[Show], db: NamedDependency[Db]
) -> Response[str]:
    """One button: programs that look into mails and follow links must not confirm anything."""
    try:
        await accounts.check_confirmation(db, params.confirmation_token)
    except DomainError as error:
        return keep_to_itself(show("mail_again.html", with_form=True, error=error, email="", possible=True))
    return keep_to_itself(show("confirm_mail.html", with_form=True, confirmation_token=params.confirmation_token))


@post("/auth/confirmation", status_code=303)
async def confirm(
    form: Form[ConfirmForm], show: NamedDependency[Show], visitor: NamedDependency[Visitor], db: NamedDependency[Db]
) -> Response[str] | Response[None]:
    """Take the address as confirmed."""
    try:
        async with db.begin() as tx:
            member = await accounts.confirm(tx, form.confirmation_token)
    except DomainError as error:
        return keep_to_itself(show("mail_again.html", with_form=True, error=error, email="", possible=True))
    if visitor.session is not None and visitor.session.member_id == member.id:
        return show.go("/settings/account", done="confirmed")
    if member.state is accounts.State.PENDING:
        return show("waiting.html", with_form=True, username=member.username)
    return show.go(f"/auth/sign_in?next={await first_page(db, member.account_id)}", done="confirmed")


@get("/auth/confirmation/new")
async def ask_again(show: NamedDependency[Show], settings: NamedDependency[Settings]) -> Response[str]:
    """The form to have the mail sent once more."""
    return show("mail_again.html", with_form=True, email="", possible=settings.confirms_mail)


@post("/auth/confirmation/new", status_code=200)
async def send_again(
    form: Form[AgainForm],
    request: Request[Any, Any, Any],
    show: NamedDependency[Show],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """Send it, if it is for somebody; the answer does not tell."""
    try:
        if not settings.confirms_mail:
            raise accounts.MailImpossible
        await accounts.ask_confirmation(db, form.email, address="" if settings.dev else address_of(request))
    except DomainError as error:
        return show("mail_again.html", with_form=True, error=error, email=form.email, possible=settings.confirms_mail)
    return show("mail_sent.html", with_form=True, heading=N_("Look into your mail"), name="", email=form.email.strip())


HANDLERS = pages(ask_confirm, confirm, ask_again, send_again)
