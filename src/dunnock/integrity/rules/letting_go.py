"""What a rule keeps is let go when the rule is over, or when the judgement about it is taken back; old notes are forgotten."""

from __future__ import annotations

from dunnock import moderation, posts
from dunnock.foundation.clock import DAY, MINUTE, now_ms
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.ids import id_at
from dunnock.foundation.job import Job
from dunnock.integrity.meetings.letting_go import let_go_judged, let_go_waiting
from dunnock.integrity.rules import store
from dunnock.integrity.rules.judge import KIND
from dunnock.moderation import log

END_EVERY_MS = MINUTE
TRIM_EVERY_MS = DAY
FORGOTTEN_MS = 10 * MINUTE
KEPT_MS = 30 * DAY
_CHUNK = 200
_MOST_RULES = 100


class TrimHits(Job, frozen=True):
    """Forget what dry runs noted, and what was let go when a rule ended, after a month."""


class EndWatchRules(Job, frozen=True):
    """End the rules whose time is over, and let go what they keep."""


async def end_watch_rules(db: Db, _: EndWatchRules) -> None:
    """Some hundreds of rows in a transaction, so that a restart goes on where it was."""
    for row in await db.all(store.OVER, now=now_ms(), most=_MOST_RULES):
        async with db.begin() as tx:
            held = await tx.one(store.HOLD, the=row[0])
            if held is None or (rule := store.rule_of(held)).state == "ended" or rule.expires_at > tx.now:
                continue  # somebody gave it more time, or ended it, since
            await tx.run(store.SET_STATE, the=rule.id, new_state="ended", who=rule.live_by, ended=tx.now)
            await log.note_by(tx, log.THE_SERVER, "watch_rule.over", rule.id, called=rule.name)
    await _let_out_forgotten(db)
    while rows := await db.all(store.ENDED, most=_MOST_RULES):
        for (rule_id,) in rows:
            async with db.begin() as tx:
                await let_go_waiting(tx, KIND, rule_id)


async def _let_out_forgotten(db: Db) -> None:
    """Publish what waits for ten minutes and no rule holds: looking at it failed. A broken rule must not silence anybody."""
    before, above = id_at(now_ms() - FORGOTTEN_MS), 0
    while waiting := await posts.waiting_before(db, before, above=above, most=_CHUNK):
        above = waiting[-1]
        held = {row[0] for row in await db.all(store.KEEPING, ids=waiting)}
        for post_id in waiting:
            if post_id not in held:
                async with db.begin() as tx:
                    await posts.let_out(tx, post_id)


async def trim_hits(db: Db, _: TrimHits) -> None:
    """Some hundreds of rows in a transaction. What people judged, and what waits for them, is kept."""
    before = id_at(now_ms() - KEPT_MS)
    while ids := [row[0] for row in await db.slow(store.OLD, before=before, most=_CHUNK)]:
        async with db.begin() as tx:
            await tx.run(store.DROP, ids=ids)


async def let_go_reversed(tx: Tx, event: moderation.DecisionReversed) -> None:
    """The judgement about what met a rule was taken back."""
    await let_go_judged(tx, KIND, event)
