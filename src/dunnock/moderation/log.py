"""The log of what staff did: written with each act, in its transaction; read by those whose role lets them."""

from __future__ import annotations

from typing import Any

import msgspec

from dunnock import accounts
from dunnock.foundation.db import Reader, Tx
from dunnock.moderation.model import Entry
from dunnock.moderation.store import log as store


async def note(
    tx: Tx, by: accounts.Staff, act: str, subject_id: int | None, *, called: str = "", **details: Any
) -> None:
    """Write down that `by` did `act` (`account.suspend`: the subject's kind, and a verb). No entry is ever changed."""
    await tx.run(
        store.ADD,
        id=tx.new_id(),
        at=tx.now,
        by_account_id=by.account_id,
        act=act,
        subject_kind=act.partition(".")[0],
        subject_id=subject_id,
        subject=called,
        details=msgspec.json.encode(details, order="sorted").decode(),
    )


async def entries(reader: Reader, cursor: accounts.Cursor, *, by: int) -> list[Entry]:
    """What staff did, newest first.

    Raises:
        NotPermitted: `by` may not read the log.
    """
    await accounts.permit(reader, by, accounts.Power.VIEW_LOG)
    rows = await reader.all(store.PAGE[cursor.upwards], **cursor.bounds)
    return [
        Entry(
            id=row[0],
            at=row[1],
            by_account_id=row[2],
            act=row[3],
            subject_kind=row[4],
            subject_id=row[5],
            subject=row[6],
            details=msgspec.Raw(row[7].encode()),
        )
        for row in (rows[::-1] if cursor.upwards else rows)
    ]
