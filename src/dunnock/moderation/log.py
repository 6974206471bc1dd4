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


class WantedEntries(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries; what is empty does not narrow. `act` is one (`account.suspend`), `kind` all about a kind of thing."""

    act: str = ""
    kind: str = ""
    subject: int | None = None
    who: int | None = None


ALL = WantedEntries()


async def entries(reader: Reader, cursor: accounts.Cursor, *, by: int, wanted: WantedEntries = ALL) -> list[Entry]:
    """What staff did, newest first.

    Raises:
        NotPermitted: `by` may not read the log.
    """
    await accounts.permit(reader, by, accounts.Power.VIEW_LOG)
    given = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value not in {"", None}}
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
        for row in await store.page(reader, given, cursor.bounds, upwards=cursor.upwards)
    ]
