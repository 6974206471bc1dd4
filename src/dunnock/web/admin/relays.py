"""Staff and relays: ask them, leave them, see how they are."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock.api.kit import Form, Id, Query
from dunnock.federation import Places, Relays, Resolver
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.foundation.settings import Settings
from dunnock.web.admin.desk import desk
from dunnock.web.pages import DoneParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member


class RelayForm(Sent):
    """`what`: add (with an `inbox`, or the address of an actor), enable, disable or remove (with an `id`)."""

    what: str = ""
    id: Id | None = None
    inbox: str = ""


@get("/admin/relays")
async def list_relays(
    params: Query[DoneParams],  # noqa: ARG001 (said by the frame)
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """All relays: whether they take this server, why the last delivery failed, when they were heard of."""
    return await _list(show, staff, db, settings, RelayForm())


@post("/admin/relays", status_code=303)
async def decide_about_relays(
    *,
    form: Form[RelayForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    resolver: NamedDependency[Resolver],
) -> Response[str] | Response[None]:
    """Add, enable, disable or remove a relay."""
    relays, inbox, followed = _relays(settings), form.inbox, None
    try:
        if form.what == "add":
            inbox, followed = await relays.seek(resolver.house, form.inbox, by=staff.account_id)
        async with db.begin() as tx:
            await _decide(tx, relays, form, inbox, followed, by=staff.account_id)
    except DomainError as error:
        return await _list(show, staff, db, settings, form, error=error)
    return show.go("/admin/relays", done="saved")


async def _decide(tx: Tx, relays: Relays, form: RelayForm, inbox: str, followed: str | None, *, by: int) -> None:
    match form.what, form.id:
        case "add", _:
            await relays.add(tx, inbox, followed=followed, by=by)
        case "enable", int(an_id):
            await relays.enable(tx, an_id, by=by)
        case "disable", int(an_id):
            await relays.disable(tx, an_id, by=by)
        case "remove", int(an_id):
            await relays.remove(tx, an_id, by=by)
        case _:
            raise Invalid(form.what)


def _relays(settings: Settings) -> Relays:
    return Relays(Places(settings.public_url), plain_http=settings.plain_http)


async def _list(
    show: Show, staff: Member, db: Db, settings: Settings, form: RelayForm, *, error: DomainError | None = None
) -> Response[str]:
    found = await _relays(settings).every(db, by=staff.account_id)
    return desk(show, staff, "relays.html", error=error, form=form, relays=found)


HANDLERS = pages(list_relays, decide_about_relays)
