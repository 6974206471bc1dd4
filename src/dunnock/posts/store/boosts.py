"""Rows of boosts: posts that only show another."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from dunnock.foundation.db import BigId, Sql, Tx, insert_into, insert_once
from dunnock.posts.tables import post_counts, posts

_ADD_BOOST = insert_once(posts, "id", "author_id", "boost_of_id", "visibility", "thread_id", "created_at")
_BOOST_BY = Sql(
    select(posts.c.id, posts.c.visibility).where(
        posts.c.boost_of_id == bindparam("of"), posts.c.author_id == bindparam("by"), posts.c.deleted_at.is_(None)
    )
)
_BOOSTS_OF = Sql(
    select(posts.c.id, posts.c.author_id)
    .where(posts.c.boost_of_id == bindparam("of"), posts.c.deleted_at.is_(None))
    .order_by(posts.c.author_id)
)
_END_BOOST = Sql(
    posts.update()
    .where(posts.c.id == bindparam("id"), posts.c.deleted_at.is_(None))
    .values(deleted_at=bindparam("now", type_=BigId))
)
_ADD_COUNTS = insert_into(post_counts, "post_id")


async def add_boost(tx: Tx, boost_id: int, of: int, *, by: int, visibility: str) -> bool:
    """A boost with counters of its own; False when there is one by this account already."""
    added = await tx.run(
        _ADD_BOOST,
        id=boost_id,
        author_id=by,
        boost_of_id=of,
        visibility=visibility,
        thread_id=boost_id,
        created_at=tx.now,
    )
    if added:
        await tx.run(_ADD_COUNTS, post_id=boost_id)
    return bool(added)


async def find_boost(tx: Tx, of: int, *, by: int) -> tuple[int, str] | None:
    """Id and visibility of the account's boost of the post."""
    row = await tx.one(_BOOST_BY, of=of, by=by)
    return None if row is None else (row[0], row[1])


async def boosts_of(tx: Tx, post_id: int) -> list[tuple[int, int]]:
    """(boost, booster) of each boost, in the order of the boosters."""
    return [(row[0], row[1]) for row in await tx.all(_BOOSTS_OF, of=post_id)]


async def end_boost(tx: Tx, boost_id: int) -> bool:
    """Mark a boost as deleted; False when it was."""
    return await tx.run(_END_BOOST, id=boost_id, now=tx.now) == 1


async def end_boosts(tx: Tx, boost_ids: list[int]) -> None:
    """Mark boosts as deleted."""
    await tx.many(_END_BOOST, [{"id": one, "now": tx.now} for one in boost_ids])
