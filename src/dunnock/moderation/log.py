"""The log of what staff did: written with each act, in its transaction; read by those whose role lets them."""

from __future__ import annotations

from typing import Any

import msgspec

from dunnock import accounts
from dunnock.accounts import Power, Staff
from dunnock.foundation.db import Reader, Tx
from dunnock.moderation.chain import START, End, link
from dunnock.moderation.model import Entry
from dunnock.moderation.store import log as store

THE_SERVER = 0
"""In place of an account: the server itself did it, by a rule."""


async def acting(tx: Tx, by: int, power: Power) -> Staff:
    """Who of the staff acts, when their role allows `power`. Every use case of staff that changes something begins with this.

    Acts follow each other: from here to the commit nobody else's is written down, so that each entry knows the one before.

    Raises:
        NotPermitted: as `accounts.permit`.
    """
    await _hold_end(tx)
    return await accounts.permit(tx, by, power)


async def note(tx: Tx, by: Staff, act: str, subject_id: int | None, *, called: str = "", **details: Any) -> None:
    """Write down that `by` did `act` (`account.suspend`: the subject's kind, and a verb). No entry is ever changed."""
    await note_by(tx, by.account_id, act, subject_id, called=called, **details)


async def note_by(tx: Tx, by: int, act: str, subject_id: int | None, *, called: str = "", **details: Any) -> None:
    """As `note`, for what the server does because an account of staff asked for it once."""
    end = await _hold_end(tx)
    number, kind = end.number + 1, act.partition(".")[0]
    entry = (tx.new_id(), tx.now, by, act, kind, subject_id, called, _stored(details))
    new = link(number, end.hash, entry)
    await tx.run(store.ADD, **dict(zip(_COLUMNS, entry, strict=True)), number=number, hash=new)
    await tx.run(store.MOVE_END, new_number=number, new_hash=new)


async def _hold_end(tx: Tx) -> End:
    """Where the log ends; nobody else adds to it until the commit."""
    row = await tx.one(store.HOLD_END)
    if row is None:
        await tx.run(store.ADD_END, id=1, number=0, hash=START)
        row = await tx.one(store.HOLD_END)
        assert row is not None
        if row[0] == 0:
            return await _bind_older(tx)
    return End(row[0], row[1])


async def _bind_older(tx: Tx) -> End:
    """Entries that were written before there was a chain are its first."""
    number, before = 0, START
    for entry in await tx.all(store.UNBOUND):
        number, before = number + 1, link(number + 1, before, entry)
        await tx.run(store.BIND, the=entry[0], new_number=number, new_hash=before)
    if number:
        await tx.run(store.MOVE_END, new_number=number, new_hash=before)
    return End(number, before)


def _stored(details: dict[str, Any]) -> str:
    return msgspec.json.encode(details, order="sorted").decode()


_COLUMNS = ("id", "at", "by_account_id", "act", "subject_kind", "subject_id", "subject", "details")


class WantedEntries(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries; what is empty does not narrow. `act` is one (`account.suspend`), `kind` all about a kind of thing.

    `deeds`: only what was done, not what was looked at.
    """

    act: str = ""
    kind: str = ""
    subject: int | None = None
    who: int | None = None
    deeds: bool = False


ALL = WantedEntries()


async def entries(reader: Reader, cursor: accounts.Cursor, *, by: int, wanted: WantedEntries = ALL) -> list[Entry]:
    """What staff did, newest first.

    Raises:
        NotPermitted: `by` may not read the log.
    """
    await accounts.permit(reader, by, Power.VIEW_LOG)
    given = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value not in {"", None, False}}
    given |= {"deeds": "%.read"} if wanted.deeds else {}
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
            number=row[8],
            hash=row[9],
        )
        for row in await store.page(reader, given, cursor.bounds, upwards=cursor.upwards)
    ]
