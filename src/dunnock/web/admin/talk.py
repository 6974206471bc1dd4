"""Staff write to those who run other servers about reports, and keep notes about servers."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import moderation
from dunnock.accounts import LimitInvalid
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.web.admin.desk import desk
from dunnock.web.admin.names import names_of
from dunnock.web.pages import DoneParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member


class TalkForm(Sent):
    """`what`: write a message (`closes`: we are done with the report), or pass one on (`message_id`)."""

    what: str = "write"
    message_id: Id | None = None
    text: str = ""
    closes: bool = False


class NotesParams(msgspec.Struct, frozen=True):
    """Notes about which server."""

    domain: str = ""
    done: str = ""


class NoteForm(Sent):
    """`what`: write, or drop (`id`)."""

    what: str = "write"
    id: Id | None = None
    domain: str = ""
    text: str = ""
    contact: str = ""


@get("/admin/reports/{report_id:int}/talk")
async def show_talk(
    *,
    report_id: FromPath[int],
    params: Query[DoneParams],  # noqa: ARG001 (said by the frame)
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """What was written about a report between servers."""
    return await _talk(report_id, show, staff, db, account_views)


@post("/admin/reports/{report_id:int}/talk", status_code=303)
async def write_message(
    *,
    report_id: FromPath[int],
    form: Form[TalkForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """Write to the other server, or let the member who complained read what it answered."""
    try:
        async with db.begin() as tx:
            if form.what == "write":
                await moderation.write_message(tx, report_id, form.text, closes=form.closes, by=staff.account_id)
            elif form.what == "pass_on" and form.message_id is not None:
                await moderation.pass_on_message(tx, report_id, form.message_id, by=staff.account_id)
            else:
                raise Invalid(form.what[:40])
    except moderation.ReportMissing:
        raise
    except DomainError as error:
        return await _talk(report_id, show, staff, db, account_views, form=form, error=error)
    return show.go(f"/admin/reports/{report_id}/talk", done="saved")


@get("/admin/server-notes")
async def show_notes(
    *,
    params: Query[NotesParams],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """Notes about a server."""
    return await _notes(params.domain, show, staff, db, account_views)


@post("/admin/server-notes", status_code=303)
async def change_notes(
    *,
    form: Form[NoteForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """Write a note, or put one away."""
    by = staff.account_id
    try:
        async with db.begin() as tx:
            if form.what == "drop" and form.id is not None:
                await moderation.drop_server_note(tx, form.id, by=by)
            elif form.what == "write":
                await moderation.write_server_note(tx, form.domain, form.text, contact=form.contact, by=by)
            else:
                raise Invalid(form.what[:40])
            found = await moderation.server_notes(tx, form.domain, by=by)
    except DomainError as error:
        return await _notes(form.domain, show, staff, db, account_views, form=form, error=error)
    return show.go(f"/admin/server-notes?domain={found[0].domain if found else form.domain}", done="saved")


async def _talk(
    report_id: int, show: Show, staff: Member, db: Db, account_views: AccountViews, *, form: TalkForm | None = None,
    error: DomainError | None = None,
) -> Response[str]:  # fmt: skip
    held = await moderation.show_talk(db, report_id, by=staff.account_id)
    return desk(
        show,
        staff,
        "talk.html",
        error=error,
        form=form or TalkForm(),
        talk=held,
        names=await names_of(account_views, [one.by_account_id for one in held.messages]),
    )


async def _notes(
    domain: str, show: Show, staff: Member, db: Db, account_views: AccountViews, *, form: NoteForm | None = None,
    error: DomainError | None = None,
) -> Response[str]:  # fmt: skip
    found: list[moderation.ServerNote] = []
    try:
        found = await moderation.server_notes(db, domain or "example.org", by=staff.account_id) if error is None else []
    except LimitInvalid as wrong:
        error = wrong
    return desk(
        show,
        staff,
        "server_notes.html",
        error=error,
        form=form or NoteForm(domain=domain),
        domain=domain,
        notes=found,
        names=await names_of(account_views, [one.by_account_id for one in found]),
    )


HANDLERS = pages(show_talk, write_message, show_notes, change_notes)
