"""Delete an own post or boost. Mastodon: DELETE /api/v1/statuses/:id; ActivityPub: Delete, Undo of Announce."""

from __future__ import annotations

from dunnock import media, previews
from dunnock.accounts.counts import count_posts
from dunnock.foundation.db import Tx
from dunnock.posts.boost import unboost
from dunnock.posts.content import take_from_tags
from dunnock.posts.errors import PostMissing
from dunnock.posts.events import PostDeleted
from dunnock.posts.model import Post
from dunnock.posts.store import acts, boosts, held, index, polls, revisions
from dunnock.posts.store import posts as store


async def delete(tx: Tx, post_id: int, *, by: int, with_media: bool = False) -> Post:
    """Delete the post with its boosts and what others did with it; its pictures may be used again ("delete and redraft").

    `with_media`: its pictures, also those of earlier versions, are removed at once instead.

    Returns the post as it was, with text and media, so that its author can write it anew.

    Raises:
        PostMissing: there is no such post of `by`.
    """
    post = await store.find_living(tx, post_id)
    if post is not None and post.boost_of_id is not None and post.author_id == by:
        await unboost(tx, post.boost_of_id, by=by)
        return post
    post = await store.find_own(tx, post_id, by)  # held: a boost is held only after what it shows, as everywhere
    if post is None:
        raise PostMissing(post_id)
    await store.empty_post(tx, post.id)
    await revisions.drop(tx, post.id)
    await index.drop_mentions(tx, post.id)
    waited = await held.let_out(tx, post.id, by)
    if not waited:
        await take_from_tags(tx, post)
    await previews.detach(tx, post.id)
    if post.poll_id is not None and (poll := await polls.hold_of_post(tx, post.id)) is not None:
        await polls.drop(tx, poll.id)
    if post.media or post.edited_at is not None:  # an earlier version may have had some
        await (media.remove_of if with_media else media.release)(tx, post.id)
    gone = await _drop_boosts(tx, post.id)
    await acts.drop_all(tx, post.id)
    hidden = await held.drop(tx, post.id)
    if not waited:
        await _uncount(tx, post, hidden=hidden)
    authors = [booster for _, booster in gone] + ([by] if post.counts_for_author and not waited else [])
    for author in sorted(authors):  # in one order, so that deletions at the same time never wait in a circle
        await count_posts(tx, author, -1)
    await tx.record(
        PostDeleted(
            post_id=post.id,
            author_id=by,
            reply_to_id=post.reply_to_id,
            quoted_id=post.quoted_id,
            visibility=post.visibility,
            unpublished=waited,
        )
    )
    return post


async def _uncount(tx: Tx, post: Post, *, hidden: bool) -> None:
    """Take it off the counters of what it answers and quotes, in the order of their ids as `publish` does."""
    less: list[tuple[int, str]] = []
    if post.reply_to_id is not None and post.counts_as_reply and not hidden:
        less.append((post.reply_to_id, "replies"))
    if post.quoted_id is not None and post.quote_state == "accepted":
        less.append((post.quoted_id, "quotes"))
    for counted, name in sorted(less):
        if name == "quotes":
            await acts.uncount_quote(tx, counted, by=post.author_id, act=post.id)
        else:
            await acts.count(tx, name, counted, -1, by=post.author_id, act=post.id)


async def _drop_boosts(tx: Tx, post_id: int) -> list[tuple[int, int]]:
    """End every boost of the post; (boost, booster) of each."""
    gone = await boosts.boosts_of(tx, post_id)
    if gone:
        await boosts.end_boosts(tx, [boost_id for boost_id, _ in gone])
    for boost_id, booster in gone:
        await tx.record(PostDeleted(post_id=boost_id, author_id=booster, boost_of_id=post_id))
    return gone
