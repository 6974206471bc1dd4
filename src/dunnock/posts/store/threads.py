"""Rows of conversations: what stands around a post, and who wants to hear no more of it."""

from __future__ import annotations

from sqlalchemy import bindparam, exists, or_, select

from dunnock.foundation.db import Reader, Row, Sql, Tx, insert_once
from dunnock.posts.store.others import NOBODY, viewer
from dunnock.posts.tables import held_posts, posts, thread_mutes

_OF_THREAD = (posts.c.id, posts.c.reply_to_id, posts.c.deleted_at, posts.c.author_id)
_not_held = or_(
    posts.c.author_id == viewer,
    ~exists().where(held_posts.c.post_id == posts.c.id, held_posts.c.hides),
)
_THREAD_FROM = Sql(
    select(*_OF_THREAD)
    .where(posts.c.thread_id == bindparam("thread"), posts.c.id >= bindparam("id"), _not_held)
    .order_by(posts.c.id)
    .limit(bindparam("most"))
)
_THREAD_BEFORE = Sql(
    select(*_OF_THREAD)
    .where(posts.c.thread_id == bindparam("thread"), posts.c.id < bindparam("id"))
    .order_by(posts.c.id.desc())
    .limit(bindparam("most"))
)
_MUTE_THREAD = insert_once(thread_mutes, keys=["account_id", "thread_id"])
_UNMUTE_THREAD = Sql(
    thread_mutes.delete().where(
        thread_mutes.c.account_id == bindparam("account_id"), thread_mutes.c.thread_id == bindparam("thread_id")
    )
)


async def thread_around(reader: Reader, thread_id: int, post_id: int, *, viewer_id: int | None, most: int) -> list[Row]:
    """(id, replied to, deleted at, author) of the conversation: up to `most` posts before this one, and `most` from it on.

    What is held back under somebody's post is not among those from it on, except for its author.
    """
    before = await reader.all(_THREAD_BEFORE, thread=thread_id, id=post_id, most=most)
    return [
        *reversed(before),
        *await reader.all(_THREAD_FROM, thread=thread_id, id=post_id, viewer=viewer_id or NOBODY, most=most),
    ]


async def mute_thread(tx: Tx, account_id: int, thread_id: int) -> bool:
    """Insert once; False when it was muted already."""
    return await tx.run(_MUTE_THREAD, account_id=account_id, thread_id=thread_id) == 1


async def unmute_thread(tx: Tx, account_id: int, thread_id: int) -> bool:
    """False when it was not muted."""
    return await tx.run(_UNMUTE_THREAD, account_id=account_id, thread_id=thread_id) == 1
