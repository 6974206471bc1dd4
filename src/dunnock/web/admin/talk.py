"""Staff write to those who run other servers about reports, and keep notes about servers."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import moderation
from dunnock.accounts import LimitInvalid
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.web.admin.desk import Desk, desk_pages
from dunnock.web.pages import DoneParams, Sent


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
    desk: NamedDependency[Desk],
) -> Response[str]:
    """What was written about a report between servers."""
    return await _talk(report_id, desk)


@post("/admin/reports/{report_id:int}/talk", status_code=303)
async def write_message(
    report_id: FromPath[int], form: Form[TalkForm], desk: NamedDependency[Desk]
) -> Response[str] | Response[None]:
    """Write to the other server, or let the member who complained read what it answered."""
    try:
        async with desk.db.begin() as tx:
            if form.what == "write":
                await moderation.write_message(tx, report_id, form.text, closes=form.closes, by=desk.by)
            elif form.what == "pass_on" and form.message_id is not None:
                await moderation.pass_on_message(tx, report_id, form.message_id, by=desk.by)
            else:
                raise Invalid(form.what[:40])
    except moderation.ReportMissing:
        raise
    except DomainError as error:
        return await _talk(report_id, desk, form=form, error=error)
    return desk.go(f"/admin/reports/{report_id}/talk", "saved")


@get("/admin/server-notes")
async def show_notes(params: Query[NotesParams], desk: NamedDependency[Desk]) -> Response[str]:
    """Notes about a server."""
    return await _notes(params.domain, desk)


@post("/admin/server-notes", status_code=303)
async def change_notes(form: Form[NoteForm], desk: NamedDependency[Desk]) -> Response[str] | Response[None]:
    """Write a note, or put one away."""
    by = desk.by
    try:
        async with desk.db.begin() as tx:
            if form.what == "drop" and form.id is not None:
                await moderation.drop_server_note(tx, form.id, by=by)
            elif form.what == "write":
                await moderation.write_server_note(tx, form.domain, form.text, contact=form.contact, by=by)
            else:
                raise Invalid(form.what[:40])
            found = await moderation.server_notes(tx, form.domain, by=by)
    except DomainError as error:
        return await _notes(form.domain, desk, form=form, error=error)
    return desk.go(f"/admin/server-notes?domain={found[0].domain if found else form.domain}", "saved")


async def _talk(
    report_id: int, desk: Desk, *, form: TalkForm | None = None, error: DomainError | None = None
) -> Response[str]:
    held = await moderation.show_talk(desk.db, report_id, by=desk.by)
    return desk.page(
        "talk.html",
        error=error,
        form=form or TalkForm(),
        talk=held,
        names=await desk.names([one.by_account_id for one in held.messages]),
    )


async def _notes(
    domain: str, desk: Desk, *, form: NoteForm | None = None, error: DomainError | None = None
) -> Response[str]:
    found: list[moderation.ServerNote] = []
    try:
        found = await moderation.server_notes(desk.db, domain or "example.org", by=desk.by) if error is None else []
    except LimitInvalid as wrong:
        error = wrong
    return desk.page(
        "server_notes.html",
        error=error,
        form=form or NoteForm(domain=domain),
        domain=domain,
        notes=found,
        names=await desk.names([one.by_account_id for one in found]),
    )


HANDLERS = desk_pages(show_talk, write_message, show_notes, change_notes)
