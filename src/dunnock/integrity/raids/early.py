"""Accounts that raided somebody write to the next member: seen when five of them do, long before it is a flood.

Not by who they are alone: what they write must come as one hand again, in the words of the raid or of each other, or they did
it to two others already. And it must be more than what comes in a busy time. Looked at only when such an account writes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from dunnock import accounts, notifications
from dunnock.accounts import Account
from dunnock.foundation.clock import MINUTE
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.ids import id_at
from dunnock.integrity.raids import store
from dunnock.integrity.raids.grow import grow, protect
from dunnock.integrity.raids.model import COUNTS_MS, FEWEST, SAME_WORDS, Part, Raid, names_of
from dunnock.integrity.raids.tell import tell_of_raid
from dunnock.integrity.signals import find_signal, raise_signal
from dunnock.integrity.strangers import WINDOW_MS, Wrote, began, shared_words, strangers_of, usual_before

DETECTOR: Final = "people.raiders"
_REST_MS = 10 * MINUTE
_NAMED = 200


async def look_for_raiders(tx: Tx, target_id: int, *, by: int) -> None:
    """`by` wrote to the account: did it raid others, and do others of that raid write, too? One query where it did not."""
    raid_id = await tx.value(store.RAIDED_ELSEWHERE, account=by, since=tx.now - COUNTS_MS, target=target_id)
    if raid_id is None:
        return
    hit = await tx.one(store.HIT, the=raid_id, target=target_id)
    if hit is not None and tx.now - store.hit_of(hit).last_at < _REST_MS:
        return
    target = await accounts.find(tx, target_id)
    if target is None or not target.local:
        return
    since = id_at(tx.now - WINDOW_MS)
    wrote = await strangers_of(tx, target_id, since=since)
    people = sorted({one.account_id for one in wrote})
    rows = await tx.all(store.AGAIN, the=raid_id, ids=people, since=tx.now - COUNTS_MS, target=target_id)
    waves: dict[int, int] = {row[0]: row[1] for row in rows}
    if len(waves) < FEWEST:
        return
    usual = await usual_before(tx, target_id, since=since, now=tx.now)
    bank = await _bank_of(tx, raid_id, wrote)
    members = await _members(tx, raid_id) - (hit is not None)
    evidence = evidence_of(wrote, waves, bank, usual=usual, members=members) | {"raid": str(raid_id)}
    if not are_again_at_it(evidence):
        return
    signal_id = await raise_signal(
        tx, DETECTOR, "account", target_id, score=score(evidence), evidence=evidence, name=str(raid_id)
    )
    if (await find_signal(tx, signal_id)).state == "dismissed":
        return
    row = await tx.one(store.FIND, the=raid_id)
    assert row is not None
    theirs = [one for one in wrote if one.account_id in waves or one.told & bank]
    await _go_on(tx, store.raid_of(row), target, theirs, evidence, signal_id=signal_id)


async def _go_on(
    tx: Tx, raid: Raid, target: Account, theirs: Sequence[Wrote], evidence: Mapping[str, Any], *, signal_id: int
) -> None:
    """The raid is at one more member: protect them, and tell staff in the raid's case."""
    who = await accounts.find_many(tx, {one.account_id for one in theirs})
    part = Part(
        target_id=target.id,
        raiders={one.id: one.domain for one in who.values()},
        words=frozenset(),
        servers=frozenset(),
        people=len(who),
        posts=len(theirs),
    )
    grown = await grow(tx, part, raid, again=evidence["again"], signal_id=signal_id, early=True)
    if grown is None:
        return
    since = began(theirs)
    await protect(tx, raid.id, target.id, since=since, signal_id=signal_id)
    await notifications.offer_quiet_time(tx, target.id, since=since, sure=True)
    why = (
        f"Found by the server: {evidence['again']} accounts that raided others here before ({evidence['members']} members) "
        f"wrote {len(evidence['posts'])} posts to @{target.username} within 20 minutes, {evidence['same']} of them in the "
        f"words of the raid or of each other; in a busy time {evidence['usual']:.0f} come from everybody. What they write to "
        "the member is held back for a day, for the member to let through. The member was offered quiet."
    )
    await tell_of_raid(tx, grown, why, target=target, wrote=theirs, core=who.keys(), signal_id=signal_id)


async def _bank_of(reader: Reader, raid_id: int, wrote: Sequence[Wrote]) -> set[int]:
    """The words of the raid that somebody says here."""
    by_name = {name: word for one in wrote for name, word in zip(names_of(one.told), one.told, strict=True)}
    rows = await reader.all(store.WORDS, the=raid_id, marks=sorted(by_name)) if by_name else []
    return {by_name[row[0]] for row in rows}


async def _members(reader: Reader, raid_id: int) -> int:
    row = await reader.one(store.NUMBERS, the=raid_id)
    assert row is not None
    return int(row[2])


def evidence_of(
    wrote: Sequence[Wrote], waves: Mapping[int, int], bank: set[int], *, usual: float, members: int
) -> dict[str, Any]:
    """What a second program needs to come to the same score. `waves`: who raided others before, and how often."""
    theirs = [one for one in wrote if one.account_id in waves]
    shared = bank | shared_words([msgspec.structs.replace(one, words=one.told) for one in theirs])
    return {
        "again": len(waves),
        "often": sum(number > 1 for number in waves.values()),
        "people": len({one.account_id for one in wrote}),
        "posts": [[str(one.post_id), str(one.account_id)] for one in theirs[:_NAMED]],
        "same": sum(bool(one.told & shared) for one in theirs[:_NAMED]),
        "usual": usual,
        "members": members,
    }


def are_again_at_it(evidence: Mapping[str, Any]) -> bool:
    """Do they do it again, or did people who once raided only meet at somebody else?"""
    number = len(evidence["posts"])
    as_one = evidence["same"] >= SAME_WORDS * number or evidence["often"] >= FEWEST
    return bool(evidence["again"] >= FEWEST and number > evidence["usual"] and as_one)


def score(evidence: Mapping[str, Any]) -> float:
    """How sure it is that they are there as one: their posts alone against all that comes in a busy time.

    Source: Chernoff's bound of a Poisson count.
    """
    number, usual = len(evidence["posts"]), evidence["usual"]
    nats = number * math.log(number / usual) - number + usual if number > usual else 0.0
    return 1 - math.exp(-nats / 4)
