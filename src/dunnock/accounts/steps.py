"""Sign-ins that are under way: the password was right, or a passkey was asked who it is."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from dunnock.accounts.errors import StepOver
from dunnock.accounts.store import factors as store
from dunnock.foundation import ids
from dunnock.foundation.clock import MINUTE, now_ms
from dunnock.foundation.db import Reader, Tx

Purpose: TypeAlias = Literal["second", "passkey", "add"]
LASTS_MS = 10 * MINUTE
_LONGEST_CLIENT = 300


class Step(msgspec.Struct, frozen=True):
    """`held`: digest of the password's hash that was right; `client`: a User-Agent header; `challenge`: for a passkey."""

    member_id: int | None
    held: str
    client: str
    challenge: bytes


async def begin_step(
    tx: Tx,
    purpose: Purpose,
    *,
    member_id: int | None,
    held: str = "",
    client: str = "",
    challenge: bytes = b"",
    lasts_ms: int = LASTS_MS,
) -> str:
    """The secret that stands for it, good for ten minutes, or as long as is said."""
    raw = ids.secret()
    await tx.run(
        store.ADD_STEP,
        digest=ids.digest(raw),
        purpose=purpose,
        member_id=member_id,
        held=ids.digest(held) if held else "",
        client=client[:_LONGEST_CLIENT],
        challenge=challenge.hex(),
        expires_at=tx.now + lasts_ms,
    )
    return raw


async def find_step(reader: Reader, raw: str, purpose: Purpose) -> Step:
    """What is under way. Raises StepOver."""
    row = await reader.one(store.STEP, digest=ids.digest(raw), purpose=purpose, now=now_ms()) if raw else None
    if row is None:
        raise StepOver
    return Step(row[0], row[1], row[2], bytes.fromhex(row[3]))


async def end_step(tx: Tx, raw: str) -> None:
    """It is used up with this transaction. Raises StepOver: somebody was faster."""
    if not await tx.run(store.USE_STEP, the=ids.digest(raw)):
        raise StepOver
