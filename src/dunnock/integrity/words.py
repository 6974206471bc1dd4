"""What a post says, as those who watch need it: posts of other servers are read from their HTML, once for all who ask."""

from __future__ import annotations

import functools

from dunnock import text
from dunnock.posts import Post

_REMEMBERED = 128  # several reactions ask for the posts of one batch, one after the other


def words_of(post: Post) -> str:
    """Its text as it was written here, or as a reader sees what another server sent."""
    return post.text or (_plain(post.html) if post.html else "")


_plain = functools.lru_cache(maxsize=_REMEMBERED)(text.plain)
