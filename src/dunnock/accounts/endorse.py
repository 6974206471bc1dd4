"""Accounts that somebody recommends on their profile: of those they follow. Mastodon: endorsements."""

from __future__ import annotations

from typing import ClassVar

from dunnock.accounts.find import check_there, find_shown
from dunnock.accounts.paging import Cursor, Page, page_of
from dunnock.accounts.store import relations as store
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.errors import DomainError, Kind


class EndorsementRefused(DomainError):
    """One recommends only whom one follows."""

    code, kind = "endorsement_refused", Kind.INVALID
    safe: ClassVar[str] = "Validation failed: You must be already following the person you want to endorse"


async def endorse(tx: Tx, account_id: int, *, target: int) -> None:
    """Recommend an account that one follows, as long as one does. Doing it twice changes nothing.

    Raises:
        AccountMissing: there is no such account, or it is suspended.
        EndorsementRefused: it is not followed (yet).
    """
    await find_shown(tx, target)
    # Held, so that the follow does not end beside it.
    follow = await tx.one(store.HOLD_FOLLOW, follower=account_id, followed=target)
    if follow is None or follow[0]:
        raise EndorsementRefused(account_id, target)
    await tx.run(store.ADD_ENDORSEMENT, account_id=account_id, target_id=target, id=tx.new_id())


async def unendorse(tx: Tx, account_id: int, *, target: int) -> None:
    """Recommend an account no longer; one that is not recommended does no harm.

    Raises:
        AccountMissing: there is no such account.
    """
    await check_there(tx, target)
    await tx.run(store.END_ENDORSEMENT, follower=account_id, followed=target)


async def forget_endorsements(tx: Tx, account_id: int) -> None:
    """Nobody recommends an account that is gone, nor does it anybody."""
    await tx.run(store.DROP_ENDORSEMENTS, the=account_id)


async def endorsed(reader: Reader, account_id: int, cursor: Cursor, *, viewer: int = 0) -> Page:
    """Whom the account recommends, latest first, without those who are hidden from `viewer` (0: nobody signed in)."""
    rows = await reader.all(store.ENDORSED[cursor.upwards], the=account_id, viewer=viewer, **cursor.bounds)
    return page_of(rows, upwards=cursor.upwards)
