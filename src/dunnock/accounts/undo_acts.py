"""Undoes what somebody else did through their doors (`door_acts.py`): follows, blocks, mutes, hidden servers, second factors.

Each thing is as it was before their first act on it; what its owner changed afterwards through another door stays as it is.
A follow of an account elsewhere, or of a locked one, is asked for again. Who was removed from the followers does not come back.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from dunnock.accounts.block import block, unblock
from dunnock.accounts.domain_block import block_domain, unblock_domain
from dunnock.accounts.door_acts import ActKind, DoorAct
from dunnock.accounts.errors import AccountMissing, RelationRefused, TooManyFollows
from dunnock.accounts.follow import follow, unfollow
from dunnock.accounts.mute import mute, unmute
from dunnock.foundation.clock import SECOND
from dunnock.foundation.db import Tx

_ORDER: Sequence[ActKind] = ("server", "block", "mute", "follow")
"""A follow can only come back where no block stands between."""


async def undo_acts(tx: Tx, account_id: int, acts: Sequence[DoorAct]) -> int:
    """Put back whom the account follows, blocks, mutes and hides; how many things are others now."""
    done = 0
    for kind in _ORDER:
        for one in acts:
            if one.kind == kind:
                done += await _undo(tx, account_id, one)
    return done


async def _undo(tx: Tx, account_id: int, one: DoorAct) -> bool:
    was: Any = msgspec.json.decode(one.was) if one.was else None
    try:
        async with tx.savepoint():
            await _WAYS[one.kind](tx, account_id, one.target, was)
    except (AccountMissing, RelationRefused, TooManyFollows):  # whom it is about is gone, or wants it no more
        return False
    return True


async def _follow(tx: Tx, account_id: int, target: str, was: Any) -> None:
    if was is None:
        await unfollow(tx, follower=account_id, followed=int(target))
        return
    boosts, notify, languages = was
    await follow(
        tx, follower=account_id, followed=int(target), boosts=boosts, notify=notify, languages=languages.split()
    )


async def _block(tx: Tx, account_id: int, target: str, was: Any) -> None:
    await (unblock if was is None else block)(tx, account_id, target=int(target))


async def _mute(tx: Tx, account_id: int, target: str, was: Any) -> None:
    if was is None:
        await unmute(tx, account_id, target=int(target))
        return
    notifications, expires_at = was
    left = 0 if expires_at is None else (expires_at - tx.now) // SECOND
    if expires_at is None or left > 0:
        await mute(tx, account_id, target=int(target), notifications=notifications, duration=left)


async def _server(tx: Tx, account_id: int, target: str, was: Any) -> None:
    await (unblock_domain if was is None else block_domain)(tx, account_id, domain=target)


_WAYS: dict[str, Callable[[Tx, int, str, Any], Awaitable[None]]] = {
    "follow": _follow, "block": _block, "mute": _mute, "server": _server,
}  # fmt: skip
