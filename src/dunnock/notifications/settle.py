"""Bring notifications in line with what is so now: what an act deserves is there once, what was undone is gone.

Every function reads the present state, so it may be called again, late, or out of order.
"""

from __future__ import annotations

from typing import Literal

from dunnock.foundation.db import Tx
from dunnock.foundation.ids import ms_of
from dunnock.notifications.store import facts
from dunnock.notifications.store import rows as store


async def settle_post(tx: Tx, post_id: int) -> None:
    """Tell those whom the post addresses, and followers who asked to hear of each post of its author.

    By address, never by name in the text: a name in a private post that addresses somebody else tells nobody (SC-050).
    """
    post = await facts.subject(tx, post_id)
    if post is None:
        await store.drop_post(tx, post_id)
        return
    author, thread, at = post.author_id, post.thread_id, ms_of(post.id)
    addressed = await facts.mentioned(tx, post_id)
    if addressed:
        heard = await facts.willing(tx, addressed, from_id=author, thread_id=thread, now=tx.now)
        await store.tell(tx, heard, "mention", by=author, post_id=post_id, at=at)
    if post.visibility != "direct" and (post.reply_to_id is None or post.reply_to_author_id == author):
        watchers = set(await facts.watching(tx, author, post.language)).difference(addressed)
        heard = await facts.willing(tx, watchers, from_id=author, thread_id=thread, now=tx.now)
        await store.tell(tx, heard, "post", by=author, post_id=post_id, at=at)


async def settle_edit(tx: Tx, post_id: int) -> None:
    """Tell those who boosted the post what became of it, and whom it addresses since; forget whom it no longer does."""
    post = await facts.subject(tx, post_id)
    if post is None:
        await store.drop_post(tx, post_id)
        return
    author, thread = post.author_id, post.thread_id
    addressed = await facts.mentioned(tx, post_id)
    await store.drop_others(tx, post_id, "mention", addressed)
    heard = await facts.willing(tx, addressed, from_id=author, thread_id=thread, now=tx.now)
    await store.tell(tx, heard, "mention", by=author, post_id=post_id, at=post.edited_at or tx.now)
    if post.edited_at is not None:
        # Of several edits the last is told: the newer notification takes the place of the older.
        await store.drop_older(tx, post_id, "edit", post.edited_at)
        boosters = await facts.boosters(tx, post_id, until=post.edited_at)  # later ones boosted what it says now
        heard = await facts.willing(tx, boosters, from_id=author, thread_id=thread, now=tx.now)
        await store.tell(tx, heard, "edit", by=author, post_id=post_id, at=post.edited_at)


async def settle_act(tx: Tx, post_id: int, by: int, kind: Literal["favourite", "boost"]) -> None:
    """Tell the author that `by` favourites or boosts the post, or take it back."""
    post = await facts.subject(tx, post_id)
    if post is None:
        await store.drop_post(tx, post_id)
        return
    done_at = await facts.act(tx, post_id, by, kind)
    if done_at is not None:
        heard = await facts.willing(tx, (post.author_id,), from_id=by, thread_id=post.thread_id, now=tx.now)
        await store.tell(tx, heard, kind, by=by, post_id=post_id, at=done_at)
        return
    await store.take_back(tx, post.author_id, kind, by=by, post_id=post_id)
    if kind == "boost":  # and what they were told as a booster
        await store.take_back(tx, by, "edit", by=post.author_id, post_id=post_id)


async def settle_follow(tx: Tx, *, follower: int, followed: int) -> None:
    """Tell of a follow, or of a request as long as it is not answered."""
    stands = await facts.follow(tx, follower, followed)
    for kind in ("follow", "follow_request"):
        if kind != stands:
            await store.take_back(tx, followed, kind, by=follower)
    if stands is not None:
        heard = await facts.willing(tx, (followed,), from_id=follower, thread_id=0, now=tx.now)
        await store.tell(tx, heard, stands, by=follower, post_id=0, at=tx.now)


async def settle_sign_up(tx: Tx, account_id: int) -> None:
    """Tell those who run the server of a new member."""
    heard = await facts.willing(tx, await facts.staff(tx), from_id=account_id, thread_id=0, now=tx.now)
    await store.tell(tx, heard, "sign_up", by=account_id, post_id=0, at=tx.now)


async def settle_pair(tx: Tx, account_id: int, other: int) -> None:
    """Forget what `other` did when `account_id` does not want to hear of it: a block, either way, or a mute."""
    if not await facts.willing(tx, (account_id,), from_id=other, thread_id=0, now=tx.now):
        await store.drop_by(tx, account_id, other)
