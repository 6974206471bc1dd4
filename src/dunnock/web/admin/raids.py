"""Raids: what goes on, whom it goes to, who takes part; servers whose strangers are held back. One tap ends it."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import integrity
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.integrity import raids
from dunnock.web.admin.desk import Desk, desk_pages
from dunnock.web.pages import DoneParams, Sent

HERE = "/admin/raids"


class RaidForm(Sent):
    """`what`: end the raid, or (leave_out) an account has no part in it; (end_hold) let a server's strangers through."""

    what: str = ""
    account_id: Id = 0
    hold: int = 0


@get(HERE)
async def list_raids(
    *,
    params: Query[DoneParams],  # noqa: ARG001 (said by the frame)
    desk: NamedDependency[Desk],
) -> Response[str]:
    """Raids that go on, and servers that are held back."""
    return await _list(desk)


@post(HERE, status_code=303)
async def act_on_holds(form: Form[RaidForm], desk: NamedDependency[Desk]) -> Response[str] | Response[None]:
    """Let a server through that was held back."""
    try:
        if form.what != "end_hold":
            raise Invalid(form.what[:20])
        async with desk.db.begin() as tx:
            await integrity.end_origin_hold(tx, form.hold, by=desk.by)
    except DomainError as error:
        return await _list(desk, error=error)
    return desk.go(HERE, "acted")


@get(f"{HERE}/{{raid_id:int}}")
async def show_raid(
    *,
    raid_id: FromPath[int],
    params: Query[DoneParams],  # noqa: ARG001 (said by the frame)
    desk: NamedDependency[Desk],
) -> Response[str]:
    """One raid: the members it went to, in order, and who takes part."""
    return await _raid(raid_id, desk)


@post(f"{HERE}/{{raid_id:int}}", status_code=303)
async def act_on_raid(
    raid_id: FromPath[int], form: Form[RaidForm], desk: NamedDependency[Desk]
) -> Response[str] | Response[None]:
    """Say that it is no raid, or that an account has no part in it."""
    async with desk.db.begin() as tx:
        if form.what == "end":
            await raids.end_raid(tx, raid_id, by=desk.by)
        elif form.what == "leave_out":
            await raids.leave_out(tx, raid_id, form.account_id, by=desk.by)
        else:
            raise Invalid(form.what[:20])
    return desk.go(f"{HERE}/{raid_id}", "acted")


async def _list(desk: Desk, *, error: DomainError | None = None) -> Response[str]:
    found = await raids.list_raids(desk.db, by=desk.by)
    origins = await integrity.list_origin_holds(desk.db, by=desk.by)
    hit = [hit.account_id for one in found for hit in one.hits]
    return desk.page(
        "raids.html",
        error=error,
        raids=found,
        origins=origins,
        names=await desk.names([*hit, *(one.hold.account_id for one in origins)]),
    )


async def _raid(raid_id: int, desk: Desk) -> Response[str]:
    shown = await raids.show_raid(desk.db, raid_id, by=desk.by)
    raiders = await raids.raiders_of(desk.db, raid_id, by=desk.by)
    people = [*(one.account_id for one in shown.hits), *(one.account_id for one in raiders), shown.raid.ended_by]
    return desk.page("raid.html", shown=shown, raiders=raiders, names=await desk.names(people))


HANDLERS = desk_pages(list_raids, act_on_holds, show_raid, act_on_raid)
