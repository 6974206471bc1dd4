"""Show an own post first on one's profile. ActivityPub: the featured collection."""

from __future__ import annotations

from dunnock.accounts.counts import hold
from dunnock.foundation.db import Tx
from dunnock.posts.errors import PinRefused
from dunnock.posts.events import PostPinned, PostUnpinned
from dunnock.posts.find import find_original, find_visible
from dunnock.posts.model import MOST_PINS, Act, Post
from dunnock.posts.store import acts


async def pin(tx: Tx, post_id: int, *, by: int) -> Post:
    """Pin the post. Doing it twice changes and announces nothing.

    Raises:
        PostMissing: there is no such post, or `by` may not see it.
        PinRefused: it is somebody else's, a boost, or direct; or five are pinned already.

    Source: Mastodon's StatusPinValidator.
    """
    wrapper = await find_visible(tx, post_id, by)
    if wrapper.boost_of_id is not None:
        raise PinRefused(post_id, say="Validation failed: A boost cannot be pinned")
    post = await find_original(tx, post_id, by, act=True)
    if post.author_id != by:
        raise PinRefused(post_id, say="Validation failed: Someone else's post cannot be pinned")
    if post.visibility == "direct":
        raise PinRefused(
            post_id, say="Validation failed: Posts that are only visible to mentioned users cannot be pinned"
        )
    if await acts.add(tx, Act.PIN, post.id, by=by, act_id=tx.new_id()):
        await hold(tx, [by])  # one at a time: the limit holds for pins at the same moment too
        if await acts.count_pins(tx, by) > MOST_PINS:
            raise PinRefused(post_id, say="Validation failed: You have already pinned the maximum number of posts")
        await tx.record(PostPinned(post_id=post.id, by=by))
    return post


async def unpin(tx: Tx, post_id: int, *, by: int) -> Post:
    """Pin it no longer. Raises PostMissing as `pin`."""
    post = await find_original(tx, post_id, by, act=True)
    if await acts.take_back(tx, Act.PIN, post.id, by=by):
        await tx.record(PostUnpinned(post_id=post.id, by=by))
    return post
