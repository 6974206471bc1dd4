"""The second step of signing in, and signing in with a passkey."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency

from dunnock import accounts
from dunnock.api.kit import Form
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.foundation.settings import Settings
from dunnock.web.local_path import local_path
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.sign_in import address_of, ask_second_step, known_as, site_of, welcome
from dunnock.web.visitor import Visitor


class StepForm(Sent):
    """`step` stands for the sign-in that is under way; then a code, or what a passkey signed."""

    step: str = ""
    code: str = ""
    credential: str = ""
    next: str = "/"


class PasskeyForm(Sent):
    """Where to go when signed in."""

    next: str = "/"


@post("/auth/sign_in/second", status_code=303)
async def finish(
    *,
    form: Form[StepForm],
    request: Request[Any, Any, Any],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str] | Response[None]:
    """Take the second factor; a wrong one may be followed by another."""
    goal, browser = local_path(form.next), known_as(request, settings)
    try:
        token = await accounts.finish_sign_in(
            db,
            form.step,
            site_of(settings),
            code=form.code[:100],
            credential=form.credential,
            address=address_of(request),
            browser=browser,
        )
    except (accounts.SecondFactorWrong, accounts.TooManyTries) as error:
        return await ask_second_step(show, db, settings, form.step, goal, error=error)
    except DomainError as error:
        return show("sign_in_over.html", error=error, with_form=True, next=goal)
    return await welcome(show, db, visitor, settings, token=token, goal=goal, browser=browser)


@post("/auth/passkey", status_code=200)
async def ask_passkey(
    form: Form[PasskeyForm],
    request: Request[Any, Any, Any],
    show: NamedDependency[Show],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """The page that asks the browser for a passkey."""
    goal = local_path(form.next)
    try:
        step, options = await accounts.ask_passkey(
            db, site_of(settings), client=request.headers.get("user-agent", ""), address=address_of(request)
        )
    except DomainError as error:
        return show("sign_in_over.html", error=error, with_form=True, next=goal)
    return show("passkey_sign_in.html", with_form=True, scripts=True, step=step, options=options, next=goal)


@post("/auth/passkey/sign_in", status_code=303)
async def sign_in_by_passkey(
    *,
    form: Form[StepForm],
    request: Request[Any, Any, Any],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str] | Response[None]:
    """Begin a session for whose passkey signed."""
    goal, browser = local_path(form.next), known_as(request, settings)
    try:
        token = await accounts.sign_in_by_passkey(
            db, form.step, site_of(settings), credential=form.credential, address=address_of(request), browser=browser
        )
    except DomainError as error:
        return show("sign_in_over.html", error=error, with_form=True, next=goal)
    return await welcome(show, db, visitor, settings, token=token, goal=goal, browser=browser)


HANDLERS = pages(finish, ask_passkey, sign_in_by_passkey)
