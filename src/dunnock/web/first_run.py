"""The first page of a server with nobody on it: makes the owner, for who knows the key that the start printed."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts, server
from dunnock.accounts.census import anybody
from dunnock.api.kit import Form, Query
from dunnock.foundation import first_key
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Kind, Missing
from dunnock.foundation.settings import Settings
from dunnock.moderation import house
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show, keep_to_itself
from dunnock.web.sign_in import let_in
from dunnock.web.visitor import Visitor


class KeyWrong(DomainError):
    """It is not the key that the start printed, or it was used."""

    code, kind, safe = "key_wrong", Kind.DENIED, "This is not the key that was printed when the server started."


class FirstParams(msgspec.Struct, frozen=True):
    """`key`: from the address that the start printed."""

    key: str = ""


class FirstForm(Sent):
    """Who the owner is, what the server is called, and who else may join."""

    key: str = ""
    username: str = ""
    email: str = ""
    password: str = ""
    title: str = ""
    sign_up: str = "approval"


async def awaits_owner(db: Db, settings: Settings) -> bool:
    """Is nobody here yet, and a key out? One look at the disk, once there is an owner."""
    if not first_key.waits(settings.data):
        return False
    if await anybody(db):
        first_key.use(settings.data)  # somebody was made by a command
        return False
    return True


@get("/setup")
async def show_first_page(
    params: Query[FirstParams],
    show: NamedDependency[Show],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """The six fields at most; missing as soon as anybody is here."""
    if not await awaits_owner(db, settings):
        raise Missing
    wrong = params.key and not first_key.fits(settings.data, params.key)
    form = FirstForm(key="" if wrong else params.key, title=settings.title)
    return _page(show, form, settings, error=KeyWrong() if wrong else None)


@post("/setup", status_code=303)
async def found(
    *,
    form: Form[FirstForm],
    request: Request[Any, Any, Any],
    show: NamedDependency[Show],
    visitor: NamedDependency[Visitor],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str] | Response[None]:
    """Make the owner, name the server, and sign the owner in. Only once, whoever comes at the same moment."""
    if not await awaits_owner(db, settings):
        raise Missing
    try:
        if not first_key.fits(settings.data, form.key):
            raise KeyWrong
        choices = {"title": server.checked("title", form.title), "sign_up": server.checked("sign_up", form.sign_up)}
        owner = await _make_owner(db, settings, form)
    except DomainError as error:
        return _page(show, form, settings, error=error)
    async with db.begin() as tx:
        for name, value in choices.items():
            if value != getattr(settings, name):
                await house.change_setting(tx, name, value, by=owner.account_id)
    goal = "/admin?done=founded"
    return await let_in(request, show, db, settings, member_id=owner.id, goal=goal, visitor=visitor)


async def _make_owner(db: Db, settings: Settings, form: FirstForm) -> accounts.Member:
    """The owner; the key is used up by it and comes back when the form was refused."""
    if not first_key.use(settings.data):
        raise KeyWrong
    try:
        return await accounts.create_member(
            db, username=form.username.strip(), email=form.email.strip(), password=form.password, role="owner"
        )
    except BaseException:
        first_key.put_back(settings.data, form.key)
        raise


def _page(show: Show, form: FirstForm, settings: Settings, *, error: DomainError | None = None) -> Response[str]:
    known = bool(form.key) and first_key.fits(settings.data, form.key)
    page = show("first_run.html", error=error, with_form=True, form=form, known=known, host=settings.domain)
    return keep_to_itself(page)


HANDLERS = pages(show_first_page, found)
