"""Stolen passwords: from one place somebody has the right passwords of several members, and comes with new browsers.

Each of these sign-ins was asked for a mailed code (accounts.mailed_code), so nobody is in yet. Who shows the code was the member:
it does not count any more. Source: MITRE ATT&CK T1110.003, T1110.004.
"""

from __future__ import annotations

from typing import Final

from dunnock import accounts
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.job import Job
from dunnock.foundation.reactions import Hears
from dunnock.integrity.signals import raise_signal
from dunnock.integrity.store import doubts as store

WINDOW_MS: Final = DAY
FEWEST: Final = 4
"""Members from one place, with right passwords and without a code: fewer may share a network on holiday."""
DETECTOR: Final = "takeover.stolen"
_MOST = 50


class TrimDoubts(Job, frozen=True):
    """Forget who was doubted more than a day ago."""


async def trim_doubts(db: Db, _: TrimDoubts) -> None:
    """Do the job."""
    async with db.begin(durable=False) as tx:
        await tx.run(store.FORGET_OLD, before=tx.now - WINDOW_MS)


async def on_doubted(tx: Tx, event: accounts.SignInDoubted) -> None:
    """A member was asked for a code: with others who came from there it is told."""
    await tx.run(store.PUT, origin=event.origin, account_id=event.account_id, at=tx.now)
    since = tx.now - WINDOW_MS
    found = [row[0] for row in await tx.all(store.FROM, the_origin=event.origin, since=since, most=_MOST)]
    if len(found) >= FEWEST:
        shown = {"origin": event.origin, "accounts": [str(one) for one in found], "window_ms": WINDOW_MS}
        await raise_signal(tx, DETECTOR, "account", event.account_id, score=score(len(found)), evidence=shown)


async def on_signed_in(tx: Tx, event: accounts.SignedInAnew) -> None:
    """They have shown who they are."""
    member = await accounts.find_member(tx, event.member_id)
    if member is not None:
        await tx.run(store.FORGET, the_account=member.account_id)


def score(number: int) -> float:
    """How sure it is that one hand has the passwords of so many members."""
    return round(1 - 0.5 ** (number - 1), 3)


HEARS: Hears = {accounts.SignInDoubted: (on_doubted,), accounts.SignedInAnew: (on_signed_in,)}
