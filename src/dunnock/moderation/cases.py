"""Cases: what staff look into together. One story, its accounts with their parts in it, posts, links, evidence and notes.

A case joins reports and what is found by others (integrity); decisions are about whole cases (`decide`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

import msgspec

from dunnock import accounts
from dunnock.accounts import Power
from dunnock.foundation.db import Reader, Tx
from dunnock.moderation import log
from dunnock.moderation.case_model import (
    AUDIENCES,
    KINDS,
    LONGEST_HYPOTHESIS,
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_TITLE,
    LONGEST_WHY,
    MOST_AT_ONCE,
    MOST_TECHNIQUES,
    PARTS,
    SEVERITIES,
    Case,
    Note,
    Part,
    Subject,
)
from dunnock.moderation.errors import CaseMissing, CaseRefused
from dunnock.moderation.report import find_report
from dunnock.moderation.store import cases as store

_NEEDS = Power.MANAGE_REPORTS
_TECHNIQUE = re.compile(r"T\d{4}(?:\.\d{3})?")
_MOST_SHOWN = 200


class CaseChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be so of a case; UNSET: as it is. `assigned_to` None: nobody; `closed`: done with it."""

    title: str | msgspec.UnsetType = msgspec.UNSET
    hypothesis: str | msgspec.UnsetType = msgspec.UNSET
    severity: int | msgspec.UnsetType = msgspec.UNSET
    techniques: Sequence[str] | msgspec.UnsetType = msgspec.UNSET
    assigned_to: int | msgspec.UnsetType | None = msgspec.UNSET
    closed: bool | msgspec.UnsetType = msgspec.UNSET


async def open_case(tx: Tx, title: str, *, by: int, hypothesis: str = "", severity: int = 1) -> int:
    """A new case; its id. Raises: NotPermitted; CaseRefused: no title, or something is too long."""
    staff = await log.acting(tx, by, _NEEDS)
    _check(title, hypothesis, severity, ())
    case_id = tx.new_id()
    await tx.run(
        store.ADD, id=case_id, title=title.strip(), hypothesis=hypothesis.strip(), severity=severity, techniques="[]",
        opened_by=by, assigned_to=by, updated_at=tx.now,
    )  # fmt: skip
    await log.note(tx, staff, "case.open", case_id, called=title.strip())
    return case_id


async def open_case_by_server(
    tx: Tx, title: str, *, hypothesis: str, severity: int, techniques: Sequence[str], subjects: Collection[Subject]
) -> int:
    """A new case that the server itself opens by what it observed; its id. Nothing is done to anybody by that.

    Raises:
        CaseRefused: as `open_case` and `add_subjects`.
    """
    _check(title, hypothesis, severity, techniques)
    case_id = tx.new_id()
    await tx.run(
        store.ADD, id=case_id, title=title, hypothesis=hypothesis, severity=severity,
        techniques=msgspec.json.encode(techniques).decode(), opened_by=None, assigned_to=None, updated_at=tx.now,
    )  # fmt: skip
    await log.note_by(tx, log.THE_SERVER, "case.open", case_id, called=title)
    await add_subjects_by_server(tx, case_id, subjects)
    return case_id


async def add_subjects_by_server(tx: Tx, case_id: int, subjects: Collection[Subject]) -> int:
    """Let an open case be about these, too, as the server observed; how many are new to it. None of a closed case.

    Raises:
        CaseMissing, CaseRefused: as `add_subjects`.
    """
    held = await _hold(tx, case_id)
    if held.closed_at is not None:
        return 0
    added = await _add(tx, case_id, subjects, by=None)
    if added:
        await log.note_by(tx, log.THE_SERVER, "case.add", case_id, subjects=added)
    return added


async def tell_more_by_server(
    tx: Tx,
    case_id: int,
    more: str,
    *,
    severity: int,
    techniques: Sequence[str],
    subjects: Collection[Subject],
    renamed: tuple[Collection[str], str] = ((), ""),
) -> None:
    """Add to an open case what the server found besides about the same story: `more` is a paragraph of its hypothesis.

    The case is as severe as the worse of both. Subjects that had no part yet, and that no person brought in, get the new one.
    What no longer fits is left out. Nothing happens to a closed case. `renamed`: (what the server may have called
    it, what it is called now); a title that staff gave stays.

    Raises:
        CaseMissing, CaseRefused: as `open_case` and `add_subjects`.
    """
    held = await _hold(tx, case_id)
    if held.closed_at is not None:
        return
    hypothesis = held.hypothesis
    if more not in hypothesis and len(hypothesis) + len(more) + 2 <= LONGEST_HYPOTHESIS:
        hypothesis = f"{hypothesis}\n\n{more}".strip()
    new = msgspec.structs.replace(
        held,
        title=renamed[1] if held.title in renamed[0] else held.title,
        hypothesis=hypothesis,
        severity=max(held.severity, severity),
        techniques=tuple(dict.fromkeys([*held.techniques, *techniques]))[:MOST_TECHNIQUES],
    )
    _check(new.title, new.hypothesis, new.severity, new.techniques)
    if new != held:
        await _change(tx, new)
        await log.note_by(tx, log.THE_SERVER, "case.change", case_id, called=new.title)
    await give_parts_by_server(tx, case_id, subjects)
    await add_subjects_by_server(tx, case_id, subjects)


async def give_parts_by_server(tx: Tx, case_id: int, subjects: Collection[Subject]) -> None:
    """Give those that have no part in the case yet, and that no person brought in, theirs. The others stay as they are."""
    await tx.many(
        store.GIVE_PART,
        [
            {"the_case": case_id, "the_kind": one.kind, "subject": one.subject_id, "the_name": one.name,
             "new_role": one.role, "new_why": one.why}
            for one in subjects
            if one.role
        ],
    )  # fmt: skip


async def take_parts_by_server(tx: Tx, case_id: int, account_ids: Collection[int], *, why: str) -> None:
    """Let accounts that the server brought in as core or amplifier have no part in the case any more; they stay, with `why`."""
    await tx.run(store.TAKE_PART, the_case=case_id, ids=sorted(account_ids), new_why=why)


async def open_case_of_report(tx: Tx, report_id: int, *, by: int) -> int:
    """The open case about the reported account, or a new one about it and the reported posts; the report joins it.

    Raises:
        NotPermitted, ReportMissing: as they say.
    """
    staff = await log.acting(tx, by, _NEEDS)
    report = await find_report(tx, report_id)
    held = await tx.value(store.OPEN_OF, the_kind="account", subject=report.target_id, the_name="")
    if held is None:
        sheet = await accounts.find_sheet(tx, report.target_id)
        held = await open_case(tx, f"@{sheet.handle}" if sheet else f"{report.target_id}", by=by)
        subjects = [Subject(kind="account", subject_id=report.target_id, role="core")]
        subjects += [Subject(kind="post", subject_id=post_id) for post_id in report.post_ids]
        await add_subjects(tx, held, subjects, by=by)
    await tx.run(store.JOIN_REPORT, report=report_id, new_case=held)
    await log.note(tx, staff, "case.report", held, report=str(report_id))
    return int(held)


async def change_case(tx: Tx, case_id: int, change: CaseChange, *, by: int) -> None:
    """Change what is said of a case.

    Raises:
        NotPermitted, CaseMissing: as they say.
        CaseRefused: something is too long, or no technique of DISARM.
    """
    staff = await log.acting(tx, by, _NEEDS)
    held = await _hold(tx, case_id)
    told = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not msgspec.UNSET}
    closed = told.pop("closed", held.closed_at is not None)
    if "techniques" in told:
        told["techniques"] = tuple(dict.fromkeys(told["techniques"]))
    new = msgspec.structs.replace(held, **told, closed_at=(held.closed_at or tx.now) if closed else None)
    _check(new.title, new.hypothesis, new.severity, new.techniques)
    if new == held:
        return
    await _change(tx, new)
    act = "case.close" if new.closed_at and not held.closed_at else "case.change"
    await log.note(tx, staff, act, case_id, called=new.title, fields=sorted(told))


async def add_subjects(tx: Tx, case_id: int, subjects: Collection[Subject], *, by: int) -> int:
    """Let a case be about these, too; how many are new to it. At most 5,000 at once.

    Raises:
        NotPermitted, CaseMissing: as they say.
        CaseRefused: too many, or one of them is none.
    """
    staff = await log.acting(tx, by, _NEEDS)
    await _hold(tx, case_id)
    added = await _add(tx, case_id, subjects, by=by)
    await log.note(tx, staff, "case.add", case_id, subjects=added)
    return added


async def change_subject(tx: Tx, case_id: int, subject: Subject, *, by: int) -> None:
    """Give what a case is about another part in it, and other evidence (empty: as it is).

    Raises:
        NotPermitted, CaseMissing: as they say.
        CaseRefused: the case is not about it, or there is no such part.
    """
    staff = await log.acting(tx, by, _NEEDS)
    await _hold(tx, case_id)
    _check_subject(subject)
    found = await tx.run(
        store.CHANGE_SUBJECT, case=case_id, the_kind=subject.kind, subject=subject.subject_id, the_name=subject.name,
        new_role=subject.role, new_why=subject.why,
    )  # fmt: skip
    if not found:
        raise CaseRefused(case_id, say="Validation failed: The case is not about that")
    await tx.run(store.TOUCH, case=case_id, now=tx.now)
    await log.note(tx, staff, "case.part", case_id, subject=str(subject.subject_id or subject.name), part=subject.role)


async def drop_subject(tx: Tx, case_id: int, subject: Subject, *, by: int) -> None:
    """Let a case be about something no longer. Raises: NotPermitted, CaseMissing."""
    staff = await log.acting(tx, by, _NEEDS)
    await _hold(tx, case_id)
    if await tx.run(
        store.DROP_SUBJECT, case=case_id, the_kind=subject.kind, subject=subject.subject_id, the_name=subject.name
    ):
        await log.note(tx, staff, "case.drop", case_id, subject=str(subject.subject_id or subject.name))


async def write_note(tx: Tx, case_id: int, audience: str, words: str, *, by: int) -> None:
    """Write something on a case. Raises: NotPermitted, CaseMissing; CaseRefused: no such audience, no words, or too many."""
    staff = await log.acting(tx, by, _NEEDS)
    await _hold(tx, case_id)
    whom = next((one for one in AUDIENCES if one == audience), None)
    if whom is None or not words.strip() or len(words) > LONGEST_NOTE:
        raise CaseRefused(audience[:40], say="Validation failed: Note is empty, too long or for nobody")
    await tx.run(store.ADD_NOTE, id=tx.new_id(), case_id=case_id, audience=whom, text=words.strip(), by_account_id=by)
    await tx.run(store.TOUCH, case=case_id, now=tx.now)
    await log.note(tx, staff, "case.note", case_id, audience=whom)


async def link_cases(tx: Tx, case_id: int, other_id: int, *, by: int) -> None:
    """Say that two cases have to do with each other. Raises: NotPermitted, CaseMissing; CaseRefused: it is one case."""
    staff = await log.acting(tx, by, _NEEDS)
    if case_id == other_id:
        raise CaseRefused(case_id, say="Validation failed: A case can't be linked to itself")
    await _hold(tx, case_id)
    await _hold(tx, other_id)
    for one, other in ((case_id, other_id), (other_id, case_id)):
        await tx.run(store.ADD_LINK, case_id=one, other_id=other)
    await log.note(tx, staff, "case.link", case_id, other=str(other_id))


async def list_cases(reader: Reader, cursor: accounts.Cursor, *, by: int, closed: bool = False) -> list[Case]:
    """Cases, newest first. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    return await store.page(reader, cursor.bounds, closed=closed, upwards=cursor.upwards)


async def show_case(reader: Reader, case_id: int, *, by: int) -> Case:
    """One case. Raises: NotPermitted, CaseMissing."""
    await accounts.permit(reader, by, _NEEDS)
    return await find_case(reader, case_id)


async def find_case(reader: Reader, case_id: int) -> Case:
    """One case, whoever asks. Raises: CaseMissing."""
    row = await reader.one(store.FIND, case=case_id)
    if row is None:
        raise CaseMissing(case_id)
    return store.case_of(row)


async def count_subjects(reader: Reader, case_id: int, *, by: int) -> dict[tuple[str, str], int]:
    """How many of which kind and part a case is about. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    return {(row[0], row[1]): row[2] for row in await reader.all(store.COUNTS, case=case_id)}


async def subjects_of(
    reader: Reader, case_id: int, kind: str, *, by: int, after: int = 0, most: int = _MOST_SHOWN
) -> list[Subject]:
    """What of one kind a case is about, by id above `after`. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    return [
        store.subject_of(row)
        for row in await reader.all(store.SUBJECTS, case=case_id, the_kind=kind, after=after or -1, most=most)
    ]


async def named_subjects(reader: Reader, case_id: int) -> list[Subject]:
    """The links and domains that a case is about, at most 200 of each, for the server itself."""
    return [
        store.subject_of(row)
        for kind in ("link", "domain")
        for row in await reader.all(store.SUBJECTS, case=case_id, the_kind=kind, after=-1, most=_MOST_SHOWN)
    ]


async def parts_of(reader: Reader, case_id: int, account_ids: Collection[int]) -> dict[int, Part]:
    """Which part these accounts have in a case; those that it is not about are left out."""
    rows = await reader.all(store.PARTS_OF, case=case_id, ids=list(account_ids))
    return {row[0]: row[1] for row in rows}


async def notes_of(reader: Reader, case_id: int, *, by: int) -> list[Note]:
    """The newest 200 notes. Raises: NotPermitted."""
    await accounts.permit(reader, by, _NEEDS)
    return [store.note_of(row) for row in await reader.all(store.NOTES, case=case_id, most=_MOST_SHOWN)]


async def linked_cases(reader: Reader, case_id: int) -> list[int]:
    """Ids of the cases that have to do with this one."""
    return [row[0] for row in await reader.all(store.LINKS, case=case_id)]


async def reports_of_case(reader: Reader, case_id: int) -> list[int]:
    """Ids of the newest 200 reports that belong to it."""
    return [row[0] for row in await reader.all(store.REPORTS, case=case_id, most=_MOST_SHOWN)]


def parts(names: Iterable[str]) -> tuple[Part, ...]:
    """These parts, or all of them when none is named. Raises: CaseRefused."""
    wanted = tuple(dict.fromkeys(names))
    if any(one not in PARTS for one in wanted):
        raise CaseRefused(wanted, say="Validation failed: There is no such part")
    return tuple(one for one in PARTS if one in wanted) if wanted else PARTS


async def _add(tx: Tx, case_id: int, subjects: Collection[Subject], *, by: int | None) -> int:
    if len(subjects) > MOST_AT_ONCE:
        raise CaseRefused(len(subjects), say=f"Validation failed: At most {MOST_AT_ONCE} can be added at once")
    for one in subjects:
        _check_subject(one)
    added = 0
    for one in subjects:
        added += await tx.run(
            store.ADD_SUBJECT, case_id=case_id, kind=one.kind, subject_id=one.subject_id, name=one.name, role=one.role,
            why=one.why, by_account_id=by, at=tx.now,
        )  # fmt: skip
    await tx.run(store.TOUCH, case=case_id, now=tx.now)
    return added


async def _change(tx: Tx, new: Case) -> None:
    await tx.run(
        store.CHANGE, case=new.id, new_title=new.title.strip(), new_hypothesis=new.hypothesis.strip(),
        new_severity=new.severity, new_techniques=msgspec.json.encode(new.techniques).decode(),
        new_assigned=new.assigned_to, new_closed=new.closed_at, now=tx.now,
    )  # fmt: skip


async def _hold(tx: Tx, case_id: int) -> Case:
    row = await tx.one(store.HOLD, case=case_id)
    if row is None:
        raise CaseMissing(case_id)
    return store.case_of(row)


def _check(title: str, hypothesis: str, severity: int, techniques: Sequence[str]) -> None:
    if not 0 < len(title.strip()) <= LONGEST_TITLE:
        raise CaseRefused(len(title), say=f"Validation failed: Title must have 1 to {LONGEST_TITLE} characters")
    if len(hypothesis) > LONGEST_HYPOTHESIS:
        raise CaseRefused(
            len(hypothesis),
            say=f"Validation failed: Hypothesis is too long (maximum is {LONGEST_HYPOTHESIS} characters)",
        )
    if not 0 <= severity < len(SEVERITIES):
        raise CaseRefused(severity, say="Validation failed: Severity is not included in the list")
    if len(techniques) > MOST_TECHNIQUES or not all(_TECHNIQUE.fullmatch(one) for one in techniques):
        raise CaseRefused(techniques[:3], say="Validation failed: Techniques must be ids of DISARM, such as T0049.005")


def _check_subject(one: Subject) -> None:
    by_id = one.kind in {"account", "post", "media"}
    if (
        one.kind not in KINDS
        or one.role not in PARTS
        or len(one.why) > LONGEST_WHY
        or len(one.name) > LONGEST_NAME
        or by_id == bool(one.name)
        or by_id != (one.subject_id > 0)
    ):
        raise CaseRefused(one.kind[:40], say="Validation failed: Subject is invalid")
