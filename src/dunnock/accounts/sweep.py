"""Removes what opens nothing any more: used codes, ended sessions, ended tokens, and what was told of it long enough."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from dunnock.accounts.access_changes import KEPT_MS
from dunnock.accounts.confirm import drop_links, drop_unconfirmed
from dunnock.accounts.door_acts import KEPT_MS as ACTS_KEPT_MS
from dunnock.accounts.sessions import IDLE_MS
from dunnock.accounts.store import access, door_acts, factors, members, oauth, recalls
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Db, Sql
from dunnock.foundation.ids import id_at
from dunnock.foundation.job import Job

SWEEP_EVERY_MS = DAY
CODES_KEPT_MS = DAY  # behind their end: a code shown a second time still ends what was made from it
ENDED_KEPT_MS = 30 * DAY  # sessions and tokens, for whoever asks what happened
BROWSERS_KEPT_MS = 400 * DAY  # behind the last sign-in
_CHUNK = 500


class SweepAccess(Job, frozen=True):
    """Remove codes, sessions, tokens, links in mails and unconfirmed members that are over.

    Tokens in force do not age: most apps can't renew them.
    """


async def sweep_access(db: Db, _: SweepAccess) -> None:
    """Remove them, some hundreds in a transaction; a crash in between loses nothing but time."""
    now = now_ms()
    ended = now - ENDED_KEPT_MS
    await _drop(db, oauth.DROP_GRANTS, await db.slow(oauth.OVER_GRANTS, before=now - CODES_KEPT_MS))
    await _drop(db, oauth.DROP_TOKENS, await db.slow(oauth.OVER_TOKENS, ended_before=ended))
    over = await db.slow(members.OVER_SESSIONS, ended_before=ended, idle_since=now - IDLE_MS)
    await _drop(db, members.DROP_SESSIONS, over)
    await _drop(db, factors.DROP_STEPS, await db.slow(factors.OVER_STEPS, before=now))
    await _drop(db, factors.DROP_BROWSERS, await db.slow(factors.OVER_BROWSERS, before=now - BROWSERS_KEPT_MS))
    await _drop(db, access.DROP_CHANGES, await db.slow(access.OVER_CHANGES, before=id_at(now - KEPT_MS)))
    await _drop(db, door_acts.DROP, await db.slow(door_acts.OVER, before=id_at(now - ACTS_KEPT_MS)))
    await drop_links(db)
    async with db.begin(durable=False) as tx:
        await tx.run(recalls.SWEEP, before=now)
    await drop_unconfirmed(db)


async def _drop(db: Db, drop: Sql, rows: Sequence[Sequence[object]]) -> None:
    ids = (row[0] for row in rows)
    while chunk := list(islice(ids, _CHUNK)):
        async with db.begin() as tx:
            await tx.run(drop, ids=chunk)
