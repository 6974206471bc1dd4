"""Show a public post to fewer people until somebody looked at it: as an unlisted one, that strangers do not come across."""

from __future__ import annotations

import msgspec

from dunnock import text
from dunnock.foundation.db import Tx
from dunnock.posts import content as words
from dunnock.posts.events import PostSetApart
from dunnock.posts.store import featured, index
from dunnock.posts.store import posts as store


async def set_apart(tx: Tx, post_id: int) -> bool:
    """Let a public post read as unlisted: not in public feeds, under hashtags, in search and trends. False: it is not public.

    Whoever follows its author, and whoever has its address, reads it as before.
    """
    post = await store.change_visibility(tx, post_id, "public", "unlisted")
    if post is None:
        return False
    await words.take_from_tags(tx, msgspec.structs.replace(post, visibility="public"))
    await tx.record(PostSetApart(post_id=post.id, author_id=post.author_id))
    return True


async def bring_back(tx: Tx, post_id: int) -> bool:
    """Let a post that was set apart be public again. False: it is gone, or its visibility is another by now."""
    post = await store.change_visibility(tx, post_id, "unlisted", "public")
    if post is None:
        return False
    if post.hashtags:
        tag_ids = await index.tag_post(tx, post.id, [(text.hashtag_key(one), one) for one in post.hashtags])
        await featured.count_in(tx, post, tag_ids)
    await tx.record(PostSetApart(post_id=post.id, author_id=post.author_id))
    return True
