"""How many people are here, and what they wrote: for the documents that describe the server."""

from __future__ import annotations

import msgspec

from dunnock.accounts.store import census as store
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Db, Sql


class Census(msgspec.Struct, frozen=True):
    """`members` may sign in, `active_*` used the server within that time; `posts` are local.

    `owner_id`: the account of the first owner.
    """

    members: int
    active_month: int
    active_half_year: int
    posts: int
    servers: int
    owner_id: int | None


async def take_census(db: Db) -> Census:
    """Count everything; takes milliseconds on a large server, so keep the answer for a while."""
    now = now_ms()

    async def count(sql: Sql, **params: int) -> int:
        rows = await db.slow(sql, **params)
        return int(rows[0][0])

    owner = await db.one(store.OWNER)
    return Census(
        members=await count(store.MEMBERS),
        active_month=await count(store.ACTIVE_BY_TOKEN, since=now - 30 * DAY),
        active_half_year=await count(store.ACTIVE_BY_TOKEN, since=now - 180 * DAY),
        posts=await count(store.POSTS),
        servers=await count(store.SERVERS),
        owner_id=None if owner is None else owner[0],
    )


async def peers(db: Db) -> list[str]:
    """The servers whose accounts are known here, but those that are suspended, by their names."""
    return [row[0] for row in await db.slow(store.PEERS)]


async def anybody(db: Db) -> bool:
    """Is there a member yet?"""
    return await db.one(store.HAS_MEMBERS) is not None
