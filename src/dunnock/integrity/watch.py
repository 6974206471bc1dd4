"""The watch: each minute it looks at the acts of the last day, and puts those who act together before people.

The work is bounded: at most `MOST_ACTS` acts, however long the history and however many act. A cluster that is strong opens a
case by itself, and its accounts count together as the root of their number, until people dismiss it. Nothing else is done.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from dunnock import accounts, moderation
from dunnock.foundation.clock import DAY, MINUTE, SECOND, now_ms
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.ids import id_at
from dunnock.foundation.job import Job
from dunnock.integrity.model import Act, Cluster, ClusterMember, Summary
from dunnock.integrity.rhythm import MOVED_MS, WOKE_MS, Rhythm, rhythm_of
from dunnock.integrity.signals import raise_signal
from dunnock.integrity.store import clusters as store
from dunnock.integrity.store import edits, observations, rhythms
from dunnock.integrity.story import Story, tell, topics_of

WATCH_EVERY_MS = MINUTE
WINDOW_MS = DAY
MOST_ACTS = 100_000
MOST_CHANGED = 5_000
STRONG_SIZE, STRONG_NATS = 8, 10.0
"""A cluster that opens a case: accounts that reach so many nats each."""
_SAME = 0.5  # part of the smaller one that two findings must share to be one cluster
_GONE_ON = 2.0  # a dismissed cluster that found so many times its size is a new one
_MOST_IN_CASE = moderation.MOST_AT_ONCE


class WatchActs(Job, frozen=True):
    """Look for accounts that act together."""


async def watch_acts(db: Db, _: WatchActs) -> None:
    """Find who acts together, and write down what is new. The computing is done in a thread."""
    since = id_at(now_ms() - WINDOW_MS)
    rows = await db.slow(observations.RECENT, since=since, most=MOST_ACTS)
    if not rows:
        return
    acts = [(row[0], row[1], row[2] == Act.BOOST, bytes(row[3])) for row in reversed(rows)]
    now = now_ms()
    for network in await asyncio.to_thread(_find, acts, await _changed(db, now), now):
        async with db.begin() as tx:
            await _write_down(tx, network)


async def _changed(db: Db, now: int) -> dict[int, Rhythm]:
    """Who woke or moved of late."""
    rows = [
        *await db.all(rhythms.MOVED, since=now - MOVED_MS, most=MOST_CHANGED),
        *await db.all(rhythms.WOKE, since=now - WOKE_MS, most=MOST_CHANGED),
    ]
    return {row[0]: rhythm_of(row) for row in rows}


def _find(acts: Sequence[tuple[int, int, bool, bytes]], changed: Mapping[int, Rhythm], now: int) -> list[Any]:
    from dunnock.integrity import marks, repurposed, together  # noqa: PLC0415 (numpy, igraph: only who watches pays)

    seen = marks.columns(acts)
    return [*together.find(seen), *repurposed.find(seen, changed, now)]


async def _write_down(tx: Tx, network: Any) -> None:
    members = network.members
    held, apart = await _same(tx, list(members))
    if held is not None and held.state == "dismissed":
        return
    if held is not None:
        apart |= await _kept_apart(tx, held.id, list(members))
        members = {one: member for one, member in members.items() if one not in apart}
        if not members:
            return
    summary = Summary(how=network.how, traces=network.traces, shared=network.shared, usual=network.usual,
                      posts=tuple(network.posts))  # fmt: skip
    told = msgspec.json.encode(summary).decode()
    first, last = network.first_at * SECOND, network.last_at * SECOND
    known: dict[int, tuple[int, float]] = {}
    if held is None:
        cluster_id = tx.new_id()
        await tx.run(store.ADD, id=cluster_id, score=network.score, size=len(members), summary=told, first_at=first,
                     last_at=last, split_from=None)  # fmt: skip
    else:
        cluster_id = held.id
        known = {row[0]: (row[1], row[2]) for row in await tx.all(store.SINCE, the=cluster_id)}
        if held.last_at >= last and held.score >= network.score and known.keys() >= members.keys():
            return
        await tx.run(
            store.GROW, the=cluster_id, new_score=max(held.score, network.score), new_size=len(known.keys() | members.keys()),
            new_summary=told if network.score >= held.score else held.summary, new_first=min(held.first_at, first),
            new_last=max(held.last_at, last),
        )  # fmt: skip
    rows = [
        {
            "cluster_id": cluster_id,
            "account_id": one,
            "role": member.role,
            "score": member.score,
            "evidence": msgspec.json.encode(member.evidence).decode(),
            "joined_at": known[one][0] if one in known else tx.now,
            "seen_at": tx.now,
        }
        for one, member in members.items()
        if one not in known or known[one][1] <= member.score
    ]
    await tx.many(store.PUT_MEMBER, rows)
    ties = [
        {"cluster_id": cluster_id, "a_id": tie.a, "b_id": tie.b, "trace": tie.trace, "occasions": tie.occasions,
         "weight": tie.weight}
        for tie in network.ties
        if tie.a in members and tie.b in members
    ]  # fmt: skip
    await tx.many(store.PUT_TIE, ties)
    size = len(known.keys() | members.keys())
    acts = sum(network.traces.values())
    await tx.run(store.PUT_SIZE, cluster_id=cluster_id, at=tx.now // MINUTE * MINUTE, size=size, acts=acts)
    await raise_for(tx, cluster_id, summary, size=size, nats=network.score)
    await act_on(tx, cluster_id)


async def raise_for(tx: Tx, cluster_id: int, summary: Summary, *, size: int, nats: float) -> None:
    """Say of a cluster of `size` accounts that they act together; `nats`: how sure of the surest."""
    evidence = {**msgspec.structs.asdict(summary), "accounts": size, "nats": nats}
    score = 1 - math.exp(-min(nats, 30))
    await raise_signal(tx, f"together.{summary.how}", "cluster", cluster_id, score=score, evidence=evidence)


async def _kept_apart(tx: Tx, cluster_id: int, account_ids: list[int]) -> set[int]:
    """Those whom a person split off from the cluster: finding them together once more does not undo that."""
    return {row[0] for row in await tx.all(edits.APART, the=cluster_id, ids=account_ids)}


async def _same(tx: Tx, account_ids: list[int]) -> tuple[Cluster | None, set[int]]:
    """The cluster that these accounts are in, for the most part, and who is left out of it.

    Where most are in one that people dismissed, and it did not grow far beyond, it is that one, unless those who are not in it
    are in another for the most part: then they go on there, and the dismissed ones are left out.
    """
    dismissed: Cluster | None = None
    left_out = set[int]()
    for cluster_id, state, _ in await tx.all(store.MEETING, ids=account_ids):
        row = await tx.one(store.HOLD, the=cluster_id)
        assert row is not None
        held = store.cluster_of(row)
        rest = [one for one in account_ids if one not in left_out]
        number = len(await tx.all(store.AMONG, the=cluster_id, ids=rest)) if rest else 0
        if not number or number < _SAME * min(len(rest), held.size):
            continue
        if state != "dismissed":
            return held, left_out
        if len(account_ids) <= _GONE_ON * held.size:
            dismissed = held
            left_out |= {row[0] for row in await tx.all(store.AMONG, the=cluster_id, ids=account_ids)}
    return dismissed, left_out


async def act_on(tx: Tx, cluster_id: int, *, again: bool = False) -> None:
    """What follows from a cluster as it is now: a case when it is strong, and how its accounts are counted.

    `again`: it was dismissed before, and its accounts have their parts in the case again.
    """
    row = await tx.one(store.HOLD, the=cluster_id)
    assert row is not None
    held = store.cluster_of(row)
    members = [store.member_of(one) for one in await tx.all(store.MEMBERS, the=cluster_id, most=_MOST_IN_CASE)]
    strong = [one for one in members if one.score >= STRONG_NATS]
    if held.state == "dismissed":
        gone = [one.account_id for one in members]
        await leave_case(tx, held, gone, why="People said that its network is none")
    if held.state in {"dismissed", "merged"} or (len(strong) < STRONG_SIZE and held.state != "confirmed"):
        await accounts.set_group(tx, cluster_id, {})
        return
    await accounts.set_group(tx, cluster_id, {one.account_id: 1.0 for one in members})
    subjects = [
        moderation.Subject(kind="account", subject_id=one.account_id, role=_part(one.role), why=_why(one))
        for one in members
    ]
    if held.case_id is not None:
        if again:
            await moderation.give_parts_by_server(tx, held.case_id, subjects)
        await moderation.add_subjects_by_server(tx, held.case_id, subjects)
        return
    summary = msgspec.json.decode(held.summary, type=Summary)
    seen = [moderation.Subject(kind="post", subject_id=one) for one in summary.posts]
    topic = (await topics_of(tx, {cluster_id: summary.posts})).get(cluster_id)
    story = Story(
        title=f"{held.size} accounts that act together" + (f": #{topic}" if topic else ""), why=_hypothesis(summary),
        severity=2, techniques=tuple(techniques(summary)), subjects=tuple([*subjects, *seen][:_MOST_IN_CASE]),
    )  # fmt: skip
    await tx.run(store.JOIN_CASE, the=cluster_id, new_case=await tell(tx, story))


async def leave_case(tx: Tx, held: Cluster, account_ids: list[int], *, why: str) -> None:
    """Whoever is in its case because of this cluster alone has no part in it any more: no decision about a part meets them."""
    if held.case_id is None:
        return
    elsewhere = await tx.all(store.ELSEWHERE, the=held.id, the_case=held.case_id, ids=account_ids)
    gone = sorted(set(account_ids) - {row[0] for row in elsewhere})
    await moderation.take_parts_by_server(tx, held.case_id, gone, why=why)


def _why(one: ClusterMember) -> str:
    told = msgspec.json.decode(one.evidence)
    if told.get("how") != "repurposed":
        return f"{one.score:.1f} nats"
    return f"{told['from']} → {told['to']}, awake again after {told['slept_days']} days; {one.score:.1f} nats"


def _part(role: str) -> moderation.Part:
    return "amplifier" if role == "amplifier" else "core"


_IN_COMMON = {
    "repost": "a boost of the same post",
    "text": "the same text",
    "near_text": "nearly the same text",
    "tags": "the same hashtags in one post",
    "tag": "the same hashtag",
    "mention": "the same account named",
    "link": "the same link",
    "reply": "an answer to the same post",
    "media": "the same picture",
    "boosted": "a boost of the same account",
}
"""What two acts had in common, by trace."""


def _hypothesis(summary: Summary) -> str:
    if summary.how == "repurposed":
        return (
            "Found by the server: accounts that were silent for a month or more, gave up the same place for the same other "
            f"place, and woke together to post about one thing. {summary.usual:.1%} of the accounts that post about other "
            "things did the like. What each account was before stands beside it."
        )
    counted = sorted(summary.traces.items(), key=lambda one: -one[1])
    traces = ", ".join(f"{number} times {_IN_COMMON.get(name, name)}" for name, number in counted)
    what = "took up one topic within minutes in nearly the same words" if summary.how == "script" else (
        "did the same to the same things close in time, again and again"
    )  # fmt: skip
    return (
        f"Found by the server: these accounts {what} ({traces}). They shared {summary.shared:.0%} of what they did with "
        f"each other; accounts outside share {summary.usual:.0%} with them."
    )


def techniques(summary: Summary) -> list[str]:
    """Ids of DISARM: Use Copypasta; Bots Amplify via Automated Forwarding and Reposting; Flood Existing Hashtag; local
    and fabricated personas on repurposed assets.
    """
    if summary.how == "repurposed":
        return ["T0097.101", "T0143.002", "T0150.004"]
    found = ["T0084.001"] if {"near_text", "text"} & summary.traces.keys() else []
    if {"repost", "boosted"} & summary.traces.keys():
        found.append("T0049.003")
    if {"tag", "tags"} & summary.traces.keys():
        found.append("T0049.002")
    return found
