"""A raid on one member is seen: which raid is it a part of, and what is known of that raid from now on."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from dunnock import posts
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Reader, Tx
from dunnock.integrity.raids import store
from dunnock.integrity.raids.model import (
    COUNTS_MS,
    FEWEST,
    MOST_ACCOUNTS,
    MOST_HITS,
    MOST_MARKS,
    SWARM,
    Hit,
    Kin,
    Part,
    Raid,
    belongs,
    names_of,
)
from dunnock.integrity.strangers import Wrote
from dunnock.moderation import log

_MOST_MARKED, _MOST_OF_SERVER = 5_000, 1_000


async def find_kin(reader: Reader, part: Part, said: Collection[Wrote], *, now: int) -> Kin | None:
    """The raid that this is a part of, with what speaks for it: the one with most in common. None: it is a new one.

    One that staff ended may be it, too. `said`: the posts of the part. Four queries, whatever there was before.
    """
    ids, since = sorted(part.raiders), now - COUNTS_MS
    rows = await reader.all(store.NUMBER_AGAIN, ids=ids, since=since, target=part.target_id)
    again: dict[int, int] = {row[0]: row[1] for row in rows}
    marks = sorted({*names_of({word for one in said for word in one.told}), *part.servers})
    words: dict[int, set[str]] = {}
    servers: dict[int, set[str]] = {}
    for raid_id, kind, mark in await reader.all(store.MARKED, marks=marks, since=since, most=_MOST_MARKED):
        if kind == "word":
            words.setdefault(raid_id, set()).add(mark)
        elif mark in part.servers:
            servers.setdefault(raid_id, set()).add(mark)
    networks: dict[int, int] = {}
    for raid_id, ours, theirs in await reader.all(store.NETWORKS, ids=ids, since=since, least=FEWEST):
        networks[raid_id] = max(networks.get(raid_id, 0), min(ours, theirs))
    found = []
    lately = sorted({*again, *words, *servers, *networks})
    for row in await reader.all(store.LATELY, ids=lately, since=since) if lately else []:
        raid = store.raid_of(row)
        kin = Kin(
            raid=raid,
            again=again.get(raid.id, 0),
            said=len({one.account_id for one in said if not words.get(raid.id, set()).isdisjoint(names_of(one.told))}),
            network=networks.get(raid.id, 0),
            servers=tuple(sorted(servers.get(raid.id, ()))),
        )
        if belongs(kin, raiders=len(part.raiders), people=part.people):
            found.append(kin)
    return max(found, key=lambda one: (one.again, one.said, one.network, len(one.servers), -one.raid.id), default=None)


async def raiders_of_server(reader: Reader, domain: str) -> list[int]:
    """The accounts of a server that raided somebody of late, at most 1,000."""
    rows = await reader.all(store.OF_SERVER, host=domain, since=now_ms() - COUNTS_MS, most=_MOST_OF_SERVER)
    return [row[0] for row in rows]


async def grow(
    tx: Tx, part: Part, raid: Raid | None, *, again: int, signal_id: int, early: bool = False
) -> Raid | None:
    """Write the part down: the raid is that one, or (None) a new one. None: staff ended it, or nobody takes part."""
    if len(part.raiders) < FEWEST:
        return None
    if raid is None:
        raid_id = tx.new_id()
        await tx.run(store.ADD, id=raid_id, first_at=tx.now, last_at=tx.now)
        await log.note_by(tx, log.THE_SERVER, "raid.begin", raid_id, account=str(part.target_id))
    else:
        raid_id = raid.id
    row = await tx.one(store.HOLD, the=raid_id)
    assert row is not None
    held = store.raid_of(row)
    if held.ended_at is not None:
        return None
    await tx.run(store.TOUCH, the=raid_id, now=tx.now)
    numbers = await tx.one(store.NUMBERS, the=raid_id)
    assert numbers is not None
    await add_accounts(tx, raid_id, part.raiders, target_id=part.target_id, room=MOST_ACCOUNTS - numbers[0])
    marks = [("server", one) for one in sorted(part.servers)] + [("word", one) for one in sorted(part.words)]
    room = max(0, MOST_MARKS - numbers[1])
    await tx.many(store.ADD_MARK, [{"raid_id": raid_id, "kind": kind, "mark": mark} for kind, mark in marks[:room]])
    before = await tx.one(store.HIT, the=raid_id, target=part.target_id)
    if before is not None or numbers[2] < MOST_HITS:
        was = store.hit_of(before) if before is not None else None
        await _put_hit(tx, raid_id, part, was, again=again, early=early, signal_id=signal_id)
    return held


async def add_accounts(tx: Tx, raid_id: int, who: Mapping[int, str], *, target_id: int, room: int) -> None:
    """These (account -> server) wrote to the target as a part of the raid; at most `room` of them are new in it."""
    ids = sorted(who)
    known = {row[0] for row in await tx.all(store.HELD_ACCOUNTS, the=raid_id, ids=ids)}
    new = [one for one in ids if one not in known][: max(0, room)]
    rows = [
        {"raid_id": raid_id, "account_id": one, "domain": who[one], "waves": 0, "last_target_id": 0, "last_at": 0}
        for one in new
    ]  # fmt: skip
    await tx.many(store.ADD_ACCOUNT, rows)
    await tx.run(store.WROTE_TO, the=raid_id, ids=ids, target=target_id, now=tx.now)


async def _put_hit(
    tx: Tx, raid_id: int, part: Part, was: Hit | None, *, again: int, early: bool, signal_id: int
) -> None:  # fmt: skip
    await tx.run(
        store.PUT_HIT, raid_id=raid_id, account_id=part.target_id, first_at=was.first_at if was else tx.now,
        last_at=tx.now, people=max(part.people, was.people if was else 0), posts=max(part.posts, was.posts if was else 0),
        again=max(again, was.again if was else 0), early=was.early if was else early, signal_id=signal_id,
    )  # fmt: skip


async def protect(tx: Tx, raid_id: int, target_id: int, *, since: int, signal_id: int) -> None:
    """Hold back for a day what those who took part write to this member; to everybody here, when three were raided.

    `since` (Unix milliseconds): whom they knew before then is no stranger. Staff ended it: it does not begin again.
    """
    if await posts.hold_raiders(tx, raid_id, account_id=target_id, since=since, signal_id=signal_id):
        await log.note_by(tx, log.THE_SERVER, "raid.hold", raid_id, account=str(target_id))
    hit = await tx.value(store.NUMBER_SINCE, the=raid_id, since=tx.now - COUNTS_MS, most=SWARM)
    if hit >= SWARM and await posts.hold_raiders(tx, raid_id, account_id=None, since=since, signal_id=signal_id):
        await log.note_by(tx, log.THE_SERVER, "raid.hold", raid_id)
