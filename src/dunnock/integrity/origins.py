"""Servers that a raid comes from: what their strangers write to the member is held for a day. Other servers are left alone.

A server counts as a raid's own when this server knew fewer others of its accounts before than write in the raid now, and what
these write is the raid's. When three members are raided from it at once, its strangers are held back from everybody here.
Staff see it with what speaks for it, and may end it; then all that was held is let through.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from dunnock import accounts, posts
from dunnock.accounts import Account, Power
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.ids import id_at
from dunnock.integrity import raids
from dunnock.integrity.errors import OriginHoldMissing
from dunnock.integrity.store import signals as store
from dunnock.moderation import log

NEEDS = Power.MANAGE_REPORTS
FEWEST_OF_SERVER: Final = 5
"""Accounts of a server that write in a raid, at least: fewer can be held one by one."""
SWARM: Final = 3
"""Members who are raided from a server at the same time, from which on it is held back from everybody."""
SAME_WORDS, MOSTLY_NEW = 0.3, 0.5
FEW_SERVERS = 3
_MOST_TOLD = 10


async def origins_of(
    reader: Reader, wrote: Sequence[tuple[int, bool]], people: Mapping[int, Account], new: set[int], *, since: int
) -> dict[str, dict[str, int]]:
    """What each server has to do with a flood that began at `since` (Unix milliseconds): of at most 10, the greatest first.

    `wrote`: (account, whether it says the same as somebody else) of each post; `new`: accounts that are young. Told of each:
    `people` who write, how many of them are `new`, how many others of its accounts were `known` before (counted up to
    `people`; but for those who raided somebody), its `posts`, and how many of them say the `same`.
    """
    told: dict[str, dict[str, int]] = {}
    of_server = Counter(one.domain for one in people.values() if one.domain)
    for domain, number in of_server.most_common(_MOST_TOLD):
        theirs = {one.id for one in people.values() if one.domain == domain}
        said = [same for account_id, same in wrote if account_id in theirs]
        met = sum(one < id_at(since) for one in theirs)
        others = [one for one in await raids.raiders_of_server(reader, domain) if one not in theirs]
        met += sum(one < id_at(since) for one in others)
        known = await accounts.number_known(reader, domain, before=id_at(since), most=number + met) - met
        told[domain] = {
            "people": number, "new": len(theirs & new), "known": known, "posts": len(said), "same": sum(said),
        }  # fmt: skip
    return told


def raided_from(evidence: Mapping[str, Any]) -> list[str]:
    """The servers that a raid comes from, by its evidence."""
    servers: Mapping[str, Mapping[str, int]] = evidence["servers"]
    first = sorted(servers, key=lambda one: (-servers[one]["people"], one))[:FEW_SERVERS]
    few = sum(servers[one]["people"] for one in first) >= 0.8 * evidence["people"]
    found = []
    for domain, one in servers.items():
        strange = one["people"] >= FEWEST_OF_SERVER and one["known"] < one["people"]
        new = few and domain in first and one["new"] >= MOSTLY_NEW * one["people"]
        if strange and (new or one["same"] >= SAME_WORDS * one["posts"]):
            found.append(domain)
    return sorted(found)


async def hold_origins(tx: Tx, target_id: int, evidence: Mapping[str, Any], *, signal_id: int, since: int) -> list[str]:
    """Hold back what strangers of the servers that a raid comes from write to the member; which servers.

    `since` (Unix milliseconds): when the raid began.
    """
    found = raided_from(evidence)
    for domain in found:
        if await posts.hold_origin(tx, domain, account_id=target_id, since=since, signal_id=signal_id):
            await log.note_by(tx, log.THE_SERVER, "origin.hold", signal_id, called=domain, account=str(target_id))
        raided = {one.account_id for one in await posts.held_from(tx, domain)} - {None}
        if len(raided) >= SWARM and await posts.hold_origin(
            tx, domain, account_id=None, since=since, signal_id=signal_id
        ):  # fmt: skip
            await log.note_by(tx, log.THE_SERVER, "origin.hold", signal_id, called=domain)
    return found


class HeldOrigin(NamedTuple):
    """A server whose strangers are held back, what the raid's evidence tells of it (see `origins_of`), and the case."""

    hold: posts.OriginHold
    told: Mapping[str, int]
    case_id: int | None


async def list_origin_holds(reader: Reader, *, by: int) -> list[HeldOrigin]:
    """The servers whose strangers are held back now, the newest first, at most 200. Raises: NotPermitted."""
    await accounts.permit(reader, by, NEEDS)
    holds = [one for one in await posts.origin_holds(reader) if one.raid_id is None]
    rows = await reader.all(store.FIND_MANY, ids=sorted({one.signal_id for one in holds})) if holds else []
    raids = {one.id: one for one in map(store.signal_of, rows)}
    return [
        HeldOrigin(one, {}, None)
        if (raid := raids.get(one.signal_id)) is None
        else HeldOrigin(one, raid.evidence.get("servers", {}).get(one.domain, {}), raid.case_id)
        for one in holds
    ]


async def end_origin_hold(tx: Tx, hold_id: int, *, by: int) -> None:
    """Say that no raid comes from there: what was held because of it is let through, and the server does not hold it again.

    Raises: NotPermitted; OriginHoldMissing: there is none that holds.
    """
    staff = await log.acting(tx, by, NEEDS)
    ended = await posts.end_origin_hold(tx, hold_id, by=by)
    if ended is None:
        raise OriginHoldMissing(hold_id)
    await log.note(tx, staff, "origin.end", ended.signal_id, called=ended.domain, held=ended.posts)
