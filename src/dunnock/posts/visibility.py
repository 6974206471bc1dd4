"""THE rule of who may see a post; every read path asks here (or its SQL twin, which a test compares with it)."""

from __future__ import annotations

from dunnock.accounts.viewers import Viewer
from dunnock.accounts.views import AccountCard
from dunnock.posts.views import PostCard

_OPEN = frozenset(("public", "unlisted"))
_GONE = frozenset(("suspended", "deleted"))


def may_see(post: PostCard, author: AccountCard | None, viewer: Viewer | None) -> bool:
    """May `viewer` (None: nobody signed in) see this post of `author`? For a boost: the wrapper only; ask for both.

    Hidden things read as missing, so every refusal looks the same (SC-053).
    """
    if author is None or author.standing in _GONE:
        return False
    if viewer is None:
        return post.visibility in _OPEN
    author_id = post.author_id
    if author_id == viewer.id:
        return True
    if author_id in viewer.blocked_by or author_id in viewer.blocking:
        return False
    if post.visibility in _OPEN:
        return True
    if viewer.id in post.mentions:
        return True
    return post.visibility == "followers" and author_id in viewer.following
