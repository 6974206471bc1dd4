"""Copies of other servers' files take so much room and no more: what nobody looked at for longest gives way.

That is found out as by a clock with a hand (Corbató, "A paging experiment with the Multics system", 1968): copies have their turn
in the order in which they were made; one that was looked at on a later day gets another turn, others are given up. So nothing is
written when files are read but, once a day, the moment on the file itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog

from dunnock import accounts
from dunnock.foundation.clock import DAY, HOUR, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.ids import ms_of
from dunnock.foundation.job import Job
from dunnock.foundation.jobs import Every
from dunnock.foundation.storage import Storage
from dunnock.media import store
from dunnock.media.events import MediaChanged
from dunnock.media.model import read_picture
from dunnock.media.sweep import SweepFiles

TRIM_EVERY_MS: Final = HOUR
LEAST_FREE: Final = 1024**3
"""Bytes that copies leave free on the disk, whatever they may take: a full disk loses what members write."""
_CHUNK: Final = 200
_MANY: Final = 2_000
_log = structlog.get_logger()


class TrimCopies(Job, frozen=True):
    """Give up copies while all of them take more than they may."""


COPIES_EVERY: Final = (Every(TrimCopies(), TRIM_EVERY_MS),)


def cache_jobs_of(storage: Storage, *, most_bytes: int) -> dict[type[Job], Callable[[Db, Any], Awaitable[None]]]:
    """Who does the job of this module."""
    pictures = (0, 0)  # (when, bytes): counting them reads every account

    async def trim(db: Db, _: TrimCopies) -> None:
        nonlocal pictures
        if now_ms() - pictures[0] > DAY:
            pictures = (now_ms(), await picture_bytes(db))
        await trim_copies(db, storage, most_bytes=most_bytes, pictures=pictures[1])

    return {TrimCopies: trim}


async def picture_bytes(db: Db) -> int:
    """What the avatars and headers of other servers' accounts take."""
    after, total = 0, 0
    while rows := await db.slow(store.REMOTE_PICTURES, after=after, most=_MANY):
        after = rows[-1][0]
        total += sum(_size(one) for _, *both in rows for one in both)
    return total


async def has_room(storage: Storage) -> bool:
    """Is there room for another copy on the disk?"""
    free = await storage.free()
    return free is None or free > LEAST_FREE


async def trim_copies(
    db: Db, storage: Storage, *, most_bytes: int, pictures: int = 0, least_free: int = LEAST_FREE
) -> int:
    """Give up copies until the others fit, beside `pictures` bytes of avatars and headers; how many. Their files go with a sweep.

    A post shows then where its file is, as it does where none could be copied. Avatars and headers give way when nothing else
    is left; they are copied anew when their server is asked about the account again.
    """
    over = (await db.slow(store.COPIED_BYTES))[0][0] + pictures - most_bytes
    free = await storage.free()
    short = 0 if free is None else least_free - free
    over, given_up = max(over, short), 0
    while over > 0:
        rows = await db.slow(store.NEXT_COPIES, most=_CHUNK)
        if not rows:
            break
        used = await storage.used([name for row in rows for name in _names(row[3])])
        async with db.begin() as tx:
            for media_id, post_id, size, files, turn in rows:
                began = max(turn, ms_of(media_id))
                if max((used.get(name, 0) for name in _names(files)), default=0) > began + DAY:
                    await tx.run(store.ANOTHER_TURN, the=media_id, now=tx.now)
                elif over > 0:
                    await tx.run(store.GIVE_UP_COPY, the=media_id)
                    await tx.record(MediaChanged(media_id=media_id, post_id=post_id))
                    over, given_up = over - size, given_up + 1
    if over > 0:
        given_up += await _trim_pictures(db, storage, over)
    if given_up:
        _log.info("gave up copies of files of other servers", files=given_up)
        if short > 0:
            async with db.begin() as tx:
                await tx.enqueue(SweepFiles())
    return given_up


async def _trim_pictures(db: Db, storage: Storage, over: int) -> int:
    """Give up avatars and headers that nobody looked at for a month, and then others."""
    given_up = 0
    for looked_at_before in (now_ms() - 30 * DAY, now_ms() + DAY):
        after = 0
        while over > 0 and (rows := await db.slow(store.REMOTE_PICTURES, after=after, most=_CHUNK)):
            after = rows[-1][0]
            used = await storage.used([name for _, *both in rows for one in both for name in _names(one)])
            async with db.begin() as tx:
                for account_id, *both in rows:
                    last = max((used.get(name, 0) for one in both for name in _names(one)), default=0)
                    if over > 0 and last < looked_at_before:
                        await accounts.give_up_pictures(tx, account_id)
                        over, given_up = over - sum(map(_size, both)), given_up + 1
    return given_up


def _names(files: str | None) -> tuple[str, ...]:
    return read_picture(files).names if files else ()


def _size(files: str | None) -> int:
    picture = read_picture(files) if files else None
    return 0 if picture is None else sum(one.bytes for one in (picture.original, picture.small, picture.static) if one)
