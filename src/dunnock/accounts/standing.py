"""The server's stance towards accounts: a fact kept here, low, so that everybody obeys it at the next read."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from dunnock.accounts.account import SHOWN, Standing
from dunnock.accounts.count_anew import CountAnew
from dunnock.accounts.doors import block_mail_of, unblock_mail_of
from dunnock.accounts.events import AccountSensitized, StandingChanged
from dunnock.accounts.sign_up import end_everything, shut_out
from dunnock.accounts.store import sheets as store
from dunnock.foundation.db import Tx

_ENDS = {Standing.SUSPENDED: shut_out, Standing.DELETED: end_everything}


async def change_standing(tx: Tx, to: Mapping[int, Standing]) -> dict[int, Standing]:
    """Give accounts a standing; what those had before that changed. Whoever may not come in any more is shut out.

    Follows, posts and settings stay as they are, so that it can be taken back. A deleted account stays deleted. What an
    account does counts for others as long as it is shown: a job sees to that at once (`CountAnew`).
    """
    was: dict[int, Standing] = {}
    for an_id, before in sorted((await _held(tx, to)).items()):
        standing = to[an_id]
        if before in {standing, Standing.DELETED}:
            continue
        await tx.run(store.SHOW if standing in SHOWN else store.HIDE, the=an_id, new=standing.value)
        await tx.record(StandingChanged(account_id=an_id, standing=standing.value))
        was[an_id] = before
        if standing is Standing.SUSPENDED:
            await block_mail_of(tx, an_id)  # or they would join anew at once
        elif before is Standing.SUSPENDED and standing is not Standing.DELETED:
            await unblock_mail_of(tx, an_id)
    if any((before in SHOWN) != (to[an_id] in SHOWN) for an_id, before in was.items()):
        await tx.enqueue(CountAnew())
    for standing, end in _ENDS.items():
        barred = [an_id for an_id in was if to[an_id] is standing]
        if barred:
            for (member_id,) in await tx.all(store.MEMBERS_OF, ids=barred):
                await end(tx, member_id)
    return was


async def sensitize(tx: Tx, ids: Collection[int], *, sensitized: bool) -> set[int]:
    """Show all that accounts post as sensitive, or as each post says; those for which that is new."""
    changed: set[int] = set()
    for an_id in sorted(ids):
        if await tx.run(store.SENSITIZE, the=an_id, new=sensitized):
            await tx.record(AccountSensitized(account_id=an_id, sensitized=sensitized))
            changed.add(an_id)
    return changed


async def _held(tx: Tx, ids: Collection[int]) -> dict[int, Standing]:
    """The standing of each, held so that nobody else changes it before this transaction ends."""
    return {row[0]: Standing(row[1]) for row in await tx.all(store.STANDINGS, ids=list(ids))}
