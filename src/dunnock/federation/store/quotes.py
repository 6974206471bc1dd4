"""Statements about the words of authors on other servers that let posts quote theirs."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from dunnock.federation.tables import quote_words
from dunnock.foundation.db import BigId, Reader, Sql, Tx, upsert

MOST_POSTS = 100
"""How many posts are let go by one word: it is about one, and others only say that it is about them."""
_of_post = quote_words.c.post_id == bindparam("post", type_=BigId)
_KEEP = upsert(quote_words, ["post_id"], "post_id", "uri")
_WORD = Sql(select(quote_words.c.uri).where(_of_post))
_POSTS = Sql(
    select(quote_words.c.post_id)
    .where(quote_words.c.uri == bindparam("word"))
    .order_by(quote_words.c.post_id)
    .limit(MOST_POSTS)
)
_FORGET = Sql(delete(quote_words).where(_of_post))


async def keep(tx: Tx, post_id: int, word: str) -> None:
    """Where it stands that the post may quote what it quotes."""
    await tx.run(_KEEP, post_id=post_id, uri=word)


async def word_of(reader: Reader, post_id: int) -> str | None:
    """Where that stands; None: it is not known."""
    found: str | None = await reader.value(_WORD, post=post_id)
    return found


async def posts_by(reader: Reader, word: str) -> list[int]:
    """The posts that say to quote by this word."""
    return [row[0] for row in await reader.all(_POSTS, word=word)]


async def forget(tx: Tx, post_id: int) -> None:
    """The post is gone, or may not quote any more."""
    await tx.run(_FORGET, post=post_id)
