"""Show somebody's post to one's own followers. Mastodon: reblog; ActivityPub: Announce."""

from __future__ import annotations

from dunnock.accounts.counts import count_posts
from dunnock.foundation.db import Tx
from dunnock.posts.errors import BoostRefused, PostingBarred, PostingStopped
from dunnock.posts.events import PostBoosted, PostDeleted
from dunnock.posts.find import find_original
from dunnock.posts.model import OPEN, Act, Post
from dunnock.posts.store import acts, boosts
from dunnock.posts.store import posts as store
from dunnock.posts.text_stops import check_texts


async def boost(tx: Tx, post_id: int, *, by: int, visibility: str | None = None, uri: str | None = None) -> Post:
    """Boost the post (of a boost: what it shows) and return the boost; a second time, the one that is there.

    `visibility`: public, unlisted or followers; None: as the member's new posts. `uri`: what another server calls it.

    Raises:
        PostMissing: there is no such post, or `by` may not see it.
        BoostRefused: the post is direct, or for the followers of somebody else.
        PostingBarred, PostingStopped, TextStopped: `by` may not post, or not for a while, or not what it says.

    Source: Mastodon's StatusPolicy#reblog? and ReblogService.
    """
    original = await find_original(tx, post_id, by, act=True)
    _check(original, by, visibility)
    author = await store.find_author(tx, by)
    if author is None or not author.may_post:
        raise PostingBarred(by)
    if author.stopped:
        raise PostingStopped(by)
    if author.words_stopped:
        await check_texts(tx, (original.text or original.html, original.warning), author_id=by)
    shown_to = visibility or ("followers" if author.visibility == "direct" else author.visibility)
    if original.visibility == "followers":
        shown_to = "followers"
    boost_id = tx.new_id()
    if not await boosts.add_boost(tx, boost_id, original.id, by=by, visibility=shown_to):
        there = await boosts.find_boost(tx, original.id, by=by)
        if there is None:
            raise BoostRefused(post_id, "the boost went away at the same moment")
        return _boost(there[0], original, by=by, visibility=there[1], at=tx.now)
    if uri is not None:
        await store.name_remote(tx, boost_id, uri=uri, url=None)
    await acts.add(tx, Act.BOOST, original.id, by=by, act_id=boost_id)
    await acts.count(tx, "boosts", original.id, 1, by=by)
    await count_posts(tx, by, 1, last_post_at=tx.now)
    await tx.record(PostBoosted(boost_id=boost_id, post_id=original.id, by=by, visibility=shown_to))
    return _boost(boost_id, original, by=by, visibility=shown_to, at=tx.now)


async def unboost(tx: Tx, post_id: int, *, by: int) -> Post:
    """Take the boost back; `post_id` is the post's or the boost's. Returns the post.

    Raises:
        PostMissing: there is no such post, or `by` may not see it.
    """
    original = await find_original(tx, post_id, by, act=True)
    there = await boosts.find_boost(tx, original.id, by=by)
    if there is not None and await boosts.end_boost(tx, there[0]):
        await acts.take_back(tx, Act.BOOST, original.id, by=by)
        await acts.count(tx, "boosts", original.id, -1, by=by)
        await count_posts(tx, by, -1)
        await tx.record(PostDeleted(post_id=there[0], author_id=by, boost_of_id=original.id))
    return original


def _check(original: Post, by: int, visibility: str | None) -> None:
    if visibility is not None and visibility not in OPEN and visibility != "followers":
        raise BoostRefused(visibility, say="Validation failed: Visibility is not included in the list")
    if original.visibility == "direct":
        raise BoostRefused(original.id, say="Validation failed: A direct post can't be boosted")
    if original.visibility == "followers" and original.author_id != by:
        raise BoostRefused(original.id, say="Validation failed: A post for followers only can't be boosted")


def _boost(boost_id: int, original: Post, *, by: int, visibility: str, at: int) -> Post:
    return Post(
        id=boost_id, author_id=by, boost_of_id=original.id, visibility=visibility, thread_id=boost_id, created_at=at
    )
