"""Staff and cases: what they look into together, and the one decision about all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import accounts, moderation
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Id, Query
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.errors import DomainError, Invalid
from dunnock.integrity import clusters_of_case, raids, topics
from dunnock.moderation import disarm, media_stops
from dunnock.moderation.case_model import KINDS
from dunnock.moderation.statement_words import CATEGORIES
from dunnock.transparency import subscriptions
from dunnock.web.admin.desk import desk
from dunnock.web.admin.names import names_of
from dunnock.web.cards import Cards
from dunnock.web.pages import PageParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_A_PAGE = 100
_MOST_LINES = 1_000
_DECISIONS = ("none", "sensitive", "limit", "suspend", "disable")


class Places(NamedTuple):
    """Where a page is made, and for whom."""

    show: Show
    staff: Member
    db: Db
    account_views: AccountViews


class CasesParams(PageParams, frozen=True):
    """`closed`: those that staff are done with."""

    closed: bool = False


class CaseParams(msgspec.Struct, frozen=True):
    """Which of the subjects: of what `kind`, behind which id; `find`: which techniques of DISARM."""

    kind: str = "account"
    after: int = 0
    done: str = ""
    find: str = ""


class OpenForm(Sent):
    """A new case, or (`report_id`) the one that a report belongs to."""

    title: str = ""
    hypothesis: str = ""
    severity: int = 1
    report_id: Id | None = None


class CaseForm(Sent):
    """`what`: change, close, open, take, add, part, drop, note, link, preview, decide, undo, take_over, stop_media, delete_posts,
    techniques.

    `spared`: accounts that a decision leaves out, ticked beside their names in the preview, which begins behind the id `after`;
    `but`: the same by name. `found`: techniques that were searched for, to be said of the case, too.
    """

    what: str = ""
    title: str = ""
    hypothesis: str = ""
    severity: int = 1
    techniques: str = ""
    lines: str = ""
    role: str = ""
    why: str = ""
    kind: str = "account"
    subject: str = ""
    audience: str = "staff"
    note: str = ""
    other: str = ""
    action: str = "limit"
    also_sensitive: bool = False
    parts: tuple[str, ...] = ()
    but: str = ""
    spared: tuple[int, ...] = ()
    after: int = 0
    found: tuple[str, ...] = ()
    days: int = 0
    text: str = ""
    facts: str = ""
    category: str = "other"
    ground: str = "terms"
    decision_id: Id | None = None
    effect: str = "limit"
    mail: bool = False
    sure: bool = False
    stop_media: bool = False


@get("/admin/cases")
async def list_cases(
    *,
    params: Query[CasesParams],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """Open or closed cases, newest first."""
    return await _list(params, Places(show, staff, db, account_views), OpenForm())


@post("/admin/cases", status_code=303)
async def open_case(
    *,
    form: Form[OpenForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """Open a case, by hand or for a report."""
    by = staff.account_id
    try:
        async with db.begin() as tx:
            if form.report_id is not None:
                made = await moderation.open_case_of_report(tx, form.report_id, by=by)
            else:
                made = await moderation.open_case(
                    tx, form.title, hypothesis=form.hypothesis, severity=form.severity, by=by
                )
    except DomainError as error:
        return await _list(CasesParams(), Places(show, staff, db, account_views), form, error=error)
    return show.go(f"/admin/cases/{made}", done="saved")


@get("/admin/cases/{case_id:int}")
async def show_case(
    *,
    case_id: FromPath[int],
    params: Query[CaseParams],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str]:
    """A case with all that belongs to it."""
    return await _page(case_id, params, Places(show, staff, db, account_views))


@post("/admin/cases/{case_id:int}", status_code=303)
async def act_on_case(
    *,
    case_id: FromPath[int],
    form: Form[CaseForm],
    show: NamedDependency[Show],
    staff: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
) -> Response[str] | Response[None]:
    """Change it, add to it, write on it, or decide about it."""
    places = Places(show, staff, db, account_views)
    try:
        if form.what == "preview" or (not form.what and form.after):
            return await _page(case_id, CaseParams(), places, form=form)
        subjects = await _named(form, account_views) if form.what == "add" else []
        async with db.begin() as tx:
            done = await _do(tx, case_id, form, subjects, by=staff.account_id)
    except moderation.CaseMissing:
        raise
    except DomainError as error:
        return await _page(case_id, CaseParams(), places, form=form, error=error)
    return show.go(f"/admin/cases/{case_id}", done=done)


async def _do(tx: Tx, case_id: int, form: CaseForm, subjects: Sequence[moderation.Subject], *, by: int) -> str:
    """Do it; what is said then."""
    match form.what:
        case "change":
            names = tuple(form.techniques.replace(",", " ").split())
            change = moderation.CaseChange(
                title=form.title, hypothesis=form.hypothesis, severity=form.severity, techniques=names
            )
            await moderation.change_case(tx, case_id, change, by=by)
        case "techniques":
            held = await moderation.find_case(tx, case_id)
            said = tuple(dict.fromkeys((*held.techniques, *form.found)))
            await moderation.change_case(tx, case_id, moderation.CaseChange(techniques=said), by=by)
        case "close" | "open":
            await moderation.change_case(tx, case_id, moderation.CaseChange(closed=form.what == "close"), by=by)
        case "take":
            await moderation.change_case(tx, case_id, moderation.CaseChange(assigned_to=by), by=by)
        case "add":
            await moderation.add_subjects(tx, case_id, subjects, by=by)
        case "part":
            await moderation.change_subject(tx, case_id, _subject(form), by=by)
        case "drop":
            await moderation.drop_subject(tx, case_id, _subject(form), by=by)
        case "note":
            await moderation.write_note(tx, case_id, form.audience, form.note, by=by)
        case "link":
            if not form.other.strip().isdecimal():
                raise Invalid(form.other[:40], say="Write the number of the other case")
            await moderation.link_cases(tx, case_id, int(form.other.strip()), by=by)
        case "decide":
            decided = await moderation.decide(tx, await _judgement(tx, case_id, form), by=by)
            return "saved" if decided.request_id is None else "second"
        case "delete_posts" if not form.sure:
            raise Invalid(form.what, say="Say that you read them: what is deleted does not come back")
        case "delete_posts":
            await moderation.delete_case_posts(
                tx, case_id, by=by, text=form.text, mail=form.mail, stop_media=form.stop_media
            )
            return "acted"
        case "stop_media":
            how = media_stops.Stopping(why=form.why, effect=form.effect, days=form.days)
            made = await media_stops.stop_media_of_case(tx, case_id, how, by=by)
            return "acted" if made.ids else "stopped_before"
        case "take_over" if form.decision_id is not None:
            return "saved" if await moderation.take_over(tx, form.decision_id, by=by) is None else "second"
        case "undo" if form.decision_id is not None:
            return "saved" if await moderation.undo(tx, form.decision_id, by=by) is None else "second"
        case _:
            raise Invalid(form.what[:40])
    return "saved"


async def _judgement(tx: Tx, case_id: int, form: CaseForm) -> moderation.Judgement:
    spared = [await accounts.find_by_handle(tx, one.removeprefix("@")) for one in form.but.split()]
    if None in spared:
        raise Invalid(form.but[:100], say="One of the exceptions is nobody here")
    return moderation.Judgement(
        action=form.action,
        also=("sensitive",) if form.also_sensitive and form.action != "sensitive" else (),
        case_id=case_id,
        parts=form.parts,
        but=tuple({*form.spared, *(one.id for one in spared if one is not None)}),
        expires_in=form.days * DAY // 1000 if form.days > 0 else None,
        text=form.text,
        facts=form.facts,
        category=form.category,
        ground=form.ground,
    )


def _subject(form: CaseForm) -> moderation.Subject:
    """What a form of one line is about."""
    kind = next((one for one in KINDS if one == form.kind), None)
    role = next((one for one in moderation.PARTS if one == form.role), None)
    if kind is None or role is None:
        raise Invalid(form.kind[:40])
    if kind in {"account", "post", "media"}:
        return moderation.Subject(
            kind=kind, subject_id=int(form.subject) if form.subject.isdecimal() else 0, role=role, why=form.why.strip()
        )
    return moderation.Subject(kind=kind, name=form.subject.strip(), role=role, why=form.why.strip())


async def _named(form: CaseForm, account_views: AccountViews) -> list[moderation.Subject]:
    """What the lines name: @people, #hashtags, addresses of posts here, other links, and domains."""
    lines = [one.strip() for one in form.lines.splitlines() if one.strip()]
    if not lines or len(lines) > _MOST_LINES:
        raise Invalid(len(lines), say="Write one to a thousand lines")
    role = next((one for one in moderation.PARTS if one == form.role), None)
    if role is None:
        raise Invalid(form.role[:40])
    found: list[moderation.Subject] = []
    for line in lines:
        if line.startswith("@"):
            name, _, domain = line[1:].partition("@")
            account_id = await account_views.id_of(name, domain.casefold())
            if account_id is None:
                raise Invalid(line[:100], say="One of the people is not known here")
            found.append(moderation.Subject(kind="account", subject_id=account_id, role=role, why=form.why.strip()))
        elif line.startswith("#"):
            found.append(moderation.Subject(kind="hashtag", name=line[1:].casefold(), role=role, why=form.why.strip()))
        elif (number := line.rstrip("/").rpartition("/")[2]).isdecimal() and "/@" in line:
            found.append(moderation.Subject(kind="post", subject_id=int(number), role=role, why=form.why.strip()))
        elif line.startswith(("https://", "http://")):
            found.append(moderation.Subject(kind="link", name=line, role=role, why=form.why.strip()))
        else:
            found.append(moderation.Subject(kind="domain", name=line.casefold(), role=role, why=form.why.strip()))
    return found


async def _list(
    params: CasesParams, places: Places, form: OpenForm, *, error: DomainError | None = None
) -> Response[str]:
    show, staff, db, account_views = places
    cursor = accounts.Cursor(limit=40, max_id=params.max_id, min_id=params.min_id)
    found = await moderation.list_cases(db, cursor, by=staff.account_id, closed=params.closed)
    return desk(
        show,
        staff,
        "cases.html",
        error=error,
        form=form,
        cases=found,
        closed=params.closed,
        severities=moderation.SEVERITIES,
        names=await names_of(account_views, [one.assigned_to for one in found]),
        older=found[-1].id if len(found) == cursor.limit else None,
    )


async def _page(
    case_id: int,
    params: CaseParams,
    places: Places,
    *,
    form: CaseForm | None = None,
    error: DomainError | None = None,
) -> Response[str]:
    show, staff, db, account_views = places
    by = staff.account_id
    held = await moderation.show_case(db, case_id, by=by)
    kind = params.kind if params.kind in KINDS else "account"
    subjects = await moderation.subjects_of(db, case_id, kind, by=by, after=params.after, most=_A_PAGE)
    people = {}
    if kind == "account":
        people = {one.id: one for one in await Cards(db, account_views).faces([one.subject_id for one in subjects])}
    preview = form is not None and (form.what == "preview" or (not form.what and form.after > 0))
    meant: list[moderation.Subject] = []
    if form is not None and preview:
        meant = await moderation.subjects_of(db, case_id, "account", by=by, after=form.after, most=_A_PAGE)
    faces = await Cards(db, account_views).faces([one.subject_id for one in meant])
    decisions = await moderation.decisions_of_case(db, case_id, by=by)
    notes = await moderation.notes_of(db, case_id, by=by)
    counts = await moderation.count_subjects(db, case_id, by=by)
    raid = await raids.raid_of_case(db, case_id, by=by)
    networks = await clusters_of_case(db, case_id, by=by)
    who: list[int | None] = [held.opened_by, held.assigned_to, *[one.by_account_id for one in notes]]
    for one in decisions:
        who += [one.by_account_id, one.approved_by]
    who += [] if raid is None else [one.account_id for one in raid.hits]
    return desk(
        show,
        staff,
        "case.html",
        error=error,
        form=form or CaseForm(title=held.title, hypothesis=held.hypothesis, severity=held.severity),
        preview=preview,
        meant=[one for one in meant if form is None or not form.parts or one.role in form.parts],
        meant_faces={one.id: one for one in faces},
        meant_more=meant[-1].subject_id if len(meant) == _A_PAGE else None,
        find=params.find,
        found=[one for one in disarm.search_techniques(params.find) if one.id not in held.techniques],
        techniques=[disarm.find_technique(one) or disarm.Technique(one, "", "") for one in held.techniques],
        held=held,
        raid=raid,
        networks=networks,
        topics=await topics(db, networks),
        kind=kind,
        kinds=KINDS,
        subjects=subjects,
        more=subjects[-1].subject_id if len(subjects) == _A_PAGE else None,
        people=people,
        counts=counts,
        totals={one: sum(number for (name, _), number in counts.items() if name == one) for one in KINDS},
        decisions=[(one, await moderation.progress(db, one.id)) for one in decisions],
        notes=notes,
        linked=await moderation.linked_cases(db, case_id),
        reports=await moderation.reports_of_case(db, case_id),
        came_of=await subscriptions.came_of(db, "case", case_id),
        names=await names_of(account_views, who),
        severities=moderation.SEVERITIES,
        parts=moderation.PARTS,
        actions=_DECISIONS,
        categories=tuple(CATEGORIES),
    )


HANDLERS = pages(list_cases, open_case, show_case, act_on_case)
