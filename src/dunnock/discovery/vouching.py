"""For whom people vouch whom this server knows: so that a crowd that vouches for itself gains nothing by it.

Who follows somebody vouches for them, a little (`walk_of_vouching.py`). Every some hours it is found out anew from whom the
server knows: staff, and its first members.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Collection, Sequence

from dunnock.discovery.events import VouchingChanged
from dunnock.discovery.store import vouching as store
from dunnock.foundation.clock import DAY, HOUR, now_ms
from dunnock.foundation.db import Db, Reader
from dunnock.foundation.ids import id_at
from dunnock.foundation.job import Job

VOUCH_EVERY_MS = 6 * HOUR
FIRST_MEMBERS = 100
"""So many of the first members are known, beside staff: time is what nobody can buy afterwards."""
HERE_FOR = 180 * DAY
LEAST_VOUCHED = 20
"""With fewer for whom somebody vouches nothing is said of anybody: the server is new, or knows nobody."""
_SETTLED = DAY  # a follow vouches when it stood so long
_MOST_FOLLOWS = 10_000_000
_READ = 20_000
_WRITTEN = 500


class RefreshVouching(Job, frozen=True):
    """Find out anew for whom somebody vouches."""


async def refresh_vouching(db: Db, _: RefreshVouching) -> None:
    """Walk over who follows whom, and write down what changed."""
    from dunnock.discovery.walk_of_vouching import vouched  # noqa: PLC0415 (only the job needs numpy)

    now = now_ms()
    known = [row[0] for row in await db.slow(store.KNOWN, here_before=id_at(now - HERE_FOR), first=FIRST_MEMBERS)]
    followers, followed = await _follows(db, now) if known else (array("q"), array("q"))
    found = await asyncio.to_thread(vouched, followers, followed, known)
    if len(found) < LEAST_VOUCHED:
        found = set()
    before = await _before(db)
    await _write(db, gone=sorted(before - found), new=sorted(found - before))


async def vouched_of(reader: Reader, ids: Collection[int]) -> set[int] | None:
    """Those of these accounts for whom somebody vouches; None: nobody can say."""
    rows = await reader.all(store.OF, ids=list(ids))
    return {row[0] for row in rows} if rows or await reader.one(store.ANY) is not None else None


async def _follows(db: Db, now: int) -> tuple[array[int], array[int]]:
    followers, followed = array("q"), array("q")
    last = (0, 0)
    while len(followers) < _MOST_FOLLOWS:
        rows = await db.slow(
            store.FOLLOWS, follower=last[0], followed=last[1], settled=id_at(now - _SETTLED), most=_READ
        )
        followers.extend([row[0] for row in rows])
        followed.extend([row[1] for row in rows])
        if len(rows) < _READ:
            break
        last = rows[-1][0], rows[-1][1]
    return followers, followed


async def _before(db: Db) -> set[int]:
    found: set[int] = set()
    last = 0
    while rows := await db.slow(store.ALL, after=last, most=_READ):
        found |= {row[0] for row in rows}
        last = rows[-1][0]
    return found


async def _write(db: Db, *, gone: Sequence[int], new: Sequence[int]) -> None:
    for statement, some in ((store.ADD, new), (store.REMOVE, gone)):
        for at in range(0, len(some), _WRITTEN):
            async with db.begin() as tx:
                await tx.run(statement, ids=list(some[at : at + _WRITTEN]))
    if gone or new:
        async with db.begin() as tx:
            await tx.record(VouchingChanged())
