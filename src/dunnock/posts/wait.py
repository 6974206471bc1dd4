"""Posts that wait for a look before they are published. Nobody but their author sees them, by any door, until they are let out.

While a rule of staff may hold what members write, each public or unlisted post waits until the rules looked at it; what meets
none goes out at once. Its author can delete it, not change it, boost it or pin it.
"""

from __future__ import annotations

from dunnock import text
from dunnock.foundation.db import Reader, Tx
from dunnock.posts.bring_out import bring_out, shows_stopped
from dunnock.posts.content import Shaped
from dunnock.posts.errors import PostWaiting
from dunnock.posts.events import HeldPostReleased, PostWaits
from dunnock.posts.model import OPEN, Author, Post
from dunnock.posts.store import held
from dunnock.posts.store import posts as store


def must_wait(author: Author, visibility: str, parent: Post | None, *, parent_waits: bool) -> bool:
    """Does what this author writes wait until rules looked at it? What goes on with what waits, waits too."""
    return visibility in OPEN and (author.watched or (parent is not None and parent_waits))


async def let_wait(tx: Tx, post: Post) -> None:
    """Show a new post to nobody but its author, and have the rules look at it."""
    await held.hold(tx, post.id, post.author_id, author_id=post.author_id, hides=True)
    await tx.record(PostWaits(post_id=post.id, author_id=post.author_id))


async def find_waiting(reader: Reader, post_id: int) -> Post | None:
    """The post, whoever asks, if it waits for a look."""
    return await store.find_waiting(reader, post_id)


async def waiting_before(reader: Reader, before: int, *, above: int = 0, most: int = 200) -> list[int]:
    """Posts that wait for a look, with ids in between, the oldest first."""
    return await store.waiting_before(reader, before, above=above, most=most)


async def check_not_waiting(reader: Reader, post_id: int) -> None:
    """Raises: PostWaiting."""
    if await store.find_waiting(reader, post_id) is not None:
        raise PostWaiting(post_id)


async def let_out(tx: Tx, post_id: int) -> bool:
    """Publish what waited: only now it counts, is found, told of and sent to other servers. False: it did not wait."""
    post = await store.find_waiting(tx, post_id)
    if post is None or not await held.let_out(tx, post.id, post.author_id):
        return False
    author = await store.find_author(tx, post.author_id)
    narrowed = post.visibility == "public" and author is not None and await shows_stopped(tx, author, post.media)
    if narrowed:
        post = await store.change_visibility(tx, post.id, "public", "unlisted") or post
    tags = tuple([(text.hashtag_key(name), name) for name in post.hashtags])
    await bring_out(
        tx, post, Shaped(html=post.html, mentions=post.mentions, tags=tags, emoji=post.emoji), narrowed=narrowed
    )
    await tx.record(HeldPostReleased(post_id=post.id, account_id=post.author_id))
    return True
