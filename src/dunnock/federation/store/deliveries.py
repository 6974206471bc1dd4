"""Statements about activities that go out."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import Boolean, and_, bindparam, column, delete, exists, func, or_, select, table, update

from dunnock.federation.tables import actors, bodies, deliveries, hosts, reached, relays
from dunnock.foundation.db import BigId, Db, Reader, Sql, Tx, among, insert_into, insert_once

MOST_FORGOTTEN = 1_000
"""At once, so that nobody waits long for it."""
_accounts = table("accounts", column("id", BigId), column("username"))
_ADD_BODY = insert_into(bodies)
_ADD = insert_into(deliveries, "id", "body_id", "inbox", "host", "run_at")
_REACH = insert_once(reached, keys=["post_id", "inbox"])
_REACHED = Sql(select(reached.c.inbox).where(reached.c.post_id == bindparam("post", type_=BigId)))
_FORGET_REACHED = Sql(delete(reached).where(reached.c.post_id == bindparam("post", type_=BigId)))
_now = bindparam("now", type_=BigId)
_reachable = ~exists().where(hosts.c.host == deliveries.c.host, hosts.c.parked_at.is_not(None))
_failing = exists().where(hosts.c.host == deliveries.c.host, hosts.c.failing_since.is_not(None))
_slow = or_(deliveries.c.attempts > 0, _failing)
_to_relay = exists().where(relays.c.inbox == deliveries.c.inbox)
_due = (
    select(
        deliveries.c.id,
        deliveries.c.body_id,
        deliveries.c.inbox,
        deliveries.c.host,
        deliveries.c.attempts,
        _slow.label("slow"),
        _to_relay.label("to_relay"),
    )
    .where(
        deliveries.c.run_at <= _now,
        deliveries.c.lease_until <= _now,
        ~among(deliveries.c.host, "full"),
        _reachable,
        or_(bindparam("slow_too", type_=Boolean()), ~_slow),
    )
    .order_by(deliveries.c.run_at, deliveries.c.id)
    .limit(bindparam("most"))
)
_ANY_DUE = Sql(_due)
_DUE = Sql(_due, _due.with_for_update(skip_locked=True, of=deliveries))
_COUNT_DUE = Sql(select(func.count()).select_from(deliveries).where(deliveries.c.run_at <= _now, _reachable))
_id = deliveries.c.id == bindparam("the", type_=BigId)
_LEASE = Sql(
    update(deliveries)
    .where(among(deliveries.c.id, "ids"))
    .values(lease_until=bindparam("until", type_=BigId), holder=bindparam("slot"), attempts=deliveries.c.attempts + 1)
)
_LEFT_BEHIND = Sql(
    update(deliveries)
    .where(deliveries.c.run_at <= _now, deliveries.c.lease_until > _now, deliveries.c.holder == bindparam("slot"))
    .values(lease_until=0)
)
_TRY_NOW = Sql(
    update(deliveries)
    .where(deliveries.c.host == bindparam("of"), deliveries.c.run_at > _now, deliveries.c.error != "answered 429")
    .values(run_at=_now)
)
_before = bindparam("before", type_=BigId)
_LOST = Sql(
    select(deliveries.c.id)
    .where(
        deliveries.c.run_at < _before, exists().where(hosts.c.host == deliveries.c.host, hosts.c.parked_at < _before)
    )
    .order_by(deliveries.c.run_at, deliveries.c.id)
    .limit(MOST_FORGOTTEN)
)
_LOST_BODIES = Sql(select(deliveries.c.body_id).where(among(deliveries.c.id, "ids")).distinct())
_known = or_(
    exists().where(deliveries.c.host == hosts.c.host),
    exists().where(relays.c.host == hosts.c.host),
    and_(or_(hosts.c.scheme != "draft", hosts.c.read_scheme != "draft"), exists().where(actors.c.host == hosts.c.host)),
)
_SILENT = (
    select(hosts.c.host)
    .where(
        hosts.c.heard_at < _before,
        or_(hosts.c.failing_since.is_(None), hosts.c.failing_since < _before),
        or_(hosts.c.parked_at.is_(None), hosts.c.parked_at < _before),
        ~_known,
    )
    .order_by(hosts.c.host)
    .limit(MOST_FORGOTTEN)
)
_FORGET_HOSTS = Sql(delete(hosts).where(hosts.c.host.in_(_SILENT)))
_DONE = Sql(delete(deliveries).where(among(deliveries.c.id, "ids")))
_AGAIN = Sql(
    update(deliveries).where(_id).values(run_at=bindparam("at", type_=BigId), lease_until=0, error=bindparam("why"))
)
_GIVE_BACK = Sql(
    update(deliveries).where(among(deliveries.c.id, "ids")).values(lease_until=0, attempts=deliveries.c.attempts - 1)
)
_BODIES = Sql(
    select(bodies.c.id, bodies.c.body, bodies.c.account_id, _accounts.c.username, bodies.c.to_followers)
    .outerjoin(_accounts, _accounts.c.id == bodies.c.account_id)
    .where(among(bodies.c.id, "ids"))
)
_SWEEP = Sql(delete(bodies).where(among(bodies.c.id, "ids"), ~exists().where(deliveries.c.body_id == bodies.c.id)))
_NEXT = Sql(select(func.min(deliveries.c.run_at)))
_WAITING = Sql(select(func.count()).select_from(deliveries))


class Due(msgspec.Struct, frozen=True):
    """A delivery to be tried now; `attempts` before this one. `slow`: it failed before, or its server fails.

    `to_relay`: how it went is kept with the relay.
    """

    id: int
    body_id: int
    inbox: str
    host: str
    attempts: int
    slow: bool
    to_relay: bool


async def add(tx: Tx, body: bytes, *, by: int, to: Sequence[tuple[str, str]], to_followers: bool = False) -> None:
    """An activity for inboxes, given as (inbox, host)."""
    body_id = tx.new_id()
    await tx.run(_ADD_BODY, id=body_id, account_id=by, body=body, to_followers=to_followers)
    await tx.many(
        _ADD,
        [{"id": tx.new_id(), "body_id": body_id, "inbox": inbox, "host": host, "run_at": tx.now} for inbox, host in to],
    )


async def note_reached(tx: Tx, post_id: int, inboxes: Collection[str]) -> None:
    """A post goes to these inboxes, whoever follows its author."""
    await tx.many(_REACH, [{"post_id": post_id, "inbox": one} for one in sorted(inboxes)])


async def reached_by(reader: Reader, post_id: int) -> set[str]:
    """Where a post went besides its author's followers."""
    return {row[0] for row in await reader.all(_REACHED, post=post_id)}


async def forget_reached(tx: Tx, post_id: int) -> None:
    """The post is gone everywhere."""
    await tx.run(_FORGET_REACHED, post=post_id)


async def any_due(reader: Reader, now: int, full: Sequence[str], *, slow_too: bool) -> bool:
    """Is anything to be sent now, to servers that have a turn free? `slow_too`: also what failed before."""
    return bool(await reader.all(_ANY_DUE, now=now, full=list(full), slow_too=slow_too, most=1))


async def count_due(db: Db, now: int) -> int:
    """How many are due, under way or waiting for a turn; not those for servers that are left alone."""
    found: int = (await db.slow(_COUNT_DUE, now=now))[0][0]
    return found


async def find_due(tx: Tx, now: int, *, full: Sequence[str], slow_too: bool, most: int) -> list[Due]:
    """What is to be sent now, the oldest first; nobody else gets it as long as this transaction lasts."""
    rows = await tx.all(_DUE, now=now, full=list(full), slow_too=slow_too, most=most)
    return [
        Due(an_id, body_id, inbox, host, attempts, bool(slow), bool(to_relay))
        for an_id, body_id, inbox, host, attempts, slow, to_relay in rows
    ]


async def lease(tx: Tx, found: Sequence[Due], *, until: int, slot: str | None) -> None:
    """These are tried now in the slot, and are nobody else's until then."""
    if found:
        await tx.run(_LEASE, ids=[one.id for one in found], until=until, slot=slot)


async def left_behind(tx: Tx, *, now: int, slot: str) -> None:
    """What a process of the slot was trying when it ended is to be tried again."""
    await tx.run(_LEFT_BEHIND, now=now, slot=slot)


async def try_now(tx: Tx, host: str) -> int:
    """What waits because the server did not take it is not to wait any longer, unless it asked for that; how many."""
    return await tx.run(_TRY_NOW, of=host, now=tx.now)


async def give_back(tx: Tx, ids: Sequence[int]) -> None:
    """These were not tried after all."""
    await tx.run(_GIVE_BACK, ids=list(ids))


async def done(tx: Tx, found: Sequence[Due]) -> None:
    """These arrived, or never will."""
    await tx.run(_DONE, ids=[one.id for one in found])
    await tx.run(_SWEEP, ids=sorted({one.body_id for one in found}))


async def again(tx: Tx, one: Due, *, at: int, why: str) -> None:
    """This one is to be tried again."""
    await tx.run(_AGAIN, the=one.id, at=at, why=why)


async def forget_lost(tx: Tx, *, before: int) -> None:
    """Drop some of what waits for servers that were left alone before that moment, and of what is known of silent ones."""
    ids = [row[0] for row in await tx.all(_LOST, before=before)]
    if ids:
        held = [row[0] for row in await tx.all(_LOST_BODIES, ids=ids)]
        await tx.run(_DONE, ids=ids)
        await tx.run(_SWEEP, ids=held)
    await tx.run(_FORGET_HOSTS, before=before)


class Body(msgspec.Struct, frozen=True):
    """An activity as it is sent: its bytes, who signs (0: the server) and their name, whether it is for followers only."""

    body: bytes
    account_id: int
    name: str | None
    to_followers: bool


async def bodies_of(reader: Reader, ids: Collection[int]) -> dict[int, Body]:
    """Activities by their ids."""
    return {
        row[0]: Body(bytes(row[1]), row[2], row[3], bool(row[4])) for row in await reader.all(_BODIES, ids=list(ids))
    }


async def waiting(reader: Reader) -> int:
    """How many deliveries there are to do."""
    count: int = await reader.value(_WAITING)
    return count
