"""Which cases are about the same accounts, and that they have to do with each other: what the server itself finds."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from dunnock.foundation.db import Reader, Tx
from dunnock.moderation import log
from dunnock.moderation.store import cases as store

_MOST = 20


class Related(msgspec.Struct, frozen=True):
    """A case that is about some of the accounts asked for: `number` of them."""

    id: int
    number: int
    closed: bool


async def cases_about(reader: Reader, account_ids: Collection[int]) -> list[Related]:
    """Cases about any of these accounts: those about most of them first, at most 20."""
    rows = await reader.all(store.ABOUT_ACCOUNTS, ids=sorted(set(account_ids)), most=_MOST)
    return [Related(int(row[0]), int(row[1]), row[2] is not None) for row in rows]


async def link_cases_by_server(tx: Tx, case_id: int, others: Collection[int]) -> None:
    """Say that cases have to do with this one, as the server found. Once is enough."""
    for other in sorted(set(others) - {case_id}):
        new = [await tx.run(store.ADD_LINK, case_id=a, other_id=b) for a, b in ((case_id, other), (other, case_id))]
        if any(new):
            await log.note_by(tx, log.THE_SERVER, "case.link", case_id, other=str(other))
