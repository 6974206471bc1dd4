"""Removes media that nobody used for a day, and files that no row refers to."""

from __future__ import annotations

import bisect
from array import array
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import structlog

from dunnock.foundation.clock import DAY, HOUR, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.job import Job
from dunnock.foundation.jobs import Every
from dunnock.media import store
from dunnock.media.keep import MediaStore
from dunnock.media.model import read_picture
from dunnock.media.upload import ProcessMedia, process_waiting

UNUSED_MS: Final = DAY
"""How long media that no post uses is kept. Source: Mastodon, Vacuum::MediaAttachmentsVacuum::TTL."""
YOUNG_MS: Final = DAY
"""How long a file may wait for the row that refers to it. Ours: a request takes seconds, a job tries for an hour."""
REMOVE_EVERY_MS: Final = HOUR
SWEEP_EVERY_MS: Final = DAY
_CHUNK: Final = 500
_log = structlog.get_logger()


class RemoveUnused(Job, frozen=True):
    """Remove rows of media that no post uses."""


class SweepFiles(Job, frozen=True):
    """Remove files that no row refers to."""


EVERY: Final = (Every(RemoveUnused(), REMOVE_EVERY_MS), Every(SweepFiles(), SWEEP_EVERY_MS))
"""For the schedule."""


def jobs_of(media_store: MediaStore) -> dict[type[Job], Callable[[Db, Any], Awaitable[None]]]:
    """Who does the jobs of this package."""

    async def do_process(db: Db, job: ProcessMedia) -> None:
        await process_waiting(db, media_store, job)

    async def do_remove(db: Db, _: RemoveUnused) -> None:
        await remove_unused(db)

    async def do_sweep(db: Db, _: SweepFiles) -> None:
        await sweep_files(db, media_store)

    return {ProcessMedia: do_process, RemoveUnused: do_remove, SweepFiles: do_sweep}


async def remove_unused(db: Db, *, now: int | None = None) -> None:
    """Remove the rows of media that no post used for a day. `now`: Unix milliseconds, None: the present."""
    before = (now_ms() if now is None else now) - UNUSED_MS
    removed = _CHUNK
    while removed == _CHUNK:
        async with db.begin() as tx:
            removed = await tx.run(store.REMOVE_UNUSED, before=before, most=_CHUNK)


async def sweep_files(db: Db, media_store: MediaStore, *, now: int | None = None) -> int:
    """Delete the old files that no row refers to; how many. Needs eight bytes of memory for each stored file.

    A file that gets a row while we look was put again for it, so it is young and stays.
    """
    before = (now_ms() if now is None else now) - YOUNG_MS
    await media_store.clear(before=before)
    old = array("Q")
    async for names in media_store.storage.names(before=before):
        old.extend(map(_key, names))
    if not old:
        return 0
    old = array("Q", sorted(old))
    used = bytearray(len(old))
    for sql in store.USES:
        after = 0
        while rows := await db.slow(sql, after=after, most=_CHUNK):
            _mark([name for row in rows for text in row[1:] for name in _names(text)], old, used)
            after = rows[-1][0]
    _mark([name for row in await db.slow(store.EMOJI_USES) for name in row], old, used)
    deleted = 0
    async for names in media_store.storage.names(before=before):
        for name in names:
            at = bisect.bisect_left(old, _key(name))
            # Not in the list: it grew old while we looked, and waits for the next time.
            if at < len(old) and old[at] == _key(name) and not used[at]:
                deleted += await media_store.storage.delete(name, before=before)
    _log.info("swept files", files=len(old), deleted=deleted)
    return deleted


async def used_files(db: Db) -> set[str]:
    """The names of all files that a row refers to."""
    found: set[str] = set()
    for sql in store.USES:
        after = 0
        while rows := await db.slow(sql, after=after, most=_CHUNK):
            found.update(name for row in rows for text in row[1:] for name in _names(text))
            after = rows[-1][0]
    found.update(name for row in await db.slow(store.EMOJI_USES) for name in row)
    return found


def _key(name: str) -> int:
    """The first 64 bits of the content's hash; two files that share them are kept as long as one is used."""
    return int(name[:16], 16)


def _names(text: str | None) -> tuple[str, ...]:
    return () if not text or text == "{}" else read_picture(text).names


def _mark(names: Sequence[str], old: array[int], used: bytearray) -> None:
    for key in map(_key, names):
        at = bisect.bisect_left(old, key)
        while at < len(old) and old[at] == key:
            used[at] = 1
            at += 1
