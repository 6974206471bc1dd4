"""Staff and who may join or come here: mail domains, single addresses, networks."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from dunnock import accounts
from dunnock.accounts.doors import NETWORK_SEVERITIES
from dunnock.api.kit import Form, Id, origin_of
from dunnock.foundation.clock import DAY, SECOND
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.moderation import newcomers
from dunnock.web.admin.desk import desk
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_MOST = 500
_MOST_DAYS = 3_660


class DoorForm(Sent):
    """`what`: one of `_ACTS`. `days`: how long a network stays out, 0: until that is ended."""

    what: str = ""
    id: Id | None = None
    domain: str = ""
    allow_with_approval: bool = False
    email: str = ""
    network: str = ""
    severity: str = "sign_up_requires_approval"
    comment: str = ""
    days: int = 0


class Found(msgspec.Struct, frozen=True):
    """What was asked of single addresses: does a block meet this one?"""

    email: str
    meets: bool


@get("/admin/doors")
async def list_doors(
    show: NamedDependency[Show], staff: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str]:
    """All blocks of the three kinds, newest first."""
    return await _list(show, staff, db)


@post("/admin/doors", status_code=303)
async def change_doors(
    request: Request[Any, Any, Any],
    form: Form[DoorForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[str] | Response[None]:
    """Close a door, or open it again; or ask whether one is closed to an address."""
    by = staff.account_id
    try:
        if form.what == "try_mail":
            met = await newcomers.try_mail(db, form.email, by=by)
            return await _list(show, staff, db, found=Found(form.email.strip(), bool(met)))
        async with db.begin() as tx:
            await _act(tx, form, own=origin_of(request), by=by)
    except DomainError as error:
        return await _list(show, staff, db, form=form, error=error)
    return show.go("/admin/doors", done="saved")


async def _act(tx: Tx, form: DoorForm, *, own: str, by: int) -> None:
    match form.what, form.id:
        case "block_domain", _:
            await newcomers.block_mail_domain(tx, form.domain, allow_with_approval=form.allow_with_approval, by=by)
        case "unblock_domain", int(an_id):
            await newcomers.unblock_mail_domain(tx, an_id, by=by)
        case "block_mail", _:
            await newcomers.block_mail(tx, email=form.email, hashed="", by=by)
        case "unblock_mail", int(an_id):
            await newcomers.unblock_mail(tx, an_id, by=by)
        case "block_network", _:
            lasts = min(max(form.days, 0), _MOST_DAYS) * DAY // SECOND
            await newcomers.block_network(
                tx, form.network, form.severity, comment=form.comment, expires_in=lasts or None, own=own, by=by
            )
        case "unblock_network", int(an_id):
            await newcomers.unblock_network(tx, an_id, by=by)
        case _:
            raise Invalid(form.what)


async def _list(
    show: Show,
    staff: Member,
    db: Db,
    *,
    form: DoorForm | None = None,
    found: Found | None = None,
    error: DomainError | None = None,
) -> Response[str]:
    by, all_of_them = staff.account_id, accounts.Cursor(limit=_MOST)
    return desk(
        show,
        staff,
        "doors.html",
        error=error,
        form=form or DoorForm(),
        found=found,
        domains=[
            (one, sum(day.tries for day in days))
            for one, days in await newcomers.list_mail_domains(db, all_of_them, by=by)
        ],
        mails=await newcomers.list_mails(db, all_of_them, by=by),
        networks=await newcomers.list_networks(db, all_of_them, by=by),
        severities=NETWORK_SEVERITIES,
    )


HANDLERS = pages(list_doors, change_doors)
