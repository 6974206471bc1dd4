"""Statements of bulk imports: each handles a chunk of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from dunnock.foundation.db import BigId, Reader, Row, Sql, Tx, among, insert_into, insert_once, upsert
from dunnock.posts.store.others import accounts
from dunnock.posts.tables import hashtag_posts, hashtags, imported_posts, imports, post_counts, posts

_KNOWN = Sql(select(imported_posts.c.key, imported_posts.c.post_id).where(among(imported_posts.c.key, "keys")))
_TAKEN = Sql(select(posts.c.id).where(among(posts.c.id, "ids")))
_ADD = insert_into(
    posts, "id", "author_id", "text", "html", "warning", "visibility", "language", "sensitive", "thread_id", "hashtags",
    "emoji", "created_at", "imported",
)  # fmt: skip
_ADD_KEY = insert_into(imported_posts, "key", "post_id")
_ADD_COUNTS = insert_into(post_counts, "post_id")
_TAGS = Sql(select(hashtags.c.key, hashtags.c.id).where(among(hashtags.c.key, "keys")))
_ADD_TAG = insert_once(hashtags, "id", "key", "name", keys=["key"])
_ADD_TAGGED = insert_into(hashtag_posts, "hashtag_id", "post_id")
_PROGRESS = Sql(select(imports.c.done, imports.c.total).where(imports.c.source == bindparam("the_source")))
_NOTE_PROGRESS = upsert(imports, ["source"], "source", "done", "total", "at")
_ENDS = Sql(
    select(
        posts.c.id,
        posts.c.author_id,
        posts.c.thread_id,
        posts.c.reply_to_id,
        posts.c.visibility,
        accounts.c.uncounted_to,
    )
    .join_from(posts, accounts, accounts.c.id == posts.c.author_id)
    .where(among(posts.c.id, "ids"), posts.c.deleted_at.is_(None))
    .order_by(posts.c.id)
)
_LINK = Sql(
    posts.update()
    .where(posts.c.id == bindparam("the", type_=BigId))
    .values(reply_to_id=bindparam("to", type_=BigId), reply_to_author_id=bindparam("to_author", type_=BigId))
)
_MOVE = Sql(
    posts.update()
    .where(posts.c.thread_id == bindparam("the", type_=BigId))
    .values(thread_id=bindparam("new_thread", type_=BigId))
)
_COUNT_REPLIES = Sql(
    post_counts.update()
    .where(post_counts.c.post_id == bindparam("the", type_=BigId))
    .values(replies=post_counts.c.replies + bindparam("more"))
)


async def progress(reader: Reader, source: str) -> tuple[int, int] | None:
    """(rows done, rows in all) of an import; None when it never began."""
    row = await reader.one(_PROGRESS, the_source=source)
    return None if row is None else (row[0], row[1])


async def note_progress(tx: Tx, source: str, done: int, total: int) -> None:
    """Remember how far it is."""
    await tx.run(_NOTE_PROGRESS, source=source, done=done, total=total, at=tx.now)


async def known(reader: Reader, keys: Sequence[int]) -> dict[int, int]:
    """Key -> post, for what was imported before."""
    return dict(await reader.all(_KNOWN, keys=keys))


async def taken(reader: Reader, ids: Sequence[int]) -> set[int]:
    """Which ids posts have already."""
    return {row[0] for row in await reader.all(_TAKEN, ids=ids)}


async def add(tx: Tx, rows: Sequence[Mapping[str, Any]], keys: Sequence[Mapping[str, Any]]) -> None:
    """New posts, their counters at zero, and the keys they are known again by."""
    await tx.many(_ADD, rows)
    await tx.many(_ADD_COUNTS, keys)
    await tx.many(_ADD_KEY, keys)


async def tags(tx: Tx, names: Mapping[str, str]) -> dict[str, int]:
    """Hashtag ids by key, making those that are new; `names`: key -> as written."""
    found: dict[str, int] = dict(await tx.all(_TAGS, keys=list(names)))
    # In one order, so that two transactions that make the same tags never wait in a circle.
    new = [{"id": tx.new_id(), "key": key, "name": names[key]} for key in sorted(names.keys() - found.keys())]
    if new:
        await tx.many(_ADD_TAG, new)
        found |= dict(await tx.all(_TAGS, keys=[row["key"] for row in new]))
    return found


async def tag(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put posts under hashtags."""
    await tx.many(_ADD_TAGGED, rows)


async def ends(reader: Reader, ids: Sequence[int]) -> list[Row]:
    """(id, author, thread, replied to, visibility, up to which post the author's count for nobody) of posts that are there."""
    return await reader.all(_ENDS, ids=ids)


async def link(
    tx: Tx, links: Iterable[Mapping[str, Any]], moves: Iterable[Mapping[str, Any]], counts: Iterable[Mapping[str, Any]]
) -> None:
    """Make posts replies; `moves` bring whole conversations, in order, under another's first post."""
    await tx.many(_LINK, links)
    await tx.many(_MOVE, moves)
    await tx.many(_COUNT_REPLIES, counts)
