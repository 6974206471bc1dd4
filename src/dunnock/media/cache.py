"""Copies of other servers' files take so much room and no more: the oldest give way, and are where they came from again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import structlog

from dunnock.foundation.clock import HOUR
from dunnock.foundation.db import Db
from dunnock.foundation.job import Job
from dunnock.foundation.jobs import Every
from dunnock.media import store
from dunnock.media.events import MediaChanged

TRIM_EVERY_MS: Final = HOUR
MOST_BYTES: Final = 10 * 1024**3
"""What all copies may take. Ours: a small machine's disk must not fill with what others posted."""
_CHUNK: Final = 200
_log = structlog.get_logger()


class TrimCopies(Job, frozen=True):
    """Give up the oldest copies while all of them take more than they may."""


COPIES_EVERY: Final = (Every(TrimCopies(), TRIM_EVERY_MS),)


async def do_trim(db: Db, _: TrimCopies) -> None:
    """Do the job."""
    await trim_copies(db)


CACHE_JOBS: Mapping[type[Job], Callable[[Db, Any], Awaitable[None]]] = {TrimCopies: do_trim}


async def trim_copies(db: Db, *, most_bytes: int = MOST_BYTES) -> int:
    """Give up the oldest copies until the others fit; how many. Their files go with the next sweep.

    A post shows then where its file is, as it does where none could be copied.
    """
    over = (await db.slow(store.COPIED_BYTES))[0][0] - most_bytes
    given_up = 0
    while over > 0:
        async with db.begin() as tx:
            rows = await tx.all(store.OLDEST_COPIES, most=_CHUNK)
            if not rows:
                break
            for media_id, post_id, size in rows:
                if over <= 0:
                    break
                await tx.run(store.GIVE_UP_COPY, the=media_id)
                await tx.record(MediaChanged(media_id=media_id, post_id=post_id))
                over, given_up = over - size, given_up + 1
    if given_up:
        _log.info("gave up copies of files of other servers", files=given_up)
    return given_up
