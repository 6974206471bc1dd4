"""Rows of who has old posts deleted, and the posts in question."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import and_, bindparam, select

from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import BigId, Db, Reader, Row, Sql, Tx, upsert
from dunnock.posts.tables import auto_delete, interactions, post_counts, posts

_RULES = (
    "enabled",
    "min_age",
    "keep_direct",
    "keep_pinned",
    "keep_polls",
    "keep_media",
    "keep_favourites",
    "keep_bookmarks",
    "min_favourites",
    "min_boosts",
)
_columns = tuple(auto_delete.c[name] for name in _RULES)
_the = auto_delete.c.account_id == bindparam("account")
_FIND = Sql(select(*_columns).where(_the))
_HOLD = Sql(select(*_columns, auto_delete.c.looked_at, auto_delete.c.due_at).where(_the).with_for_update())
_PUT = upsert(auto_delete, ["account_id"], "account_id", *_RULES, "looked_at", "due_at")
_NEXT = Sql(
    select(auto_delete.c.account_id)
    .where(auto_delete.c.enabled, auto_delete.c.due_at <= bindparam("now", type_=BigId))
    .order_by(auto_delete.c.due_at, auto_delete.c.account_id)
    .limit(1)
)
_MOVE = Sql(
    auto_delete.update()
    .where(_the)
    .values(looked_at=bindparam("new_looked_at", type_=BigId), due_at=bindparam("new_due_at", type_=BigId))
)
_own = and_(interactions.c.account_id == posts.c.author_id, interactions.c.post_id == posts.c.id)
_OLD = Sql(
    select(
        posts.c.id,
        posts.c.visibility,
        posts.c.poll_id,
        posts.c.media,
        interactions.c.pin_id,
        interactions.c.favourite_id,
        interactions.c.bookmark_id,
        post_counts.c.favourites,
        post_counts.c.boosts,
    )
    .select_from(
        posts.join(post_counts, post_counts.c.post_id == posts.c.id, isouter=True).join(
            interactions, _own, isouter=True
        )
    )
    .where(
        posts.c.author_id == bindparam("author"),
        posts.c.id > bindparam("after", type_=BigId),
        posts.c.id < bindparam("before", type_=BigId),
        posts.c.deleted_at.is_(None),
    )
    .order_by(posts.c.id)
    .limit(bindparam("most"))
)


class Held(msgspec.Struct, frozen=True):
    """A policy that nobody else works on: everything up to `looked_at` was looked at in this round."""

    policy: dict[str, Any]
    looked_at: int
    due_at: int


def _policy(row: Row) -> dict[str, Any]:
    found = dict(zip(_RULES, row, strict=False))
    return {name: bool(value) if name.startswith(("enabled", "keep")) else value for name, value in found.items()}


async def find(reader: Reader, account_id: int) -> dict[str, Any] | None:
    """What the account wants; None when it never said."""
    row = await reader.one(_FIND, account=account_id)
    return None if row is None else _policy(row)


async def hold(tx: Tx, account_id: int) -> Held | None:
    """The same with its progress; nobody else changes or works on it until this transaction ends."""
    row = await tx.one(_HOLD, account=account_id)
    return None if row is None else Held(_policy(row), row[-2], row[-1])


async def put(tx: Tx, account_id: int, policy: dict[str, Any], *, due_at: int) -> None:
    """Replace it, and begin from the oldest post."""
    await tx.run(_PUT, account_id=account_id, looked_at=0, due_at=due_at, **policy)


async def next_due(db: Db) -> int | None:
    """Whose turn it is."""
    found: int | None = await db.value(_NEXT, now=now_ms())
    return found


async def move(tx: Tx, account_id: int, *, looked_at: int, due_at: int) -> None:
    """Go on from here, then."""
    await tx.run(_MOVE, account=account_id, new_looked_at=looked_at, new_due_at=due_at)


async def old_posts(tx: Tx, author: int, *, after: int, before: int, most: int) -> list[Row]:
    """The next posts and boosts of an author: id, and what may keep them (see `Old`)."""
    return [
        (
            row[0],
            row[1] == "direct",
            row[2] is not None,
            row[3] != "[]",
            row[4] is not None,
            row[5] is not None,
            row[6] is not None,
            row[7] or 0,
            row[8] or 0,
        )
        for row in await tx.all(_OLD, author=author, after=after, before=before, most=most)
    ]
