"""Rows of what waits to be posted: scheduled posts and drafts."""

from __future__ import annotations

import msgspec
from sqlalchemy import ColumnElement, Table, bindparam, func, select

from dunnock.foundation.db import BigId, Reader, Row, Sql, Tx, insert_into
from dunnock.posts.model import Draft
from dunnock.posts.store.others import accounts
from dunnock.posts.tables import drafts, scheduled
from dunnock.posts.waiting import Scheduled, Sketch

_encode = msgspec.json.encode
_draft = msgspec.json.Decoder(Draft).decode
_parts = msgspec.json.Decoder(tuple[Draft, ...]).decode

_HOLD_ACCOUNT = Sql(select(accounts.c.id).where(accounts.c.id == bindparam("account")).with_for_update(key_share=True))

_SCHEDULED = (
    scheduled.c.id, scheduled.c.account_id, scheduled.c.app_id, scheduled.c.at, scheduled.c.draft, scheduled.c.error,
)  # fmt: skip
_SKETCH = (drafts.c.id, drafts.c.account_id, drafts.c.version, drafts.c.parts, drafts.c.updated_at)


def _own(table: Table) -> ColumnElement[bool]:
    return (table.c.id == bindparam("the")) & (table.c.account_id == bindparam("account"))


def _pages(table: Table, columns: tuple[ColumnElement[object], ...]) -> dict[bool, Sql]:
    page = (
        select(*columns)
        .where(
            table.c.account_id == bindparam("account"),
            table.c.id > bindparam("above", type_=BigId),
            table.c.id < bindparam("below", type_=BigId),
        )
        .limit(bindparam("most"))
    )
    return {False: Sql(page.order_by(table.c.id.desc())), True: Sql(page.order_by(table.c.id))}


_ADD_SCHEDULED = insert_into(scheduled, "id", "account_id", "app_id", "at", "draft")
_HOLD_SCHEDULED = Sql(select(*_SCHEDULED).where(scheduled.c.id == bindparam("the")).with_for_update())
_OWN_SCHEDULED = Sql(select(*_SCHEDULED).where(_own(scheduled)))
_SCHEDULED_PAGE = _pages(scheduled, _SCHEDULED)
_MOVE = Sql(
    scheduled.update().where(scheduled.c.id == bindparam("the")).values(at=bindparam("new_at", type_=BigId), error=None)
)
_FAIL = Sql(scheduled.update().where(scheduled.c.id == bindparam("the")).values(error=bindparam("why")))
_DROP_SCHEDULED = Sql(scheduled.delete().where(scheduled.c.id == bindparam("the")))
_COUNT_SCHEDULED = Sql(
    select(func.count()).select_from(scheduled).where(
        scheduled.c.account_id == bindparam("account"),
        scheduled.c.at >= bindparam("since", type_=BigId),
        scheduled.c.at < bindparam("until", type_=BigId),
        scheduled.c.id != bindparam("but", type_=BigId),
    )
)  # fmt: skip

_ADD_SKETCH = insert_into(drafts)
_OWN_SKETCH = Sql(select(*_SKETCH).where(_own(drafts)))
_HOLD_SKETCH = Sql(select(*_SKETCH).where(_own(drafts)).with_for_update())
_SKETCH_PAGE = _pages(drafts, _SKETCH)
_CHANGE_SKETCH = Sql(
    drafts.update()
    .where(drafts.c.id == bindparam("the"))
    .values(
        version=bindparam("new_version"),
        parts=bindparam("new_parts"),
        updated_at=bindparam("now", type_=BigId),
    )
)
_DROP_SKETCH = Sql(drafts.delete().where(drafts.c.id == bindparam("the")))
_COUNT_SKETCHES = Sql(select(func.count()).select_from(drafts).where(drafts.c.account_id == bindparam("account")))


async def hold_account(tx: Tx, account_id: int) -> None:
    """Until this transaction ends nobody else adds to what the account has waiting, so that limits hold."""
    await tx.one(_HOLD_ACCOUNT, account=account_id)


def _scheduled(row: Row) -> Scheduled:
    return Scheduled(id=row[0], account_id=row[1], app_id=row[2], at=row[3], draft=_draft(row[4]), error=row[5])


async def add_scheduled(tx: Tx, one: Scheduled) -> None:
    """A new one."""
    await tx.run(
        _ADD_SCHEDULED,
        id=one.id,
        account_id=one.account_id,
        app_id=one.app_id,
        at=one.at,
        draft=_encode(one.draft).decode(),
    )


async def hold_scheduled(tx: Tx, an_id: int) -> Scheduled | None:
    """One, whoever's; nobody else changes it or posts it until this transaction ends."""
    row = await tx.one(_HOLD_SCHEDULED, the=an_id)
    return None if row is None else _scheduled(row)


async def find_scheduled(reader: Reader, an_id: int, account_id: int) -> Scheduled | None:
    """One of the account's own."""
    row = await reader.one(_OWN_SCHEDULED, the=an_id, account=account_id)
    return None if row is None else _scheduled(row)


async def scheduled_page(
    reader: Reader, account_id: int, *, above: int, below: int, most: int, up: bool
) -> list[Scheduled]:
    """The account's own between the ids; `up`: the oldest first."""
    rows = await reader.all(_SCHEDULED_PAGE[up], account=account_id, above=above, below=below, most=most)
    return [_scheduled(row) for row in rows]


async def move_scheduled(tx: Tx, an_id: int, at: int) -> None:
    """Another time; what went wrong before is forgotten."""
    await tx.run(_MOVE, the=an_id, new_at=at)


async def fail_scheduled(tx: Tx, an_id: int, why: str) -> None:
    """It could not go out."""
    await tx.run(_FAIL, the=an_id, why=why)


async def drop_scheduled(tx: Tx, an_id: int) -> None:
    """It waits no more."""
    await tx.run(_DROP_SCHEDULED, the=an_id)


async def count_scheduled(tx: Tx, account_id: int, *, since: int = 0, until: int = 2**63 - 1, but: int = 0) -> int:
    """How many of the account's go out in this time, `but` one left out."""
    number: int = await tx.value(_COUNT_SCHEDULED, account=account_id, since=since, until=until, but=but)
    return number


def _sketch(row: Row) -> Sketch:
    return Sketch(id=row[0], account_id=row[1], version=row[2], parts=_parts(row[3]), updated_at=row[4])


async def add_sketch(tx: Tx, one: Sketch) -> None:
    """A new one."""
    await tx.run(
        _ADD_SKETCH,
        id=one.id,
        account_id=one.account_id,
        version=one.version,
        parts=_encode(one.parts).decode(),
        updated_at=one.updated_at,
    )


async def find_sketch(reader: Reader, an_id: int, account_id: int) -> Sketch | None:
    """One of the account's own."""
    row = await reader.one(_OWN_SKETCH, the=an_id, account=account_id)
    return None if row is None else _sketch(row)


async def hold_sketch(tx: Tx, an_id: int, account_id: int) -> Sketch | None:
    """One of the account's own; nobody else changes or posts it until this transaction ends."""
    row = await tx.one(_HOLD_SKETCH, the=an_id, account=account_id)
    return None if row is None else _sketch(row)


async def sketch_page(reader: Reader, account_id: int, *, above: int, below: int, most: int, up: bool) -> list[Sketch]:
    """The account's own between the ids; `up`: the oldest first."""
    rows = await reader.all(_SKETCH_PAGE[up], account=account_id, above=above, below=below, most=most)
    return [_sketch(row) for row in rows]


async def change_sketch(tx: Tx, one: Sketch) -> None:
    """What it says now."""
    await tx.run(
        _CHANGE_SKETCH,
        the=one.id,
        new_version=one.version,
        new_parts=_encode(one.parts).decode(),
        now=one.updated_at,
    )


async def drop_sketch(tx: Tx, an_id: int) -> None:
    """There is no such draft any more."""
    await tx.run(_DROP_SKETCH, the=an_id)


async def count_sketches(tx: Tx, account_id: int) -> int:
    """How many the account has."""
    number: int = await tx.value(_COUNT_SKETCHES, account=account_id)
    return number
