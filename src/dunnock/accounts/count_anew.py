"""Whose follows and acts count for others: those of accounts that are shown.

`accounts.uncounted_to` says up to which id an account's acts count for nobody. It moves in steps from one end to the other when
the account is hidden, and back when it is shown again; each step is committed with the counts that it changes, and whoever does
or undoes something asks it. So each act is counted once or not at all, at every moment and whatever happens in between.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from dunnock.accounts.account import ALL_COUNT, NONE_COUNTS, SHOWN, Standing
from dunnock.accounts.events import CountsMoved
from dunnock.accounts.store import count_anew as store
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.job import Job


class CountAnew(Job, frozen=True):
    """Count what those did whose standing changed: no more, or again."""


class Moving(msgspec.Struct, frozen=True):
    """An account whose acts are not all counted as its standing says: those up to `mark` count for nobody, the others do."""

    id: int
    mark: int
    hides: bool

    @property
    def window(self) -> tuple[int, int]:
        """The ids of the acts that are to be counted no more (`hides`) or again: above the first, up to the second."""
        return (self.mark, NONE_COUNTS) if self.hides else (ALL_COUNT - 1, self.mark)


async def any_moving(db: Db) -> bool:
    """Is there anything to count anew? An index knows it."""
    return bool(await db.all(store.ANY_MOVING, most=1))


async def hold_moving(tx: Tx, *, most: int) -> list[Moving]:
    """Some accounts that are on their way, by id, held so that none of them does anything meanwhile that counts."""
    rows = await tx.all(store.MOVING, most=most)
    return [Moving(row[0], row[2], hides=Standing(row[1]) not in SHOWN) for row in rows]


async def sizes_of_follows(tx: Tx, ids: Collection[int], window: tuple[int, int], *, most: int) -> dict[int, int]:
    """How many follows each has in the window of ids, both ways; not counted beyond `most` each way."""
    rows = await tx.all(store.SIZES, ids=list(ids), above=window[0], upto=window[1], most=most)
    return {row[0]: row[1] for row in rows}


async def nth_follows(tx: Tx, one: Moving, n: int) -> list[int]:
    """The ids of the n-th follow in its window, each way, from where it stands; nothing where there are fewer."""
    above, upto = one.window
    found = [
        await tx.value(sql, the=one.id, above=above, upto=upto, before=n - 1) for sql in store.NTH[one.hides]
    ]  # fmt: skip
    return [key for key in found if key is not None]


async def move_follows(tx: Tx, ids: Collection[int], window: tuple[int, int], *, sign: int) -> None:
    """Let the follows of these accounts in the window count for the others again (`sign` 1), or no more (-1)."""
    values = {"ids": list(ids), "above": window[0], "upto": window[1]}
    await tx.value(store.HOLD_OTHERS, **values)
    for sql in store.SHIFT:
        await tx.run(sql, **values, sign=sign)


async def moved(tx: Tx, ids: Collection[int], mark: int, *, changed: bool) -> None:
    """Remember how far these accounts are; `changed`: something was counted, so what is kept in memory is to be read again."""
    await tx.run(store.MOVED, ids=list(ids), mark=mark)
    if changed:
        await tx.record(CountsMoved())
