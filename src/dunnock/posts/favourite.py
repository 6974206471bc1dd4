"""Like a post. Mastodon: favourite; ActivityPub: Like."""

from __future__ import annotations

from dunnock.foundation.db import Tx
from dunnock.posts.events import PostFavourited, PostUnfavourited
from dunnock.posts.find import find_original
from dunnock.posts.model import Act, Post
from dunnock.posts.store import acts


async def favourite(tx: Tx, post_id: int, *, by: int) -> Post:
    """Mark the post (of a boost: what it shows) as liked. Doing it twice changes and announces nothing.

    Raises:
        PostMissing: there is no such post, or `by` may not see it.
    """
    post = await find_original(tx, post_id, by, act=True)
    if await acts.add(tx, Act.FAVOURITE, post.id, by=by, act_id=tx.new_id()):
        await acts.count(tx, "favourites", post.id, 1, by=by)
        await tx.record(PostFavourited(post_id=post.id, by=by))
    return post


async def unfavourite(tx: Tx, post_id: int, *, by: int) -> Post:
    """Take the like back. Raises PostMissing as `favourite`."""
    post = await find_original(tx, post_id, by, act=True)
    if await acts.take_back(tx, Act.FAVOURITE, post.id, by=by):
        await acts.count(tx, "favourites", post.id, -1, by=by)
        await tx.record(PostUnfavourited(post_id=post.id, by=by))
    return post
