"""What a rule keeps is let go: when a person says so, when the rule is over, or when the judgement about it is taken back."""

from __future__ import annotations

from dunnock import moderation
from dunnock.foundation.clock import MINUTE, now_ms
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.job import Job
from dunnock.integrity.keeping import let_be_public
from dunnock.integrity.rules import store
from dunnock.integrity.rules.model import Hit, HitState
from dunnock.moderation import log

END_EVERY_MS = MINUTE
_CHUNK = 200
_MOST_RULES = 100


class EndWatchRules(Job, frozen=True):
    """End the rules whose time is over, and let go what they keep."""


async def end_watch_rules(db: Db, _: EndWatchRules) -> None:
    """Some hundreds of rows in a transaction, so that a restart goes on where it was."""
    for row in await db.all(store.OVER, now=now_ms(), most=_MOST_RULES):
        async with db.begin() as tx:
            rule = store.rule_of(row)
            await tx.run(store.SET_STATE, the=rule.id, new_state="ended", who=rule.live_by, ended=tx.now)
            await log.note_by(tx, log.THE_SERVER, "watch_rule.over", rule.id, called=rule.name)
    while rows := await db.all(store.ENDED, most=_MOST_RULES):
        for (rule_id,) in rows:
            async with db.begin() as tx:
                await let_go_waiting(tx, rule_id)


async def let_go_waiting(tx: Tx, rule_id: int) -> None:
    """Let go the first hundreds of what waits; the job does the rest of a rule that is over."""
    for row in await tx.all(store.WAITING_OF, the=rule_id, most=_CHUNK):
        await let_go(tx, store.hit_of(row), "lapsed")


async def let_go(tx: Tx, hit: Hit, state: HitState, *, reason: str = "", by: int | None = None) -> None:
    """Let what met a rule be as it was; what another rule keeps too stays as it is."""
    await tx.run(
        store.JUDGE, the=hit.id, new_state=state, stays=False, why=reason, now=tx.now, by=by, decision=hit.decision_id
    )
    if hit.limited:
        await let_be_public(tx, hit.subject_id)


async def let_go_reversed(tx: Tx, event: moderation.DecisionReversed) -> None:
    """The judgement about it was taken back, by staff or because the member objected."""
    for row in await tx.all(store.OF_DECISION, the=event.decision_id):
        hit = store.hit_of(row)
        if hit.state == "refused" and hit.account_id == event.account_id:
            await let_go(tx, hit, "released", reason=hit.reason, by=hit.judged_by)
