"""What of an account's posts anybody may read, as other servers ask for it. ActivityPub: outbox, replies, featured."""

from __future__ import annotations

from collections.abc import Sequence

from dunnock.foundation.db import Reader
from dunnock.posts.model import Post
from dunnock.posts.store import outbox as store


async def outbox(reader: Reader, author_id: int, *, below: int, most: int) -> list[Post]:
    """Public and unlisted posts and boosts of an account, newest first, before the id `below`."""
    return await store.outbox(reader, author_id, below=below, most=most)


async def replies(reader: Reader, post_id: int, *, above: int, most: int) -> Sequence[int]:
    """Ids of public and unlisted answers to a post, oldest first, after the id `above`."""
    return await store.replies(reader, post_id, above=above, most=most)


async def open_thread(reader: Reader, root_id: int, *, above: int, most: int) -> Sequence[int]:
    """Ids of the public and unlisted posts of the conversation that begins with a post, oldest first, after the id `above`."""
    return await store.thread(reader, root_id, above=above, most=most)


async def pinned(reader: Reader, author_id: int) -> list[Post]:
    """The public and unlisted posts that an account shows first, latest pin first."""
    return await store.pinned(reader, author_id)


async def public_count(reader: Reader, author_id: int) -> int:
    """How many public and unlisted posts and boosts there are of an account."""
    return await store.public_count(reader, author_id)
