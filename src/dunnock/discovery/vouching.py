"""For whom people vouch whom this server knows: so that a crowd that vouches for itself gains nothing by it.

Who follows somebody vouches for them, a little. A walk begins at those whom the server knows (staff, and its first members)
and goes on to whom one follows; at each step some of it begins anew. An account is vouched for when as much of the walk comes
to it as goes over an ordinary follow; over none goes more than four times as much. So a crowd gets in only over follows by
people outside of it, whatever its accounts do among each other: for g of these at most g * FOLLOW_CARRIES / ANEW of its accounts
are vouched for, and one to three times g in measurements.

Source: the walk is that of SybilRank (Cao et al., "Aiding the Detection of Fake Accounts in Large Scale Social Online
Services", NSDI 2012) with the bounded edges of Advogato's trust metric (Levien); docs/discovery.md, "Amplification".
"""

from __future__ import annotations

import asyncio
import math
from array import array
from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

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
FOLLOW_CARRIES = 4.0
"""So many times as much as over an ordinary follow goes over one at most."""
ANEW = 0.25
"""This part of the walk begins anew at each step."""
_SETTLED = DAY  # a follow vouches when it stood so long
_MOST_FOLLOWS = 10_000_000
_READ = 20_000
_WRITTEN = 500
_STEPS_AT_LEAST = 6
_LESS = 1 / 3  # of the walk goes over follows that carry less than an ordinary one

Ids = npt.NDArray[np.int64]


class RefreshVouching(Job, frozen=True):
    """Find out anew for whom somebody vouches."""


async def refresh_vouching(db: Db, _: RefreshVouching) -> None:
    """Walk over who follows whom, and write down what changed."""
    now = now_ms()
    known = [row[0] for row in await db.slow(store.KNOWN, here_before=id_at(now - HERE_FOR), first=FIRST_MEMBERS)]
    followers, followed = await _follows(db, now) if known else (array("q"), array("q"))
    found = await asyncio.to_thread(vouched, np.asarray(followers), np.asarray(followed), known)
    if len(found) < LEAST_VOUCHED:
        found = set()
    before = await _before(db)
    await _write(db, gone=sorted(before - found), new=sorted(found - before))


async def vouched_of(reader: Reader, ids: Collection[int]) -> set[int] | None:
    """Those of these accounts for whom somebody vouches; None: nobody can say."""
    rows = await reader.all(store.OF, ids=list(ids))
    return {row[0] for row in rows} if rows or await reader.one(store.ANY) is not None else None


def vouched(followers: Ids, followed: Ids, known: Sequence[int]) -> set[int]:
    """For whom the known ones vouch, themselves among them.

    `followers`, `followed`: who follows whom, (n_follows,).
    """
    people, places = np.unique(np.concatenate((followers, followed)), return_inverse=True)
    at = np.searchsorted(people, np.asarray(sorted(known), dtype=np.int64))
    roots = np.asarray(
        [place for place, one in zip(at, sorted(known), strict=True) if place < len(people) and people[place] == one],
        dtype=np.int64,
    )
    if not len(roots):
        return set()
    source, target = places[: len(followers)].astype(np.int32), places[len(followers) :].astype(np.int32)
    outgoing = np.bincount(source, minlength=len(people))
    start: npt.NDArray[np.float64] = np.zeros(len(people))
    start[roots] = 1 / len(roots)
    here = arrived = start
    ordinary, most = 0.0, math.inf
    for _ in range(max(_STEPS_AT_LEAST, math.ceil(math.log2(len(people))))):
        each = np.minimum(np.divide(here, outgoing, out=np.zeros(len(people)), where=outgoing > 0), most)
        ordinary = _ordinary(each, outgoing)
        most = FOLLOW_CARRIES * ordinary
        arrived = np.asarray(np.bincount(target, weights=each[source], minlength=len(people)), dtype=np.float64)
        # What ended at those who follow nobody, or was too much for a follow, begins anew, too.
        here = (1 - ANEW) * (arrived + (1 - arrived.sum()) * start) + ANEW * start
    enough = arrived >= ordinary * (1 - 1e-9)
    enough[roots] = True
    return set(people[enough].tolist())


def _ordinary(each: npt.NDArray[np.float64], outgoing: Ids) -> float:
    """What goes over an ordinary follow. It is weighed by what goes over each: so a crowd moves it only by what comes into it.

    `each`: over each follow of an account; `outgoing`: how many follows it has.
    """
    order = np.argsort(each)
    upto = np.cumsum((each * outgoing)[order])
    return float(each[order][np.searchsorted(upto, upto[-1] * _LESS)])


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
