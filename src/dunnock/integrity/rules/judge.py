"""People look at what met a rule: they let it go, or refuse it with a reason that its author is told and can object to."""

from __future__ import annotations

from collections.abc import Collection

from dunnock import accounts, moderation, posts
from dunnock.foundation.db import Reader, Tx
from dunnock.integrity.rules import store
from dunnock.integrity.rules.errors import HitRefused, WatchRuleMissing
from dunnock.integrity.rules.handle import NEEDS
from dunnock.integrity.rules.letting_go import let_go
from dunnock.integrity.rules.model import HIT_STATES, Hit, Rule
from dunnock.moderation import log

MOST_AT_ONCE = 50
LONGEST_REASON = 500
NEWEST = 2**63 - 1


async def hits_of(
    reader: Reader, rule_id: int, state: str, *, by: int, below: int = NEWEST, most: int = 50
) -> list[Hit]:
    """What met a rule and is in one state, the newest first, below an id. Raises: NotPermitted."""
    await accounts.permit(reader, by, NEEDS)
    if state not in HIT_STATES:
        return []
    rows = await reader.all(store.HITS, the=rule_id, the_state=state, below=below, most=most)
    return [store.hit_of(row) for row in rows]


async def waiting_hits(reader: Reader, *, by: int, below: int = NEWEST, most: int = 50) -> list[Hit]:
    """What met any rule and waits for a person, the newest first. Raises: NotPermitted."""
    await accounts.permit(reader, by, NEEDS)
    return [store.hit_of(row) for row in await reader.all(store.WAITING, below=below, most=most)]


async def release_hits(tx: Tx, hit_ids: Collection[int], *, by: int, reason: str = "") -> None:
    """Let these be as they were. Raises: NotPermitted; HitRefused: they are too many, gone, or judged already."""
    staff = await log.acting(tx, by, NEEDS)
    for hit in await _hold(tx, hit_ids):
        await let_go(tx, hit, "released", reason=reason.strip()[:LONGEST_REASON], by=by)
        await log.note(tx, staff, "watch_hit.release", hit.id, rule=str(hit.rule_id), subject=str(hit.subject_id))


async def refuse_hits(tx: Tx, hit_ids: Collection[int], *, by: int, reason: str) -> None:
    """Say that these posts are to be read as unlisted for good, or never published where a rule held them: a warning with the
    reason for each author, who may object.

    Where the objection is granted, or the warning is taken back, the posts are public again, or published.

    Raises:
        NotPermitted: also towards one of the authors.
        HitRefused: they are too many, gone, judged already, no posts, no reason is given, or an author is protected.
        What `moderation.decide` raises.
    """
    staff = await log.acting(tx, by, NEEDS)
    words = reason.strip()
    if not words or len(words) > LONGEST_REASON:
        raise HitRefused(len(words), say=f"Validation failed: Give a reason of up to {LONGEST_REASON} characters")
    held = await _hold(tx, hit_ids)
    protected = set(await accounts.protected_ids(tx))
    for hit in held:
        if hit.kind != "post" or hit.account_id is None:
            raise HitRefused(
                hit.id, say="Validation failed: Only posts can be refused; decide about accounts in a case"
            )
        if hit.account_id in protected:
            raise HitRefused(hit.id, say="Validation failed: Its author is protected; decide about it in a case")
    for account_id in sorted({hit.account_id for hit in held if hit.account_id is not None}):
        theirs = [hit for hit in held if hit.account_id == account_id]
        decided = await moderation.decide(tx, await _judgement(tx, account_id, theirs, words), by=by)
        if decided.request_id is not None:
            raise HitRefused(account_id, say="Validation failed: Too many for one person at once; decide in a case")
        for hit in theirs:
            limited = hit.limited or (not hit.held and await posts.set_apart(tx, hit.subject_id))
            await tx.run(
                store.JUDGE, the=hit.id, new_state="refused", stays=limited, stays_held=hit.held, why=words, now=tx.now, by=by,
                decision=decided.id,
            )  # fmt: skip
            await log.note(tx, staff, "watch_hit.refuse", hit.id, rule=str(hit.rule_id), subject=str(hit.subject_id))


async def _judgement(tx: Tx, account_id: int, hits: list[Hit], words: str) -> moderation.Judgement:
    rules = {hit.rule_id: await _rule(tx, hit.rule_id) for hit in hits}
    facts = "; ".join(
        f"post {hit.subject_id} met the rule “{rules[hit.rule_id].name}” (version {hit.version}) and "
        f"{'is not published' if hit.held else 'reads as unlisted'}"
        for hit in hits
    )
    return moderation.Judgement(action="none", account_ids=(account_id,), text=words, facts=facts[:1_000])


async def _rule(tx: Tx, rule_id: int) -> Rule:
    row = await tx.one(store.FIND, the=rule_id)
    if row is None:
        raise WatchRuleMissing(rule_id)
    return store.rule_of(row)


async def _hold(tx: Tx, hit_ids: Collection[int]) -> list[Hit]:
    ids = sorted(set(hit_ids))
    if not 0 < len(ids) <= MOST_AT_ONCE:
        raise HitRefused(len(ids), say=f"Validation failed: Choose 1 to {MOST_AT_ONCE}")
    held = [store.hit_of(row) for row in await tx.all(store.HOLD_HITS, ids=ids)]
    if len(held) != len(ids) or any(one.state != "waiting" for one in held):
        raise HitRefused(len(held))
    return held
