"""Rows of the staff's log: added and read, never changed."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, func, literal, select, update

from dunnock.foundation.db import BigId, Reader, Row, Sql, among, insert_into, insert_once
from dunnock.moderation.tables import staff_log, staff_log_end

_l, _e = staff_log.c, staff_log_end.c
ADD = insert_into(staff_log)
_end = select(_e.number, _e.hash).where(_e.id == literal(1, BigId))
END = Sql(_end)
HOLD_END = Sql(_end, _end.with_for_update())
ADD_END = insert_once(staff_log_end)
MOVE_END = Sql(
    update(staff_log_end)
    .where(_e.id == literal(1, BigId))
    .values(number=bindparam("new_number", type_=BigId), hash=bindparam("new_hash"))
)
UNBOUND = Sql(  # entries from before there was a chain: what their hash is of
    select(_l.id, _l.at, _l.by_account_id, _l.act, _l.subject_kind, _l.subject_id, _l.subject, _l.details)
    .where(_l.number.is_(None))
    .order_by(_l.id)
)
BIND = Sql(
    update(staff_log)
    .where(_l.id == bindparam("the", type_=BigId))
    .values(number=bindparam("new_number", type_=BigId), hash=bindparam("new_hash"))
)
CHAIN = Sql(  # number and hash, then what the hash is of
    select(
        _l.number,
        _l.hash,
        _l.id,
        _l.at,
        _l.by_account_id,
        _l.act,
        _l.subject_kind,
        _l.subject_id,
        _l.subject,
        _l.details,
    )
    .where(_l.number > bindparam("after", type_=BigId))
    .order_by(_l.number)
    .limit(bindparam("most"))
)
LATELY = Sql(  # what one did of a kind lately
    select(_l.subject_id, _l.details)
    .where(
        _l.by_account_id == bindparam("by", type_=BigId),
        _l.id > bindparam("since", type_=BigId),
        _l.act == bindparam("the_act"),
    )
    .order_by(_l.id)
)
_span = (_l.id >= bindparam("first", type_=BigId), _l.id < bindparam("end", type_=BigId))
ACTS = Sql(select(_l.act, func.count()).where(*_span).group_by(_l.act).order_by(_l.act))
DETAILS = Sql(  # of some acts
    select(_l.id, _l.act, _l.details)
    .where(_l.id > bindparam("after", type_=BigId), _l.id < bindparam("end", type_=BigId), among(_l.act, "acts"))
    .order_by(_l.id)
    .limit(bindparam("most"))
)
BOUND = Sql(select(_l.number, _l.hash).where(*_span, _l.number.is_not(None)).order_by(_l.number).limit(1))
BOUND_LAST = Sql(select(_l.number, _l.hash).where(*_span, _l.number.is_not(None)).order_by(_l.number.desc()).limit(1))
FIRST_ID = Sql(select(func.min(_l.id)))
_FITS = {
    "act": _l.act == bindparam("act"),
    "kind": _l.subject_kind == bindparam("kind"),
    "subject": _l.subject_id == bindparam("subject", type_=BigId),
    "who": _l.by_account_id == bindparam("who", type_=BigId),
    "deeds": _l.act.not_like(bindparam("deeds")),
}


@functools.cache
def _page(given: frozenset[str], *, upwards: bool) -> Sql:
    return Sql(
        select(
            _l.id,
            _l.at,
            _l.by_account_id,
            _l.act,
            _l.subject_kind,
            _l.subject_id,
            _l.subject,
            _l.details,
            _l.number,
            _l.hash,
        )
        .where(
            _l.id > bindparam("above", type_=BigId),
            _l.id < bindparam("below", type_=BigId),
            *[_FITS[name] for name in sorted(given)],
        )
        .order_by(_l.id if upwards else _l.id.desc())
        .limit(bindparam("most"))
    )


async def page(reader: Reader, given: Mapping[str, Any], bounds: Mapping[str, int], *, upwards: bool) -> list[Row]:
    """Rows that fit, newest first."""
    rows = await reader.all(_page(frozenset(given), upwards=upwards), **given, **bounds)
    return rows[::-1] if upwards else list(rows)
