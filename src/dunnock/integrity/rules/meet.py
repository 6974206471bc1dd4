"""Acts and signals meet the rules that are in force: each meeting is written down, with the values that made it one."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from dunnock import accounts, posts
from dunnock.foundation.db import Tx
from dunnock.foundation.ids import ms_of
from dunnock.foundation.reactions import in_batches
from dunnock.integrity.errors import SignalMissing
from dunnock.integrity.events import SignalGrew, SignalRaised
from dunnock.integrity.meetings.keep import MOST_AN_HOUR, limit, meets_too_much
from dunnock.integrity.meetings.store import HITS
from dunnock.integrity.rules import store
from dunnock.integrity.rules.condition import SIGNALS, Condition, Facts, compiled, told
from dunnock.integrity.rules.facts import facts_of_post, of_account, people_of
from dunnock.integrity.rules.model import MOST_IN_FORCE, Hit, Rule
from dunnock.integrity.signals import find_signal
from dunnock.moderation import log


class _Met(NamedTuple):
    kind: str
    subject_id: int
    account_id: int | None
    facts: Facts
    narrowed: bool = False


@in_batches
async def meet_post(tx: Tx, events: Sequence[posts.PostPublished]) -> None:
    """Public or unlisted posts are there."""
    await _meet_now(tx, {one.post_id: one.narrowed for one in events if one.visibility in posts.OPEN})


async def meet_waiting(tx: Tx, event: posts.PostWaits) -> None:
    """A member wrote a post that rules may hold: those that do it meets keep it; what meets none is published now.

    What goes on with a post that is held is held with it.
    """
    post = await posts.find_waiting(tx, event.post_id)
    if post is None:
        return
    if post.author_id not in await accounts.protected_ids(tx):
        rules, needs = await _in_force(tx)
        holding = [(rule, condition) for rule, condition in rules if rule.effect == "hold" and rule.state == "live"]
        act = _Met("post", post.id, post.author_id, await facts_of_post(tx, post, needs))
        for rule, condition in holding:
            if condition.meets(act.facts):
                await _hold(tx, rule, told(act.facts, condition.needs), act)
        if post.reply_to_id is not None:
            for row in await tx.all(store.HOLDING, subject=post.reply_to_id):
                await _hold_after(tx, store.hit_of(row), act)
    if not await tx.all(store.HOLDING, subject=post.id):
        await posts.let_out(tx, post.id)


async def _hold_after(tx: Tx, before: Hit, act: _Met) -> None:
    row = await tx.one(store.FIND, the=before.rule_id)
    if row is not None:
        await _hold(tx, store.rule_of(row), {"kind": act.facts.kind, "follows": str(before.subject_id)}, act)


async def _hold(tx: Tx, rule: Rule, values: Mapping[str, object], act: _Met) -> None:
    if await _add(tx, rule, values, act, state="waiting", held=True):
        assert act.account_id is not None
        await tx.record(posts.PostKept(post_id=act.subject_id, author_id=act.account_id))
        await _stop_when_too_many(tx, rule)


async def meet_edit(tx: Tx, event: posts.PostEdited) -> None:
    """It says something else now. What met a rule before is not written down again."""
    await _meet_now(tx, {event.post_id: False})


async def _meet_now(tx: Tx, narrowed: Mapping[int, bool]) -> None:
    """`narrowed`: posts, in this order, with whether each was meant to be public."""
    rules, needs = await _in_force(tx)
    if not rules:
        return
    living = await posts.find_many_living(tx, narrowed)
    people = await people_of(tx, {post.author_id for post in living.values()}, needs)
    for post in [living[one] for one in narrowed if one in living and living[one].visibility in posts.OPEN]:
        facts = await facts_of_post(tx, post, needs, people)
        if await _meet(tx, rules, _Met("post", post.id, post.author_id, facts, narrowed[post.id])):
            rules, needs = await _in_force(tx)


@in_batches
async def meet_boost(tx: Tx, events: Sequence[posts.PostBoosted]) -> None:
    """Some handed posts on."""
    rules, needs = await _in_force(tx)
    if not rules:
        return
    people = await people_of(tx, {one.by for one in events}, needs)
    for one in events:
        if one.visibility in posts.OPEN:
            facts = await of_account(tx, Facts("boost"), one.by, needs, at=ms_of(one.boost_id), people=people)
            if await _meet(tx, rules, _Met("boost", one.boost_id, one.by, facts)):
                rules, needs = await _in_force(tx)


async def meet_signal(tx: Tx, event: SignalRaised | SignalGrew) -> None:
    """A detector says something, or is surer of it."""
    rules, needs = await _in_force(tx)
    if SIGNALS not in needs:
        return
    try:
        signal = await find_signal(tx, event.signal_id)
    except SignalMissing:  # erased with its account
        return
    facts = Facts("signal", signals={signal.detector: signal.score})
    about = signal.subject_id if signal.kind == "account" else None
    if about is not None:
        facts = await of_account(tx, facts, about, needs, at=tx.now)
    asking = [(rule, condition) for rule, condition in rules if SIGNALS in condition.needs]
    await _meet(tx, asking, _Met("signal", signal.id, about, facts))


async def _in_force(tx: Tx) -> tuple[list[tuple[Rule, Condition]], frozenset[str]]:
    """The rules in a dry run or live, read, and which facts they need. One look at a few rows; conditions are read once."""
    read = [_read(tuple(row)) for row in await tx.all(store.IN_FORCE, now=tx.now, most=MOST_IN_FORCE)]
    return read, frozenset().union(*(condition.needs for _, condition in read))


@functools.lru_cache(maxsize=2 * MOST_IN_FORCE)
def _read(row: tuple[Any, ...]) -> tuple[Rule, Condition]:
    rule = store.rule_of(row)
    return rule, compiled(rule.condition)


async def _meet(tx: Tx, rules: list[tuple[Rule, Condition]], act: _Met) -> bool:
    """Whether a rule is not what it was any more."""
    stopped = [await _write_down(tx, rule, condition, act) for rule, condition in rules if condition.meets(act.facts)]
    return any(stopped)


async def _write_down(tx: Tx, rule: Rule, condition: Condition, act: _Met) -> bool:
    live = rule.state == "live"
    wants = live and rule.effect != "review" and act.kind == "post"  # what is published already can't be held any more
    wants = wants and act.account_id not in await accounts.protected_ids(tx)
    state = "waiting" if live else "noted"
    hit_id = await _add(tx, rule, told(act.facts, condition.needs), act, state=state)
    if hit_id is None or not live:
        return False
    if wants:
        await limit(tx, HITS, hit_id, act.subject_id, narrowed=act.narrowed)
    return await _stop_when_too_many(tx, rule)


async def _add(
    tx: Tx, rule: Rule, values: Mapping[str, object], act: _Met, *, state: str, held: bool = False
) -> int | None:
    """Write it down; None: it met the rule before."""
    hit_id = tx.new_id()
    added = await tx.run(
        store.ADD_HIT, id=hit_id, rule_id=rule.id, version=rule.version, kind=act.kind, subject_id=act.subject_id,
        account_id=act.account_id, told=msgspec.json.encode(values, order="sorted").decode(), state=state,
        held=held,
    )  # fmt: skip
    return hit_id if added else None


async def _stop_when_too_many(tx: Tx, rule: Rule) -> bool:
    if not await meets_too_much(tx, HITS, rule.id, most=MOST_AN_HOUR):
        return False
    await tx.run(store.SET_STATE, the=rule.id, new_state="dry", who=None, ended=None)  # back to a dry run, by itself
    await log.note_by(tx, log.THE_SERVER, "watch_rule.stop", rule.id, called=rule.name, hits=MOST_AN_HOUR)
    return True
