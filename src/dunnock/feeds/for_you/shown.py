"""What For You showed, and what of it was taken up: what `learn` learns from.

Members under 18 are left out: nothing is inferred from what they do. Who asked that all be forgotten is, too: their receipts
are gone. Accounts that act together count together as the root of their number.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dunnock import accounts
from dunnock.accounts.ages import Ages
from dunnock.feeds.for_you.learn import Showing
from dunnock.feeds.for_you.receipt import Receipt
from dunnock.feeds.store import for_you as acts_store
from dunnock.feeds.store import weights as store
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Db
from dunnock.foundation.ids import id_at, ms_of

MOST_SHOWN, MOST_ACTS = 400_000, 200_000
"""Receipts and acts that are looked at: the latest."""
_WITHIN = DAY  # a later answer has other reasons


async def showings(db: Db, ages: Ages, *, since: int, now: int) -> list[Showing]:
    """The pages shown after `since` (Unix milliseconds), oldest first, by accounts and times."""
    rows = await db.slow(store.SHOWN, since=since, most=MOST_SHOWN)
    ids = {row[0] for row in rows}
    minors = await ages.minors(db, ids, now=now)
    taken: dict[tuple[int, int], int] = {}
    for act, account, post in await db.slow(acts_store.ACTS, since=id_at(since), most=MOST_ACTS):
        taken[account, post] = min(ms_of(act), taken.get((account, post), ms_of(act)))
    pages: dict[tuple[int, int], list[Receipt]] = {}
    for account, at, receipt in rows:
        if account not in minors:
            pages.setdefault((at, account), []).append(msgspec.json.decode(receipt, type=Receipt))
    worth = accounts.shares(ids, await accounts.independence_of(db, ids))
    return [
        Showing(
            account, tuple(sorted(page, key=lambda one: one.rank)), _chosen(page, account, at, taken), worth[account]
        )
        for (at, account), page in sorted(pages.items())
    ]


def _chosen(page: Sequence[Receipt], account: int, at: int, taken: dict[tuple[int, int], int]) -> frozenset[int]:
    return frozenset(
        one.item for one in page if (when := taken.get((account, one.item))) is not None and 0 <= when - at <= _WITHIN
    )
