"""Rows of cases, and of what they are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import BindParameter, bindparam, case, delete, func, or_, select, update

from dunnock.foundation.db import BigId, Reader, Row, Sql, among, insert_into, insert_once
from dunnock.moderation.case_model import Case, Note, Subject
from dunnock.moderation.tables import case_links, case_notes, case_subjects, cases, reports

_c, _s, _n, _k = cases.c, case_subjects.c, case_notes.c, case_links.c
_case = bindparam("case", type_=BigId)
_page = (bindparam("above", type_=BigId), bindparam("below", type_=BigId))
ADD = insert_into(
    cases, "id", "title", "hypothesis", "severity", "techniques", "opened_by", "assigned_to", "updated_at"
)
_row = select(
    _c.id,
    _c.title,
    _c.hypothesis,
    _c.severity,
    _c.techniques,
    _c.opened_by,
    _c.assigned_to,
    _c.closed_at,
    _c.updated_at,
)
FIND = Sql(_row.where(_c.id == _case))
HOLD = Sql(_row.where(_c.id == _case), _row.where(_c.id == _case).with_for_update())
CHANGE = Sql(
    update(cases)
    .where(_c.id == _case)
    .values(
        title=bindparam("new_title"),
        hypothesis=bindparam("new_hypothesis"),
        severity=bindparam("new_severity", type_=BigId),
        techniques=bindparam("new_techniques"),
        assigned_to=bindparam("new_assigned", type_=BigId),
        closed_at=bindparam("new_closed", type_=BigId),
        updated_at=bindparam("now", type_=BigId),
    )
)
TOUCH = Sql(update(cases).where(_c.id == _case).values(updated_at=bindparam("now", type_=BigId)))


def _pages(*, closed: bool) -> dict[bool, Sql]:
    asked = _row.where(
        _c.closed_at.is_not(None) if closed else _c.closed_at.is_(None), _c.id > _page[0], _c.id < _page[1]
    ).limit(bindparam("most"))
    return {up: Sql(asked.order_by(_c.id if up else _c.id.desc())) for up in (False, True)}


PAGES = {closed: _pages(closed=closed) for closed in (False, True)}

ADD_SUBJECT = insert_once(
    case_subjects, "case_id", "kind", "subject_id", "name", "role", "why", "by_account_id", "at",
    keys=["case_id", "kind", "subject_id", "name"],
)  # fmt: skip
_new_why: BindParameter[str] = bindparam("new_why")
CHANGE_SUBJECT = Sql(
    update(case_subjects)
    .where(
        _s.case_id == _case,
        _s.kind == bindparam("the_kind"),
        _s.subject_id == bindparam("subject", type_=BigId),
        _s.name == bindparam("the_name"),
    )
    .values(role=bindparam("new_role"), why=case((_new_why == "", _s.why), else_=_new_why))
)
GIVE_PART = Sql(  # to what the server itself brought in without one
    update(case_subjects)
    .where(
        _s.case_id == bindparam("the_case", type_=BigId),
        _s.kind == bindparam("the_kind"),
        _s.subject_id == bindparam("subject", type_=BigId),
        _s.name == bindparam("the_name"),
        _s.role == "",
        _s.by_account_id.is_(None),
    )
    .values(role=bindparam("new_role"), why=case((_new_why == "", _s.why), else_=_new_why))
)
TAKE_PART = Sql(  # from accounts that the server itself brought in
    update(case_subjects)
    .where(
        _s.case_id == bindparam("the_case", type_=BigId),
        _s.kind == "account",
        among(_s.subject_id, "ids"),
        or_(_s.role == "core", _s.role == "amplifier"),
        _s.by_account_id.is_(None),
    )
    .values(role="", why=bindparam("new_why"))
)
DROP_SUBJECT = Sql(
    delete(case_subjects).where(
        _s.case_id == _case,
        _s.kind == bindparam("the_kind"),
        _s.subject_id == bindparam("subject", type_=BigId),
        _s.name == bindparam("the_name"),
    )
)
COUNTS = Sql(
    select(_s.kind, _s.role, func.count())
    .where(_s.case_id == _case)
    .group_by(_s.kind, _s.role)
    .order_by(_s.kind, _s.role)
)
_subject = select(_s.kind, _s.subject_id, _s.name, _s.role, _s.why)
SUBJECTS = Sql(  # of one kind, by id and name
    _subject.where(
        _s.case_id == _case,
        _s.kind == bindparam("the_kind"),
        _s.subject_id > bindparam("after", type_=BigId),
    )
    .order_by(_s.subject_id, _s.name)
    .limit(bindparam("most"))
)
ACCOUNTS = Sql(  # of some parts, by id
    select(_s.subject_id)
    .where(
        _s.case_id == _case,
        _s.kind == "account",
        among(_s.role, "roles"),
        _s.subject_id > bindparam("after", type_=BigId),
    )
    .order_by(_s.subject_id)
    .limit(bindparam("most"))
)
PARTS_OF = Sql(
    select(_s.subject_id, _s.role).where(_s.case_id == _case, _s.kind == "account", among(_s.subject_id, "ids"))
)
OPEN_OF = Sql(  # open cases that are about something, the newest first
    select(_s.case_id)
    .join(cases, _c.id == _s.case_id)
    .where(
        _s.kind == bindparam("the_kind"),
        _s.subject_id == bindparam("subject", type_=BigId),
        _s.name == bindparam("the_name"),
        _c.closed_at.is_(None),
    )
    .order_by(_s.case_id.desc())
)
ABOUT_ACCOUNTS = Sql(  # (case, how many of some accounts it is about, when it was closed)
    select(_s.case_id, func.count(), _c.closed_at)
    .join(cases, _c.id == _s.case_id)
    .where(_s.kind == "account", among(_s.subject_id, "ids"))
    .group_by(_s.case_id, _c.closed_at)
    .order_by(func.count().desc(), _s.case_id.desc())
    .limit(bindparam("most"))
)
ADD_NOTE = insert_into(case_notes)
NOTES = Sql(
    select(_n.id, _n.audience, _n.text, _n.by_account_id)
    .where(_n.case_id == _case)
    .order_by(_n.id.desc())
    .limit(bindparam("most"))
)
ADD_LINK = insert_once(case_links, keys=["case_id", "other_id"])
LINKS = Sql(select(_k.other_id).where(_k.case_id == _case).order_by(_k.other_id))
JOIN_REPORT = Sql(
    update(reports)
    .where(reports.c.id == bindparam("report", type_=BigId))
    .values(case_id=bindparam("new_case", type_=BigId))
)
REPORTS = Sql(
    select(reports.c.id).where(reports.c.case_id == _case).order_by(reports.c.id.desc()).limit(bindparam("most"))
)


def case_of(row: Row) -> Case:
    """A row of `FIND`."""
    return Case(
        id=row[0],
        title=row[1],
        hypothesis=row[2],
        severity=row[3],
        techniques=tuple(msgspec.json.decode(row[4])),
        opened_by=row[5],
        assigned_to=row[6],
        closed_at=row[7],
        updated_at=row[8],
    )


def subject_of(row: Row) -> Subject:
    """A row of `SUBJECTS`."""
    return Subject(kind=row[0], subject_id=row[1], name=row[2], role=row[3], why=row[4])


def note_of(row: Row) -> Note:
    """A row of `NOTES`."""
    return Note(id=row[0], audience=row[1], text=row[2], by_account_id=row[3])


async def page(reader: Reader, bounds: Mapping[str, Any], *, closed: bool, upwards: bool) -> list[Case]:
    """Open or closed cases, newest first."""
    rows = await reader.all(PAGES[closed][upwards], **bounds)
    return [case_of(row) for row in (rows[::-1] if upwards else rows)]
