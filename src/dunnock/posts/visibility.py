"""THE rule of who may see a post; every read path asks here (or its SQL twin, which a test compares with it)."""

from __future__ import annotations

from collections.abc import Collection

from dunnock.accounts.viewers import Viewer
from dunnock.accounts.views import AccountCard
from dunnock.posts.views import PostCard

_OPEN = frozenset(("public", "unlisted"))
QUOTE_SHOWN = frozenset(("accepted", "blocked_account", "blocked_domain", "muted_account"))
"""States of a quote in which the quoted post is there: clients hide it where the viewer wants to see no more of its author."""
_GONE = frozenset(("suspended", "deleted"))


def may_see(
    post: PostCard, author: AccountCard | None, viewer: Viewer | None, *, despite_own_block: bool = False
) -> bool:
    """May `viewer` (None: nobody signed in) see this post of `author`? For a boost: the wrapper only; ask for both.

    Hidden things read as missing, so every refusal looks the same (SC-053). `despite_own_block`: as if the viewer
    blocked nobody.
    """
    if author is None or author.standing in _GONE:
        return False
    if viewer is None:
        return post.visibility in _OPEN and post.held_by is None
    author_id = post.author_id
    if author_id == viewer.id:
        return True
    if post.held_by is not None and post.held_by != viewer.id:
        return False
    if author_id in viewer.blocked_by or (author_id in viewer.blocking and not despite_own_block):
        return False
    if post.visibility in _OPEN:
        return True
    if viewer.id in post.mentions:
        return True
    if post.visibility != "followers":
        return False
    return author_id in viewer.following or bool(viewer.id == post.quoted_author_id)


def quote_state(post: PostCard, quoted: PostCard | None, author: AccountCard | None, viewer: Viewer | None) -> str:
    """The state in which `viewer` sees the quote in `post`; `quoted` None: what it quotes is deleted; `author`: of that.

    Source: Mastodon's REST::BaseQuoteSerializer and StatusFilter#filter_state_for_quote.
    """
    if post.quote_state != "accepted":
        return str(post.quote_state)
    if quoted is None:
        return "deleted"
    if author is None or not may_see(quoted, author, viewer, despite_own_block=True):
        return "unauthorized"
    if viewer is None or viewer.id == quoted.author_id:
        return "accepted"
    if author.domain in viewer.domains:
        return "blocked_domain"
    if quoted.author_id in viewer.blocking:
        return "blocked_account"
    return "muted_account" if viewer.mutes(quoted.author_id) else "accepted"


def may_quote(post: PostCard, viewer_id: int, following: Collection[int]) -> bool:
    """May the viewer, who sees the post, quote it? The same rule as `posts.publish` holds them to."""
    if post.author_id == viewer_id:
        return bool(post.visibility != "direct")
    return bool(post.quote_policy == "public" or (post.quote_policy == "followers" and post.author_id in following))


def may_answer(post: PostCard, viewer: Viewer | None, *, followed_by: Collection[int]) -> bool:
    """May the viewer, who sees the post, answer it? `followed_by`: which of the authors follow the viewer."""
    policy = post.reply_policy
    if policy == "everyone":
        return True
    if viewer is None:
        return False
    return (
        post.author_id == viewer.id
        or viewer.id in post.mentions
        or (policy == "followers" and post.author_id in viewer.following)
        or (policy == "following" and post.author_id in followed_by)
    )
