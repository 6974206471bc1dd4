"""Which picture a file shows: copies that were resized or encoded anew are one, found by what they look like.

How prints are compared and found: `media.nearness`.
"""

from __future__ import annotations

import msgspec

from dunnock import media
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.job import Job
from dunnock.integrity.store import pictures as store
from dunnock.media.nearness import SAME, apart, keys_near, keys_of

KEPT_MS = 30 * DAY
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


def print_of(picture: str | None) -> str:
    """What a picture (JSON of media's Picture) looks like; empty: there is none, or too little to see."""
    try:
        prints = media.read_picture(picture).prints if picture else ()
    except msgspec.MsgspecError:
        return ""
    return prints[0] if prints else ""


async def trim_pictures(db: Db, _: TrimPictures) -> None:
    """Some hundred at a time."""
    before = now_ms() - KEPT_MS
    while ids := [row[0] for row in await db.all(store.OLD, before=before, most=_CHUNK)]:
        async with db.begin() as tx:
            await tx.run(store.DROP_KEYS, ids=ids)
            await tx.run(store.DROP, ids=ids)
