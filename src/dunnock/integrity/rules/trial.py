"""Try a rule on what is kept of the last 30 days: how much would have met it, and whom, before it can do anything.

Where more happened than can be looked at, as many acts of each day are: what was said last week counts as much as today's.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from typing import Any

import msgspec

from dunnock import accounts, moderation, posts
from dunnock.accounts.counts import counts_of
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Db
from dunnock.foundation.ids import id_at, ms_of
from dunnock.foundation.job import Job
from dunnock.integrity.model import ACTS_KEPT_MS, Act
from dunnock.integrity.rules import store
from dunnock.integrity.rules.condition import SIGNALS, Facts, compiled
from dunnock.integrity.rules.facts import facts_of_post, of_account
from dunnock.integrity.rules.model import Trial
from dunnock.integrity.store import observations, signals

MOST_ACTS = 20_000
MOST_TOLD = 5_000
"""Of what detectors said, for rules that ask for it."""
MOST_SECONDS = 60.0
_SAMPLE = 20
_BREATH = 20
"""Acts that are looked at before others are let in."""
_KNOWN_MS = 30 * DAY
_MOST_JUDGED = 500


class TryRule(Job, frozen=True):
    """Try a version of a rule on the past."""

    rule_id: int
    version: int


async def try_rule(db: Db, job: TryRule) -> None:
    """Look at 20,000 acts of the last 30 days, for a minute at most, and keep what it found with the rule."""
    row = await db.one(store.FIND, the=job.rule_id)
    if row is None or (rule := store.rule_of(row)).version != job.version or rule.state == "ended":
        return
    found = await _look(db, rule.condition)
    async with db.begin() as tx:
        held = await tx.one(store.HOLD, the=job.rule_id)
        if held is not None and store.rule_of(held).version == job.version:
            await tx.run(store.TRIED, the=job.rule_id, new_trial=msgspec.json.encode(found).decode(), of=job.version)


async def _look(db: Db, words: str) -> Trial:
    condition, began, now = compiled(words), time.monotonic(), now_ms()
    ((number,),) = await db.slow(observations.NUMBER_SINCE, since=id_at(now - ACTS_KEPT_MS))
    rows = await _of_each_day(db, now) if number > MOST_ACTS else await _newest(db, now)
    if SIGNALS in condition.needs:
        told = await _told(db, now)
        rows, number = [*told, *rows], number + len(told)
    looked, met = 0, list[tuple[int, int | None]]()
    for row in rows:
        if time.monotonic() - began > MOST_SECONDS:
            break
        looked += 1
        if not looked % _BREATH:
            await asyncio.sleep(0)  # reads of SQLite never wait: without this nobody else is answered meanwhile
        facts = await _facts(db, row, condition.needs)
        if facts is not None and condition.meets(facts):
            met.append((row[0], row[1]))
    people = {account_id for _, account_id in met if account_id is not None}
    return Trial(
        looked=looked,
        hits=len(met),
        accounts=len(people),
        standing=await _in_good_standing(db, sorted(people)[:_MOST_JUDGED], now),
        sample=tuple(str(one) for one, _ in met[:_SAMPLE]),
        whole=looked == len(rows) >= number,
        of=max(number, looked),
        at=now,
    )


async def _newest(db: Db, now: int) -> list[Any]:
    return list(await db.slow(observations.RECENT, since=id_at(now - ACTS_KEPT_MS), most=MOST_ACTS))


async def _of_each_day(db: Db, now: int) -> list[Any]:
    """As many of each day, in turns: who has no time for all has looked at each day."""
    ends = range(now + 1, now + 1 - ACTS_KEPT_MS, -DAY)
    each = max(1, MOST_ACTS // len(ends))
    by_day = [await db.slow(observations.STRETCH, since=id_at(end - DAY), before=id_at(end), most=each) for end in ends]
    return [row for rows in itertools.zip_longest(*by_day) for row in rows if row is not None]


async def _told(db: Db, now: int) -> list[Any]:
    """What detectors said, as rows like those of acts: id, account (None: it is about no account), no act, what was said."""
    rows = await db.all(signals.SINCE, since=now - ACTS_KEPT_MS, most=MOST_TOLD)
    return [(row[0], row[2] if row[1] == "account" else None, None, row) for row in rows]


async def _facts(db: Db, row: Any, needs: frozenset[str]) -> Facts | None:
    if row[2] is None:
        _, _, _, detector, score, at = row[3]
        facts = Facts("signal", signals={detector: score})
        return facts if row[1] is None else await of_account(db, facts, row[1], needs, at=at)
    if row[2] == Act.BOOST:
        return await of_account(db, Facts("boost"), row[1], needs, at=ms_of(row[0]))
    post = await posts.find_living(db, row[0])
    return None if post is None else await facts_of_post(db, post, needs)


async def _in_good_standing(db: Db, account_ids: list[int], now: int) -> int:
    """How many of them are known for a month, have followers here, and no decision in force against them."""
    counts, good = await counts_of(db, account_ids), 0
    for account_id in account_ids:
        account = await accounts.find(db, account_id)
        if account is None or now - account.created_at < _KNOWN_MS or account.standing != accounts.Standing.ACTIVE:
            continue
        if (held := counts.get(account_id)) is None or not held.followers:
            continue
        decisions = await moderation.decisions_about(db, account_id, most=5)
        good += all(ended is not None for _, ended in decisions)
    return good
