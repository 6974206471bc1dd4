"""POST /api/v1/reports: complain about an account; ours: /api/v1/dunnock/reports, what became of it. Wire name: Report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import moderation
from dunnock.api.kit import Called, Form, Id, Paging, Query, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.pages import answer, cursor_of, links_of, me
from dunnock.api.mastodon.render import Render
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Missing
from dunnock.foundation.ids import ms_of
from dunnock.foundation.settings import Settings

OWN: Final = "/api/v1/dunnock/reports"
READS: Final = "read:reports"
_A_PAGE = 20


class ReportForm(msgspec.Struct):
    """What somebody complains about."""

    account_id: Id | None = None
    status_ids: list[Id] = []
    collection_ids: list[Id] = []
    rule_ids: list[Id] = []
    comment: str = ""
    category: str = ""
    forward: bool = False


class ReportAnswer(msgspec.Struct, kw_only=True):
    """What those who run the other server answered, as staff here passed it on; `text` is plain."""

    created_at: str
    text: str


class OwnReport(msgspec.Struct, kw_only=True):
    """A complaint as its author sees it; `target_account` null: the account is gone.

    `state`: waiting, in_hand, acted (a decision that still stands came of it) or closed. What was done, and by whom, is not said.
    """

    id: str
    state: Literal["waiting", "in_hand", "acted", "closed"]
    action_taken: bool
    action_taken_at: str | None
    category: Literal["spam", "legal", "violation", "other"]
    comment: str
    forwarded: bool
    created_at: str
    status_ids: list[str]
    collection_ids: list[str]
    rule_ids: list[str]
    target_account: wire.Account | None
    answers: list[ReportAnswer]


@get(OWN, guards=[require(READS)])
async def list_own(
    params: Query[Paging],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
    settings: NamedDependency[Settings],
) -> Response[list[OwnReport]]:
    """The member's own complaints and what became of them, the newest first."""
    cursor = cursor_of(params, default=_A_PAGE)
    found = await moderation.own_reports(db, me(caller), cursor)
    link = links_of(settings.public_url, OWN, cursor, [one.id for one in found])
    return answer(await _own_json(render, found), link=link)


@get(f"{OWN}/{{report_id:int}}", guards=[require(READS)])
async def show_own(
    report_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[OwnReport]:
    """One of the member's own complaints, and what became of it."""
    held = await moderation.own_report(db, report_id, by=me(caller))
    return answer((await _own_json(render, [held]))[1:-1])


@post("/api/v1/reports", guards=[require("write:reports")], status_code=200)
async def file_report(
    form: Form[ReportForm], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Report]:
    """Complain about an account, or about posts of it, to those who run the server."""
    if form.account_id is None:
        raise Missing
    complaint = moderation.Complaint(
        target_id=form.account_id,
        category=form.category,
        comment=form.comment,
        post_ids=tuple(form.status_ids),
        collection_ids=tuple(form.collection_ids),
        rule_ids=tuple(form.rule_ids),
        forward=form.forward,
    )
    async with db.begin() as tx:
        filed = await moderation.file_report(tx, complaint, by=me(caller))
    target = (await render.accounts_for_staff((filed.target_id,)))[filed.target_id]
    return answer(report_json(filed, target))


def report_facts(one: moderation.Report) -> dict[str, Any]:
    """What Report and Admin::Report say alike."""
    return {
        "id": str(one.id),
        "action_taken": not one.is_open,
        "action_taken_at": None if one.resolved_at is None else iso(one.resolved_at),
        "category": one.category,
        "comment": one.comment,
        "forwarded": one.forwarded,
        "created_at": iso(ms_of(one.id)),
    }


def report_json(one: moderation.Report, target: bytes) -> bytes:
    """Report; `target` is the Account that it is about."""
    told: dict[str, Any] = {
        **report_facts(one),
        "status_ids": [str(an_id) for an_id in one.post_ids],
        "collection_ids": [str(an_id) for an_id in one.collection_ids],
        "rule_ids": [str(an_id) for an_id in one.rule_ids],
        "target_account": msgspec.Raw(target),
    }
    return msgspec.json.encode(told)


async def _own_json(render: Render, found: Sequence[moderation.OwnReport]) -> bytes:
    """Array of OwnReport; who is suspended or gone is shown no more, as everywhere."""
    people = dict(await render.each_account(list({one.target_id for one in found})))
    told = [
        {
            "id": str(one.id),
            "state": one.outcome,
            "action_taken": one.closed_at is not None,
            "action_taken_at": None if one.closed_at is None else iso(one.closed_at),
            "category": one.category,
            "comment": one.comment,
            "forwarded": one.forwarded,
            "created_at": iso(one.at),
            "status_ids": [str(an_id) for an_id in one.post_ids],
            "collection_ids": [str(an_id) for an_id in one.collection_ids],
            "rule_ids": [str(an_id) for an_id in one.rule_ids],
            "target_account": msgspec.Raw(people[one.target_id]) if one.target_id in people else None,
            "answers": [{"created_at": iso(each.at), "text": each.text} for each in one.answers],
        }
        for one in found
    ]
    return msgspec.json.encode(told)


HANDLERS: list[Any] = [file_report, list_own, show_own]
