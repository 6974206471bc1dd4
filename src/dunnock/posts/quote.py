"""Quote somebody's post in one's own, and take back that one is quoted. ActivityPub: FEP-044f.

A quote is part of the post that quotes: it is made by `publish`, no edit changes it, and it ends with the post.
"""

from __future__ import annotations

from dunnock import text
from dunnock.accounts.find import find
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.settings import Settings
from dunnock.posts.errors import DraftRefused, QuoteMissing, QuoteNotYours
from dunnock.posts.events import QuoteChanged
from dunnock.posts.find import find_original
from dunnock.posts.model import Post
from dunnock.posts.store import acts
from dunnock.posts.store import posts as store


async def find_to_quote(tx: Tx, post_id: int, *, by: int) -> Post:
    """The post (of a boost: what it shows, SC-033), which `by` may see and quote.

    Raises:
        QuoteMissing: it is not there for them, or its author does not let them.

    Source: Mastodon's StatusPolicy#quote?.
    """
    post = await store.find_original(tx, post_id, by, act=True)
    if post is None or not await lets_quote(tx, post, by):
        raise QuoteMissing(post_id)
    return post


async def first_state(tx: Tx, quoted: Post, *, by: int) -> str:
    """The state of a quote when it is made: an author of another server is asked first, where the word is theirs."""
    if quoted.author_id == by:
        return "accepted"
    author = await find(tx, quoted.author_id)
    return "accepted" if author is None or author.local else "pending"


async def lets_quote(tx: Reader, post: Post, by: int) -> bool:
    """Does the author of a post that `by` sees let them quote it?"""
    if post.visibility == "direct":
        return False
    if post.author_id == by or post.quote_policy == "public":
        return True
    return post.quote_policy == "followers" and await store.is_following(tx, by, post.author_id)


def check_audience(quoted: Post, *, by: int, visibility: str, mentions: tuple[int, ...]) -> None:
    """May the quoted post be shown to those who are to see the quote? In a direct post its author must be one of them.

    Raises:
        DraftRefused: they are not.

    Source: Mastodon's PostStatusService#safeguard_private_mention_quote!.
    """
    if visibility == "direct" and quoted.author_id != by and quoted.author_id not in mentions:
        raise DraftRefused(
            quoted.id, say="Validation failed: Cannot quote a non-mentioned user in a Private Mention post."
        )


async def address_of(reader: Reader, post_id: int, settings: Settings) -> str:
    """The page of a post, deleted or not."""
    url, username, domain = await store.place_of(reader, post_id)
    if url:
        return url
    handle = f"{username}@{domain}" if domain else username
    return f"{settings.public_url}/@{handle}/{post_id}"


def with_link(html: str, url: str) -> str:
    """The text, led by a link to what it quotes for those who know no quotes; unless the text has the link itself."""
    link = text.render_link(url)
    if link in html:
        return html
    return f'<p class="quote-inline">RE: {link}</p>{html}'


async def revoke_quote(tx: Tx, quoted_id: int, post_id: int, *, by: int) -> None:
    """Let `post_id` no longer quote the post of `by`; a quote that waits is refused. What is so already stays so.

    Raises:
        PostMissing: `by` may not see the quoted post.
        QuoteMissing: it is not quoted by that post.
        QuoteNotYours: it is somebody else's.

    Source: Mastodon's Api::V1::Statuses::QuotesController and Quote#reject!.
    """
    quoted = await find_original(tx, quoted_id, by, act=True)
    there = await store.quote_of(tx, post_id, quoted.id)
    if there is None:
        raise QuoteMissing(post_id, say="Record not found")
    was, quoting = there
    if quoted.author_id != by:
        raise QuoteNotYours(quoted_id)
    if was is None or was not in {"accepted", "pending"}:
        return
    state = "revoked" if was == "accepted" else "rejected"
    if not await store.set_quote(tx, post_id, quoted.id, was=was, state=state):
        return  # another request was first, or the post went away at the same moment
    if was == "accepted":
        await acts.uncount_quote(tx, quoted.id, by=quoting, act=post_id)
    await tx.record(QuoteChanged(post_id=post_id, quoted_id=quoted.id, state=state))
