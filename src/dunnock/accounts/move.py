"""The same person's other accounts: which say so, and which one is used now. ActivityPub: alsoKnownAs, movedTo, Move."""

from __future__ import annotations

import contextlib
from typing import Literal

import msgspec

from dunnock.accounts.block import block
from dunnock.accounts.errors import AccountMissing, MoveRefused, RelationRefused, TooManyFollows
from dunnock.accounts.events import AccountMoved, AccountSettingsChanged, FollowCarriedOver
from dunnock.accounts.find import find
from dunnock.accounts.follow import accept_follow, follow, unfollow
from dunnock.accounts.mute import mute
from dunnock.accounts.private_note import write_note
from dunnock.accounts.relationships import relationships
from dunnock.accounts.store import move as store
from dunnock.foundation.clock import DAY, SECOND
from dunnock.foundation.db import Reader, Tx

MOST_ALIASES = 10
MOVES_APART_MS = 30 * DAY
"""How long a member stays with an account before they move on. Source: Mastodon, AccountMigration::COOLDOWN_PERIOD."""
Carried = Literal["followers", "blocks", "mutes"]
CARRIED: tuple[Carried, ...] = ("followers", "blocks", "mutes")
_CHUNK = 50
_decode = msgspec.json.Decoder(tuple[str, ...]).decode


async def aliases_of(reader: Reader, account_id: int) -> tuple[str, ...]:
    """The addresses of accounts that a local account says to be its owner's too."""
    held = await reader.value(store.ALIASES, the=account_id)
    return () if held is None else _decode(held)


async def change_aliases(tx: Tx, account_id: int, uris: tuple[str, ...]) -> None:
    """Let a local account name these as its owner's other accounts.

    Raises:
        MoveRefused: they are too many.
        AccountMissing: there is no such account here.
    """
    wanted = tuple(dict.fromkeys(uris))
    if len(wanted) > MOST_ALIASES:
        raise MoveRefused(len(wanted), say=f"Validation failed: at most {MOST_ALIASES} other accounts can be named")
    if not await tx.run(store.SET_ALIASES, the=account_id, new_aliases=msgspec.json.encode(wanted).decode()):
        raise AccountMissing(account_id)
    await tx.record(AccountSettingsChanged(account_id=account_id))


async def moved_to(reader: Reader, account_id: int) -> int | None:
    """The account that its owner uses now; None: this one."""
    found: int | None = await reader.value(store.MOVED_TO, the=account_id)
    return found


async def moved_at(reader: Reader, account_id: int) -> int | None:
    """When it moved last, also if its owner came back since; None: never."""
    found: int | None = await reader.value(store.MOVED_AT, the=account_id)
    return found


async def move(tx: Tx, account_id: int, *, to: int | None) -> None:
    """Note that the owner of an account uses another now (None: this one again). Who may say so is for the caller.

    Raises:
        AccountMissing: there is no such account.
        MoveRefused: it would be the same.
    """
    if to == account_id:
        raise MoveRefused(account_id, say="Validation failed: An account can't move to itself")
    if await find(tx, account_id) is None or (to is not None and await find(tx, to) is None):
        raise AccountMissing(account_id)
    if await moved_to(tx, account_id) == to:
        return
    at = tx.now if to is not None else await moved_at(tx, account_id)
    await tx.run(store.MOVE, the=account_id, new_id=to, new_at=at)
    await tx.record(AccountMoved(account_id=account_id, to_id=to))


async def carry_over(tx: Tx, account_id: int, *, to: int, what: Carried, above: int) -> int | None:
    """Let some of this server's accounts follow, block or mute `to` as they do `account_id`, which moved there.

    Those above an id, in the order of their ids; gives the last one of them, None: that was everybody. Whoever may not follow
    `to` goes on following the old account; whoever follows `to` already is not made to block or mute it.
    """
    match what:
        case "followers":
            return await _carry_followers(tx, account_id, to, above)
        case "blocks":
            return await _carry_blocks(tx, account_id, to, above)
        case "mutes":
            return await _carry_mutes(tx, account_id, to, above)


async def _carry_followers(tx: Tx, old: int, new: int, above: int) -> int | None:
    rows = await tx.all(store.FOLLOWERS, old=old, above=above, most=_CHUNK)
    target = await find(tx, new)
    for follower, boosts, notify, languages in rows:
        if follower == new:
            await unfollow(tx, follower=follower, followed=old)
            continue
        was, there = await relationships(tx, follower, [old, new])
        with contextlib.suppress(AccountMissing, RelationRefused, TooManyFollows):
            if not there.following:
                in_force = await follow(
                    tx,
                    follower=follower,
                    followed=new,
                    boosts=bool(boosts),
                    notify=bool(notify),
                    languages=languages.split() or None,
                )
                if not in_force and target is not None and target.local:
                    # Its owner wants them: they named the old account.
                    await accept_follow(tx, new, follower=follower)
            if was.note and not there.note:
                await write_note(tx, follower, target=new, note=was.note)
            await tx.record(FollowCarriedOver(follower_id=follower, old_id=old, new_id=new))
            await unfollow(tx, follower=follower, followed=old)
    return rows[-1][0] if len(rows) == _CHUNK else None


async def _carry_blocks(tx: Tx, old: int, new: int, above: int) -> int | None:
    rows = await tx.all(store.BLOCKERS, old=old, above=above, most=_CHUNK)
    for (blocker,) in rows:
        there = await relationships(tx, blocker, [new])
        if blocker != new and there and not there[0].following:
            await block(tx, blocker, target=new)
    return rows[-1][0] if len(rows) == _CHUNK else None


async def _carry_mutes(tx: Tx, old: int, new: int, above: int) -> int | None:
    rows = await tx.all(store.MUTERS, old=old, above=above, now=tx.now, most=_CHUNK)
    for muter, notifications, expires_at in rows:
        there = await relationships(tx, muter, [new])
        if muter != new and there and not there[0].following and not there[0].muting:
            duration = 0 if expires_at is None else max((expires_at - tx.now) // SECOND, 1)
            await mute(tx, muter, target=new, notifications=bool(notifications), duration=duration)
    return rows[-1][0] if len(rows) == _CHUNK else None
