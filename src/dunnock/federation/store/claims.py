"""Statements about what other servers claim of their posts."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import bindparam, delete, select

from dunnock.federation.tables import claimed_counts
from dunnock.foundation.db import BigId, Reader, Sql, Tx, among, upsert

_PUT = upsert(claimed_counts, ["post_id"], "post_id", "likes", "shares", "replies", "at")
_FIND = Sql(select(claimed_counts).where(among(claimed_counts.c.post_id, "ids")))
_FORGET = Sql(delete(claimed_counts).where(claimed_counts.c.post_id == bindparam("post", type_=BigId)))
_FORGET_OLD = Sql(delete(claimed_counts).where(claimed_counts.c.at < bindparam("before", type_=BigId)))


class Claimed(msgspec.Struct, frozen=True):
    """Totals as a post's own server told them at a moment (Unix milliseconds); None: it does not tell."""

    likes: int | None
    shares: int | None
    replies: int | None
    at: int = 0


async def put(tx: Tx, post_id: int, one: Claimed) -> None:
    """Keep it instead of what was claimed before."""
    await tx.run(_PUT, post_id=post_id, likes=one.likes, shares=one.shares, replies=one.replies, at=tx.now)


async def find(reader: Reader, ids: Sequence[int]) -> dict[int, Claimed]:
    """What is kept, by post."""
    return {row[0]: Claimed(*row[1:]) for row in await reader.all(_FIND, ids=list(ids))}


async def forget(tx: Tx, post_id: int) -> None:
    """The post is gone."""
    await tx.run(_FORGET, post=post_id)


async def forget_old(tx: Tx, *, before: int) -> None:
    """What was claimed before that moment says nothing of today."""
    await tx.run(_FORGET_OLD, before=before)
