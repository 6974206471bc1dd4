"""Accounts that move: whoever follows, blocks or mutes the old one here does so with the new one.

Both accounts are asked whether they are the same person's; what one of them says counts for nothing.
Source: federation.md, section 3.
"""

from __future__ import annotations

import contextlib

from dunnock import accounts
from dunnock.accounts.errors import MoveRefused
from dunnock.federation.errors import ActivityInvalid, NotTheirs, RemoteRefused, ServerRefused
from dunnock.federation.house import Federation
from dunnock.federation.jobs import CarryOver, MoveFollowers
from dunnock.federation.store import actors
from dunnock.foundation.clock import DAY, MINUTE, now_ms
from dunnock.foundation.db import Db, Reader

MOVES_APART_MS = 7 * DAY
"""How soon an account of another server may move again. Source: Mastodon, Activity::Move; GoToSocial likewise."""
TRIES_APART_MS = 5 * MINUTE
"""How soon it is looked at again when what it said was not so; till then it waits. Source: GoToSocial, ShouldProcessMove."""
_NEVER = (RemoteRefused, ServerRefused, ActivityInvalid, NotTheirs)


async def find_new(house: Federation, uri: str, *, old: str) -> int | None:
    """The account `uri` as it is this moment, if it says to be that of the owner of `old`, and is in use; else None.

    Raises:
        RemoteFailed: its server does not answer.
    """
    local = house.places.local(uri)
    if local is not None:
        account = await accounts.find_by_handle(house.db, local.name)
        if account is None or not account.shown or old not in await accounts.aliases_of(house.db, account.id):
            return None
        return account.id if await accounts.moved_to(house.db, account.id) is None else None
    try:
        new = await house.people.refresh(uri)
    except _NEVER:
        return None
    in_use = new.standing not in {"suspended", "deleted"} and new.moved_to is None
    return new.account_id if in_use and old in new.also_known_as else None


async def moved_lately(reader: Reader, account_id: int, *, within_ms: int) -> bool:
    """Did the account move less than this time ago?"""
    last = await accounts.moved_at(reader, account_id)
    return last is not None and now_ms() - last < within_ms


class Moves:
    """The jobs of accounts that move."""

    def __init__(self, house: Federation) -> None:
        """Nothing is asked yet."""
        self._house = house

    async def check(self, db: Db, job: MoveFollowers) -> None:
        """Believe that an account of another server moved, if the new one says so too, and the old one names no other."""
        old = (await actors.by_ids(db, [job.account_id])).get(job.account_id)
        if old is None or await moved_lately(db, old.account_id, within_ms=MOVES_APART_MS):
            return
        try:
            old = await self._house.people.refresh(old.uri)
        except _NEVER:
            return
        if old.standing in {"suspended", "deleted"} or old.moved_to not in {None, job.target}:
            return
        new_id = await find_new(self._house, job.target, old=old.uri)
        if new_id is None:
            return
        async with db.begin() as tx:
            if not await moved_lately(tx, old.account_id, within_ms=MOVES_APART_MS):
                with contextlib.suppress(MoveRefused):
                    await accounts.move(tx, old.account_id, to=new_id)

    async def carry(self, db: Db, job: CarryOver) -> None:
        """Carry some of those over who follow, block or mute the old account here; the rest is a job of its own."""
        async with db.begin() as tx:
            if await accounts.moved_to(tx, job.account_id) != job.to_id:
                return  # its owner came back
            what = accounts.CARRIED[job.stage]
            above = await accounts.carry_over(tx, job.account_id, to=job.to_id, what=what, above=job.above)
            if above is not None:
                await tx.enqueue(CarryOver(job.account_id, job.to_id, stage=job.stage, above=above))
            elif job.stage + 1 < len(accounts.CARRIED):
                await tx.enqueue(CarryOver(job.account_id, job.to_id, stage=job.stage + 1))
