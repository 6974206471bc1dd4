"""Rows of reports."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from sqlalchemy import Boolean, Select, and_, bindparam, column, exists, func, or_, select, table, update

from dunnock.foundation.db import BigId, Reader, Row, Sql, among, insert_into
from dunnock.moderation.model import Report
from dunnock.moderation.tables import decision_subjects, decisions, reports

_accounts = table("accounts", column("id", BigId), column("domain"))  # named here, never imported
_collections = table(
    "collections", column("id", BigId), column("account_id", BigId), column("discoverable", Boolean)
)  # fmt: skip
_items = table("collection_items", column("collection_id", BigId), column("account_id", BigId))
_r = reports.c
_the = _r.id == bindparam("the", type_=BigId)
_report = select(
    _r.id,
    _r.account_id,
    _r.target_id,
    _r.category,
    _r.comment,
    _r.post_ids,
    _r.collection_ids,
    _r.rule_ids,
    _r.forwarded,
    _r.assigned_to,
    _r.resolved_at,
    _r.resolved_by,
    _r.updated_at,
    _r.case_id,
    _r.severity,
    _r.uri,
)
_ids = msgspec.json.Decoder(tuple[int, ...]).decode

ADD = insert_into(
    reports, "id", "account_id", "target_id", "category", "comment", "post_ids", "collection_ids", "rule_ids",
    "forwarded", "updated_at", "severity",
)  # fmt: skip
COLLECTIONS_OF = Sql(  # those of an account that somebody may see
    select(_collections.c.id).where(
        _collections.c.account_id == bindparam("target", type_=BigId),
        among(_collections.c.id, "ids"),
        or_(
            _collections.c.discoverable,
            exists().where(
                _items.c.collection_id == _collections.c.id, _items.c.account_id == bindparam("by", type_=BigId)
            ),
        ),
    )
)
FIND = Sql(_report.where(_the))
SOME = Sql(_report.where(among(_r.id, "ids")))
HOLD = Sql(_report.where(_the), _report.where(_the).with_for_update())
SAME = Sql(  # the open reports of one about another since a while
    _report.where(
        _r.account_id == bindparam("by", type_=BigId),
        _r.target_id == bindparam("target", type_=BigId),
        _r.id > bindparam("since", type_=BigId),
        _r.resolved_at.is_(None),
    ).order_by(_r.id.desc())
)
_open: Select[Any] = select(_r.id).where(_r.resolved_at.is_(None)).limit(bindparam("most"))
HOW_MANY_OPEN = Sql(select(func.count()).select_from(_open.subquery()))
OPEN_COUNTS = Sql(  # how many wait about each of these accounts
    select(_r.target_id, func.count())
    .where(among(_r.target_id, "ids"), _r.resolved_at.is_(None))
    .group_by(_r.target_id)
    .order_by(_r.target_id)
)
OPEN_BY = Sql(  # who complains about each of them, up to so many in all
    select(_r.target_id, _r.account_id)
    .where(among(_r.target_id, "ids"), _r.resolved_at.is_(None), _r.account_id.is_not(None))
    .order_by(_r.target_id, _r.id.desc())
    .limit(bindparam("most"))
)
OPEN_ABOUT = Sql(
    _report.where(_r.target_id == bindparam("target", type_=BigId), _r.resolved_at.is_(None)).order_by(_r.id)
)
_made_by = _report.where(
    _r.account_id == bindparam("who", type_=BigId),
    _r.id > bindparam("above", type_=BigId),
    _r.id < bindparam("below", type_=BigId),
).limit(bindparam("most"))
MADE_BY = (Sql(_made_by.order_by(_r.id.desc())), Sql(_made_by.order_by(_r.id)))
_d, _s = decisions.c, decision_subjects.c
ACTED_ON = Sql(
    # Those closed by a decision that still stands: it answers them, or closed all there were about the account at once.
    select(_r.id)
    .where(
        among(_r.id, "ids"),
        exists().where(
            _s.kind == "account",
            _s.subject_id == _r.target_id,
            _s.decision_id == _d.id,
            _s.reversed_at.is_(None),
            or_(
                _d.report_id == _r.id,
                and_(_d.action != "none", _s.applied_at == _r.resolved_at),
            ),
        ),
    )
    .order_by(_r.id)
)
ADD_PARTS = Sql(
    update(reports)
    .where(_the)
    .values(
        post_ids=bindparam("new_posts"),
        collection_ids=bindparam("new_collections"),
        updated_at=bindparam("now", type_=BigId),
    )
)
CHANGE = Sql(
    update(reports)
    .where(_the)
    .values(
        category=bindparam("new_category"),
        rule_ids=bindparam("new_rules"),
        severity=bindparam("new_severity", type_=BigId),
        updated_at=bindparam("now", type_=BigId),
    )
)
ASSIGN = Sql(
    update(reports)
    .where(_the)
    .values(assigned_to=bindparam("whom", type_=BigId), updated_at=bindparam("now", type_=BigId))
)
RESOLVE = Sql(
    update(reports)
    .where(_the, _r.resolved_at.is_(None))
    .values(
        resolved_at=bindparam("now", type_=BigId),
        resolved_by=bindparam("whom", type_=BigId),
        updated_at=bindparam("now", type_=BigId),
    )
)
ANONYMISE = Sql(update(reports).where(_r.account_id == bindparam("who", type_=BigId)).values(account_id=None))
REOPEN = Sql(
    update(reports)
    .where(_the, _r.resolved_at.is_not(None))
    .values(resolved_at=None, resolved_by=None, updated_at=bindparam("now", type_=BigId))
)

_newer = reports.alias("newer")
_FITS = {
    "account_id": _r.account_id == bindparam("account_id", type_=BigId),
    "target_id": _r.target_id == bindparam("target_id", type_=BigId),
    "domain": _accounts.c.domain == bindparam("domain"),
    "assigned_to": _r.assigned_to == bindparam("assigned_to", type_=BigId),
    "severity": _r.severity >= bindparam("severity", type_=BigId),
    "unassigned": _r.assigned_to.is_(None),
    "joined": ~exists().where(  # the newest that waits about an account stands for all
        _newer.c.target_id == _r.target_id, _newer.c.resolved_at.is_(None), _newer.c.id > _r.id
    ),
}


@functools.cache
def _list(given: frozenset[str], *, resolved: bool, upwards: bool) -> Sql:
    asked = _report.where(
        _r.resolved_at.is_not(None) if resolved else _r.resolved_at.is_(None),
        _r.id > bindparam("above", type_=BigId),
        _r.id < bindparam("below", type_=BigId),
        *[_FITS[name] for name in sorted(given)],
    )
    if "domain" in given:
        asked = asked.join_from(reports, _accounts, _accounts.c.id == _r.target_id)
    return Sql(asked.order_by(_r.id if upwards else _r.id.desc()).limit(bindparam("most")))


async def page(
    reader: Reader, given: Mapping[str, int | str], bounds: Mapping[str, int], *, resolved: bool, upwards: bool
) -> list[Report]:
    """Reports that fit, newest first."""
    sql = _list(frozenset(given), resolved=resolved, upwards=upwards)
    values = {name: value for name, value in given.items() if name not in {"unassigned", "joined"}}
    rows = await reader.all(sql, **values, **bounds)
    return [report(row) for row in (rows[::-1] if upwards else rows)]


def report(row: Row) -> Report:
    """The report in a row of the statements here."""
    return Report(
        id=row[0],
        account_id=row[1],
        target_id=row[2],
        category=row[3],
        comment=row[4],
        post_ids=_ids(row[5]),
        collection_ids=_ids(row[6]),
        rule_ids=_ids(row[7]),
        forwarded=bool(row[8]),
        assigned_to=row[9],
        resolved_at=row[10],
        resolved_by=row[11],
        updated_at=row[12],
        case_id=row[13],
        severity=row[14],
        from_elsewhere=row[15] is not None,
    )


def stored(ids: Collection[int]) -> str:
    """Ids as they are kept."""
    return msgspec.json.encode(list(ids)).decode()
