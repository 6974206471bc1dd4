"""Quotes: who asks, who answers. Source: FEP-044f; federation.md, section 8."""

from __future__ import annotations

from dunnock import accounts, posts
from dunnock.federation.errors import NotTheirs
from dunnock.federation.inbound.incoming import Incoming
from dunnock.federation.objects import author_of
from dunnock.federation.parse import id_of, type_of
from dunnock.federation.places import host_of
from dunnock.federation.send import send_quote_answer
from dunnock.federation.store import quotes
from dunnock.federation.take_post import post_of, take_post
from dunnock.foundation.db import Tx


async def quote_request(tx: Tx, incoming: Incoming) -> None:
    """Somebody asks to quote a post of this server: answered at once, as its author's policy says."""
    instrument = incoming.activity.get("instrument")
    quoting = id_of(instrument)
    if host_of(quoting) != incoming.sender.host or (
        isinstance(instrument, dict) and author_of(instrument) not in {"", incoming.sender.uri}
    ):
        raise NotTheirs("another author", say="Only own posts can quote")
    post_id = await post_of(tx, incoming.house, incoming.object_id)
    post = None if post_id is None else await posts.find_living(tx, post_id)
    author = None if post is None else await accounts.find(tx, post.author_id)
    if post is None or author is None or not author.local:
        return
    before = await posts.find_uri(tx, quoting)
    there = None if before is None else await posts.find_living(tx, before[0])
    allowed = await posts.may_quote(tx, post.id, by=incoming.sender.account_id) and (
        there is None or there.quoted_id != post.id or there.quote_state != "revoked"  # what was taken back stays so
    )
    if allowed and isinstance(instrument, dict):
        await take_post(tx, incoming.house, instrument, incoming.sender, wanted=True)
    known = await posts.find_uri(tx, quoting)
    if known is not None:
        await posts.settle_quote(tx, known[0], "accepted" if allowed else "rejected", quoted_author_id=author.id)
    await send_quote_answer(
        tx,
        incoming.house,
        incoming.activity,
        to=incoming.sender,
        by=author,
        post_id=post.id,
        quoting=quoting,
        allowed=allowed,
    )


async def quote_answered(tx: Tx, incoming: Incoming, *, allowed: bool) -> bool:
    """Was it the answer to a request of this server to quote a post of the sender? Then it is settled."""
    inner = incoming.inner
    if inner is not None and type_of(inner) != "QuoteRequest":
        return False
    named = incoming.house.places.quote_request_of(incoming.object_id)
    if named is None and inner is not None:
        local = incoming.house.places.local(id_of(inner.get("instrument")))
        named = None if local is None else local.post_id
    if named is None:
        return False
    state = "accepted" if allowed else "rejected"
    settled = await posts.settle_quote(tx, named, state, quoted_author_id=incoming.sender.account_id)
    word = id_of(incoming.activity.get("result"))
    if settled and allowed and host_of(word) == incoming.sender.host:
        await quotes.keep(tx, named, word)
    return settled


async def taken_back(tx: Tx, incoming: Incoming) -> bool:
    """Did the sender delete the word that let a post quote theirs? Then it does so no more."""
    found = False
    for post_id in await quotes.posts_by(tx, incoming.object_id):
        if await posts.settle_quote(tx, post_id, "revoked", quoted_author_id=incoming.sender.account_id):
            await quotes.forget(tx, post_id)
            found = True
    return found
