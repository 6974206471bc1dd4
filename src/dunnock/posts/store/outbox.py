"""Statements about what of an account's posts anybody may read."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, exists, func, or_, select

from dunnock.foundation.db import BigId, Reader, Sql
from dunnock.posts.model import Post
from dunnock.posts.store.posts import COLUMNS, post_of
from dunnock.posts.tables import held_posts, interactions, posts

_open = or_(posts.c.visibility == "public", posts.c.visibility == "unlisted")
_author = and_(
    posts.c.author_id == bindparam("author", type_=BigId),
    ~exists().where(held_posts.c.post_id == posts.c.id, held_posts.c.account_id == held_posts.c.author_id),  # it waits
)
_not_hidden = ~exists().where(held_posts.c.post_id == posts.c.id, held_posts.c.hides)
_OUTBOX = Sql(
    select(*COLUMNS)
    .where(_author, _open, posts.c.deleted_at.is_(None), posts.c.id < bindparam("below", type_=BigId))
    .order_by(posts.c.id.desc())
    .limit(bindparam("most"))
)
_COUNT = Sql(select(func.count()).select_from(posts).where(_author, _open, posts.c.deleted_at.is_(None)))
_REPLIES = Sql(
    select(posts.c.id)
    .where(
        posts.c.reply_to_id == bindparam("post", type_=BigId),
        _open,
        _not_hidden,
        posts.c.deleted_at.is_(None),
        posts.c.id > bindparam("above", type_=BigId),
    )
    .order_by(posts.c.id)
    .limit(bindparam("most"))
)
_THREAD = Sql(
    select(posts.c.id)
    .where(
        posts.c.thread_id == bindparam("root", type_=BigId),
        _open,
        _not_hidden,
        posts.c.boost_of_id.is_(None),
        posts.c.deleted_at.is_(None),
        posts.c.id > bindparam("above", type_=BigId),
    )
    .order_by(posts.c.id)
    .limit(bindparam("most"))
)
_BETWEEN = Sql(
    select(posts.c.id)
    .where(
        posts.c.author_id == bindparam("author", type_=BigId),
        posts.c.deleted_at.is_(None),
        posts.c.id > bindparam("above", type_=BigId),
        posts.c.id < bindparam("below", type_=BigId),
    )
    .order_by(posts.c.id.desc())
    .limit(bindparam("most"))
)
_PINNED = Sql(
    select(*COLUMNS)
    .join_from(interactions, posts, posts.c.id == interactions.c.post_id)
    .where(
        interactions.c.account_id == bindparam("author", type_=BigId),
        interactions.c.pin_id.is_not(None),
        _open,
        _not_hidden,
        posts.c.deleted_at.is_(None),
    )
    .order_by(interactions.c.pin_id.desc())
)


async def outbox(reader: Reader, author_id: int, *, below: int, most: int) -> list[Post]:
    """Newest first."""
    return [post_of(row) for row in await reader.all(_OUTBOX, author=author_id, below=below, most=most)]


async def public_count(reader: Reader, author_id: int) -> int:
    """All of them."""
    count: int = await reader.value(_COUNT, author=author_id)
    return count


async def replies(reader: Reader, post_id: int, *, above: int, most: int) -> list[int]:
    """Oldest first."""
    return [row[0] for row in await reader.all(_REPLIES, post=post_id, above=above, most=most)]


async def thread(reader: Reader, root_id: int, *, above: int, most: int) -> list[int]:
    """Oldest first."""
    return [row[0] for row in await reader.all(_THREAD, root=root_id, above=above, most=most)]


async def pinned(reader: Reader, author_id: int) -> list[Post]:
    """Latest pin first."""
    return [post_of(row) for row in await reader.all(_PINNED, author=author_id)]


async def between(reader: Reader, author_id: int, *, above: int, below: int, most: int) -> list[int]:
    """All of an account's own between the ids, newest first."""
    rows = await reader.all(_BETWEEN, author=author_id, above=above, below=below, most=most)
    return [row[0] for row in rows]
