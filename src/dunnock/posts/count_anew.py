"""After a suspension, or its end: let what accounts did count for others no more, or again.

A step is one transaction with at most some thousands of follows, acts and answers: nobody waits for it long, a crash costs one.
What is counted, and why that stays true whatever is done in between: `accounts/count_anew.py`.
"""

from __future__ import annotations

import time
from typing import Any

import msgspec

from dunnock.accounts import count_anew as whose
from dunnock.accounts.account import ALL_COUNT, NONE_COUNTS
from dunnock.accounts.count_anew import CountAnew, Moving
from dunnock.foundation.clock import MINUTE
from dunnock.foundation.db import Db, Tx
from dunnock.posts.store import count_anew as store
from dunnock.posts.store import polls

COUNT_ANEW_EVERY_MS = 10 * MINUTE
"""How often to look for what was suspended before there was such counting; what is suspended now has a job of its own."""
_ACCOUNTS = 200
_ACTS = 5_000
_WORK_S = 60.0


async def count_anew(db: Db, job: CountAnew) -> None:
    """Count anew for all whose standing changed; after a minute the next job goes on."""
    until = time.monotonic() + _WORK_S
    while await count_some_anew(db):
        if time.monotonic() > until:
            async with db.begin() as tx:
                await tx.enqueue(job)
            return


async def count_some_anew(db: Db) -> bool:
    """One step; False when nothing was to be counted anew."""
    if not await whose.any_moving(db):
        return False
    async with db.begin() as tx:
        found = await whose.hold_moving(tx, most=_ACCOUNTS)
        if not found:  # another process was first
            return False
        alike = [one for one in found if (one.hides, one.mark) == (found[0].hides, found[0].mark)]
        sizes = await _sizes(tx, alike)
        batch, acts = [alike[0].id], sizes[alike[0].id]
        for one in alike[1:]:
            if acts + sizes[one.id] > _ACTS:
                break
            batch.append(one.id)
            acts += sizes[one.id]
        above, upto = alike[0].window
        if acts > _ACTS:
            above, upto = await _part(tx, alike[0])
        if acts:
            await _move(tx, batch, (above, upto), sign=-1 if alike[0].hides else 1)
        mark = upto if alike[0].hides else max(above, ALL_COUNT)
        await whose.moved(tx, batch, mark, changed=bool(acts))
    return True


async def _sizes(tx: Tx, alike: list[Moving]) -> dict[int, int]:
    """How much each did in the window that they share; more than `_ACTS` of a sort are not counted."""
    ids, window = [one.id for one in alike], alike[0].window
    follows = await whose.sizes_of_follows(tx, ids, window, most=_ACTS + 1)
    rows = await tx.all(store.SIZES, ids=ids, above=window[0], upto=window[1], most=_ACTS + 1)
    return {row[0]: row[1] + follows[row[0]] for row in rows}


async def _part(tx: Tx, one: Moving) -> tuple[int, int]:
    """The next part of what an account did that is too much for one step: at most `_ACTS` of each sort."""
    above, upto = one.window
    nth = [await tx.value(sql, the=one.id, above=above, upto=upto, before=_ACTS - 1) for sql in store.NTH[one.hides]]
    ends = [key for key in nth if key is not None] + await whose.nth_follows(tx, one, _ACTS)
    if one.hides:
        return above, min(ends, default=NONE_COUNTS)
    return max([key - 1 for key in ends], default=ALL_COUNT - 1), upto


async def _move(tx: Tx, ids: list[int], window: tuple[int, int], *, sign: int) -> None:
    """Posts before accounts, as whoever publishes and boosts does, so that nobody waits in a circle."""
    values = {"ids": ids, "above": window[0], "upto": window[1]}
    await _move_votes(tx, values, sign=sign)
    await tx.value(store.HOLD_COUNTS, **values)
    for sql in store.SHIFT:
        await tx.run(sql, **values, sign=sign)
    await whose.move_follows(tx, ids, window, sign=sign)


async def _move_votes(tx: Tx, values: dict[str, Any], *, sign: int) -> None:
    """The polls are held first, in the order of their ids: whoever edits one forgets its votes."""
    held = {row[0]: await polls.hold(tx, row[0]) for row in await tx.all(store.POLLS, **values)}
    if not held:
        return
    chosen: dict[int, dict[int, int]] = {}
    for poll_id, choice, number in await tx.all(store.CHOICES, **values):
        chosen.setdefault(poll_id, {})[choice] = sign * number
    for poll_id, voters in await tx.all(store.VOTERS, **values):
        poll, more = held.get(poll_id), chosen[poll_id]
        if poll is not None:
            tallies = tuple([count + more.get(at, 0) for at, count in enumerate(poll.tallies)])
            await polls.change(tx, msgspec.structs.replace(poll, tallies=tallies, voters=poll.voters + sign * voters))
