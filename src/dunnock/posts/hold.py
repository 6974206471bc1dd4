"""Hold back what strangers write to a member who wants it quiet, until the member lets them through. Nothing is lost by it.

Who is quiet since when is a row of `quiet_times`; who is let through, one of `notification_permissions` (notifications).
"""

from __future__ import annotations

from collections.abc import Collection

from dunnock.foundation.db import Reader, Tx
from dunnock.posts.events import HeldPostReleased
from dunnock.posts.model import Post
from dunnock.posts.store import acts, posts
from dunnock.posts.store import held as store


async def hold_back(tx: Tx, post: Post) -> bool:
    """Hold the post back from those whom it addresses, answers or quotes, who are quiet, and to whom its author is a stranger.

    Or to whom strangers of its author's server are held back (`origins`). Under their own posts nobody but they and its author
    sees it: True, and it is not to be counted among the replies as long as it is so; elsewhere only they are not told. One
    query, none for what addresses and answers nobody.
    """
    addressed = set(post.mentions)
    addressed |= {one for one in (post.reply_to_author_id, post.quoted_author_id) if one is not None}
    addressed.discard(post.author_id)
    if not addressed:
        return False
    holders = await store.holders(tx, sorted(addressed), by=post.author_id, now=tx.now)
    if not holders:
        return False
    hider = post.reply_to_author_id
    if hider not in holders:
        hider = await store.root_author(tx, post.thread_id)
    hidden = False
    for one, because in holders.items():
        new = await store.hold(
            tx, post.id, one, author_id=post.author_id, hides=one == hider, origin_hold_id=because
        )  # fmt: skip
        hidden = hidden or (new and one == hider)
    return hidden


async def hold_edited(tx: Tx, post: Post) -> None:
    """Hold back what an edit addresses to others; a reply that is hidden by that counts no more."""
    if await hold_back(tx, post) and post.reply_to_id is not None and post.counts_as_reply:
        await acts.count(tx, "replies", post.reply_to_id, -1, by=post.author_id, act=post.id)


async def release_held(tx: Tx, account_id: int, author_id: int, *, until: int, most: int) -> int:
    """Let up to `most` held posts of this author through, up to the id `until`; how many there were."""
    released = await store.release(tx, account_id, author_id, until=until, most=most)
    for post_id, hidden in released:
        await shown_again(tx, post_id, to=account_id, hidden=hidden)
    return len(released)


async def release_one_held(tx: Tx, account_id: int, post_id: int) -> None:
    """Let one held post through; its author stays a stranger. Nothing happens when it is not held."""
    hidden = await store.release_one(tx, account_id, post_id)
    if hidden is not None:
        await shown_again(tx, post_id, to=account_id, hidden=hidden)


async def release_all_held(tx: Tx, account_id: int, *, most: int) -> int:
    """Let up to `most` posts through that the account holds, whoever wrote them: it goes away. How many there were."""
    released = await store.release_all(tx, account_id, most=most)
    for post_id, hidden in released:
        await shown_again(tx, post_id, to=account_id, hidden=hidden)
    return len(released)


async def shown_again(tx: Tx, post_id: int, *, to: int, hidden: bool) -> None:
    """A post is held back from `to` no longer: it counts as a reply, if it was hidden, and they are told of it."""
    post = await posts.find_living(tx, post_id)
    if post is None:
        return
    counted = post.reply_to_id if hidden and post.counts_as_reply else None
    if counted is not None:
        await acts.count(tx, "replies", counted, 1, by=post.author_id, act=post.id)
    await tx.record(HeldPostReleased(post_id=post_id, account_id=to, reply_to_id=counted))


async def known_authors(reader: Reader, post_ids: Collection[int], *, to: int, since: int) -> set[int]:
    """Authors of these posts who are no strangers to the account: it follows, let through or wrote to them, or they follow it.

    The last two count when they were before the id `since`. One query, none for no ids.
    """
    return await store.known(reader, post_ids, to=to, since=since) if post_ids else set()
