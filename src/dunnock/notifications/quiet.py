"""Quiet time: for some hours a member hears at once only of whom they follow; all others are kept back as requests."""

from __future__ import annotations

from dunnock.foundation.clock import HOUR, now_ms
from dunnock.foundation.db import Reader, Tx
from dunnock.notifications.errors import QuietTimeInvalid
from dunnock.notifications.store import requests as store

LONGEST_H = 168


async def begin_quiet_time(tx: Tx, account_id: int, *, hours: int) -> None:
    """Keep strangers back for so many hours from now, however the policy answers them; a drop stays a drop.

    Raises:
        QuietTimeInvalid: less than an hour, or more than a week.
    """
    if not 1 <= hours <= LONGEST_H:
        raise QuietTimeInvalid(hours)
    await tx.run(store.BE_QUIET, account_id=account_id, until=tx.now + hours * HOUR)


async def end_quiet_time(tx: Tx, account_id: int) -> None:
    """The policy alone counts again. What was kept back stays so until its request is accepted."""
    await tx.run(store.BE_QUIET_NO_MORE, to=account_id)


async def quiet_until(reader: Reader, account_id: int) -> int | None:
    """When the quiet time ends (Unix milliseconds); None: there is none."""
    found: int | None = await reader.value(store.QUIET_UNTIL, to=account_id, now=now_ms())
    return found
