"""Hold back for a while what strangers of a server write to a member, or to everybody here, because a raid came from it.

The same for those who took part in a raid, wherever they are. What is held is as in a quiet time (`hold`): the member finds it
among the requests, and nothing of it is lost when the time is over. Who takes part in a raid is for others to say.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dunnock.foundation.clock import HOUR, now_ms
from dunnock.foundation.db import Db, Reader, Row, Tx
from dunnock.foundation.ids import id_at
from dunnock.foundation.job import Job
from dunnock.posts.hold import shown_again
from dunnock.posts.store import held
from dunnock.posts.store import origins as store

HOLDS_FOR_MS = 24 * HOUR
_CHUNK = 200
_MOST = 200


class OriginHold(msgspec.Struct, frozen=True):
    """A server whose strangers are held back until then (Unix milliseconds), `posts` of them now.

    `account_id`: from whom; None: from everybody here. `signal_id`: what speaks for it. `ended_at`: when staff ended it.
    `raid_id`: no server (`domain` is empty), but who took part in this raid.
    """

    id: int
    account_id: int | None
    domain: str
    until: int
    signal_id: int
    ended_at: int | None
    ended_by: int | None
    posts: int
    raid_id: int | None = None


class ReleaseOfOrigin(Job, frozen=True):
    """Let through what was held because of an origin hold that staff ended; `author_id`: only what this one wrote."""

    hold_id: int
    author_id: int = 0


async def hold_origin(tx: Tx, domain: str, *, account_id: int | None, since: int, signal_id: int) -> bool:
    """Hold back for a day what strangers of a server write to the account (None: to everybody here); True: that is new.

    While it holds already, it holds a day from now. Nothing happens where staff ended the same before its time was over.
    `since` (Unix milliseconds): who was known before then is no stranger.
    """
    rows = await tx.all(store.OF_SERVER, host=domain, now=tx.now, most=_MOST)
    return await _begin(tx, rows, domain, account_id=account_id, since=since, signal_id=signal_id)


async def hold_raiders(tx: Tx, raid_id: int, *, account_id: int | None, since: int, signal_id: int) -> bool:
    """Hold back for a day what those who took part in a raid write to the account (None: to everybody here), as above."""
    rows = await tx.all(store.OF_RAID, raid=raid_id, now=tx.now, most=_MOST)
    return await _begin(tx, rows, "", account_id=account_id, since=since, signal_id=signal_id, raid_id=raid_id)


async def _begin(
    tx: Tx,
    before: Sequence[Row],
    domain: str,
    *,
    account_id: int | None,
    since: int,
    signal_id: int,
    raid_id: int | None = None,
) -> bool:
    until = tx.now + HOLDS_FOR_MS
    same = next((one for one in map(_hold, before) if one.account_id == account_id), None)
    if same is not None:
        if same.ended_at is None:
            await tx.run(store.EXTEND, the=same.id, new_until=until, new_signal=signal_id)
        return False
    await tx.run(
        store.ADD, id=tx.new_id(), account_id=account_id, domain=domain, since_id=id_at(since), until=until,
        signal_id=signal_id, raid_id=raid_id,
    )  # fmt: skip
    return True


async def holds_of_raid(reader: Reader, raid_id: int) -> list[OriginHold]:
    """What holds now because somebody took part in this raid, the newest first."""
    rows = await reader.all(store.OF_RAID, raid=raid_id, now=now_ms(), most=_MOST)
    return [one for one in map(_hold, rows) if one.ended_at is None]


async def let_raider_through(tx: Tx, raid_id: int, author_id: int) -> None:
    """Let all through that was held only because this account took part in the raid."""
    for one in await tx.all(store.OF_RAID, raid=raid_id, now=0, most=_MOST):
        await tx.enqueue(ReleaseOfOrigin(one[0], author_id))


async def held_from(reader: Reader, domain: str) -> list[OriginHold]:
    """What holds for a server now, the newest first."""
    rows = await reader.all(store.OF_SERVER, host=domain, now=now_ms(), most=_MOST)
    return [one for one in map(_hold, rows) if one.ended_at is None]


async def origin_holds(reader: Reader, *, to: int | None = None) -> list[OriginHold]:
    """All that hold now, the newest first, at most 200; `to`: those that hold for one account."""
    if to is None:
        rows = await reader.all(store.ON, now=now_ms(), most=_MOST)
    else:
        rows = await reader.all(store.FOR, to=to, now=now_ms(), most=_MOST)
    return [_hold(row) for row in rows]


async def end_origin_hold(tx: Tx, hold_id: int, *, by: int) -> OriginHold | None:
    """End it before its time, and let all through that was held because of it alone. None: there is none that holds."""
    row = await tx.one(store.FIND, the=hold_id)
    if row is None or not await tx.run(store.END, the=hold_id, now=tx.now, who=by):
        return None
    await tx.enqueue(ReleaseOfOrigin(hold_id))
    return _hold(row)


async def release_of_origin(db: Db, job: ReleaseOfOrigin) -> None:
    """Some hundreds in a transaction; after a crash it goes on where it was."""
    more = True
    while more:
        async with db.begin() as tx:
            released = await held.release_of_origin(tx, job.hold_id, by=job.author_id, most=_CHUNK)
            for post_id, account_id, hidden in released:
                await shown_again(tx, post_id, to=account_id, hidden=hidden)
            more = len(released) >= _CHUNK


def _hold(row: Row) -> OriginHold:
    return OriginHold(*row)
