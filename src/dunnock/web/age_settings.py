"""Settings: how old one is, of which only a band is kept, and where one lives, for when nights are."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts
from dunnock.api.kit import Form
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member
from dunnock.web.zones import zones


class AgeForm(Sent):
    """A date of birth, or only that one is under 18; where one lives. What is empty stays as it is. `later`: ask no more."""

    date_of_birth: str = ""
    minor: bool = False
    zone: str = ""
    later: bool = False


@get("/settings/age")
async def ask_age(
    request: Request[Any, Any, Any],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[str]:
    """What is kept, and the form to change it."""
    return await _ask(request, show, db, member)


@post("/settings/age", status_code=303)
async def change_age(
    *,
    form: Form[AgeForm],
    request: Request[Any, Any, Any],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[str] | Response[None]:
    """Keep the band of the date, and forget the date."""
    try:
        async with db.begin() as tx:
            if form.later:
                await accounts.put_off_age(tx, member.account_id)
                return show.go("/")
            if form.date_of_birth.strip():
                await accounts.declare_birth(tx, member.account_id, form.date_of_birth)
            elif form.minor:
                await accounts.declare_minor(tx, member.account_id)
            await accounts.choose_zone(tx, member.account_id, form.zone)
    except DomainError as error:
        return await _ask(request, show, db, member, error=error)
    return show.go("/settings/age", done="saved")


async def _ask(
    request: Request[Any, Any, Any], show: Show, db: Db, member: Member, *, error: DomainError | None = None
) -> Response[str]:
    now = now_ms()
    age = await accounts.age_of(db, member.account_id, now=now)
    return show(
        "age_settings.html",
        age=age,
        may_say_more=age.may_say_more(now),
        zones=zones(request.headers.get("accept-language", "")),
        error=error,
    )


HANDLERS = pages(ask_age, change_age)
