"""Former versions of posts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import bindparam, select

from dunnock.foundation.db import Reader, Row, Sql, Tx, among, insert_into
from dunnock.posts.model import Post
from dunnock.posts.store import posts as store
from dunnock.posts.store.others import media
from dunnock.posts.tables import revisions

_ADD = insert_into(revisions)
_OF = Sql(
    select(
        revisions.c.text,
        revisions.c.html,
        revisions.c.warning,
        revisions.c.sensitive,
        revisions.c.emoji,
        revisions.c.media,
        revisions.c.at,
        revisions.c.poll,
    )
    .where(revisions.c.post_id == bindparam("id"))
    .order_by(revisions.c.id)
)
_DROP = Sql(revisions.delete().where(revisions.c.post_id == bindparam("id")))
_MEDIA = Sql(select(media.c.id, media.c.description, media.c.focus).where(among(media.c.id, "ids")))


async def add(tx: Tx, post: Post, media_then: str, *, poll: tuple[str, ...] | None) -> None:
    """Keep what the post says before an edit; `media_then` is JSON [{id, description, focus}], `poll` its options."""
    await tx.run(
        _ADD,
        id=tx.new_id(),
        post_id=post.id,
        text=post.text,
        html=post.html,
        warning=post.warning,
        sensitive=post.sensitive,
        emoji=store.as_json(post.emoji),
        media=media_then,
        poll=None if poll is None else store.as_json(poll),
        at=post.edited_at or post.created_at,
    )


async def of(reader: Reader, post_id: int) -> list[Row]:
    """(text, html, warning, sensitive, emoji, media, at, poll) of each former version, oldest first."""
    return await reader.all(_OF, id=post_id)


async def drop(tx: Tx, post_id: int) -> None:
    """Forget the former versions."""
    await tx.run(_DROP, id=post_id)


async def media_words(reader: Reader, media_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """`id`, `description` and `focus` of each picture, by id."""
    return {
        row[0]: {"id": row[0], "description": row[1], "focus": msgspec.json.decode(row[2]) if row[2] else None}
        for row in await reader.all(_MEDIA, ids=list(media_ids))
    }
