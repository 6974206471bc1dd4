"""Named verifiers, and what they say: that an account is who it says it is.

What counts is written to the account itself, so that pages, the API and other servers show it at no cost; `settle` works it out
anew from the rows whenever one of its reasons changes. Who may name a verifier is a matter of moderation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Literal

import msgspec

from dunnock.accounts.account import Account, Attestation, Standing
from dunnock.accounts.errors import AttestationRefused, AttestationsLimited, VerifierRefused
from dunnock.accounts.events import AccountAttested, AttestationDoubted, ProofsChanged
from dunnock.accounts.find import find_shown
from dunnock.accounts.store import attestations as store
from dunnock.foundation.clock import HOUR
from dunnock.foundation.db import Db, Reader, Row, Tx
from dunnock.foundation.job import Job

MOST_VERIFIERS = 200
MOST_ATTESTED = 500
"""Alive at a time, of one verifier."""
MOST_AN_HOUR = 60
LONGEST_WHAT = 120
_MOST_SHOWN = 5  # of one account, the oldest
_A_BATCH = 100
NEWEST = 2**53

State = Literal["given", "doubted", "refused", "withdrawn"]


class Verifier(msgspec.Struct, frozen=True):
    """Whom staff named. `called`: its name then; `doubted`: it is called otherwise since; `attested`: how many it vouches for.

    `since` and `until` (None: without an end) in Unix milliseconds.
    """

    account_id: int
    what: str
    called: str
    since: int
    until: int | None
    doubted: bool
    username: str
    display_name: str
    standing: str
    attested: int

    def counts(self, now: int) -> bool:
        """Whether what it says counts."""
        return not self.doubted and self.standing == Standing.ACTIVE.value and (self.until is None or self.until > now)


class Attested(msgspec.Struct, frozen=True):
    """That a verifier said who an account is. `called`: its name then; `at` in Unix milliseconds."""

    verifier_id: int
    account_id: int
    called: str
    state: State
    at: int


class SettleAttested(Job, frozen=True):
    """Work out anew what counts of all that a verifier ever said; `after`: of accounts with higher ids."""

    verifier_id: int
    after: int = 0


async def check_verifier(
    tx: Tx, account_id: int, what: str, *, until: int | None = None
) -> tuple[Account, Verifier | None]:
    """The account, if it can be named a verifier, and what it is already as one. Raises: as `name_verifier`."""
    account = await find_shown(tx, account_id)
    length = len(" ".join(what.split()))
    if not account.local or account.standing is not Standing.ACTIVE:
        raise VerifierRefused(account_id, say="Only an account of this server that is not limited can be a verifier")
    if not 0 < length <= LONGEST_WHAT:
        raise VerifierRefused(length, say="Validation failed: Say what for, in up to 120 characters")
    if until is not None and until <= tx.now:
        raise VerifierRefused(until, say="Validation failed: The end must be in the future")
    held = await find_verifier(tx, account_id)
    if held is None and await tx.value(store.NUMBER_OF_VERIFIERS) >= MOST_VERIFIERS:
        raise VerifierRefused(MOST_VERIFIERS, say="Validation failed: There can be at most 200 verifiers")
    return account, held


async def name_verifier(tx: Tx, account_id: int, what: str, *, until: int | None = None) -> Verifier:
    """Let an account of this server say who others are; one that is a verifier keeps what it said.

    Raises:
        AccountMissing: there is no such account.
        VerifierRefused: it is not of this server, limited, or what for is empty or too long; or there are too many.
    """
    account, held = await check_verifier(tx, account_id, what, until=until)
    await tx.run(
        store.PUT_VERIFIER, account_id=account_id, what=" ".join(what.split()),
        called=account.display_name or account.username, since=tx.now if held is None else held.since,
        until=until, doubted=False,
    )  # fmt: skip
    await tx.enqueue(SettleAttested(verifier_id=account_id))
    made = await find_verifier(tx, account_id)
    assert made is not None
    return made


async def end_verifier(tx: Tx, account_id: int) -> bool:
    """Let nothing count that a verifier said; whether it was one."""
    gone = bool(await tx.run(store.DROP_VERIFIER, the=account_id))
    if gone:
        await tx.enqueue(SettleAttested(verifier_id=account_id))
    return gone


async def doubt_verifier(tx: Tx, account_id: int) -> bool:
    """Let nothing count that it says until staff name it anew; whether that is new."""
    new = bool(await tx.run(store.DOUBT_VERIFIER, the=account_id))
    if new:
        await tx.enqueue(SettleAttested(verifier_id=account_id))
    return new


async def find_verifier(reader: Reader, account_id: int) -> Verifier | None:
    """A verifier, whether or not it counts now; None: it is none."""
    row = await reader.one(store.VERIFIER, the=account_id)
    return None if row is None else _verifier(row)


async def list_verifiers(reader: Reader) -> list[Verifier]:
    """All of them, those that were named first first; at most `MOST_VERIFIERS`."""
    return [_verifier(row) for row in await reader.all(store.VERIFIERS)]


async def verifiers_over(reader: Reader, *, now: int) -> list[int]:
    """Those whose time is over."""
    return [int(row[0]) for row in await reader.all(store.OVER, now=now)]


async def attest(tx: Tx, account_id: int, *, by: int) -> None:
    """Say for all to see that an account, here or elsewhere, is who it says it is, as it is called now. Again: anew.

    Raises:
        AccountMissing: there is no such account.
        AttestationRefused: `by` is no verifier that counts, it is the own account, it does not want it, or there are too many.
        AttestationsLimited: too many within an hour.
    """
    await tx.one(store.HOLD_VERIFIER, the=by)  # two at once are counted one after the other
    verifier = await find_verifier(tx, by)
    if verifier is None or not verifier.counts(tx.now):
        raise AttestationRefused(by, say="Only verifiers that those who run this server named can do that")
    account = await find_shown(tx, account_id)
    if account_id == by:
        raise AttestationRefused(by, say="Nobody can say who they are themselves")
    held = await find_attested(tx, account_id, by=by)
    called = account.display_name or account.username
    if held is not None and held.at >= verifier.since:
        if held.state == "refused":
            raise AttestationRefused(by, account_id, say="This account does not want it")
        if (held.state, held.called) == ("given", called):
            return
    alive = held is not None and held.at >= verifier.since and held.state == "doubted"
    if not alive and await tx.value(store.ALIVE, the=by, since=verifier.since) >= MOST_ATTESTED:
        raise AttestationRefused(by, say="A verifier can vouch for at most 500 accounts")
    if await tx.value(store.SAID_SINCE, the=by, since=tx.now - HOUR) >= MOST_AN_HOUR:
        raise AttestationsLimited(by, retry_at=tx.now + HOUR)
    await tx.run(store.PUT, verifier_id=by, account_id=account_id, called=called, state="given", at=tx.now)
    await settle(tx, [account_id])
    await tx.record(AccountAttested(verifier_id=by, account_id=account_id))


async def withdraw_attestation(tx: Tx, account_id: int, *, by: int) -> bool:
    """Take back what one said of an account; whether there was anything."""
    moved = await tx.run(store.MOVE, the=by, whom=account_id, was=["given", "doubted"], new_state="withdrawn")
    if moved:
        await settle(tx, [account_id])
    return bool(moved)


async def refuse_attestation(tx: Tx, account_id: int, *, verifier_id: int) -> bool:
    """Let a verifier not say who one is, now and later; whether it did."""
    moved = await tx.run(store.MOVE, the=verifier_id, whom=account_id, was=["given", "doubted"], new_state="refused")
    if moved:
        await settle(tx, [account_id])
    return bool(moved)


async def doubt_attestation(tx: Tx, account_id: int, *, verifier_id: int) -> bool:
    """Let what a verifier said of an account not count until it says it again; whether that is new."""
    moved = await tx.run(store.MOVE, the=verifier_id, whom=account_id, was=["given"], new_state="doubted")
    if moved:
        await settle(tx, [account_id])
        await tx.record(AttestationDoubted(verifier_id=verifier_id, account_id=account_id))
    return bool(moved)


async def find_attested(reader: Reader, account_id: int, *, by: int) -> Attested | None:
    """What one verifier said of an account, whatever became of it."""
    row = await reader.one(store.ONE, the=by, whom=account_id)
    return None if row is None else Attested(*row)


async def attested_by(
    reader: Reader, verifier_id: int, *, shown: bool, before: int = NEWEST, below: int = 0, most: int = 40
) -> list[Attested]:
    """Whom a verifier vouches for, newest first. `shown`: what counts, as all may see it; else what waits for it, too.

    `before` and `below`: `at` and account of the last one of the page before.
    """
    rows = await reader.all(
        store.GIVEN, the=verifier_id, shown=shown, before=before, below=below, most=most
    )  # fmt: skip
    return [Attested(*row) for row in rows]


async def attested_of(reader: Reader, account_id: int) -> list[Attested]:
    """What verifiers said of an account, newest first; also what it refused."""
    return [Attested(*row) for row in await reader.all(store.OF, the=account_id)]


async def settle(tx: Tx, ids: Collection[int]) -> None:
    """Let accounts show what counts of what verifiers said of them; announces those for whom that is new."""
    shown = [(int(row[0]), str(row[1])) for row in await tx.all(store.HOLD_SHOWN, ids=list(ids))]
    counting: dict[int, list[Attestation]] = defaultdict(list)
    for row in await tx.all(store.COUNTING, ids=list(ids), now=tx.now):
        told = Attestation(by_id=row[1], handle=row[2], name=row[3] or row[2], what=row[4], since=row[5])
        counting[row[0]].append(told)
    for account_id, before in shown:
        new = msgspec.json.encode(counting[account_id][:_MOST_SHOWN]).decode()
        if new != before:
            await tx.run(store.SET_SHOWN, the=account_id, new=new)
            await tx.record(ProofsChanged(account_id=account_id))


async def settle_attested(db: Db, job: SettleAttested) -> None:
    """Do the job: a batch, and the next one follows."""
    ids = [int(row[0]) for row in await db.all(store.BY, the=job.verifier_id, after=job.after, most=_A_BATCH)]
    if not ids:
        return
    async with db.begin() as tx:
        await settle(tx, ids)
        if len(ids) == _A_BATCH:
            await tx.enqueue(SettleAttested(verifier_id=job.verifier_id, after=ids[-1]))


async def settle_later(tx: Tx, account_id: int) -> None:
    """Work out anew what counts of all that an account said, if it is a verifier."""
    if await find_verifier(tx, account_id) is not None:
        await tx.enqueue(SettleAttested(verifier_id=account_id))


def _verifier(row: Row) -> Verifier:
    return Verifier(row[0], row[1], row[2], row[3], row[4], bool(row[5]), *row[6:])
