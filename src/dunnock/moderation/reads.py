"""What staff saw of private data stands in the log, once for each reader, subject and hour; and each file they took away."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import msgspec

from dunnock.foundation.clock import HOUR, now_ms
from dunnock.foundation.db import Db, Reader
from dunnock.foundation.ids import id_at
from dunnock.moderation import log
from dunnock.moderation.store import log as store

Read = Literal["account.read", "account.fingerprint.read", "post.read"]
"""Addresses and sign-ins of members; the fingerprint of an account; posts that are not for everybody."""


async def note_reads(db: Db, read: Read, ids: Collection[int], *, by: int) -> None:
    """Write down that an account of staff is shown private data of these accounts or posts; their own are no matter.

    What they saw within the hour is not written again, so a page that is looked at twice costs one query.
    """
    new = sorted(set(ids) - {by} - (await _seen(db, read, by) if ids else set()))
    if not new:
        return
    async with db.begin() as tx:
        if len(new) == 1:
            await log.note_by(tx, by, read, new[0])
        else:
            await log.note_by(tx, by, read, None, number=len(new), ids=[str(one) for one in new])


async def note_export(db: Db, file: str, *, rows: int, by: int) -> None:
    """Write down that an account of staff takes a file away: what it is called, and how many rows it has. Each time.

    To be called before the file is given out, so that none leaves without an entry.
    """
    async with db.begin() as tx:
        await log.note_by(tx, by, "file.export", None, file=file, number=rows)


async def _seen(reader: Reader, read: Read, by: int) -> set[int]:
    seen: set[int] = set()
    for subject_id, details in await reader.all(store.LATELY, by=by, the_act=read, since=id_at(now_ms() - HOUR)):
        held = msgspec.json.decode(details)
        seen.update(map(int, held.get("ids", ())))
        if subject_id is not None:
            seen.add(subject_id)
    return seen
