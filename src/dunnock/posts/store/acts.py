"""What accounts do with posts, and the counters."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Column, and_, bindparam, func, null, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from dunnock.foundation.db import BigId, Reader, Sql, Tx
from dunnock.posts.model import Act
from dunnock.posts.store.others import NOBODY, counts_for_others, no_block, shown
from dunnock.posts.tables import interactions, post_counts, posts

_POSTS_BOOSTS = (posts.c.boost_of_id == bindparam("post"), posts.c.deleted_at.is_(None))
_the_id = bindparam("the_id", type_=BigId)
_row = and_(interactions.c.account_id == bindparam("account"), interactions.c.post_id == bindparam("post"))


def _set_once(name: str) -> Sql:
    """Set the column of the account's row for the post unless it is set; making the row when there is none."""

    def statement(insert: object) -> object:
        new = insert(interactions).values(  # type: ignore[operator]
            account_id=bindparam("account", type_=BigId), post_id=bindparam("post", type_=BigId), **{name: _the_id}
        )
        return new.on_conflict_do_update(
            index_elements=["account_id", "post_id"],
            set_={name: new.excluded[name]},
            where=interactions.c[name].is_(None),
        )

    return Sql(statement(sqlite.insert), statement(postgresql.insert))  # type: ignore[arg-type]


def _clear(name: str) -> Sql:
    return Sql(interactions.update().where(_row, interactions.c[name].is_not(None)).values({name: null()}))


_COLUMNS: Mapping[Act, Column[int]] = {
    Act.FAVOURITE: interactions.c.favourite_id,
    Act.BOOKMARK: interactions.c.bookmark_id,
    Act.BOOST: interactions.c.boost_id,
    Act.PIN: interactions.c.pin_id,
}
_SET = {act: _set_once(column.name) for act, column in _COLUMNS.items()}
_CLEAR = {act: _clear(column.name) for act, column in _COLUMNS.items()}
_END = {  # where it is all that the account did with the post
    act: Sql(
        interactions.delete().where(
            _row, column.is_not(None), *(one.is_(None) for one in _COLUMNS.values() if one is not column)
        )
    )
    for act, column in _COLUMNS.items()
}
_FAVOURITED = Sql(select(interactions.c.favourite_id).where(_row, interactions.c.favourite_id.is_not(None)))
_DROP_ALL = Sql(interactions.delete().where(interactions.c.post_id == bindparam("post")))
_PINS = Sql(
    select(func.count()).where(interactions.c.account_id == bindparam("account"), interactions.c.pin_id.is_not(None))
)
_by_whom_is_shown = counts_for_others(bindparam("by", type_=BigId), bindparam("act", type_=BigId))
_COUNT = {
    name: Sql(
        post_counts.update()
        .where(post_counts.c.post_id == bindparam("post"), _by_whom_is_shown)
        .values({name: post_counts.c[name] + bindparam("n", type_=BigId)})
    )
    for name in ("replies", "boosts", "favourites", "quotes")
}
_UNCOUNT_QUOTE = Sql(
    post_counts.update()
    .where(post_counts.c.post_id == bindparam("post"), post_counts.c.quotes > 0, _by_whom_is_shown)
    .values(quotes=post_counts.c.quotes - 1)
)
_NO_ANSWERS = Sql(
    post_counts.update().where(post_counts.c.post_id == bindparam("post")).values(boosts=0, favourites=0, quotes=0)
)
_above, _below = bindparam("above", type_=BigId), bindparam("below", type_=BigId)


def _favouriters(*, up: bool) -> Sql:
    act = interactions.c.favourite_id
    return Sql(
        select(act, interactions.c.account_id)
        .where(
            interactions.c.post_id == bindparam("post"),
            act.is_not(None),
            act > _above,
            act < _below,
            shown(interactions.c.account_id),
            no_block(interactions.c.account_id),
        )
        .order_by(act if up else act.desc())
        .limit(bindparam("most"))
    )


def _boosters(*, up: bool) -> Sql:
    return Sql(
        select(posts.c.id, posts.c.author_id)
        .where(
            *_POSTS_BOOSTS,
            posts.c.id > _above,
            posts.c.id < _below,
            or_(posts.c.visibility == "public", posts.c.visibility == "unlisted"),
            shown(posts.c.author_id),
            no_block(posts.c.author_id),
        )
        .order_by(posts.c.id if up else posts.c.id.desc())
        .limit(bindparam("most"))
    )


_PEOPLE = {
    (act, up): make(up=up)
    for act, make in ((Act.FAVOURITE, _favouriters), (Act.BOOST, _boosters))
    for up in (True, False)
}


async def add(tx: Tx, act: Act, post_id: int, *, by: int, act_id: int) -> bool:
    """Note that the account did it, at the moment `act_id`; False when it had done so already."""
    return await tx.run(_SET[act], account=by, post=post_id, the_id=act_id) == 1


async def take_back(tx: Tx, act: Act, post_id: int, *, by: int) -> bool:
    """Note that it is undone; False when there was nothing to undo."""
    if await tx.run(_END[act], account=by, post=post_id):
        return True
    return await tx.run(_CLEAR[act], account=by, post=post_id) == 1


async def is_favourited(reader: Reader, post_id: int, *, by: int) -> bool:
    """Does the account like the post?"""
    return await reader.value(_FAVOURITED, account=by, post=post_id) is not None


async def drop_all(tx: Tx, post_id: int) -> None:
    """Forget what everybody did with the post."""
    await tx.run(_DROP_ALL, post=post_id)
    await tx.run(_NO_ANSWERS, post=post_id)


async def uncount_quote(tx: Tx, post_id: int, *, by: int, act: int) -> None:
    """One accepted quote less; nothing where the post is deleted, which counts none. `by`, `act`: as for `count`."""
    await tx.run(_UNCOUNT_QUOTE, post=post_id, by=by, act=act)


async def count_pins(tx: Tx, account_id: int) -> int:
    """How many posts the account has pinned."""
    number: int = await tx.value(_PINS, account=account_id)
    return number


async def count(tx: Tx, what: str, post_id: int, n: int, *, by: int, act: int | None = None) -> None:
    """Add `n` to the post's `replies`, `quotes`, `boosts` or `favourites`, if what `by` does counts for others.

    `act`: the post that answers or quotes; None for a boost or a like, which are known by the post.
    """
    await tx.run(_COUNT[what], post=post_id, n=n, by=by, act=post_id if act is None else act)


async def people(
    reader: Reader, act: Act, post_id: int, viewer_id: int | None, *, above: int, below: int, most: int, up: bool
) -> list[tuple[int, int]]:
    """(cursor, account) of those who favourited or boosted the post, that `viewer_id` may see.

    `up`: the oldest above the bound first, else newest first.
    """
    values = {"post": post_id, "viewer": viewer_id or NOBODY, "above": above, "below": below, "most": most}
    return [(row[0], row[1]) for row in await reader.all(_PEOPLE[act, up], **values)]
