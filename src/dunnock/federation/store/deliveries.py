"""Statements about activities that go out."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import and_, bindparam, column, delete, exists, func, or_, select, table, update

from dunnock.federation.tables import actors, bodies, deliveries, hosts, reached, relays
from dunnock.foundation.db import BigId, Db, Reader, Row, Sql, Tx, among, insert_into, insert_once
from dunnock.foundation.ids import id_at

MOST_FORGOTTEN = 1_000
"""At once, so that nobody waits long for it."""
LOOKED_AT = 512
"""So many of the oldest rows are looked at; where they are all for servers that have enough to do, it is asked by server."""
_accounts = table("accounts", column("id", BigId), column("username"))
_ADD_BODY = insert_into(bodies)
_ADD = insert_into(deliveries, "id", "body_id", "inbox", "host", "run_at")
_REACH = insert_once(reached, keys=["post_id", "inbox"])
_REACHED = Sql(select(reached.c.inbox).where(reached.c.post_id == bindparam("post", type_=BigId)))
_FORGET_REACHED = Sql(delete(reached).where(reached.c.post_id == bindparam("post", type_=BigId)))
_now = bindparam("now", type_=BigId)
_reachable = ~exists().where(hosts.c.host == deliveries.c.host, hosts.c.parked_at.is_not(None))
_to_relay = exists().where(relays.c.inbox == deliveries.c.inbox)
_ready = and_(deliveries.c.run_at <= _now, deliveries.c.lease_until <= _now)
_oldest = (
    select(deliveries.c.id).where(_ready).order_by(deliveries.c.run_at, deliveries.c.id).limit(LOOKED_AT).subquery()
)
_row = select(
    deliveries.c.id,
    deliveries.c.body_id,
    deliveries.c.inbox,
    deliveries.c.host,
    deliveries.c.attempts,
    hosts.c.failing_since.is_not(None).label("failing"),
    hosts.c.parked_at.is_not(None).label("parked"),
    _to_relay.label("to_relay"),
).order_by(deliveries.c.run_at, deliveries.c.id)
_hosts_too = deliveries.outerjoin(hosts, hosts.c.host == deliveries.c.host)
_due = (
    _row.select_from(_hosts_too.join(_oldest, _oldest.c.id == deliveries.c.id))
    .where(~among(deliveries.c.host, "full"))
    .limit(bindparam("most"))
)
_due_of = _row.select_from(_hosts_too).where(deliveries.c.host == bindparam("of"), _ready).limit(bindparam("most"))
_DUE = Sql(_due, _due.with_for_update(skip_locked=True, of=deliveries))
_DUE_OF = Sql(_due_of, _due_of.with_for_update(skip_locked=True, of=deliveries))
_ANY_DUE = Sql(
    select(deliveries.c.id)
    .join(_oldest, _oldest.c.id == deliveries.c.id)
    .where(~among(deliveries.c.host, "full"))
    .limit(1)
)
_COUNT_OLDEST = Sql(select(func.count()).select_from(_oldest))
_first_host = select(func.min(deliveries.c.host).label("host")).where(deliveries.c.host > bindparam("after"))
_each_host = _first_host.cte("each_host", recursive=True)
_further = deliveries.alias("further")
_each_host = _each_host.union_all(  # one step in the index for each server, however much waits for it
    select(select(func.min(_further.c.host)).where(_further.c.host > _each_host.c.host).scalar_subquery()).where(
        _each_host.c.host.is_not(None)
    )
)
_HOSTS_DUE = Sql(
    select(_each_host.c.host)
    .where(
        _each_host.c.host.is_not(None),
        ~among(_each_host.c.host, "full"),
        exists().where(deliveries.c.host == _each_host.c.host, _ready),
    )
    .limit(bindparam("most"))
)
_COUNT_DUE = Sql(select(func.count()).select_from(deliveries).where(deliveries.c.run_at <= _now, _reachable))
_id = deliveries.c.id == bindparam("the", type_=BigId)
_LEASE = Sql(
    update(deliveries)
    .where(among(deliveries.c.id, "ids"))
    .values(lease_until=bindparam("until", type_=BigId), holder=bindparam("slot"))
)
_LEFT_BEHIND = Sql(
    update(deliveries)
    .where(deliveries.c.run_at <= _now, deliveries.c.lease_until > _now, deliveries.c.holder == bindparam("slot"))
    .values(lease_until=0)
)
_TRY_NOW = Sql(
    update(deliveries)
    .where(
        deliveries.c.host == bindparam("of"),
        deliveries.c.run_at > _now,
        func.coalesce(deliveries.c.error, "") != "answered 429",
    )
    .values(run_at=_now)
)
_PARK = Sql(
    update(deliveries)
    .where(
        among(deliveries.c.host, "of"),
        _ready,
        exists().where(hosts.c.host == deliveries.c.host, hosts.c.parked_at.is_not(None)),
    )
    .values(run_at=bindparam("at", type_=BigId))
)
_before = bindparam("before", type_=BigId)
_LOST = Sql(
    select(deliveries.c.id)
    .where(
        deliveries.c.id < bindparam("before_id", type_=BigId),
        exists().where(hosts.c.host == deliveries.c.host, hosts.c.parked_at < _before),
    )
    .order_by(deliveries.c.id)
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
    update(deliveries)
    .where(_id)
    .values(
        run_at=bindparam("at", type_=BigId),
        lease_until=0,
        error=bindparam("why"),
        attempts=deliveries.c.attempts + 1,
    )
)
_GIVE_BACK = Sql(update(deliveries).where(among(deliveries.c.id, "ids")).values(lease_until=0))
_BODIES = Sql(
    select(bodies.c.id, bodies.c.body, bodies.c.account_id, _accounts.c.username, bodies.c.to_followers)
    .outerjoin(_accounts, _accounts.c.id == bodies.c.account_id)
    .where(among(bodies.c.id, "ids"))
)
_SWEEP = Sql(delete(bodies).where(among(bodies.c.id, "ids"), ~exists().where(deliveries.c.body_id == bodies.c.id)))


class Due(msgspec.Struct, frozen=True):
    """A delivery to be tried now; `attempts` before this one. `failing`: its server did not take the last one.

    `parked`: nothing is sent to its server before that is heard of. `to_relay`: how it went is kept with the relay.
    """

    id: int
    body_id: int
    inbox: str
    host: str
    attempts: int
    failing: bool
    parked: bool
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


async def any_due(reader: Reader, now: int, full: Sequence[str]) -> bool:
    """Is anything of the oldest to be sent now, to servers that have room?"""
    return bool(await reader.all(_ANY_DUE, now=now, full=list(full)))


async def is_crowded(reader: Reader, now: int) -> bool:
    """Do so many wait that what was looked at was not all?"""
    return bool(await reader.value(_COUNT_OLDEST, now=now) == LOOKED_AT)


async def hosts_due(reader: Reader, now: int, full: Sequence[str], *, after: str, most: int) -> list[str]:
    """Servers with room for which something is to be sent now, by name from `after` on."""
    return [row[0] for row in await reader.all(_HOSTS_DUE, now=now, full=list(full), after=after, most=most)]


async def count_due(db: Db, now: int) -> int:
    """How many are due, under way or waiting for a turn; not those for servers that are left alone."""
    found: int = (await db.slow(_COUNT_DUE, now=now))[0][0]
    return found


async def find_due(tx: Tx, now: int, *, full: Sequence[str], most: int) -> list[Due]:
    """What is to be sent now, the oldest first; nobody else gets it as long as this transaction lasts."""
    return [_as_due(row) for row in await tx.all(_DUE, now=now, full=list(full), most=most)]


async def find_due_of(tx: Tx, now: int, host: str, *, most: int) -> list[Due]:
    """The same for one server."""
    return [_as_due(row) for row in await tx.all(_DUE_OF, now=now, of=host, most=most)]


def _as_due(row: Row) -> Due:
    an_id, body_id, inbox, host, attempts, failing, parked, to_relay = row
    return Due(an_id, body_id, inbox, host, attempts, bool(failing), bool(parked), bool(to_relay))


async def park(tx: Tx, names: Collection[str], *, until: int) -> None:
    """What is to be sent to these servers, which are left alone, is looked at again then: it is in nobody's way so long."""
    await tx.run(_PARK, of=sorted(names), now=tx.now, at=until)


async def lease(tx: Tx, found: Sequence[Due], *, until: int, slot: str | None) -> None:
    """These are tried soon in the slot, and are nobody else's until then."""
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
    """This one was tried, and is to be tried again."""
    await tx.run(_AGAIN, the=one.id, at=at, why=why)


async def forget_lost(tx: Tx, *, before: int) -> None:
    """Drop some of what waits for servers that were left alone before that moment, and of what is known of silent ones."""
    ids = [row[0] for row in await tx.all(_LOST, before=before, before_id=id_at(before))]
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
