"""Staff and announcements: tell all members something, now or later. Times are UTC."""

from __future__ import annotations

import datetime as dt

from litestar import Response, get, post
from litestar.di import NamedDependency

from dunnock import server
from dunnock.accounts import Power
from dunnock.api.kit import Form, Id
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.moderation import house
from dunnock.web.admin.desk import desk
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member


class AnnouncementForm(Sent):
    """`what`: add, change or remove. Moments as a browser's field writes them, "": none."""

    what: str = ""
    id: Id | None = None
    text: str = ""
    starts_at: str = ""
    ends_at: str = ""
    publish_at: str = ""


@get("/admin/announcements")
async def list_announcements(
    show: NamedDependency[Show], staff: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str]:
    """All announcements, newest first, and the form for one."""
    return await _list(show, staff, db)


@post("/admin/announcements", status_code=303)
async def change_announcements(
    form: Form[AnnouncementForm], show: NamedDependency[Show], staff: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str] | Response[None]:
    """Publish one, change it, take it away."""
    try:
        async with db.begin() as tx:
            await _act(tx, form, by=staff.account_id)
    except DomainError as error:
        return await _list(show, staff, db, form=form, error=error)
    return show.go("/admin/announcements", done="saved")


async def _act(tx: Tx, form: AnnouncementForm, *, by: int) -> None:
    starts_at, ends_at = _moment(form.starts_at), _moment(form.ends_at)
    match form.what, form.id:
        case "add", _:
            await house.announce(
                tx, form.text, starts_at=starts_at, ends_at=ends_at, publish_at=_moment(form.publish_at), by=by
            )
        case "change", int(an_id):
            await house.change_announcement(tx, an_id, form.text, starts_at=starts_at, ends_at=ends_at, by=by)
        case "remove", int(an_id):
            await house.remove_announcement(tx, an_id, by=by)
        case _:
            raise Invalid(form.what)


def _moment(typed: str) -> int | None:
    """Unix milliseconds of `2026-12-24T18:00` in UTC; None for nothing. Raises: Invalid."""
    if not typed.strip():
        return None
    try:
        read = dt.datetime.fromisoformat(typed.strip())
        return round(read.replace(tzinfo=read.tzinfo or dt.UTC).timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise Invalid(typed[:40], say="A moment looks like 2026-12-24T18:00") from error


async def _list(
    show: Show, staff: Member, db: Db, *, form: AnnouncementForm | None = None, error: DomainError | None = None
) -> Response[str]:
    await house.permit(db, Power.MANAGE_ANNOUNCEMENTS, by=staff.account_id)
    return desk(
        show,
        staff,
        "announcements.html",
        error=error,
        form=form or AnnouncementForm(),
        announcements=await server.announcements(db),
    )


HANDLERS = pages(list_announcements, change_announcements)
