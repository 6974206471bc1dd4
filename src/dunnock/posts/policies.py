"""Who may quote and who may answer a post: its author's word, given with the post or later. ActivityPub: interactionPolicy.

A policy is about answers to that very post (docs/decisions/0004). What was done before it was narrowed stays.
"""

from __future__ import annotations

import msgspec

from dunnock.foundation.db import Reader, Tx
from dunnock.posts.errors import PostMissing, PostWaiting, ReplyBarred
from dunnock.posts.events import PolicyChanged
from dunnock.posts.model import Post, check_policies, quote_policy_of
from dunnock.posts.store import posts as store


async def check_reply(tx: Reader, parent: Post, *, by: int) -> None:
    """May `by` answer this post? Its author always may, and those whom it mentions.

    Raises:
        ReplyBarred: its author does not let them.
    """
    policy = parent.reply_policy
    if policy == "everyone" or parent.author_id == by or by in parent.mentions:
        return
    if policy == "followers" and await store.is_following(tx, by, parent.author_id):
        return
    if policy == "following" and await store.is_following(tx, parent.author_id, by):
        return
    raise ReplyBarred(parent.id)


async def change_policies(
    tx: Tx, post_id: int, *, by: int, quote_policy: str | None = None, reply_policy: str | None = None
) -> Post:
    """Change who may quote or answer an own post; None: as it is. The post is not edited by that.

    Raises:
        DraftRefused: there is no such policy.
        PostMissing: there is no such post of `by`; boosts have no policies.
        PostWaiting: it waits for a look by staff.
    """
    check_policies(quote_policy, reply_policy)
    post = await store.find_own(tx, post_id, by)
    if post is None or post.boost_of_id is not None:
        raise PostMissing(post_id)
    new = with_policies(post, quote_policy, reply_policy)
    if new != post:
        if await store.find_waiting(tx, post_id) is not None:
            raise PostWaiting(post_id)
        await store.set_policies(tx, new)
        await tx.record(PolicyChanged(post_id=post.id, author_id=by))
    return new


def with_policies(post: Post, quote_policy: str | None, reply_policy: str | None) -> Post:
    """The post with the policies that were given."""
    return msgspec.structs.replace(
        post,
        quote_policy=quote_policy_of(quote_policy or post.quote_policy, post.visibility),
        reply_policy=reply_policy or post.reply_policy,
    )
