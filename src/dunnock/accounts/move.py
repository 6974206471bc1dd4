"""The same person's other accounts: which say so, and which one is used now. ActivityPub: alsoKnownAs, movedTo, Move."""

from __future__ import annotations

import msgspec

from dunnock.accounts.errors import AccountMissing, MoveRefused
from dunnock.accounts.events import AccountMoved, AccountSettingsChanged
from dunnock.accounts.find import find
from dunnock.accounts.store import remote as store
from dunnock.foundation.db import Reader, Tx

MOST_ALIASES = 10
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
    await tx.run(store.MOVE, the=account_id, new_id=to)
    await tx.record(AccountMoved(account_id=account_id, to_id=to))
