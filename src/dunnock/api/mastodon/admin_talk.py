"""Staff write to those who run other servers about reports, and keep notes about servers. Ours: /api/v1/dunnock/admin/…."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import moderation
from dunnock.api.kit import Called, Form, Query, require, told_id
from dunnock.api.mastodon.pages import me
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db

_HERE: Final = "/api/v1/dunnock/admin"
MESSAGES: Final = f"{_HERE}/reports/{{report_id:int}}/messages"
NOTES: Final = f"{_HERE}/server_notes"
_READS, _WRITES = "admin:read:reports", "admin:write:reports"


class MessageForm(msgspec.Struct):
    """`closes`: this server is done with a report that came from there."""

    text: str = ""
    closes: bool = False


class NotesParams(msgspec.Struct, frozen=True):
    """About which server."""

    domain: str = ""


class NoteForm(msgspec.Struct):
    """What is known of a server; `contact`: a mail address or a handle."""

    domain: str = ""
    text: str = ""
    contact: str = ""


class ReportMessage(msgspec.Struct, kw_only=True):
    """One message; `account_id` null: it came from the other server. `passed_on`: who complained may read it."""

    id: str
    text: str
    account_id: str | None
    closes: bool
    passed_on: bool
    created_at: str


class ReportTalk(msgspec.Struct, kw_only=True):
    """What was written about a report; ours. `way`: out (it went to `server`), in (it came from there), or empty."""

    report_id: str
    way: str
    server: str
    answered_at: str | None
    messages: list[ReportMessage]


class AdminServerNote(msgspec.Struct, kw_only=True):
    """A note about a server; ours."""

    id: str
    domain: str
    text: str
    contact: str
    account_id: str
    created_at: str


@get(MESSAGES, guards=[require(_READS)])
async def list_report_messages(report_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> ReportTalk:
    """What staff here and of another server wrote to each other about a report."""
    held = await moderation.show_talk(db, report_id, by=me(caller))
    return ReportTalk(
        report_id=str(held.report_id),
        way=held.way,
        server=held.server,
        answered_at=None if held.answered_at is None else iso(held.answered_at),
        messages=[
            ReportMessage(
                id=str(one.id), text=one.text, account_id=told_id(one.by_account_id),
                closes=one.closes, passed_on=one.passed_on, created_at=iso(one.at),
            )
            for one in held.messages
        ],
    )  # fmt: skip


@post(MESSAGES, guards=[require(_WRITES)], status_code=200)
async def write_report_message(
    report_id: FromPath[int], form: Form[MessageForm], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Write to the other server about a report; the message's id."""
    async with db.begin() as tx:
        made = await moderation.write_message(tx, report_id, form.text, closes=form.closes, by=me(caller))
    return {"id": str(made)}


@post(f"{MESSAGES}/{{message_id:int}}/pass_on", guards=[require(_WRITES)], status_code=200)
async def pass_on_report_message(
    report_id: FromPath[int], message_id: FromPath[int], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Let the member who complained read what the other server answered."""
    async with db.begin() as tx:
        await moderation.pass_on_message(tx, report_id, message_id, by=me(caller))
    return {}


@get(NOTES, guards=[require(_READS)])
async def list_server_notes(
    params: Query[NotesParams], caller: Called, db: NamedDependency[Db]
) -> list[AdminServerNote]:
    """Notes about a server, the newest first."""
    return [
        AdminServerNote(
            id=str(one.id), domain=one.domain, text=one.text, contact=one.contact, account_id=str(one.by_account_id),
            created_at=iso(one.at),
        )
        for one in await moderation.server_notes(db, params.domain, by=me(caller))
    ]  # fmt: skip


@post(NOTES, guards=[require(_WRITES)], status_code=200)
async def write_server_note(form: Form[NoteForm], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Write a note about a server; its id."""
    async with db.begin() as tx:
        made = await moderation.write_server_note(tx, form.domain, form.text, contact=form.contact, by=me(caller))
    return {"id": str(made)}


@delete(f"{NOTES}/{{note_id:int}}", guards=[require(_WRITES)], status_code=200)
async def drop_server_note(note_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Put a note away."""
    async with db.begin() as tx:
        await moderation.drop_server_note(tx, note_id, by=me(caller))
    return {}


HANDLERS: list[Any] = [
    list_report_messages, write_report_message, pass_on_report_message, list_server_notes, write_server_note, drop_server_note,
]  # fmt: skip
