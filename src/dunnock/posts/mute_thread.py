"""Hear no more of a conversation. Mastodon: mute a status."""

from __future__ import annotations

from dunnock.foundation.db import Tx
from dunnock.posts.events import ThreadMuted, ThreadUnmuted
from dunnock.posts.find import find_original
from dunnock.posts.model import Post
from dunnock.posts.store import threads as store


async def mute_thread(tx: Tx, post_id: int, *, by: int) -> Post:
    """Mute the conversation that the post is of. Doing it twice changes and announces nothing.

    Raises:
        PostMissing: there is no such post, or `by` may not see it.
    """
    post = await find_original(tx, post_id, by)
    if await store.mute_thread(tx, by, post.thread_id):
        await tx.record(ThreadMuted(account_id=by, thread_id=post.thread_id))
    return post


async def unmute_thread(tx: Tx, post_id: int, *, by: int) -> Post:
    """Hear of it again. Raises PostMissing as `mute_thread`."""
    post = await find_original(tx, post_id, by)
    if await store.unmute_thread(tx, by, post.thread_id):
        await tx.record(ThreadUnmuted(account_id=by, thread_id=post.thread_id))
    return post
