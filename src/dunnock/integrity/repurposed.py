"""Accounts that slept, say that they are from elsewhere now, and wake together for one event: pure.

Among those who post about one thing, the accounts are counted that woke of late after a month of silence or more and also gave
up the same place for the same other place. How many of them chance explains is known from those who post about other things.
Their hours say something more: who really moved keeps them by the clocks of the new place.

Source: DISARM T0097.101 (local persona), T0150.004 (repurposed asset), drill D03. docs/integrity-live.md.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from dunnock.foundation.clock import DAY, SECOND
from dunnock.integrity.coaction import Ints, Trace
from dunnock.integrity.marks import Seen
from dunnock.integrity.places import hours_from_utc
from dunnock.integrity.rhythm import MOVED_MS, WOKE_MS, Rhythm
from dunnock.integrity.together import Member, Network, Tie

THRESHOLD = 10.0  # nats
LEAST = 5
BELONGING = 0.64  # part of such a set that shows both
_PRIOR = 0.5  # accounts that show both among others, before any was seen
_MOST_SET = 10.0  # nats that the others of its set say of an account at most
_MOST_HOURS = 3.0  # nats that its hours say at most, either way: posts of one day are not independent
_LEAST_HOURS = 20  # posts before it moved
_SPAN = 3  # hours between the ends of a country beyond which its clocks say nothing
_TOPICS = (Trace.TAG, Trace.LINK, Trace.MEDIA, Trace.TEXT, Trace.REPOST)
_MOST_OBJECTS = 200
_MOST_POSTS = 40

Move = tuple[str, str]


def find(seen: Seen, rhythms: Mapping[int, Rhythm], now_ms: int) -> list[Network]:
    """Sets of such accounts among those who act in the window. `rhythms`: of those who woke or moved of late."""
    known = {n: rhythms[one] for n, one in enumerate(seen.accounts.tolist()) if one in rhythms}
    woke = {n for n, one in known.items() if one.woke_at >= now_ms - WOKE_MS}
    moves = {n: _moves(one) for n, one in known.items() if one.moved_at >= now_ms - MOVED_MS}
    suspects = np.array(sorted(woke & moves.keys()), np.int64)
    if len(suspects) < LEAST:
        return []
    topical = np.flatnonzero(np.isin(seen.rows.trace, np.array(_TOPICS)))
    objects, of = np.unique(
        np.stack([seen.rows.trace[topical].astype(np.uint64), seen.rows.object[topical]]), axis=1, return_inverse=True
    )
    theirs = np.isin(seen.rows.actor[topical], suspects)
    both = np.unique(np.stack([of[theirs], seen.rows.actor[topical][theirs]]), axis=1)
    number = np.bincount(both[0], minlength=objects.shape[1])
    order = np.argsort(-number, kind="stable")[:_MOST_OBJECTS]
    order = order[number[order] >= LEAST]
    made: list[Network] = []
    for thing in order.tolist():
        rows = topical[of == thing]
        members = _judge(seen, known, woke, moves, np.unique(seen.rows.actor[rows]), objects=len(order),
                         trace=int(objects[0, thing]), thing=int(objects[1, thing]))  # fmt: skip
        if len(members) >= LEAST:
            _join(made, _network(seen, rows, members, rhythms))
    return made


def hours_say(before: Collection[int], since: Collection[int], ahead: int) -> float:
    """Nats by which what it posted since fits the old clocks better than those `ahead` hours further; within bounds."""
    whole = sum(before)
    if whole < _LEAST_HOURS:
        return 0.0
    part = [(number + 0.5) / (whole + 12) for number in before]
    told = math.fsum(
        number * math.log(part[hour] / part[(hour + ahead) % 24]) for hour, number in enumerate(since) if number
    )
    return max(-_MOST_HOURS, min(_MOST_HOURS, told))


def excess(number: int, expected: float) -> float:
    """Nats by which `number` is more than chance explains: the Chernoff bound of a Poisson count; 0: it is not."""
    return max(0.0, number * math.log(number / expected) - number + expected) if number > expected else 0.0


def _judge(
    seen: Seen,
    known: Mapping[int, Rhythm],
    woke: set[int],
    moves: Mapping[int, frozenset[Move]],
    posters: Ints,
    *,
    objects: int,
    trace: int,
    thing: int,
) -> dict[int, Member]:
    inside = set(posters.tolist())
    common = Counter(move for n in inside & woke for move in moves.get(n, ()))
    move, number = max(common.items(), key=lambda one: (one[1], one[0]), default=(("", ""), 0))
    if number < LEAST:
        return {}
    tried = objects * len(common)
    elsewhere = max(1, len(seen.accounts) - len(inside))
    both = sum(n in woke and move in held for n, held in moves.items() if n not in inside)
    usual = (both + _PRIOR) / elsewhere
    others_say = min(_MOST_SET, excess(number - 1, usual * len(inside)))
    made: dict[int, Member] = {}
    for n in sorted(inside & woke):
        if move not in moves.get(n, ()):
            continue
        one = known[n]
        ahead = _ahead(one)
        hours = hours_say(one.hours, one.since, ahead) if ahead is not None else 0.0
        score = math.log(BELONGING / usual) + hours + others_say - math.log(tried)
        if score < THRESHOLD:
            continue
        evidence: dict[str, Any] = {
            "how": "repurposed", "trace": Trace(trace).name.lower(), "object": str(thing), "tried": tried,
            "belonging": BELONGING, "usual": usual, "set": number, "posters": len(inside), "woke_at": one.woke_at,
            "slept_days": one.slept_ms // DAY, "moved_at": one.moved_at, "from": move[0], "to": move[1], "ahead": ahead,
            "hours": list(one.hours), "hours_since": list(one.since),
        }  # fmt: skip
        made[n] = Member(round(score, 6), "core", evidence)
    return made


def _moves(one: Rhythm) -> frozenset[Move]:
    return frozenset((left, came) for left in one.moved_from for came in one.moved_to)


def _ahead(one: Rhythm) -> int | None:
    """Hours by which clocks are ahead where it came, of those where it left; None: nobody knows."""
    left, came = _clock(one.moved_from, one.moved_at), _clock(one.moved_to, one.moved_at)
    return None if left is None or came is None or left == came else came - left


def _clock(places: Collection[str], at_ms: int) -> int | None:
    for place in places:
        hours = hours_from_utc((place,), at_ms)
        if hours and hours[-1] - hours[0] <= _SPAN:
            return hours[len(hours) // 2]
    return None


def _network(seen: Seen, rows: Ints, members: Mapping[int, Member], rhythms: Mapping[int, Rhythm]) -> Network:
    ours = rows[np.isin(seen.rows.actor[rows], np.array(sorted(members)))]
    order = ours[np.argsort(seen.rows.at[ours], kind="stable")]
    accounts = {int(seen.accounts[n]): one for n, one in members.items()}
    chain = list(dict.fromkeys(int(seen.accounts[n]) for n in seen.rows.actor[order].tolist()))
    any_one = next(iter(members.values())).evidence
    trace = int(seen.rows.trace[order[0]])
    weight = round(-math.log(min(1.0, any_one["usual"])), 3)
    began = min(rhythms[one].woke_at for one in accounts) // SECOND
    return Network(
        how="repurposed",
        members=accounts,
        score=max(one.score for one in members.values()),
        first_at=min(began or int(seen.rows.at[order[0]]), int(seen.rows.at[order[0]])),
        last_at=int(seen.rows.at[order[-1]]),
        traces={Trace(trace).name.lower(): len(ours)},
        shared=1.0,
        usual=round(any_one["usual"], 4),
        posts=list(dict.fromkeys(int(one) for one in seen.acts[seen.rows.post[order]]))[:_MOST_POSTS],
        ties=[Tie(min(a, b), max(a, b), trace, 1, weight) for a, b in itertools.pairwise(chain)],
    )


def _join(made: list[Network], new: Network) -> None:
    """Each set once: what is mostly in one that is known adds whom it found besides."""
    for held in made:
        common = len(held.members.keys() & new.members.keys())
        if 2 * common >= min(len(held.members), len(new.members)):
            for one, member in new.members.items():
                if one not in held.members or held.members[one].score < member.score:
                    held.members[one] = member
            return
    made.append(new)
