"""The chain of the staff's log: each entry is bound to all before it, so that none can be changed, taken out or moved unseen.

An entry's hash is SHA-256 of the JSON array `[number, hash before, id, at, by, act, kind, subject id, subject, details]`, in
UTF-8, without spaces, characters beyond ASCII as they are. Before the first stands `START`. Whoever can write to the database
can make a whole new chain: what they can't change are the ends that others have seen (docs/audit-log.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from dunnock.foundation.db import Reader, Row
from dunnock.moderation.store import log as store

START = "0" * 64
_BATCH = 5_000
_encode = msgspec.json.Encoder().encode


class End(msgspec.Struct, frozen=True):
    """Where a log ends: its last entry's number (0: it is empty) and hash."""

    number: int
    hash: str


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What a check of the log found. `broken`: the number of the first entry that is not as it was written; None: all are.

    `why`: what is wrong with it, for people. `end`: where the sound part of the log ends.
    """

    end: End
    broken: int | None = None
    why: str = ""


def link(number: int, before: str, entry: Sequence[object]) -> str:
    """The hash of an entry: (id, at, by, act, kind, subject id, subject, details)."""
    return hashlib.sha256(_encode((number, before, *entry))).hexdigest()


async def end_of(reader: Reader) -> End:
    """Where the log ends now."""
    row = await reader.one(store.END)
    return End(0, START) if row is None else End(row[0], row[1])


async def check_log(reader: Reader, known: Sequence[End] = ()) -> Checked:
    """Go through the whole log, from its first entry; stop at the first that is broken. 5,000 entries at a time in memory.

    `known`: ends that somebody saw earlier, which the log must go through.
    """
    seen: dict[int, str] = {}
    for one in known:
        if seen.setdefault(one.number, one.hash) != one.hash:
            return Checked(
                end=End(0, START), broken=one.number, why="two different ones were published with this number"
            )
    number, before = 0, START
    while True:
        rows = await reader.all(store.CHAIN, after=number, most=_BATCH)
        for row in rows:
            if why := _wrong(row, number + 1, before, seen):
                return Checked(end=End(number, before), broken=number + 1, why=why)
            number, before = row[0], row[1]
        if len(rows) < _BATCH:
            break
    end, last = await end_of(reader), End(number, before)
    if end.number and await reader.one(store.UNBOUND):
        return Checked(end=last, broken=number + 1, why="there is an entry without a number")
    known_end = max(known, key=lambda one: one.number, default=End(0, START))
    if end != last or known_end.number > number:
        return Checked(end=last, broken=number + 1, why="entries after this one are missing")
    return Checked(end=last)


def _wrong(row: Row, number: int, before: str, seen: dict[int, str]) -> str:
    """What is wrong with an entry that should have this number; "": nothing."""
    if row[0] != number:
        return "it is missing"
    if link(number, before, row[2:]) != row[1]:
        return "it is not as it was written, or stands in another's place"
    if seen.get(number, row[1]) != row[1]:
        return "it is not the one that was published with this number"
    return ""
