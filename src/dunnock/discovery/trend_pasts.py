"""What is known of accounts from before, kept in memory from one refresh to the next: who they came together with.

A gathering is of a half hour that is over, and does not change: so what was read once is only added to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from weakref import WeakKeyDictionary

from dunnock.discovery.store import trend_facts as store
from dunnock.discovery.store import trends as acts_store
from dunnock.discovery.trend_engine import GATHERING, REMEMBERED
from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Db, Row
from dunnock.foundation.ids import id_at

GATHERINGS = "trend gatherings"
"""Up to which half hour they are taken up: the name in `search_progress`."""
REMEMBERED_FOR = 7 * DAY
_MOST_ACCOUNTS = 100_000
_MOST_ROWS = 200_000
_MOST_BEHIND = 4  # half hours: who is further behind reads everything anew


class Gathered:
    """The latest gatherings of accounts, in one process."""

    def __init__(self) -> None:
        """Empty: what is asked for is read."""
        self._of: dict[int, tuple[int, ...]] = {}
        self._known: dict[int, tuple[int, int]] = {}
        self._upto = 0
        self._lock = asyncio.Lock()

    async def of(
        self, db: Db, ids: Collection[int], *, now: int
    ) -> tuple[dict[int, tuple[int, ...]], dict[int, tuple[int, int]]]:
        """Account -> its latest gatherings, the latest first; gathering -> (subject, how many came)."""
        async with self._lock:
            await self._take_up(db, now)
            missing = [one for one in ids if one not in self._of]
            if len(self._of) + len(missing) > _MOST_ACCOUNTS:
                self._of, self._known, missing = {}, {}, list(ids)
            if missing:
                rows = await db.slow(store.GATHERINGS, ids=missing, most=_MOST_ROWS)
                self._of |= dict.fromkeys(missing, ())
                self._add(rows, new=False)
            return {one: self._of[one] for one in ids}, self._known

    async def _take_up(self, db: Db, now: int) -> None:
        """What was closed since the last time; what is too old is forgotten."""
        upto = int(await db.value(acts_store.PROGRESS, name=GATHERINGS) or 0)
        if upto == self._upto:
            return
        if upto - self._upto > _MOST_BEHIND:
            self._of, self._known = {}, {}
        elif self._of:
            since, until = id_at(self._upto * GATHERING), id_at(upto * GATHERING)
            rows = await db.slow(store.GATHERED_SINCE, since=since, until=until, most=_MOST_ROWS)
            self._add([row for row in rows if row[0] in self._of], new=True)
            oldest = id_at(now - REMEMBERED_FOR)
            self._known = {number: known for number, known in self._known.items() if number >= oldest}
        self._upto = upto

    def _add(self, rows: Iterable[Row], *, new: bool) -> None:
        """Rows are (account, gathering, subject, how many came), the latest first; `new`: later than what is there."""
        found: dict[int, list[int]] = {}
        for account, number, subject, size in rows:
            theirs = found.setdefault(account, [])
            if len(theirs) < REMEMBERED:
                theirs.append(number)
                self._known[number] = (subject, size)
        for account, theirs in found.items():
            self._of[account] = (*theirs, *self._of[account][: REMEMBERED - len(theirs)]) if new else tuple(theirs)


_GATHERED: WeakKeyDictionary[Db, Gathered] = WeakKeyDictionary()


def gathered_of(db: Db) -> Gathered:
    """This process's memory of a database."""
    return _GATHERED.setdefault(db, Gathered())
