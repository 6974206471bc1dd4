"""Staff and reports: the queue with acts on many, and one report with all that bears on it. Mastodon: /admin/reports."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts, discovery, moderation, server
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.foundation.ids import ms_of
from dunnock.web.admin.accounts import judgement_of
from dunnock.web.admin.desk import desk
from dunnock.web.admin.names import names_of
from dunnock.web.evidence import Reads
from dunnock.web.pages import Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_A_PAGE, _MOST_AT_ONCE, _MOST_JOINED, _ENTRIES = 40, 100, 1_000, 10
_JUDGEMENTS = frozenset(("none", "sensitive", "disable", "limit", "suspend"))


class ReportsParams(msgspec.Struct, frozen=True):
    """`resolved`: those that staff are done with; `mine`: those I see to; `free`: those that nobody sees to.

    `domain`: about accounts of a server; `severity`: at least so bad.
    """

    resolved: bool = False
    mine: bool = False
    free: bool = False
    severity: int = 0
    domain: str = ""
    max_id: Id | None = None
    done: str = ""


class HandleForm(Sent):
    """`what`: resolve, reopen, take, assign, unassign, severity, or a judgement, with a `text` to the members.

    `report_ids`: several at once. `all_about`: what is done to one report is done to all open ones about the account.
    `to`: who of the staff sees to it, None: whoever sends the form.
    """

    report_ids: tuple[Id, ...] = ()
    what: str = ""
    text: str = ""
    preset_id: str = ""
    mail: bool = False
    all_about: bool = False
    to: Id | None = None
    report_id: Id | None = None
    severity: int = 1
    all_joined: bool = False
    stop_media: bool = False


@get("/admin/reports")
async def list_reports(
    *,
    params: Query[ReportsParams],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    reads: NamedDependency[Reads],
) -> Response[str]:
    """What others complained about, newest first."""
    return await _list(params, show, staff, reads)


@post("/admin/reports", status_code=303)
async def handle_reports(
    *,
    form: Form[HandleForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    reads: NamedDependency[Reads],
) -> Response[str] | Response[None]:
    """Do one thing to all reports that are ticked: all of it, or nothing."""
    try:
        async with db.begin() as tx:
            ids = form.report_ids[:_MOST_AT_ONCE]
            if form.all_joined:
                ids = await _with_others(tx, ids, by=staff.account_id)
            waits = await _handle(tx, form, ids, by=staff.account_id)
    except DomainError as error:
        return await _list(ReportsParams(), show, staff, reads, error=error)
    return show.go("/admin/reports", done="second" if waits else _done(form.what))


@get("/admin/reports/{report_id:int}")
async def show_report(
    *,
    report_id: FromPath[int],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    reads: NamedDependency[Reads],
) -> Response[str]:
    """One report with its posts, the other ones about the account, and what was done before."""
    return await _one(report_id, show, staff, reads)


@post("/admin/reports/{report_id:int}", status_code=303)
async def handle_report(
    *,
    report_id: FromPath[int],
    form: Form[HandleForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    reads: NamedDependency[Reads],
) -> Response[str] | Response[None]:
    """Handle a report, and go on to the next that waits; what leaves it open stays with it."""
    by = staff.account_id
    try:
        async with db.begin() as tx:
            ids: tuple[int, ...] = (report_id,)
            if form.all_about and form.what != "delete_posts":
                ids = await _with_others(tx, ids, by=by)
            waits = await _handle(tx, form, ids, by=by)
    except DomainError as error:
        return await _one(report_id, show, staff, reads, form=form, error=error)
    if waits or form.what in {"assign", "take", "unassign", "reopen", "severity"}:
        return show.go(f"/admin/reports/{report_id}", done="second" if waits else "handled")
    after = await _next(db, report_id, by)
    return show.go("/admin/reports" if after is None else f"/admin/reports/{after}", done=_done(form.what))


def _done(what: str) -> str:
    return "judged" if what in _JUDGEMENTS else "posts_gone" if what == "delete_posts" else "handled"


async def _next(db: Db, report_id: int, by: int) -> int | None:
    """The open report that waits after this one: the next older, else the newest."""
    for cursor in (accounts.Cursor(limit=1, max_id=report_id), accounts.Cursor(limit=1)):
        found = await moderation.list_reports(db, moderation.WantedReports(), cursor, by=by)
        if found and found[0].id != report_id:
            return found[0].id
    return None


async def _handle(tx: Tx, form: HandleForm, ids: tuple[int, ...], *, by: int) -> bool:
    """Do it; whether any of it waits for a second person."""
    waits = False
    if not ids:
        raise Invalid(say="Choose at least one report")
    if form.what in _JUDGEMENTS:
        held = [await moderation.show_report(tx, one, by=by) for one in ids]
        for target, first in {one.target_id: one for one in reversed(held)}.items():
            form.report_id = first.id
            decided = await moderation.decide(tx, judgement_of(form, (target,)), by=by)
            waits = waits or decided.request_id is not None
        if form.what == "none":
            for one in ids:
                await moderation.resolve_report(tx, one, by=by)
        return waits
    if form.what == "delete_posts":
        for one in ids:
            asked = await moderation.delete_reported_posts(
                tx, one, by=by, text=form.text, mail=form.mail, stop_media=form.stop_media
            )
            waits = waits or asked is not None
        return waits
    for one in ids:
        match form.what:
            case "assign":
                await moderation.assign_report(tx, one, by=by, to=form.to or by)
            case "take":
                await moderation.assign_report(tx, one, by=by, to=by)
            case "unassign":
                await moderation.assign_report(tx, one, by=by, to=None)
            case "severity":
                await moderation.change_report(tx, one, by=by, severity=form.severity)
            case "resolve":
                await moderation.resolve_report(tx, one, by=by)
            case "reopen":
                await moderation.reopen_report(tx, one, by=by)
            case _:
                raise Invalid(form.what, say="Choose what to do")
    return False


async def _with_others(tx: Tx, ids: tuple[int, ...], *, by: int) -> tuple[int, ...]:
    """These reports, and all others that wait about the same accounts."""
    held = list(ids)
    for one in ids:
        wanted = moderation.WantedReports(target_id=(await moderation.show_report(tx, one, by=by)).target_id)
        held += [
            other.id for other in await moderation.list_reports(tx, wanted, accounts.Cursor(limit=_MOST_JOINED), by=by)
        ]
    return tuple(dict.fromkeys(held))


async def _list(
    params: ReportsParams, show: Show, staff: Member, reads: Reads, *, error: DomainError | None = None
) -> Response[str]:
    by = staff.account_id
    cursor = accounts.Cursor(limit=_A_PAGE, max_id=params.max_id)
    wanted = moderation.WantedReports(
        resolved=params.resolved,
        domain=params.domain,
        assigned_to=by if params.mine else None,
        unassigned=params.free,
        severity=params.severity,
        joined=not (params.resolved or params.mine or params.free or params.domain or params.severity > 0),
    )
    found = await moderation.list_reports(reads.db, wanted, cursor, by=by)
    older = found[-1].id if len(found) == _A_PAGE else None
    people = {an_id for one in found for an_id in (one.account_id, one.target_id, one.assigned_to) if an_id}
    names = await names_of(reads.account_views, people)
    about = await moderation.waiting_about(reads.db, {one.target_id for one in found if one.is_open}, by=by)
    return desk(
        show,
        staff,
        "reports.html",
        error=error,
        rows=[(one, ms_of(one.id), about.get(one.target_id)) for one in found],
        joined=wanted.joined,
        names=names,
        asked=params,
        presets=await moderation.presets(reads.db, by=by),
        older=older,
    )


async def _one(
    report_id: int,
    show: Show,
    staff: Member,
    reads: Reads,
    *,
    form: HandleForm | None = None,
    error: DomainError | None = None,
) -> Response[str]:
    by, db = staff.account_id, reads.db
    held = await moderation.show_report(db, report_id, by=by)
    wanted = moderation.WantedReports(target_id=held.target_id)
    others = await moderation.list_reports(db, wanted, accounts.Cursor(limit=_A_PAGE), by=by)
    others = [one for one in others if one.id != report_id]
    shown = await reads.posts(list(held.post_ids))
    private = [an_id for an_id, one in shown.items() if one.visibility in {"followers", "private", "direct"}]
    await moderation.note_reads(db, "post.read", private, by=by)
    done_to = moderation.WantedEntries(kind="account", subject=held.target_id, deeds=True)
    entries = await moderation.entries(db, accounts.Cursor(limit=_ENTRIES), by=by, wanted=done_to)
    people = {held.account_id, held.target_id, held.assigned_to, held.resolved_by, *[one.account_id for one in others]}
    people |= {one.by_account_id for one in entries}
    cards = await reads.account_views.get({an_id for an_id in people if an_id})
    sheet = await accounts.find_sheet(db, held.target_id)
    return desk(
        show,
        staff,
        "report.html",
        error=error,
        form=form or HandleForm(mail=True),
        report=held,
        at=ms_of(held.id),
        names={an_id: card.handle for an_id, card in cards.items()},
        sheet=sheet,
        counts=(await accounts.counts_of(db, [held.target_id])).get(held.target_id),
        written=[shown[an_id] for an_id in held.post_ids if an_id in shown],
        gone=sum(an_id not in shown for an_id in held.post_ids),
        rules=await server.rules_by_id(db, held.rule_ids),
        collections=[
            one for an_id in held.collection_ids if (one := await discovery.collection_as_it_is(db, an_id)) is not None
        ],
        colleagues=[one for one in await accounts.staff(db) if one.account_id != by],
        others=others,
        entries=entries,
        presets=await moderation.presets(db, by=by),
        actions=[
            one for one in ("none", "sensitive", "limit", "disable", "suspend")
            if sheet is not None and (sheet.member_id is not None or one not in {"none", "disable"})
        ],
    )  # fmt: skip


HANDLERS = pages(list_reports, handle_reports, show_report, handle_report)
"""Of the queue and of one report."""
