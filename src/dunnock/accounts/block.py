"""Block an account: neither sees the other, and no follow stays between them."""

from __future__ import annotations

from dunnock.accounts import counts
from dunnock.accounts.door_acts import note_act
from dunnock.accounts.errors import RelationRefused
from dunnock.accounts.events import Blocked, Unblocked
from dunnock.accounts.find import check_there
from dunnock.accounts.follow import end_follow
from dunnock.accounts.paging import Cursor, Page, page_of
from dunnock.accounts.store import relations as store
from dunnock.foundation.db import Reader, Tx


async def block(tx: Tx, account_id: int, *, target: int) -> None:
    """Hide two accounts from each other and end follows and requests both ways. Doing it twice changes nothing.

    Raises:
        AccountMissing: there is no such account.
        RelationRefused: it is oneself.
    """
    await check_there(tx, target)
    if account_id == target:
        raise RelationRefused(account_id, target)
    # Whoever follows at this moment holds the same rows, so no follow slips in beside the block.
    await counts.hold(tx, (account_id, target))
    if not await tx.run(store.ADD_BLOCK, id=tx.new_id(), account_id=account_id, target_id=target):
        return
    await note_act(tx, account_id, "block", target)
    await end_follow(tx, follower=account_id, followed=target)
    await end_follow(tx, follower=target, followed=account_id)
    await tx.record(Blocked(account_id=account_id, target_id=target))


async def unblock(tx: Tx, account_id: int, *, target: int) -> None:
    """End a block; follows do not come back. Without a block nothing happens.

    Raises:
        AccountMissing: there is no such account.
    """
    await check_there(tx, target)
    if await tx.run(store.END_BLOCK, me=account_id, other=target):
        await note_act(tx, account_id, "block", target, was=True)
        await tx.record(Unblocked(account_id=account_id, target_id=target))


async def blocked(reader: Reader, account_id: int, cursor: Cursor) -> Page:
    """Whom the account blocks."""
    rows = await reader.all(store.BLOCKED[cursor.upwards], the=account_id, **cursor.bounds)
    return page_of(rows, upwards=cursor.upwards)
