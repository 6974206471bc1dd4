"""Domains that members proved to be theirs, and wear as a handle. How they are proved: integrity.identity.domains."""

from __future__ import annotations

from typing import Literal

import msgspec

from dunnock.accounts.events import DomainHandleLost, ProofsChanged
from dunnock.accounts.store import domain_handles as store
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Reader, Tx

FORGIVEN_MS = 3 * DAY
"""So long a proof may be out of reach before the domain goes."""

Way = Literal["file", "webfinger"]


class DomainHandle(msgspec.Struct, frozen=True):
    """A domain (A-labels) of an account. `failing_since`: no check found the proof since then; `lost_at` None: it counts.

    `lost_why`: gone (no proof for three days) or taken (another account proved it).
    """

    account_id: int
    domain: str
    way: Way
    proved_at: int
    checked_at: int
    failing_since: int | None
    lost_at: int | None
    lost_why: str


async def wear_domain(tx: Tx, account_id: int, domain: str, way: Way) -> None:
    """Let an account wear a domain that it just proved, in place of the one before; nobody else wears that any more."""
    before = await tx.one(store.HOLD, domain=domain)
    held = await find_domain(tx, account_id)
    again = held is not None and held.lost_at is None and held.domain == domain
    if before is not None and before[0] != account_id:
        await _lose(tx, before[0], domain, "taken")
    await tx.run(
        store.PUT, account_id=account_id, domain=domain, way=way,
        proved_at=held.proved_at if held is not None and again else tx.now, checked_at=tx.now, failing_since=None,
        lost_at=None, lost_why="",
    )  # fmt: skip
    if not again:
        await tx.run(store.SHOW, the=account_id, domain=domain, since=tx.now)
        await tx.record(ProofsChanged(account_id=account_id))


async def drop_domain(tx: Tx, account_id: int) -> bool:
    """Let an account wear no domain; whether it did, or had lost one."""
    gone = bool(await tx.run(store.DROP, the=account_id))
    if gone:
        await tx.run(store.SHOW, the=account_id, domain="", since=None)
        await tx.record(ProofsChanged(account_id=account_id))
    return gone


async def note_check(tx: Tx, held: DomainHandle, *, found: Way | None) -> None:
    """Write down that a proof was looked for. `found` None: it is out of reach, which for three days is forgiven."""
    if found is None and held.failing_since is not None and tx.now - held.failing_since >= FORGIVEN_MS:
        await _lose(tx, held.account_id, held.domain, "gone")
        return
    await tx.run(
        store.CHECKED, the=held.account_id, of=held.domain, new_way=found or held.way, now=tx.now,
        failing=None if found else held.failing_since or tx.now,
    )  # fmt: skip


async def find_domain(reader: Reader, account_id: int) -> DomainHandle | None:
    """The domain of an account, also one that it lost."""
    row = await reader.one(store.OF, the=account_id)
    return None if row is None else DomainHandle(*row)


async def find_by_domain(reader: Reader, domain: str) -> int | None:
    """The account that wears a domain (A-labels); None: nobody."""
    found = await reader.value(store.SHOWN_BY, domain=domain)
    return None if found is None else int(found)


async def domains_to_check(reader: Reader, *, before: int, most: int) -> list[DomainHandle]:
    """Those that were last looked at before a time (Unix milliseconds), the longest ago first."""
    return [DomainHandle(*row) for row in await reader.all(store.DUE, before=before, most=most)]


async def _lose(tx: Tx, account_id: int, domain: str, why: str) -> None:
    if await tx.run(store.LOSE, the=account_id, of=domain, now=tx.now, why=why):
        await tx.run(store.SHOW, the=account_id, domain="", since=None)
        await tx.record(ProofsChanged(account_id=account_id))
        await tx.record(DomainHandleLost(account_id=account_id))
