"""Floods: far more strangers write to one member than ever do. A raid is told from many people who each have an opinion.

Counted with each post that answers or names somebody; nothing is kept besides the observations. What follows is an offer of
quiet to the member, and for a raid a case for staff; servers that a raid comes from are held back for a while (`origins`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
import numpy as np

from dunnock import accounts, moderation, notifications, posts
from dunnock.accounts import Account
from dunnock.foundation.clock import DAY, MINUTE, iso
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.ids import id_at, ms_of
from dunnock.integrity.coaction import Trace
from dunnock.integrity.marks import objects_of
from dunnock.integrity.model import Act
from dunnock.integrity.origins import hold_origins, origins_of
from dunnock.integrity.signals import find_signal, raise_signal, signals_about
from dunnock.integrity.store import observations
from dunnock.integrity.store import signals as store

DETECTOR: Final = "people.flood"
WINDOW_MS: Final = 20 * MINUTE
FEWEST: Final = 20
"""Posts by strangers within the window."""
FEWEST_PEOPLE: Final = 5
FAR_ABOVE: Final = 4
"""So many times a busy window of the member's own past."""
USUAL_MS: Final = 28 * DAY
NEW_MS: Final = 7 * DAY
SAME_WORDS, FEW_ORIGINS, MOSTLY_NEW = 0.3, 0.8, 0.5
"""Shares from which on a sign speaks for a raid: posts in the words of others; people of three other servers; new accounts."""
EPISODE_MS = 7 * DAY
"""After so long without one it is another flood: what people said of the last one is not said of it."""
_MOST = 400
_PAST = 2_000
_EACH = 10  # of a flood that goes on, each tenth is looked at
_REST_MS = 10 * MINUTE  # a flood that was told of is not told of again so soon
_MOST_IN_CASE = moderation.MOST_AT_ONCE
_TECHNIQUES = ("T0048", "T0049.005")
"""Ids of DISARM: Harass; Conduct Swarming."""


class Wrote(msgspec.Struct, frozen=True):
    """A stranger's post to the member; `words`: hashes that stand for what it says."""

    post_id: int
    account_id: int
    words: frozenset[int]


async def look_for_flood(tx: Tx, target_id: int) -> None:
    """Somebody wrote to the account: is it flooded? One short count while it is not."""
    since = id_at(tx.now - WINDOW_MS)
    number = await tx.value(observations.NUMBER_TO, target=target_id, since=since, most=_MOST)
    if number < FEWEST:
        return
    if number > 2 * FEWEST and (tx.now if number == _MOST else number) % _EACH:  # from the most on it counts no further
        return
    told = next((one for one in await signals_about(tx, "account", target_id) if one.detector == DETECTOR), None)
    if told is not None and tx.now - told.last_at < _REST_MS:
        return
    target = await accounts.find(tx, target_id)
    if target is None or not target.local:
        return
    wrote = await _strangers(tx, target_id, since)
    usual = usual_of([ms_of(row[0]) for row in await tx.all(observations.TO_BEFORE, target=target_id, since=since,
                      oldest=id_at(tx.now - USUAL_MS), most=_PAST)])  # fmt: skip
    people = await accounts.find_many(tx, {one.account_id for one in wrote})
    if len(wrote) < max(FEWEST, FAR_ABOVE * usual) or len(people) < FEWEST_PEOPLE:
        return
    evidence = await evidence_of(tx, wrote, people, usual=usual, now=tx.now)
    signal_id = await raise_signal(
        tx, DETECTOR, "account", target_id, score=score(evidence["replies"], usual), evidence=evidence,
        name=told.name if told is not None and tx.now - told.last_at < EPISODE_MS else iso(tx.now)[:10],
    )  # fmt: skip
    sure = is_raid(evidence)
    if sure:
        held = await hold_origins(tx, target_id, evidence, signal_id=signal_id, since=began(wrote))
        await _put_before_people(tx, signal_id, target, wrote, held)
    await notifications.offer_quiet_time(tx, target_id, since=began(wrote), sure=sure)


async def _strangers(tx: Tx, target_id: int, since: int) -> list[Wrote]:
    rows = [
        row
        for row in await tx.all(observations.TO, target=target_id, since=since, most=_MOST)
        if row[2] == Act.POST and row[1] != target_id
    ]
    known = await posts.known_authors(tx, [row[0] for row in rows], to=target_id, since=since)
    return [
        Wrote(row[0], row[1], frozenset(objects_of(bytes(row[3]), (Trace.TEXT, Trace.NEAR_TEXT))))
        for row in rows
        if row[1] not in known
    ]


def began(wrote: Sequence[Wrote]) -> int:
    """When the first of it came, in Unix milliseconds."""
    return ms_of(min(one.post_id for one in wrote))


def usual_of(moments: Sequence[int]) -> float:
    """What comes to the member in a busy window: more than in 19 of 20 in which anything came; at least 1. `moments`: ms."""
    counts = Counter(at // WINDOW_MS for at in moments)
    return max(1.0, float(np.percentile(list(counts.values()), 95))) if counts else 1.0


async def evidence_of(
    reader: Reader, wrote: Sequence[Wrote], people: Mapping[int, Account], *, usual: float, now: int
) -> dict[str, Any]:
    """What a second program needs to come to the same score and the same words."""
    who: dict[int, set[int]] = {}
    for one in wrote:
        for word in one.words:
            who.setdefault(word, set()).add(one.account_id)
    same = [any(len(who[word]) > 1 for word in one.words) for one in wrote]
    new = {one.id for one in people.values() if now - one.created_at < NEW_MS}
    origins = Counter(one.domain for one in people.values())
    said = [(one.account_id, alike) for one, alike in zip(wrote, same, strict=True)]
    return {
        "replies": len(wrote),
        "people": len(people),
        "usual": usual,
        "posts": [[str(one.post_id), str(one.account_id)] for one in wrote],
        "origins": dict(origins.most_common(10)),
        "servers": await origins_of(reader, said, people, new, since=began(wrote)),
        "same_words": sum(same),
        "new": len(new),
    }


def score(replies: int, usual: float) -> float:
    """How sure it is that this is beyond what usually comes. Source: Chernoff's bound of a Poisson count."""
    nats = replies * math.log(replies / usual) - replies + usual if replies > usual else 0.0
    return 1 - math.exp(-nats / 20)


def is_raid(evidence: Mapping[str, Any]) -> bool:
    """Does it look like one hand: the same words, or new accounts of few other servers? Else many people write on their own."""
    elsewhere = sorted((number for domain, number in evidence["origins"].items() if domain), reverse=True)
    few = sum(elsewhere[:3]) >= FEW_ORIGINS * evidence["people"]
    new = evidence["new"] >= MOSTLY_NEW * evidence["people"]
    return bool(evidence["same_words"] >= SAME_WORDS * evidence["replies"] or (few and new))


async def _put_before_people(
    tx: Tx, signal_id: int, target: Account, wrote: Sequence[Wrote], held: Sequence[str]
) -> None:
    signal = await find_signal(tx, signal_id)
    if signal.state == "dismissed":
        return
    people = dict.fromkeys(one.account_id for one in wrote)
    subjects = [
        moderation.Subject(kind="account", subject_id=target.id, role="target"),
        *[moderation.Subject(kind="account", subject_id=one, role="core") for one in people],
        *[moderation.Subject(kind="post", subject_id=one.post_id) for one in wrote],
    ][:_MOST_IN_CASE]
    if signal.case_id is not None and (await moderation.find_case(tx, signal.case_id)).closed_at is None:
        await moderation.add_subjects_by_server(tx, signal.case_id, subjects)
        return
    told, former = signal.evidence, await moderation.cases_about(tx, people)
    case_id = await moderation.open_case_by_server(
        tx,
        f"Raid on @{target.username}",
        hypothesis=(
            f"Found by the server: {told['people']} strangers wrote {told['replies']} posts to one member within 20 minutes; "
            f"in a busy time {told['usual']:.0f} come. {told['same_words']} of them say what others say, {told['new']} "
            f"of the accounts are new. The member was offered quiet. {_done(held)}"
        ),
        severity=2,
        techniques=_TECHNIQUES,
        subjects=subjects,
    )
    await moderation.link_cases_by_server(tx, case_id, [one.id for one in former])
    await tx.run(store.JOIN_CASE, the=signal_id, new_case=case_id)


def _done(held: Sequence[str]) -> str:
    if not held:
        return "Nothing was done to who wrote."
    return f"What strangers of {', '.join(held)} write to the member is held back for a day, for the member to let through."
