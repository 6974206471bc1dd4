"""Which picture a file shows: copies that were resized or encoded anew are one, found by what they look like.

Two prints (`media.pdq`) of one picture differ in at most 31 of 256 bits. Cut into 16 parts of 16 bits, at least one part then
differs in at most one bit; so all copies are found by the 17 values near each part, exactly, whatever there is beside them.
Source: M. Norouzi, A. Punjani, D. Fleet, "Fast Search in Hamming Space with Multi-Index Hashing" (2012).
"""

from __future__ import annotations

import msgspec

from dunnock import media
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.job import Job
from dunnock.integrity.store import pictures as store

SAME = 31
KEPT_MS = 30 * DAY
_PARTS, _BITS = 16, 16
_MOST_NEAR = 2_000
"""Prints that are compared at most: with so many that share a part, the first of them are looked at."""
_CHUNK = 200


class TrimPictures(Job, frozen=True):
    """Forget how pictures looked that nobody posted for a month."""


async def recognise(tx: Tx, told: str) -> int:
    """The picture that a print is of: the id of the first of its copies, or of this one, which is known from now on."""
    held = await tx.one(store.FIND, the_print=told)
    if held is not None:
        await tx.run(store.SEEN, the=held[0], now=tx.now)
        return int(held[1])
    near = await tx.all(store.NEAR, keys=keys_near(told), most=_MOST_NEAR)
    nearest = min((apart(row[1], told), row[0], row[2]) for row in near) if near else None
    picture_id = tx.new_id()
    same_as = picture_id
    if nearest is not None and nearest[0] <= SAME:
        same_as = int(nearest[2])
        await tx.run(store.SEEN, the=nearest[1], now=tx.now)
    if not await tx.run(store.ADD, id=picture_id, print=told, same_as=same_as, seen_at=tx.now):
        row = await tx.one(store.FIND, the_print=told)  # somebody was faster
        assert row is not None
        return int(row[1])
    await tx.many(store.ADD_KEY, [{"key": key, "picture_id": picture_id} for key in keys_of(told)])
    return same_as


def apart(one: str, other: str) -> int:
    """In how many of 256 bits two prints differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def print_of(picture: str | None) -> str:
    """What a picture (JSON of media's Picture) looks like; empty: there is none, or too little to see."""
    try:
        prints = media.read_picture(picture).prints if picture else ()
    except msgspec.MsgspecError:
        return ""
    return prints[0] if prints else ""


def keys_of(told: str) -> list[int]:
    """The 16 parts of a print, each with its place."""
    bits = int(told, 16)
    return [part << _BITS | bits >> part * _BITS & 0xFFFF for part in range(_PARTS)]


def keys_near(told: str) -> list[int]:
    """The parts of a print, and what each becomes when one bit is another."""
    return [key ^ flip for key in keys_of(told) for flip in (0, *(1 << bit for bit in range(_BITS)))]


async def trim_pictures(db: Db, _: TrimPictures) -> None:
    """Some hundred at a time."""
    before = now_ms() - KEPT_MS
    while ids := [row[0] for row in await db.all(store.OLD, before=before, most=_CHUNK)]:
        async with db.begin() as tx:
            await tx.run(store.DROP_KEYS, ids=ids)
            await tx.run(store.DROP, ids=ids)
