"""Joining: open, by approval, by invitation, or closed for now."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts, discovery
from dunnock.api.kit import Form, Id, Query, origin_of
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.errors import DomainError
from dunnock.foundation.settings import Settings
from dunnock.web.about import rules_for
from dunnock.web.onboarding import STEPS, first_page
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.sign_in import address_of, let_in
from dunnock.web.visitor import Visitor
from dunnock.web.welcome import JOINING
from dunnock.web.words import N_


class SignUpForm(Sent):
    """Who joins. `invitation` is a code; `collection`: whom they came to follow."""

    username: str = ""
    email: str = ""
    password: str = ""
    reason: str = ""
    invitation: str = ""
    collection: Id | None = None
    date_of_birth: str = ""
    agreement: bool = False


class SignUpParams(msgspec.Struct, frozen=True):
    """`invitation`: a code to begin with; `collection`: whose people to follow afterwards."""

    invitation: str = ""
    collection: Id | None = None


class InvitedParams(msgspec.Struct, frozen=True):
    """`collection`: whose people to follow afterwards."""

    collection: Id | None = None


@get("/auth/sign_up")
async def ask_sign_up(
    params: Query[SignUpParams],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str] | Response[None]:
    """The form; members are led to the front page, or to what they would come for."""
    if visitor.session is not None:
        return show.go("/" if params.collection is None else f"/collections/{params.collection}")
    return await _ask(show, db, settings, SignUpForm(invitation=params.invitation[:100], collection=params.collection))


@get("/invite/{code:str}")
async def show_invitation(
    *,
    code: FromPath[str],
    params: Query[InvitedParams],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str] | Response[None]:
    """The form with the invitation's code in it; members are led to what they would come for."""
    if visitor.session is not None:
        return show.go("/" if params.collection is None else f"/collections/{params.collection}")
    return await _ask(show, db, settings, SignUpForm(invitation=code[:100], collection=params.collection))


@post("/auth/sign_up", status_code=303)
async def sign_up(
    form: Form[SignUpForm],
    request: Request[Any, Any, Any],
    show: NamedDependency[Show],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str] | Response[None]:
    """Make the account; where nobody has to approve it, its owner is signed in at once."""

    async def came_for(tx: Tx, member: accounts.Member) -> None:
        if form.collection is not None:
            await discovery.keep_what_brought(tx, member.account_id, form.collection)

    try:
        joined = await accounts.sign_up(
            db,
            accounts.SignUp(
                username=form.username.strip().removeprefix("@"),
                email=form.email.strip(),
                password=form.password,
                agreement=form.agreement,
                locale=show.locale.tag,
                reason=form.reason.strip(),
                invitation=form.invitation.strip(),
                date_of_birth=form.date_of_birth,
            ),
            policy=settings.sign_up,
            address="" if settings.dev else address_of(request),
            origin=origin_of(request),
            confirm=settings.confirms_mail,
            min_age=settings.min_age,
            beside=came_for,
        )
    except DomainError as error:
        return await _ask(show, db, settings, form, error=error)
    if joined.unconfirmed:
        return show(
            "mail_sent.html",
            with_form=True,
            heading=N_("Thank you, @%(name)s"),
            name=joined.username,
            email=joined.email,
        )
    if joined.state is accounts.State.PENDING:
        return show("waiting.html", with_form=True, username=joined.username)
    goal = await first_page(db, joined.account_id)
    return await let_in(request, show, db, settings, member_id=joined.id, goal=goal)


async def _ask(
    show: Show, db: Db, settings: Settings, form: SignUpForm, *, error: DomainError | None = None
) -> Response[str]:
    closed = settings.sign_up == "closed"
    return show(
        "sign_up.html",
        error=error,
        with_form=True,
        form=form,
        closed=closed,
        step=1,
        steps=STEPS,
        rules=[] if closed else await rules_for(db, show.locale),
        joining=JOINING[settings.sign_up],
        domain=settings.domain,
        min_age=settings.min_age,
        needs_invitation=settings.sign_up == "invitation",
        needs_reason=settings.sign_up == "approval" and not form.invitation,
    )


HANDLERS = pages(ask_sign_up, show_invitation, sign_up)
