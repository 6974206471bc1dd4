"""Mute an account: its posts are left out of one's feeds, for a while or until further notice."""

from __future__ import annotations

from collections.abc import Iterable

from dunnock.accounts.door_acts import note_act
from dunnock.accounts.errors import RelationRefused
from dunnock.accounts.events import Muted, Unmuted
from dunnock.accounts.find import check_there
from dunnock.accounts.paging import Cursor, Page, page_of
from dunnock.accounts.store import relations as store
from dunnock.foundation.clock import MINUTE, SECOND, now_ms
from dunnock.foundation.db import Db, Reader, Tx
from dunnock.foundation.job import Job

LONGEST_S = 10 * 366 * 24 * 3600
END_MUTES_EVERY_MS = MINUTE
_CHUNK = 200


class EndMutes(Job, frozen=True):
    """Remove mutes whose time is over."""


async def mute(tx: Tx, account_id: int, *, target: int, notifications: bool = True, duration: int = 0) -> None:
    """Leave an account out of one's feeds, and out of one's notifications with `notifications`.

    `duration` in seconds, 0: until further notice; ten years at most. Doing it again changes how and for how long.

    Raises:
        AccountMissing: there is no such account.
        RelationRefused: it is oneself.
    """
    await check_there(tx, target)
    if account_id == target:
        raise RelationRefused(account_id, target)
    expires_at = tx.now + min(duration, LONGEST_S) * SECOND if duration > 0 else None
    there = await tx.one(store.MUTE_OF, me=account_id, other=target)
    if there is not None and (bool(there[1]), there[2]) == (notifications, expires_at):
        return
    await note_act(tx, account_id, "mute", target, None if there is None else (bool(there[1]), there[2]))
    await tx.run(
        store.PUT_MUTE,
        id=tx.new_id() if there is None else there[0],
        account_id=account_id,
        target_id=target,
        notifications=notifications,
        expires_at=expires_at,
    )
    await tx.record(Muted(account_id=account_id, target_id=target))


async def unmute(tx: Tx, account_id: int, *, target: int) -> None:
    """Show an account again. Without a mute nothing happens.

    Raises:
        AccountMissing: there is no such account.
    """
    await check_there(tx, target)
    ended = await tx.all(store.END_MUTE, me=account_id, other=target)
    if ended:
        await note_act(tx, account_id, "mute", target, (bool(ended[0][0]), ended[0][1]))
        await tx.record(Unmuted(account_id=account_id, target_id=target))


async def muted(reader: Reader, account_id: int, cursor: Cursor) -> Page:
    """Whom the account mutes at this moment."""
    rows = await reader.all(store.MUTED[cursor.upwards], the=account_id, now=now_ms(), **cursor.bounds)
    return page_of(rows, upwards=cursor.upwards)


async def mute_ends(reader: Reader, account_id: int, ids: Iterable[int]) -> dict[int, int | None]:
    """When the account's mutes of these end (Unix milliseconds; None: never); whom it does not mute is left out."""
    rows = await reader.all(store.MUTE_ENDS, me=account_id, ids=list(ids), now=now_ms())
    return {target: ends for target, ends in rows}  # noqa: C416 (rows are of any length to the type checker)


async def end_mutes(db: Db, _: EndMutes) -> None:
    """Remove mutes whose time is over, some at a time; reads have not counted them since."""
    while True:
        async with db.begin() as tx:
            over = await tx.all(store.EXPIRED_MUTES, now=tx.now, most=_CHUNK)
            for account_id, target in over:
                # Muted anew meanwhile? Then it stays.
                if await tx.run(store.END_EXPIRED_MUTE, me=account_id, other=target, now=tx.now):
                    await tx.record(Unmuted(account_id=account_id, target_id=target))
        if len(over) < _CHUNK:
            return
