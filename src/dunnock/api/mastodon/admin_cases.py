"""Staff and cases: what they look into together, and the decisions about it. Ours: /api/v1/dunnock/admin/cases, …/decisions."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import HttpMethod, Response, delete, get, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from dunnock import accounts, moderation
from dunnock.accounts import Power
from dunnock.api.kit import Called, Form, Id, Paging, Query, require, told_id
from dunnock.api.mastodon.pages import answer, cursor_of, links_of, me
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db, Reader
from dunnock.foundation.errors import Invalid
from dunnock.foundation.ids import ms_of
from dunnock.foundation.settings import Settings
from dunnock.moderation import disarm
from dunnock.moderation.case_model import KINDS

READS, WRITES = "admin:read:reports", "admin:write:reports"
DECIDES: Final = "admin:write:accounts"
CASES: Final = "/api/v1/dunnock/admin/cases"
TECHNIQUES: Final = "/api/v1/dunnock/admin/techniques"
DECISIONS: Final = "/api/v1/dunnock/admin/decisions"
_ONE: Final = f"{CASES}/{{case_id:int}}"
_A_PAGE: Final = 40
_MOST_SUBJECTS: Final = 1_000


class Asked(msgspec.Struct, kw_only=True):
    """`request_id`: of the request that somebody else must agree to first; null: it is done."""

    request_id: str | None


def asked(request_id: int | None) -> Asked:
    """What an act that may need a second person answers."""
    return Asked(request_id=told_id(request_id))


class CasesParams(Paging, kw_only=True, frozen=True):
    """Open cases, or with `closed` those that staff are done with."""

    closed: bool = False


class SubjectsParams(msgspec.Struct, frozen=True):
    """Subjects of one kind, by id above `after`."""

    kind: str = "account"
    after: int = 0
    limit: int = 200


class CaseForm(msgspec.Struct):
    """A new case, or (`report_id`) the one that a report belongs to."""

    title: str = ""
    hypothesis: str = ""
    severity: int = 1
    report_id: Id | None = None


class CaseChangeForm(msgspec.Struct):
    """What is to be so of a case; what is missing stays. `assigned_to_id` null: nobody sees to it."""

    title: str | UnsetType = UNSET
    hypothesis: str | UnsetType = UNSET
    severity: int | UnsetType = UNSET
    techniques: list[str] | UnsetType = UNSET
    assigned_to_id: Id | UnsetType | None = UNSET
    closed: bool | UnsetType = UNSET


class SubjectForm(msgspec.Struct):
    """An account, post or file by its `id`, a domain, link or hashtag by its `name`. `part`: core, amplifier, target, or none."""

    kind: str = ""
    id: Id | None = None
    name: str = ""
    part: str = ""
    why: str = ""


class SubjectsForm(msgspec.Struct):
    """Up to 1,000 subjects."""

    subjects: list[SubjectForm] = msgspec.field(default_factory=list)


class NoteForm(msgspec.Struct):
    """`audience`: staff, reporters or subjects."""

    audience: str = "staff"
    text: str = ""


class LinkForm(msgspec.Struct):
    """Another case that has to do with this one."""

    case_id: Id | None = None


class TechniquesParams(msgspec.Struct, frozen=True):
    """`q`: the beginning of an id, or words in English."""

    q: str = ""


class Technique(msgspec.Struct, kw_only=True):
    """A technique of DISARM; ours. `description`: how that begins."""

    id: str
    name: str
    description: str


class DecisionForm(msgspec.Struct):
    """`action`: none, sensitive, limit, suspend or disable; `also`: what else is done. About `account_ids`, or all of a case.

    `parts` of the case (none: all), but for `but`; `expires_in` seconds. `ground` (terms, law), `category` and `facts` are
    for the statement of reasons.
    """

    action: str = ""
    also: list[str] = msgspec.field(default_factory=list)
    account_ids: list[Id] = msgspec.field(default_factory=list)
    case_id: Id | None = None
    parts: list[str] = msgspec.field(default_factory=list)
    but: list[Id] = msgspec.field(default_factory=list)
    report_id: Id | None = None
    warning_preset_id: Id | None = None
    text: str = ""
    facts: str = ""
    ground: str = "terms"
    category: str = "other"
    expires_in: int | None = None
    send_email_notification: bool = True


class Case(msgspec.Struct, kw_only=True):
    """A case; ours. `subjects`: how many by kind and part; `severity`: 0 (low) to 3 (critical).

    `opened_by_id` null: the server itself.
    """

    id: str
    title: str
    hypothesis: str
    severity: int
    techniques: list[str]
    created_at: str
    updated_at: str
    closed_at: str | None
    opened_by_id: str | None
    assigned_to_id: str | None


class SubjectCount(msgspec.Struct, kw_only=True):
    """How many subjects of a kind have a part in the case."""

    kind: str
    part: str
    number: int


class CaseNote(msgspec.Struct, kw_only=True):
    """What somebody wrote on a case."""

    id: str
    audience: str
    text: str
    account_id: str
    created_at: str


class WholeCase(Case, kw_only=True):
    """A case with all that belongs to it but its subjects, which have a list of their own."""

    subjects: list[SubjectCount]
    notes: list[CaseNote]
    linked_case_ids: list[str]
    report_ids: list[str]


class CaseSubject(msgspec.Struct, kw_only=True):
    """Something that a case is about."""

    kind: str
    id: str | None
    name: str
    part: str
    why: str


class AdminDecision(msgspec.Struct, kw_only=True):
    """A decision; ours. `accounts`, `applied`, `reversed`: how many it is about, is carried out for, was taken back for."""

    id: str
    action: str
    also: list[str]
    state: str
    case_id: str | None
    decided_by_id: str
    approved_by_id: str | None
    text: str
    facts: str
    ground: str
    category: str
    created_at: str
    expires_at: str | None
    reversed_at: str | None
    accounts: int
    applied: int
    reversed: int


class Decided(Asked, kw_only=True):
    """The decision, and the request that somebody else must agree to first; null: nobody has to."""

    id: str


def _case(one: moderation.Case) -> Case:
    return Case(
        id=str(one.id),
        title=one.title,
        hypothesis=one.hypothesis,
        severity=one.severity,
        techniques=list(one.techniques),
        created_at=iso(ms_of(one.id)),
        updated_at=iso(one.updated_at),
        closed_at=None if one.closed_at is None else iso(one.closed_at),
        opened_by_id=told_id(one.opened_by),
        assigned_to_id=told_id(one.assigned_to),
    )


async def _whole(db: Reader, case_id: int, by: int) -> WholeCase:
    held = await moderation.show_case(db, case_id, by=by)
    counts = await moderation.count_subjects(db, case_id, by=by)
    notes = await moderation.notes_of(db, case_id, by=by)
    return WholeCase(
        **msgspec.structs.asdict(_case(held)),
        subjects=[SubjectCount(kind=kind, part=part, number=number) for (kind, part), number in counts.items()],
        notes=[
            CaseNote(
                id=str(one.id), audience=one.audience, text=one.text, account_id=str(one.by_account_id),
                created_at=iso(ms_of(one.id)),
            )
            for one in notes
        ],
        linked_case_ids=[str(one) for one in await moderation.linked_cases(db, case_id)],
        report_ids=[str(one) for one in await moderation.reports_of_case(db, case_id)],
    )  # fmt: skip


def _subject(form: SubjectForm) -> moderation.Subject:
    kind = next((one for one in KINDS if one == form.kind), None)
    part = next((one for one in moderation.PARTS if one == form.part), None)
    if kind is None or part is None:
        raise Invalid(form.kind[:40], say="Validation failed: Subject is invalid")
    name = form.name.strip() if kind == "link" else form.name.strip().removeprefix("#").casefold()
    return moderation.Subject(kind=kind, subject_id=form.id or 0, name=name, role=part, why=form.why.strip())


async def _decision(db: Reader, one: moderation.Decision) -> AdminDecision:
    number, applied, back = await moderation.progress(db, one.id)
    return AdminDecision(
        id=str(one.id), action=one.action, also=list(one.also), state=one.state, case_id=told_id(one.case_id),
        decided_by_id=str(one.by_account_id), approved_by_id=told_id(one.approved_by), text=one.text, facts=one.facts,
        ground=one.ground, category=one.category, created_at=iso(ms_of(one.id)),
        expires_at=None if one.expires_at is None else iso(one.expires_at),
        reversed_at=None if one.reversed_at is None else iso(one.reversed_at),
        accounts=number, applied=applied, reversed=back,
    )  # fmt: skip


@get(TECHNIQUES, guards=[require(READS)])
async def find_techniques(params: Query[TechniquesParams], caller: Called, db: NamedDependency[Db]) -> list[Technique]:
    """Techniques of DISARM by the beginning of their id, or by words of name and description; at most 25."""
    await accounts.permit(db, me(caller), Power.MANAGE_REPORTS)
    return [Technique(id=one.id, name=one.name, description=one.about) for one in disarm.search_techniques(params.q)]


@get(CASES, guards=[require(READS)])
async def list_cases(
    params: Query[CasesParams], caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]
) -> Response[list[Case]]:
    """Open or closed cases, newest first."""
    cursor = cursor_of(params, default=_A_PAGE)
    found = await moderation.list_cases(db, cursor, by=me(caller), closed=params.closed)
    kept = [("closed", "true")] if params.closed else []
    link = links_of(settings.public_url, CASES, cursor, [one.id for one in found], kept=kept)
    return answer(msgspec.json.encode([_case(one) for one in found]), link=link)


@post(CASES, guards=[require(WRITES)], status_code=200)
async def open_case(form: Form[CaseForm], caller: Called, db: NamedDependency[Db]) -> WholeCase:
    """Open a case, by hand or for a report."""
    by = me(caller)
    async with db.begin() as tx:
        if form.report_id is not None:
            made = await moderation.open_case_of_report(tx, form.report_id, by=by)
        else:
            made = await moderation.open_case(tx, form.title, hypothesis=form.hypothesis, severity=form.severity, by=by)
        return await _whole(tx, made, by)


@get(_ONE, guards=[require(READS)])
async def show_case(case_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> WholeCase:
    """A case with all that belongs to it."""
    return await _whole(db, case_id, me(caller))


@route(_ONE, http_method=[HttpMethod.PUT, HttpMethod.PATCH], guards=[require(WRITES)])
async def change_case(
    case_id: FromPath[int], form: Form[CaseChangeForm], caller: Called, db: NamedDependency[Db]
) -> WholeCase:
    """Change what is said of a case, who sees to it, and whether staff are done with it."""
    change = moderation.CaseChange(
        title=form.title,
        hypothesis=form.hypothesis,
        severity=form.severity,
        techniques=form.techniques,
        assigned_to=form.assigned_to_id,
        closed=form.closed,
    )
    async with db.begin() as tx:
        await moderation.change_case(tx, case_id, change, by=me(caller))
        return await _whole(tx, case_id, me(caller))


@get(f"{_ONE}/subjects", guards=[require(READS)])
async def list_case_subjects(
    case_id: FromPath[int], params: Query[SubjectsParams], caller: Called, db: NamedDependency[Db]
) -> list[CaseSubject]:
    """What of one kind a case is about, by id."""
    most = min(max(params.limit, 1), _MOST_SUBJECTS)
    found = await moderation.subjects_of(db, case_id, params.kind, by=me(caller), after=params.after, most=most)
    return [
        CaseSubject(
            kind=one.kind, id=str(one.subject_id) if one.subject_id else None, name=one.name, part=one.role, why=one.why
        )
        for one in found
    ]


@post(f"{_ONE}/subjects", guards=[require(WRITES)], status_code=200)
async def add_case_subjects(
    case_id: FromPath[int], form: Form[SubjectsForm], caller: Called, db: NamedDependency[Db]
) -> WholeCase:
    """Let a case be about these, too."""
    await accounts.permit(db, me(caller), Power.MANAGE_REPORTS)
    if not 0 < len(form.subjects) <= _MOST_SUBJECTS:
        raise Invalid(len(form.subjects), say=f"Validation failed: Name 1 to {_MOST_SUBJECTS} subjects")
    async with db.begin() as tx:
        await moderation.add_subjects(tx, case_id, [_subject(one) for one in form.subjects], by=me(caller))
        return await _whole(tx, case_id, me(caller))


@route(f"{_ONE}/subjects", http_method=[HttpMethod.PUT, HttpMethod.PATCH], guards=[require(WRITES)])
async def change_case_subject(
    case_id: FromPath[int], form: Form[SubjectForm], caller: Called, db: NamedDependency[Db]
) -> WholeCase:
    """Give what a case is about another part in it, and other evidence; without evidence that stays."""
    await accounts.permit(db, me(caller), Power.MANAGE_REPORTS)
    async with db.begin() as tx:
        await moderation.change_subject(tx, case_id, _subject(form), by=me(caller))
        return await _whole(tx, case_id, me(caller))


@delete(f"{_ONE}/subjects", guards=[require(WRITES)], status_code=200)
async def drop_case_subject(
    case_id: FromPath[int], form: Form[SubjectForm], caller: Called, db: NamedDependency[Db]
) -> WholeCase:
    """Let a case be about something no longer."""
    await accounts.permit(db, me(caller), Power.MANAGE_REPORTS)
    async with db.begin() as tx:
        await moderation.drop_subject(tx, case_id, _subject(form), by=me(caller))
        return await _whole(tx, case_id, me(caller))


@post(f"{_ONE}/notes", guards=[require(WRITES)], status_code=200)
async def note_on_case(
    case_id: FromPath[int], form: Form[NoteForm], caller: Called, db: NamedDependency[Db]
) -> WholeCase:
    """Write something on a case."""
    async with db.begin() as tx:
        await moderation.write_note(tx, case_id, form.audience, form.text, by=me(caller))
        return await _whole(tx, case_id, me(caller))


@post(f"{_ONE}/links", guards=[require(WRITES)], status_code=200)
async def link_case(case_id: FromPath[int], form: Form[LinkForm], caller: Called, db: NamedDependency[Db]) -> WholeCase:
    """Say that two cases have to do with each other."""
    await accounts.permit(db, me(caller), Power.MANAGE_REPORTS)
    if form.case_id is None:
        raise Invalid(case_id, say="Validation failed: Name the other case")
    async with db.begin() as tx:
        await moderation.link_cases(tx, case_id, form.case_id, by=me(caller))
        return await _whole(tx, case_id, me(caller))


@get(f"{_ONE}/decisions", guards=[require(READS)])
async def list_case_decisions(case_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> list[AdminDecision]:
    """The newest 50 decisions about a case."""
    found = await moderation.decisions_of_case(db, case_id, by=me(caller))
    return [await _decision(db, one) for one in found]


@post(DECISIONS, guards=[require(DECIDES)], status_code=200)
async def decide(form: Form[DecisionForm], caller: Called, db: NamedDependency[Db]) -> Decided:
    """Decide about accounts or a case; what one person must not do alone waits for another."""
    judgement = moderation.Judgement(
        action=form.action, also=tuple(form.also), account_ids=tuple(form.account_ids), case_id=form.case_id,
        parts=tuple(form.parts), but=tuple(form.but), report_id=form.report_id, preset_id=form.warning_preset_id,
        text=form.text, facts=form.facts, ground=form.ground, category=form.category, expires_in=form.expires_in,
        mail=form.send_email_notification,
    )  # fmt: skip
    async with db.begin() as tx:
        decided = await moderation.decide(tx, judgement, by=me(caller))
    return Decided(id=str(decided.id), request_id=told_id(decided.request_id))


@get(f"{DECISIONS}/{{decision_id:int}}", guards=[require(READS)])
async def show_decision(decision_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> AdminDecision:
    """One decision, and how far it is carried out."""
    return await _decision(db, await moderation.show_decision(db, decision_id, by=me(caller)))


class JudgedServer(msgspec.Struct, kw_only=True):
    """How many decisions in force are about accounts of a server, and about how many of them; ours."""

    domain: str
    decisions: int
    accounts: int


@get("/api/v1/dunnock/admin/judged_servers", guards=[require(READS)])
async def list_judged_servers(caller: Called, db: NamedDependency[Db]) -> list[JudgedServer]:
    """Servers by what was decided about their accounts in half a year and still holds."""
    return [
        JudgedServer(domain=one.domain, decisions=one.decisions, accounts=one.accounts)
        for one in await moderation.judged_servers(db, by=me(caller))
    ]


@post(f"{DECISIONS}/{{decision_id:int}}/undo", guards=[require(DECIDES)], status_code=200)
async def undo_decision(decision_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> Asked:
    """Take back the whole of a decision."""
    async with db.begin() as tx:
        return asked(await moderation.undo(tx, decision_id, by=me(caller)))


@post(f"{DECISIONS}/{{decision_id:int}}/take_over", guards=[require(DECIDES)], status_code=200)
async def take_over_decision(decision_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> Asked:
    """Go on with a decision that stopped because who took it may not any more."""
    async with db.begin() as tx:
        return asked(await moderation.take_over(tx, decision_id, by=me(caller)))


HANDLERS: list[Any] = [
    find_techniques,
    list_cases,
    open_case,
    show_case,
    change_case,
    list_case_subjects,
    add_case_subjects,
    change_case_subject,
    drop_case_subject,
    note_on_case,
    link_case,
    list_case_decisions,
    decide,
    show_decision,
    list_judged_servers,
    undo_decision,
    take_over_decision,
]
