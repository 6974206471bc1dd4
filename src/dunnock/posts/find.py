"""Finding a post through somebody's eyes: loading and permission are one act."""

from __future__ import annotations

from collections.abc import Collection

from dunnock.foundation.db import Reader
from dunnock.posts.errors import PostMissing
from dunnock.posts.model import Post
from dunnock.posts.store import posts as store


async def find_visible(reader: Reader, post_id: int, viewer_id: int | None) -> Post:
    """The post or boost as the viewer (None: a stranger) may see it.

    Raises:
        PostMissing: there is none, or it is hidden from them.
    """
    post = await store.find_visible(reader, post_id, viewer_id)
    if post is None:
        raise PostMissing(post_id)
    return post


async def find_original(reader: Reader, post_id: int, viewer_id: int | None, *, act: bool = False) -> Post:
    """The post, or what the boost shows. `act`: something will be done to it in this transaction.

    Raises:
        PostMissing: there is none, or it is hidden from the viewer.
    """
    post = await store.find_original(reader, post_id, viewer_id, act=act)
    if post is None:
        raise PostMissing(post_id)
    return post


async def visible_of(reader: Reader, author_id: int, ids: Collection[int], *, viewer_id: int) -> set[int]:
    """Those of `ids` that are posts or boosts of the author and that the viewer may see. One query (SC-049)."""
    return await store.visible_of(reader, author_id, ids, viewer_id) if ids else set()
