"""Statements of staff about accounts: what they see, what they look for, what they change."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Boolean, ColumnElement, and_, bindparam, case, or_, select, update

from dunnock.accounts.account import ALL_COUNT, NONE_COUNTS
from dunnock.accounts.paging import Cursor
from dunnock.accounts.tables import accounts, invitations, members
from dunnock.foundation.db import BigId, Db, Row, Sql, among

_the = bindparam("the", type_=BigId)
_inviters = members.alias("inviters")
_sheet = select(
    accounts.c.id,
    accounts.c.username,
    accounts.c.domain,
    accounts.c.created_at,
    accounts.c.standing,
    accounts.c.sensitized,
    members.c.id,
    members.c.email,
    members.c.role,
    members.c.state,
    members.c.locale,
    members.c.reason,
    members.c.app_id,
    _inviters.c.account_id,
    members.c.unconfirmed,
    accounts.c.protected,
    accounts.c.labels,
).select_from(
    accounts.outerjoin(members, members.c.account_id == accounts.c.id)
    .outerjoin(invitations, invitations.c.id == members.c.invitation_id)
    .outerjoin(_inviters, _inviters.c.id == invitations.c.by_member_id)
)
SHEETS = Sql(_sheet.where(among(accounts.c.id, "ids")))

_standings = select(accounts.c.id, accounts.c.standing).where(among(accounts.c.id, "ids")).order_by(accounts.c.id)
STANDINGS = Sql(_standings, _standings.with_for_update())


def _stand(at_rest: int, on_the_way: int) -> Sql:
    """Give a standing; an account whose acts all count so far (or none of them) is on the way to the opposite."""
    return Sql(
        update(accounts)
        .where(accounts.c.id == _the)
        .values(
            standing=bindparam("new"),
            uncounted_to=case((accounts.c.uncounted_to == at_rest, on_the_way), else_=accounts.c.uncounted_to),
        )
    )


HIDE, SHOW = _stand(ALL_COUNT, ALL_COUNT - 1), _stand(NONE_COUNTS, NONE_COUNTS - 1)
SENSITIZE = Sql(
    update(accounts)
    .where(accounts.c.id == _the, accounts.c.sensitized != bindparam("new", type_=Boolean()))
    .values(sensitized=bindparam("new", type_=Boolean()))
)
_labels = select(accounts.c.id, accounts.c.labels).where(among(accounts.c.id, "ids")).order_by(accounts.c.id)
HOLD_LABELS = Sql(_labels, _labels.with_for_update())
SET_LABELS = Sql(update(accounts).where(accounts.c.id == _the).values(labels=bindparam("new")))
PROTECT = Sql(
    update(accounts)
    .where(accounts.c.id == _the, accounts.c.protected != bindparam("new", type_=Boolean()))
    .values(protected=bindparam("new", type_=Boolean()))
)
PROTECTED = Sql(select(accounts.c.id).where(accounts.c.protected).order_by(accounts.c.id))
MEMBERS_OF = Sql(select(members.c.id).where(among(members.c.account_id, "ids")).order_by(members.c.id))


def _contains(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    return column.like(bindparam(name), escape="\\")


_STATUS: dict[str, ColumnElement[bool]] = {
    "active": and_(accounts.c.standing == "active", or_(members.c.id.is_(None), members.c.state == "active")),
    "pending": members.c.state == "pending",
    "disabled": members.c.state == "disabled",
    "silenced": accounts.c.standing == "limited",
    "suspended": accounts.c.standing == "suspended",
    "sensitized": accounts.c.sensitized,
}
_ORIGIN: dict[str, ColumnElement[bool]] = {"local": accounts.c.domain == "", "remote": accounts.c.domain != ""}
_FITS: dict[str, ColumnElement[bool]] = {
    "roles": among(members.c.role, "roles"),
    "invited_by": _inviters.c.account_id == bindparam("invited_by", type_=BigId),
    "username": _contains(accounts.c.username_key, "username"),
    "display_name": _contains(accounts.c.name_key, "display_name"),
    "domain": accounts.c.domain == bindparam("domain"),
    "email": _contains(members.c.email_key, "email"),
}
_IN_PART = ("username", "display_name", "email")


@functools.cache
def _search(origin: str | None, status: str | None, given: frozenset[str], *, upwards: bool) -> Sql:
    """One statement for each combination of filters: a few hundred at most, compiled when first asked for."""
    fits = [_FITS[name] for name in sorted(given)]
    fits += [] if origin is None else [_ORIGIN[origin]]
    fits += [accounts.c.standing != "deleted"] if status is None else [_STATUS[status]]
    asked = _sheet.where(
        accounts.c.id > bindparam("above", type_=BigId), accounts.c.id < bindparam("below", type_=BigId), *fits
    )
    return Sql(asked.order_by(accounts.c.id if upwards else accounts.c.id.desc()).limit(bindparam("most")))


async def search(db: Db, given: Mapping[str, Any], cursor: Cursor) -> list[Row]:
    """Sheets that fit all of what is given, newest first."""
    values = {name: value for name, value in given.items() if name in _FITS}
    sql = _search(given.get("origin"), given.get("status"), frozenset(values), upwards=cursor.upwards)
    for name in _IN_PART:
        if name in values:
            values[name] = f"%{_plain(values[name])}%"
    if "roles" in values:
        values["roles"] = list(values["roles"])
    rows = await db.slow(sql, **values, **cursor.bounds)
    return rows[::-1] if cursor.upwards else rows


def _plain(words: str) -> str:
    """The words with what LIKE takes for a pattern written as itself."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
