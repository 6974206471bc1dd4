"""Quiet time: for some hours what strangers write to a member is held back, and they read it when they like.

A stranger is whom the member neither follows nor let through nor wrote to, and who did not follow them before it began. What
is held back is `posts.hold`'s; who wrote it asks by a request. When a flood of strangers is seen, a quiet time is offered,
or begins by itself where the member chose that.
"""

from __future__ import annotations

import msgspec

from dunnock.foundation.clock import DAY, HOUR, now_ms
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.ids import id_at
from dunnock.notifications.errors import ChoiceUnknown, QuietTimeInvalid
from dunnock.notifications.model import WHEN_FLOODED, WhenFlooded
from dunnock.notifications.store import requests as store

LONGEST_H = 168
BY_ITSELF_H = 24
"""How long a quiet time is that begins by itself."""
OFFERED_FOR_MS = DAY


class Quiet(msgspec.Struct, frozen=True):
    """What holds for a member; times in Unix milliseconds, None: not quiet, nothing offered."""

    until: int | None = None
    when_flooded: WhenFlooded = "ask"
    offered_at: int | None = None


async def begin_quiet_time(tx: Tx, account_id: int, *, hours: int, since: int | None = None) -> None:
    """Hold strangers back for so many hours from now, however the policy answers them; a drop stays a drop.

    `since` (Unix milliseconds): when the strangers began to come; None: when they were offered a quiet time, or now. While
    it is quiet already, it stays as it was.

    Raises:
        QuietTimeInvalid: less than an hour, or more than a week.
    """
    if not 1 <= hours <= LONGEST_H:
        raise QuietTimeInvalid(hours)
    row = await tx.one(store.QUIET, to=account_id)
    since_id = id_at(tx.now + 1) if since is None else id_at(since)
    if (row is not None and row[0] > tx.now) or (
        row is not None and since is None and tx.now - row[3] < OFFERED_FOR_MS
    ):
        since_id = row[1]
    await tx.run(store.BE_QUIET, account_id=account_id, until=tx.now + hours * HOUR, since_id=since_id, offered_at=0)


async def end_quiet_time(tx: Tx, account_id: int) -> None:
    """The policy alone counts again, and nothing is offered. What was held back stays so until its request is accepted."""
    await tx.run(store.BE_QUIET_NO_MORE, to=account_id)


async def choose_when_flooded(tx: Tx, account_id: int, choice: str) -> None:
    """What happens when a flood of strangers is seen: `ask`, `begin` (a quiet time by itself) or `never` (nothing).

    Raises:
        ChoiceUnknown: it is none of these.
    """
    if choice not in WHEN_FLOODED:
        raise ChoiceUnknown("when_flooded", choice, WHEN_FLOODED)
    row = await tx.one(store.QUIET, to=account_id)
    await tx.run(store.CHOOSE, account_id=account_id, when_flooded=choice, until=0 if row is None else row[0])


async def offer_quiet_time(tx: Tx, account_id: int, *, since: int, sure: bool) -> str:
    """A flood of strangers began at `since`: do what the member chose, `begun`, `offered` or `nothing`.

    `sure`: it is a raid, not many people on their own; else it never begins by itself.
    """
    row = await tx.one(store.QUIET, to=account_id)
    choice = "ask" if row is None else row[2]
    if choice == "never" or (row is not None and row[0] > tx.now):
        return "nothing"
    if choice == "begin" and sure:
        await begin_quiet_time(tx, account_id, hours=BY_ITSELF_H, since=since)
        return "begun"
    if row is not None and tx.now - row[3] < OFFERED_FOR_MS:
        return "nothing"
    await tx.run(store.OFFER, account_id=account_id, until=0, since_id=id_at(since), offered_at=tx.now)
    return "offered"


async def quiet_of(reader: Reader, account_id: int) -> Quiet:
    """What holds for the member now."""
    row = await reader.one(store.QUIET, to=account_id)
    if row is None:
        return Quiet()
    now = now_ms()
    return Quiet(
        until=row[0] if row[0] > now else None,
        when_flooded=row[2],
        offered_at=row[3] if now - row[3] < OFFERED_FOR_MS else None,
    )
