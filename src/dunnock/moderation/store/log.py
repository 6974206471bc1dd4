"""Rows of the staff's log: added and read, never changed."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from dunnock.foundation.db import BigId, Reader, Row, Sql, insert_into
from dunnock.moderation.tables import staff_log

_l = staff_log.c
ADD = insert_into(staff_log)
_FITS = {
    "act": _l.act == bindparam("act"),
    "kind": _l.subject_kind == bindparam("kind"),
    "subject": _l.subject_id == bindparam("subject", type_=BigId),
    "who": _l.by_account_id == bindparam("who", type_=BigId),
}


@functools.cache
def _page(given: frozenset[str], *, upwards: bool) -> Sql:
    return Sql(
        select(_l.id, _l.at, _l.by_account_id, _l.act, _l.subject_kind, _l.subject_id, _l.subject, _l.details)
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
