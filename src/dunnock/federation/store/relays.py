"""Statements about relays."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, delete, or_, select, update

from dunnock.federation.tables import bodies, deliveries, relays
from dunnock.foundation.db import BigId, Reader, Sql, Tx, among, insert_once


class Relay(msgspec.Struct, frozen=True, kw_only=True):
    """A relay; `state` is idle, pending, accepted or rejected. Times are Unix milliseconds.

    `followed_uri`: its actor, which is followed (LitePub); None: everybody is (Mastodon); `follow_uri`: of what it was asked
    last, None: it is idle; `actor_uri`: who answered, None: nobody yet; `error`: why the last delivery failed, None: it
    arrived, or there was none; `heard_at`: when it last sent something, None: never.
    """

    id: int
    inbox: str
    host: str
    state: str
    followed_uri: str | None = None
    follow_uri: str | None = None
    actor_uri: str | None = None
    error: str | None = None
    heard_at: int | None = None
    changed_at: int


_id = relays.c.id == bindparam("the", type_=BigId)
_now = bindparam("now", type_=BigId)
_every = select(*(relays.c[name] for name in Relay.__struct_fields__))
_ADD = insert_once(relays, "id", "inbox", "host", "state", "followed_uri", "changed_at", keys=["inbox"])
_ALL = Sql(_every.order_by(relays.c.host, relays.c.id))
_FIND = Sql(_every.where(_id))
_BY_FOLLOW = Sql(_every.where(relays.c.follow_uri == bindparam("uri")))
_ACCEPTED_BY = Sql(_every.where(relays.c.actor_uri == bindparam("uri"), relays.c.state == "accepted"))
_INBOXES = Sql(select(relays.c.inbox, relays.c.followed_uri).where(relays.c.state == "accepted"))
_FOLLOWED = Sql(_every.where(relays.c.followed_uri == bindparam("uri"), relays.c.state != "idle"))
_ASK = Sql(
    update(relays)
    .where(_id, or_(relays.c.state == "idle", relays.c.state == "rejected"))
    .values(state="pending", follow_uri=bindparam("uri"), actor_uri=None, error=None, changed_at=_now)
)
_END = Sql(
    update(relays)
    .where(_id, relays.c.state != "idle")
    .values(state="idle", follow_uri=None, actor_uri=None, error=None, changed_at=_now)
)
_ANSWER = Sql(
    update(relays)
    .where(_id, relays.c.follow_uri == bindparam("uri"), relays.c.state != bindparam("becomes"))
    .values(state=bindparam("becomes"), actor_uri=bindparam("who"), changed_at=_now)
)
_REMOVE = Sql(delete(relays).where(_id))
_HEARD = Sql(update(relays).where(_id).values(heard_at=_now))
_DELIVERED = Sql(update(relays).where(relays.c.inbox == bindparam("at")).values(error=bindparam("why")))
_WAITING = Sql(
    select(deliveries.c.id, deliveries.c.body_id, bodies.c.body)
    .join_from(deliveries, bodies, bodies.c.id == deliveries.c.body_id)
    .where(
        deliveries.c.host == bindparam("at_host"),
        deliveries.c.inbox == bindparam("at"),
        bodies.c.account_id == bindparam("signer", type_=BigId),
    )
    .order_by(deliveries.c.id)
)
_DROP = Sql(delete(deliveries).where(among(deliveries.c.id, "ids")))
_DROP_BODIES = Sql(delete(bodies).where(among(bodies.c.id, "ids")))


async def add(tx: Tx, relay: Relay) -> bool:
    """Add one that is idle; False when there is one with that inbox."""
    row = {"id": relay.id, "inbox": relay.inbox, "host": relay.host, "state": relay.state, "changed_at": tx.now}
    return await tx.run(_ADD, **row, followed_uri=relay.followed_uri) == 1


async def every(reader: Reader) -> list[Relay]:
    """All of them, by host."""
    return [_relay(row) for row in await reader.all(_ALL)]


async def find(reader: Reader, relay_id: int) -> Relay | None:
    """One of them."""
    row = await reader.one(_FIND, the=relay_id)
    return None if row is None else _relay(row)


async def by_follow(reader: Reader, uri: str) -> Relay | None:
    """The one that was sent that Follow."""
    row = await reader.one(_BY_FOLLOW, uri=uri)
    return None if row is None else _relay(row)


async def accepted_by(reader: Reader, actor_uri: str) -> Relay | None:
    """The one that this actor speaks for, if it takes this server."""
    row = await reader.one(_ACCEPTED_BY, uri=actor_uri)
    return None if row is None else _relay(row)


async def followed(reader: Reader, actor_uri: str) -> Relay | None:
    """The one whose actor that is and which was asked, as LitePub has it."""
    row = await reader.one(_FOLLOWED, uri=actor_uri)
    return None if row is None else _relay(row)


async def inboxes(reader: Reader) -> set[str]:
    """Where public posts, their changes and ends go: all that said yes."""
    return {row[0] for row in await reader.all(_INBOXES)}


async def inboxes_by_way(reader: Reader) -> tuple[set[str], set[str]]:
    """The same, apart: those that take posts as they are (Mastodon), and those that take announcements (LitePub)."""
    rows = await reader.all(_INBOXES)
    return {row[0] for row in rows if row[1] is None}, {row[0] for row in rows if row[1] is not None}


async def ask(tx: Tx, relay_id: int, *, follow_uri: str) -> bool:
    """Let it be asked by that Follow; False when it was already, and has not said no."""
    return await tx.run(_ASK, the=relay_id, uri=follow_uri, now=tx.now) == 1


async def end(tx: Tx, relay_id: int) -> bool:
    """Let it be idle; False when it was already."""
    return await tx.run(_END, the=relay_id, now=tx.now) == 1


async def answer(tx: Tx, relay: Relay, *, state: str, actor_uri: str) -> bool:
    """Note what it said to the Follow that `relay` has; False when that is known, or it is asked by another by now."""
    return await tx.run(_ANSWER, the=relay.id, uri=relay.follow_uri, becomes=state, who=actor_uri, now=tx.now) == 1


async def remove(tx: Tx, relay_id: int) -> None:
    """It is no relay of this server any more."""
    await tx.run(_REMOVE, the=relay_id)


async def heard(tx: Tx, relay_id: int) -> None:
    """It sent something."""
    await tx.run(_HEARD, the=relay_id, now=tx.now)


async def note_delivery(tx: Tx, inbox: str, why: str | None) -> None:
    """A delivery arrived (None), or why it did not."""
    await tx.run(_DELIVERED, at=inbox, why=None if why is None else why[:500])


async def waiting(reader: Reader, relay: Relay, *, by: int) -> list[tuple[int, int, bytes]]:
    """(delivery, body, activity) of what waits to go there and the account `by` signs (0: the server itself)."""
    rows = await reader.all(_WAITING, at_host=relay.host, at=relay.inbox, signer=by)
    return [(row[0], row[1], bytes(row[2])) for row in rows]


async def drop(tx: Tx, delivery_id: int, body_id: int) -> None:
    """Do not send it; nobody else gets that activity."""
    await tx.run(_DROP, ids=[delivery_id])
    await tx.run(_DROP_BODIES, ids=[body_id])


def _relay(row: tuple[object, ...]) -> Relay:
    return Relay(**dict(zip(Relay.__struct_fields__, row, strict=True)))  # type: ignore[arg-type]  # as the columns are
