"""The emergency switch: for a while nobody of a class of accounts can post, boost or edit (DISARM drill D04).

It is one row, which every post asks for in the statement that reads its author: it holds at the next post, in every process.
"""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from dunnock.accounts.store import stops as store
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Reader, Tx

Who = Literal["everybody", "newcomers", "protected"]
WHO: tuple[Who, ...] = get_args(Who)
"""All but staff; accounts younger than a week; protected accounts."""
NEW_MS = 7 * DAY


class PostingStop(msgspec.Struct, frozen=True):
    """One emergency that is on, until that moment (Unix milliseconds)."""

    id: int
    who: Who
    why: str
    by_account_id: int
    until: int


async def stop_posting(tx: Tx, who: Who, *, why: str, by: int, until: int) -> int:
    """Let nobody of a class post until then; the stop's id."""
    stop_id = tx.new_id()
    await tx.run(store.ADD, id=stop_id, who=who, newer_than=tx.now - NEW_MS, why=why, by_account_id=by, until=until)
    return stop_id


async def posting_stops(reader: Reader) -> list[PostingStop]:
    """Those that are on."""
    return [PostingStop(*row) for row in await reader.all(store.NOW, now=now_ms())]


async def end_stop(tx: Tx, stop_id: int) -> bool:
    """Let them post again; False: it was over already."""
    return bool(await tx.run(store.END, the=stop_id, now=tx.now))
