"""Deletes what belongs to one owner, some rows at a time, so that nobody else has to wait for it.

A step does a part and says how much; it is called until it says 0. It may be stopped at any point and called again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from sqlalchemy import Column, ColumnElement, Table, bindparam, delete, select

from dunnock.foundation.db import BigId, Db, Sql, among

Step: TypeAlias = Callable[[Db, int], Awaitable[int]]
"""Deletes a part of what belongs to the owner; how many things."""
CHUNK = 500
_SCAN = 20_000


def of(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """The column names the owner."""
    return column == bindparam("the", type_=BigId)


def some_of(table: Table, where: ColumnElement[bool], key: Column[Any]) -> Sql:
    """Deletes up to `most` rows that fit, told apart by `key`."""
    few = select(key).where(where).limit(bindparam("most")).scalar_subquery()
    return Sql(delete(table).where(where, key.in_(few)))


def rows(*statements: Sql) -> Step:
    """A step that deletes with each of the statements (see `some_of`) in turn."""

    async def step(db: Db, owner: int) -> int:
        for sql in statements:
            async with db.begin() as tx:
                number = await tx.run(sql, the=owner, most=CHUNK)
            if number:
                return number
        return 0

    return step


def scanned(table: Table, where: ColumnElement[bool], key: Column[Any]) -> Step:
    """A step for what no index finds: looks without holding anybody up, then deletes by the key."""
    find = Sql(select(key).where(where).limit(_SCAN))
    drop = Sql(delete(table).where(where, among(key, "keys")))

    async def step(db: Db, owner: int) -> int:
        found = [row[0] for row in await db.slow(find, the=owner)]
        number = 0
        for at in range(0, len(found), CHUNK):
            async with db.begin() as tx:
                number += await tx.run(drop, the=owner, keys=found[at : at + CHUNK])
        return number

    return step
