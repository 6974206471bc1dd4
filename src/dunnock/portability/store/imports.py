"""Rows of imports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, func, select, update

from dunnock.foundation.db import BigId, Db, Reader, Row, Sql, Tx, among, insert_into
from dunnock.portability.tables import data_import_rows as rows
from dunnock.portability.tables import data_imports as imports

_the = bindparam("the", type_=BigId)
_account = bindparam("account", type_=BigId)
_COLUMNS = (
    imports.c.id, imports.c.account_id, imports.c.kind, imports.c.overwrite, imports.c.state, imports.c.filename,
    imports.c.total, imports.c.removed, imports.c.below, imports.c.created_at, imports.c.finished_at,
)  # fmt: skip
ADD = insert_into(imports, "id", "account_id", "kind", "overwrite", "state", "filename", "total", "below", "created_at")
ADD_ROW = insert_into(rows)
FIND = Sql(select(*_COLUMNS).where(imports.c.id == _the))
_hold = select(*_COLUMNS).where(imports.c.id == _the)
HOLD = Sql(_hold, _hold.with_for_update())
ALL = Sql(select(*_COLUMNS).where(imports.c.account_id == _account).order_by(imports.c.id.desc()).limit(100))
SET_STATE = Sql(
    update(imports)
    .where(imports.c.id == _the)
    .values(state=bindparam("new_state"), finished_at=bindparam("finished", type_=BigId))
)
MOVE = Sql(
    update(imports)
    .where(imports.c.id == _the)
    .values(below=bindparam("new_below", type_=BigId), removed=imports.c.removed + bindparam("more"))
)
DROP = Sql(delete(imports).where(imports.c.id == _the))
DROP_ROWS = Sql(delete(rows).where(rows.c.import_id == _the))
COUNTS = Sql(select(rows.c.outcome, func.count()).where(rows.c.import_id == _the).group_by(rows.c.outcome))
_ROW = (rows.c.row, rows.c.key, rows.c.data, rows.c.outcome, rows.c.reason)
NEXT = Sql(
    select(*_ROW)
    .where(rows.c.import_id == _the, rows.c.outcome.is_(None))
    .order_by(rows.c.row)
    .limit(bindparam("most"))
)
PAGE = Sql(
    select(*_ROW)
    .where(rows.c.import_id == _the, rows.c.row > bindparam("after"))
    .order_by(rows.c.row)
    .limit(bindparam("most"))
)
PAGE_OF = Sql(
    select(*_ROW)
    .where(rows.c.import_id == _the, rows.c.row > bindparam("after"), rows.c.outcome == bindparam("which"))
    .order_by(rows.c.row)
    .limit(bindparam("most"))
)
SETTLE = Sql(
    update(rows)
    .where(rows.c.import_id == bindparam("of", type_=BigId), rows.c.row == bindparam("number"))
    .values(outcome=bindparam("what"), reason=bindparam("why"))
)
IN_FILE = Sql(select(rows.c.key).where(rows.c.import_id == _the, among(rows.c.key, "keys")))
KEYS = Sql(select(rows.c.key).where(rows.c.import_id == _the, rows.c.key != "").distinct().limit(20_000))
AGAIN = Sql(update(rows).where(rows.c.import_id == _the, rows.c.outcome == "waiting").values(outcome=None, reason=""))


def _waits(of: ColumnElement[int]) -> ColumnElement[bool]:
    return exists().where(rows.c.import_id == of, rows.c.outcome == "waiting")


WAITING = Sql(
    select(imports.c.id).where(imports.c.state == "finished", _waits(imports.c.id)).order_by(imports.c.id).limit(1_000)
)
OVER = Sql(  # what nobody needs any more
    select(imports.c.id)
    .where(
        (imports.c.state == "unconfirmed") & (imports.c.created_at < bindparam("unconfirmed_before", type_=BigId))
        | and_(
            imports.c.state == "finished",
            imports.c.finished_at < bindparam("finished_before", type_=BigId),
            ~_waits(imports.c.id),
        )
    )
    .limit(1_000)
)


async def counts(reader: Reader, import_id: int) -> dict[str | None, int]:
    """How many rows have each outcome; None: not yet."""
    return {row[0]: row[1] for row in await reader.all(COUNTS, the=import_id)}


async def next_rows(reader: Reader, import_id: int, *, most: int) -> list[Row]:
    """Rows (row, key, data, outcome, reason) that are not settled."""
    return await reader.all(NEXT, the=import_id, most=most)


async def page(db: Db, import_id: int, outcome: str | None, *, after: int, most: int) -> list[Row]:
    """Rows behind `after`, of one outcome or of any."""
    if outcome is None:
        return await db.all(PAGE, the=import_id, after=after, most=most)
    return await db.all(PAGE_OF, the=import_id, after=after, which=outcome, most=most)


async def settle(tx: Tx, import_id: int, outcomes: Iterable[tuple[int, str, str]]) -> None:
    """Write down what became of rows: (row, outcome, reason)."""
    await tx.many(
        SETTLE, [{"of": import_id, "number": row, "what": what, "why": why[:500]} for row, what, why in outcomes]
    )


async def in_file(reader: Reader, import_id: int, keys: Sequence[str]) -> set[str]:
    """Which of the keys stand in the file."""
    return {row[0] for row in await reader.all(IN_FILE, the=import_id, keys=list(keys))} if keys else set()


def encode(cells: Sequence[str]) -> str:
    """As a row holds them."""
    return msgspec.json.encode(cells).decode()
