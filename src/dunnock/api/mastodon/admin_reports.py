"""Staff and reports: look, assign, change, resolve. Wire name: Admin::Report. And the log of what staff did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from litestar import HttpMethod, Response, get, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from dunnock import moderation, server
from dunnock.api.kit import Called, Form, Id, Paging, Query, require, told_id
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.admin_wire import AdminAccount, admin_accounts, to_json
from dunnock.api.mastodon.instance import Rule, rule_wire
from dunnock.api.mastodon.pages import answer, cursor_of, links_of, me
from dunnock.api.mastodon.render import Render
from dunnock.api.mastodon.reports import report_facts
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.moderation import Report

READS, WRITES = "admin:read:reports", "admin:write:reports"
PATH, LOG = "/api/v1/admin/reports", "/api/v1/dunnock/admin/log"
A_PAGE = 100


class ReportsParams(Paging, kw_only=True, frozen=True):
    """Which reports; open ones unless `resolved`."""

    resolved: bool = False
    account_id: Id | None = None
    target_account_id: Id | None = None
    by_target_domain: str = ""


class ChangeForm(msgspec.Struct):
    """What to change of a report."""

    category: str | UnsetType = UNSET
    rule_ids: list[Id] | UnsetType | None = UNSET


class LogParams(Paging, kw_only=True, frozen=True):
    """All entries, or with `deeds` only what was done, not what was looked at."""

    deeds: bool = False


class AdminReport(msgspec.Struct, kw_only=True):
    """Admin::Report."""

    id: str
    action_taken: bool
    action_taken_at: str | None
    category: Literal["spam", "legal", "violation", "other"]
    comment: str
    forwarded: bool
    created_at: str
    updated_at: str
    account: AdminAccount | None
    target_account: AdminAccount
    assigned_account: AdminAccount | None
    action_taken_by_account: AdminAccount | None
    statuses: list[wire.Status]
    rules: list[Rule]


class LogEntry(msgspec.Struct, kw_only=True):
    """One act of staff; ours. `details` depends on the act."""

    id: str
    at: str
    account_id: str
    act: str
    subject_kind: str
    subject_id: str | None
    subject: str
    details: dict[str, Any]


class _Seen(msgspec.Struct):
    visibility: str


_visibility = msgspec.json.Decoder(_Seen).decode


async def _shown(reports: Sequence[Report], db: Db, render: Render, *, by: int) -> bytes:
    """Array of Admin::Report for `by` to see, with a fixed number of queries."""
    people = {
        an_id
        for one in reports
        for an_id in (one.account_id, one.target_id, one.assigned_to, one.resolved_by)
        if an_id is not None
    }
    accounts_of = {an_id: msgspec.Raw(one) for an_id, one in (await admin_accounts(db, render, people, by=by)).items()}
    posts = await render.statuses_for_staff([an_id for one in reports for an_id in one.post_ids])
    private = [an_id for an_id, one in posts.items() if _visibility(one).visibility in {"private", "direct"}]
    await moderation.note_reads(db, "post.read", private, by=by)
    named = {an_id for one in reports for an_id in one.rule_ids}
    rules = {one.id: rule_wire(one) for one in (await server.rules_by_id(db, named) if named else [])}
    return to_json(
        [
            {
                **report_facts(one),
                "updated_at": iso(one.updated_at),
                "account": None if one.account_id is None else accounts_of[one.account_id],
                "target_account": accounts_of[one.target_id],
                "assigned_account": None if one.assigned_to is None else accounts_of[one.assigned_to],
                "action_taken_by_account": None if one.resolved_by is None else accounts_of[one.resolved_by],
                "statuses": [msgspec.Raw(posts[an_id]) for an_id in one.post_ids if an_id in posts],
                "rules": [rules[an_id] for an_id in one.rule_ids if an_id in rules],
            }
            for one in reports
        ]
    )


async def _one(report_id: int, caller: Called, db: Db, render: Render) -> Response[AdminReport]:
    found = await moderation.show_report(db, report_id, by=me(caller))
    return answer((await _shown([found], db, render, by=me(caller)))[1:-1])


@get(PATH, guards=[require(READS)])
async def list_reports(
    params: Query[ReportsParams],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
    settings: NamedDependency[Settings],
) -> Response[list[AdminReport]]:
    """Reports that fit, newest first."""
    cursor = cursor_of(params, default=A_PAGE)
    wanted = moderation.WantedReports(
        resolved=params.resolved,
        account_id=params.account_id,
        target_id=params.target_account_id,
        domain=params.by_target_domain,
    )
    found = await moderation.list_reports(db, wanted, cursor, by=me(caller))
    kept = [("resolved", "true")] if params.resolved else []
    kept += [
        (name, str(value))
        for name in ("account_id", "target_account_id", "by_target_domain")
        if (value := getattr(params, name))
    ]
    link = links_of(settings.public_url, PATH, cursor, [one.id for one in found], kept=kept)
    return answer(await _shown(found, db, render, by=me(caller)), link=link)


@get(f"{PATH}/{{report_id:int}}", guards=[require(READS)])
async def show_report(
    report_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[AdminReport]:
    """One report."""
    return await _one(report_id, caller, db, render)


@route(f"{PATH}/{{report_id:int}}", http_method=[HttpMethod.PUT, HttpMethod.PATCH], guards=[require(WRITES)])
async def change_report(
    report_id: FromPath[int],
    form: Form[ChangeForm],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
) -> Response[AdminReport]:
    """Give a report another category or other rules."""
    async with db.begin() as tx:
        await moderation.change_report(
            tx,
            report_id,
            by=me(caller),
            category=None if form.category is UNSET else form.category,
            rule_ids=None if form.rule_ids is UNSET else form.rule_ids or (),
        )
    return await _one(report_id, caller, db, render)


@post(f"{PATH}/{{report_id:int}}/assign_to_self", guards=[require(WRITES)], status_code=200)
async def assign_report(
    report_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[AdminReport]:
    """See to a report oneself."""
    async with db.begin() as tx:
        await moderation.assign_report(tx, report_id, by=me(caller), to=me(caller))
    return await _one(report_id, caller, db, render)


@post(f"{PATH}/{{report_id:int}}/unassign", guards=[require(WRITES)], status_code=200)
async def unassign_report(
    report_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[AdminReport]:
    """Leave a report to anybody."""
    async with db.begin() as tx:
        await moderation.assign_report(tx, report_id, by=me(caller), to=None)
    return await _one(report_id, caller, db, render)


@post(f"{PATH}/{{report_id:int}}/resolve", guards=[require(WRITES)], status_code=200)
async def resolve_report(
    report_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[AdminReport]:
    """Be done with a report."""
    async with db.begin() as tx:
        await moderation.resolve_report(tx, report_id, by=me(caller))
    return await _one(report_id, caller, db, render)


@post(f"{PATH}/{{report_id:int}}/reopen", guards=[require(WRITES)], status_code=200)
async def reopen_report(
    report_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[AdminReport]:
    """Have a report wait again."""
    async with db.begin() as tx:
        await moderation.reopen_report(tx, report_id, by=me(caller))
    return await _one(report_id, caller, db, render)


@get(LOG, guards=[require("admin:read")])
async def list_log(
    params: Query[LogParams],
    caller: Called,
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[list[LogEntry]]:
    """What staff did, newest first: who, what, to what, when."""
    cursor = cursor_of(params, default=A_PAGE)
    wanted = moderation.WantedEntries(deeds=params.deeds)
    found = await moderation.entries(db, cursor, by=me(caller), wanted=wanted)
    kept = [("deeds", "true")] if params.deeds else []
    link = links_of(settings.public_url, LOG, cursor, [one.id for one in found], kept=kept)
    return answer(
        to_json(
            [
                {
                    "id": str(one.id),
                    "at": iso(one.at),
                    "account_id": str(one.by_account_id),
                    "act": one.act,
                    "subject_kind": one.subject_kind,
                    "subject_id": told_id(one.subject_id),
                    "subject": one.subject,
                    "details": one.details,
                }
                for one in found
            ]
        ),
        link=link,
    )


HANDLERS: list[Any] = [
    list_reports,
    show_report,
    change_report,
    assign_report,
    unassign_report,
    resolve_report,
    reopen_report,
    list_log,
]
