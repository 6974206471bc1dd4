"""Keep a post for oneself; nobody else learns of it."""

from __future__ import annotations

from dunnock.foundation.db import Tx
from dunnock.posts.events import PostBookmarked, PostUnbookmarked
from dunnock.posts.find import find_original
from dunnock.posts.model import Act, Post
from dunnock.posts.store import acts


async def bookmark(tx: Tx, post_id: int, *, by: int) -> Post:
    """Keep the post (of a boost: what it shows). Doing it twice changes and announces nothing.

    Raises:
        PostMissing: there is no such post, or `by` may not see it.
    """
    post, _ = await _keep(tx, post_id, by)
    return post


async def bookmark_once(tx: Tx, post_id: int, *, by: int) -> bool:
    """As `bookmark`; False when the post was kept already."""
    _, new = await _keep(tx, post_id, by)
    return new


async def _keep(tx: Tx, post_id: int, by: int) -> tuple[Post, bool]:
    post = await find_original(tx, post_id, by, act=True)
    new = await acts.add(tx, Act.BOOKMARK, post.id, by=by, act_id=tx.new_id())
    if new:
        await tx.record(PostBookmarked(post_id=post.id, by=by))
    return post, new


async def unbookmark(tx: Tx, post_id: int, *, by: int) -> Post:
    """Keep it no longer. Raises PostMissing as `bookmark`."""
    post = await find_original(tx, post_id, by, act=True)
    if await acts.take_back(tx, Act.BOOKMARK, post.id, by=by):
        await tx.record(PostUnbookmarked(post_id=post.id, by=by))
    return post


async def forget_bookmark(tx: Tx, post_id: int, *, by: int) -> None:
    """Keep it no longer, also when `by` may not see the post any more."""
    if await acts.take_back(tx, Act.BOOKMARK, post_id, by=by):
        await tx.record(PostUnbookmarked(post_id=post_id, by=by))
