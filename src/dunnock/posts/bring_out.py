"""A member's post is there for others: what it is found by, what it counts for, and who is told."""

from __future__ import annotations

from collections.abc import Collection

from dunnock import media
from dunnock.accounts.counts import count_posts
from dunnock.foundation.db import Tx
from dunnock.posts import content as words
from dunnock.posts.events import PostPublished, QuoteChanged
from dunnock.posts.hold import hold_back
from dunnock.posts.model import Author, Post
from dunnock.posts.store import acts


async def bring_out(tx: Tx, post: Post, shaped: words.Shaped, *, narrowed: bool = False) -> None:
    """Publish what is written down already. `narrowed`: it was meant to be public, and shows what staff stopped."""
    tags = await words.put_in_indexes(tx, post, shaped)
    await count_in(tx, post, at=tx.now)
    await announce(tx, post, tags, narrowed=narrowed)
    if post.quoted_id is not None and post.quote_state is not None:
        await tx.record(QuoteChanged(post_id=post.id, quoted_id=post.quoted_id, state=post.quote_state))


async def announce(tx: Tx, post: Post, tags: tuple[int, ...], *, narrowed: bool = False) -> None:
    """Say that a post is there from now on. `tags`: those under which it stands."""
    await tx.record(
        PostPublished(
            post_id=post.id,
            author_id=post.author_id,
            visibility=post.visibility,
            reply_to_id=post.reply_to_id,
            reply_to_author_id=post.reply_to_author_id,
            thread_id=post.thread_id,
            tags=tags,
            narrowed=narrowed,
        )
    )


async def shows_stopped(tx: Tx, author: Author, media_ids: Collection[int]) -> bool:
    """Is it to read as unlisted, for what its pictures look like? No query where nothing is stopped, or nothing shown."""
    if not author.media_stopped or author.protected or not media_ids:
        return False
    shown = await media.find(tx, media_ids)
    return any(one.effect == "limit" for one in await media.stopped_among(tx, list(shown.values())))


async def count_in(tx: Tx, post: Post, *, at: int) -> None:
    """Let a new post count for what it answers and quotes, unless it is held back, and for its author, `at` which moment."""
    hidden = await hold_back(tx, post)
    more: list[tuple[int, str]] = []
    if post.reply_to_id is not None and post.counts_as_reply and not hidden:
        more.append((post.reply_to_id, "replies"))
    if post.quoted_id is not None and post.quote_state == "accepted":
        more.append((post.quoted_id, "quotes"))
    for counted, name in sorted(more):  # in one order, so that two posts never wait for each other in a circle
        await acts.count(tx, name, counted, 1, by=post.author_id, act=post.id)
    if post.counts_for_author:
        await count_posts(tx, post.author_id, 1, last_post_at=at)
