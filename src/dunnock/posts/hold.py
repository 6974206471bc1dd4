"""Hold back what strangers write to a member who wants it quiet, until the member lets them through. Nothing is lost by it.

Who is quiet since when is a row of `quiet_times`; who is let through, one of `notification_permissions` (notifications).
"""

from __future__ import annotations

from collections.abc import Collection

from dunnock.foundation.db import Reader, Tx
from dunnock.posts.events import HeldPostReleased
from dunnock.posts.model import Post
from dunnock.posts.store import held as store


async def hold_back(tx: Tx, post: Post) -> None:
    """Hold the post back from those whom it addresses or answers, who are quiet, and to whom its author is a stranger.

    Under their own posts nobody but they and its author sees it; elsewhere only they are not told. One query, none for what
    addresses and answers nobody.
    """
    addressed = set(post.mentions)
    if post.reply_to_author_id is not None:
        addressed.add(post.reply_to_author_id)
    addressed.discard(post.author_id)
    if not addressed:
        return
    holders = await store.holders(tx, sorted(addressed), by=post.author_id, now=tx.now)
    if not holders:
        return
    hider = post.reply_to_author_id
    if hider not in holders:
        hider = await store.root_author(tx, post.thread_id)
    for one in holders:
        await store.hold(tx, post.id, one, author_id=post.author_id, hides=one == hider)


async def release_held(tx: Tx, account_id: int, author_id: int, *, until: int, most: int) -> int:
    """Let up to `most` held posts of this author through, up to the id `until`; how many there were."""
    released = await store.release(tx, account_id, author_id, until=until, most=most)
    for post_id, hidden in released:
        if hidden:
            await tx.record(HeldPostReleased(post_id=post_id, account_id=account_id))
    return len(released)


async def known_authors(reader: Reader, post_ids: Collection[int], *, to: int, since: int) -> set[int]:
    """Authors of these posts who are no strangers to the account: it follows, let through or wrote to them, or they follow it.

    The last two count when they were before the id `since`. One query, none for no ids.
    """
    return await store.known(reader, post_ids, to=to, since=since) if post_ids else set()
