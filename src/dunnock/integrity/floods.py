"""Floods: far more strangers write to one member than ever do. A raid is told from many people who each have an opinion.

Counted with each post that answers or names somebody; nothing is kept besides the observations. What follows is an offer of
quiet to the member, and for a raid a case for staff; servers that a raid comes from are held back for a while (`origins`).
Whether it is a part of a raid on others, too, is found by `raids`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import msgspec

from dunnock import accounts, notifications
from dunnock.accounts import Account
from dunnock.foundation.clock import DAY, HOUR, MINUTE, iso
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.ids import id_at
from dunnock.integrity import raids
from dunnock.integrity.origins import hold_origins, origins_of, raided_from
from dunnock.integrity.signals import find_signal, raise_signal, signals_about
from dunnock.integrity.store import observations
from dunnock.integrity.strangers import MOST, WINDOW_MS, Wrote, began, shared_words, strangers_of, usual_before

DETECTOR: Final = "people.flood"
FEWEST: Final = 20
"""Posts by strangers within the window."""
FEWEST_PEOPLE: Final = 5
FAR_ABOVE: Final = 4
"""So many times a busy window of the member's own past."""
NEW_MS: Final = 7 * DAY
SAME_WORDS, FEW_ORIGINS, MOSTLY_NEW = 0.3, 0.8, 0.5
"""Shares from which on a sign speaks for a raid: posts in the words of others; people of three other servers; new accounts."""
EPISODE_MS = 7 * DAY
"""After so long without one it is another flood: what people said of the last one is not said of it."""
SLOW_MS: Final = 6 * HOUR
SLOW_FEWEST: Final = 60
SLOW_PEOPLE: Final = 15
"""Who stays below what is noticed in 20 minutes is noticed over hours."""
_EACH_SLOW = 30
_EACH = 10  # of a flood that goes on, each tenth is looked at
_REST_MS = 10 * MINUTE  # a flood that was told of is not told of again so soon


async def look_for_flood(tx: Tx, target_id: int) -> bool:
    """Somebody wrote to the account: is it flooded, within minutes or within hours? Two short counts while it is not.

    Whether it was told.
    """
    number = await _number(tx, target_id, WINDOW_MS)
    if number >= FEWEST and (number <= 2 * FEWEST or _is_turn(number, _EACH, tx.now)):
        return await _look(tx, target_id, window_ms=WINDOW_MS, fewest=FEWEST, fewest_people=FEWEST_PEOPLE)
    slowly = await _number(tx, target_id, SLOW_MS)
    if slowly >= SLOW_FEWEST and _is_turn(slowly, _EACH_SLOW, tx.now):
        return await _look(tx, target_id, window_ms=SLOW_MS, fewest=SLOW_FEWEST, fewest_people=SLOW_PEOPLE)
    return False


async def _number(tx: Tx, target_id: int, window_ms: int) -> int:
    found: int = await tx.value(observations.NUMBER_TO, target=target_id, since=id_at(tx.now - window_ms), most=MOST)
    return found


def _is_turn(number: int, each: int, now: int) -> bool:
    """Of what goes on, some are looked at. From the most on it counts no further: then by the clock."""
    return (now if number == MOST else number) % each == 0


async def _look(tx: Tx, target_id: int, *, window_ms: int, fewest: int, fewest_people: int) -> bool:
    since = id_at(tx.now - window_ms)
    told = next((one for one in await signals_about(tx, "account", target_id) if one.detector == DETECTOR), None)
    if told is not None and tx.now - told.last_at < _REST_MS:
        return False
    target = await accounts.find(tx, target_id)
    if target is None or not target.local:
        return False
    wrote = await strangers_of(tx, target_id, since=since)
    usual = await usual_before(tx, target_id, since=since, now=tx.now, window_ms=window_ms)
    people = await accounts.find_many(tx, {one.account_id for one in wrote})
    if len(wrote) < max(fewest, FAR_ABOVE * usual) or len(people) < fewest_people:
        return False
    evidence = await evidence_of(tx, wrote, people, usual=usual, now=tx.now) | {"minutes": window_ms // MINUTE}
    part = kin = None
    if is_raid(evidence):
        new = {one.id for one in people.values() if tx.now - one.created_at < NEW_MS}
        part = raids.part_of(target_id, wrote, people, new=new, servers=raided_from(evidence))
        kin = await raids.find_kin(tx, part, wrote, now=tx.now)
        evidence |= {} if kin is None else {"raid": evidence_of_kin(kin)}
    signal_id = await raise_signal(
        tx, DETECTOR, "account", target_id, score=score(evidence["replies"], usual), evidence=evidence,
        name=told.name if told is not None and tx.now - told.last_at < EPISODE_MS else iso(tx.now)[:10],
    )  # fmt: skip
    sure = part is not None and (await find_signal(tx, signal_id)).state != "dismissed"
    if part is not None and sure:
        held = await hold_origins(tx, target_id, evidence, signal_id=signal_id, since=began(wrote))
        again = 0 if kin is None else kin.again
        raid = await raids.grow(tx, part, None if kin is None else kin.raid, again=again, signal_id=signal_id)
        if raid is not None and again >= raids.FEWEST:
            await raids.protect(tx, raid.id, target_id, since=began(wrote), signal_id=signal_id)
        await _put_before_people(
            tx, raid, evidence, target=target, wrote=wrote, core=core_of(wrote, part), held=held, signal_id=signal_id
        )
    await notifications.offer_quiet_time(tx, target_id, since=began(wrote), sure=sure)
    return True


def core_of(wrote: Sequence[Wrote], part: raids.Part) -> set[int]:
    """Who is a part of the raid for staff: whoever says what others say, or is known by its server; else all who wrote."""
    shared = shared_words(wrote)
    return {one.account_id for one in wrote if one.words & shared} | part.raiders.keys() or {
        one.account_id for one in wrote
    }


def evidence_of_kin(kin: raids.Kin) -> dict[str, Any]:
    """What speaks for it that this is a part of a raid that began elsewhere."""
    return {
        "id": str(kin.raid.id),
        "again": kin.again,
        "said": kin.said,
        "network": kin.network,
        "servers": list(kin.servers),
    }


async def evidence_of(
    reader: Reader, wrote: Sequence[Wrote], people: Mapping[int, Account], *, usual: float, now: int
) -> dict[str, Any]:
    """What a second program needs to come to the same score and the same words."""
    shared = shared_words(wrote)
    same = [bool(one.words & shared) for one in wrote]
    at_length = shared_words([msgspec.structs.replace(one, words=one.told) for one in wrote])
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
        "same_at_length": sum(bool(one.told & at_length) for one in wrote),
        "new": len(new),
    }


def score(replies: int, usual: float) -> float:
    """How sure it is that this is beyond what usually comes. Source: Chernoff's bound of a Poisson count."""
    nats = replies * math.log(replies / usual) - replies + usual if replies > usual else 0.0
    return 1 - math.exp(-nats / 20)


def is_raid(evidence: Mapping[str, Any]) -> bool:
    """Does it look like one hand? Else many people write on their own.

    The same words at length (32 letters) are enough. Short ones ("happy birthday") many people say on their own: they count where
    the accounts are new, or of few other servers; and both of these are enough by themselves.
    """
    elsewhere = sorted((number for domain, number in evidence["origins"].items() if domain), reverse=True)
    few = sum(elsewhere[:3]) >= FEW_ORIGINS * evidence["people"]
    new = evidence["new"] >= MOSTLY_NEW * evidence["people"]
    same = evidence["same_words"] >= SAME_WORDS * evidence["replies"]
    at_length = evidence.get("same_at_length", evidence["same_words"]) >= SAME_WORDS * evidence["replies"]
    return bool(at_length or (same and (few or new)) or (few and new))


async def _put_before_people(
    tx: Tx,
    raid: raids.Raid | None,
    told: Mapping[str, Any],
    *,
    target: Account,
    wrote: Sequence[Wrote],
    core: Collection[int],
    held: Sequence[str],
    signal_id: int,
) -> None:
    before = told.get("raid")
    why = (
        f"Found by the server: {told['people']} strangers wrote {told['replies']} posts to @{target.username} within "
        f"{told['minutes']} minutes; in a busy time {told['usual']:.0f} come. {told['same_words']} of them say what others say, "
        f"{told['new']} of the accounts are new. "
        f"The member was offered quiet. {_done(held)}{'' if before is None else _before(before)}"
    )
    await raids.tell_of_raid(tx, raid, why, target=target, wrote=wrote, core=core, signal_id=signal_id)


def _before(raid: Mapping[str, Any]) -> str:
    """What speaks for it that they raided others before."""
    ways = (
        (raid["again"], f"{raid['again']} of the accounts raided others here"),
        (raid["said"], f"{raid['said']} use the words of that raid"),
        (raid["network"], f"{raid['network']} are in one network with it"),
        (raid["servers"], f"it came from {', '.join(raid['servers'])}, too"),
    )
    return f" It is one raid with what came before: {'; '.join(words for way, words in ways if way)}."


def _done(held: Sequence[str]) -> str:
    if not held:
        return "Nothing was done to who wrote."
    return f"What strangers of {', '.join(held)} write to the member is held back for a day, for the member to let through."
