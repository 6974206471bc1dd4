"""Takes in posts of other servers: looks up whom and what they name, and what is missing is asked for afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dunnock import accounts, posts
from dunnock.federation.claims import keep_claims
from dunnock.federation.emoji import want_emoji
from dunnock.federation.errors import NotTheirs
from dunnock.federation.house import Federation
from dunnock.federation.jobs import CheckQuote, FetchPost
from dunnock.federation.objects import Written, read_post
from dunnock.federation.parse import icons_of
from dunnock.federation.places import host_of
from dunnock.federation.store import actors, memory, quotes
from dunnock.federation.store.actors import Remote
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Tx
from dunnock.posts import RemotePost

MOST_DEPTH = 50
"""How far up a conversation is followed. Source: federation.md, section 12."""
MOST_QUOTES = 2
"""How far from what came to us a quote is read: each post may have a parent and a quote, which must not double for ever."""


async def post_of(tx: Tx, house: Federation, uri: str) -> int | None:
    """The post with this address, this server's or another's, unless it is not known or deleted."""
    local = house.places.local(uri)
    if local is not None:
        if local.post_id is None:
            return None
        found = await posts.find_living(tx, local.post_id)
        if found is None or found.boost_of_id is not None:
            return None
        author = await accounts.find(tx, found.author_id)
        return (
            found.id if author is not None and author.local and author.username.lower() == local.name.lower() else None
        )
    known = await posts.find_uri(tx, uri)
    if known is None:
        return None
    found = await posts.find_living(tx, known[0])
    return None if found is None else found.boost_of_id or found.id


async def people_of(tx: Tx, house: Federation, uris: Sequence[str]) -> dict[str, int]:
    """The accounts among these addresses that are known, this server's and others'."""
    found: dict[str, int] = {}
    elsewhere = []
    for uri in uris:
        local = house.places.local(uri)
        if local is not None and local.post_id is None:
            account = await accounts.find_by_handle(tx, local.name)
            if account is not None and account.shown:
                found[uri] = account.id
        elif local is None:
            elsewhere.append(uri)
    return found | {uri: one.account_id for uri, one in (await actors.by_uris(tx, elsewhere)).items()}


async def take_post(
    tx: Tx,
    house: Federation,
    document: Mapping[str, Any],
    author: Remote,
    *,
    inbox_of: int | None = None,
    wanted: bool = False,
    depth: int = 0,
) -> int | None:
    """The post of a document that its author's server vouches for; None: it has nothing to do with anybody here.

    `inbox_of`: the account in whose own inbox it came; `wanted`: somebody here asked for it. One that is known already is
    changed to what the document says.

    Raises:
        ActivityInvalid: it is no post.
        NotTheirs: the author is another.
    """
    written = read_post(document, followers=author.followers, now=now_ms())
    if written.author != author.uri or host_of(written.uri) != author.host:
        raise NotTheirs(author.host)
    known = await posts.find_uri(tx, written.uri)
    if known is not None and known[1] != author.account_id:
        raise NotTheirs(author.host)
    if author.standing in {"suspended", "deleted"} or await memory.was_undone(tx, written.uri, by=author.account_id):
        return None
    tagged = await people_of(tx, house, written.mentions)
    addressed = await people_of(tx, house, written.audience.people)
    open_to_all = written.audience.visibility in posts.OPEN
    mentions = {an_id: None for uri, an_id in tagged.items() if uri in addressed or uri in written.audience.people}
    if not open_to_all:  # whoever it is written to may read it, named or not
        mentions |= dict.fromkeys(addressed.values())
        if inbox_of is not None and written.audience.visibility == "direct":
            mentions[inbox_of] = None
    mentions.pop(author.account_id, None)
    parent = await post_of(tx, house, written.reply_to) if written.reply_to else None
    if known is None and not wanted and not await _concerns(tx, author, list(mentions), parent):
        return None
    if parent is not None and known is None and not await posts.may_reply(tx, parent, by=author.account_id):
        return None
    quoted = await post_of(tx, house, written.quote) if written.quote else None
    one = _remote_post(
        written, author, tuple(mentions), parent, quoted, state=await _quote_state(tx, quoted, author, written)
    )
    if known is not None:
        await posts.receive_edit(tx, known[0], one, settings=house.settings)
        await want_emoji(tx, icons_of(document), author, post_id=known[0])
        await keep_claims(tx, known[0], document, new=False)
        if written.quote and quoted is None:
            await _ask_for_quoted(tx, house, known[0], written, depth=depth)
        await _ask_for_leave(tx, known[0], one, written)
        await _quotes_no_more(tx, known[0], written)
        return known[0]
    post = await posts.receive(tx, one, settings=house.settings)
    await want_emoji(tx, icons_of(document), author, post_id=post.id)
    await keep_claims(tx, post.id, document, new=True)
    if written.reply_to and parent is None and depth < MOST_DEPTH and _elsewhere(house, written.reply_to):
        await tx.enqueue(
            FetchPost(uri=written.reply_to, host=host_of(written.reply_to), child_id=post.id, depth=depth + 1)
        )
    if written.quote and quoted is None:
        await _ask_for_quoted(tx, house, post.id, written, depth=depth)
    await _ask_for_leave(tx, post.id, one, written)
    return post.id


async def _ask_for_quoted(tx: Tx, house: Federation, post_id: int, written: Written, *, depth: int) -> None:
    """Have the post read that is quoted and not known."""
    if depth < MOST_QUOTES and _elsewhere(house, written.quote):
        await tx.enqueue(
            FetchPost(
                uri=written.quote,
                host=host_of(written.quote),
                quote_id=post_id,
                quote_approval=written.quote_approval,
                depth=depth + 1,
            )
        )


async def _ask_for_leave(tx: Tx, post_id: int, one: RemotePost, written: Written) -> None:
    """A quote that waits and names a word that lets it: ask for that. One that needs none ends with the word that it names."""
    if one.quoted_id is None or not host_of(written.quote_approval):
        return
    if one.quote_state == "pending":
        await tx.enqueue(CheckQuote(post_id, written.quote_approval, host_of(written.quote_approval)))
    else:
        await quotes.keep(tx, post_id, written.quote_approval)


async def _quotes_no_more(tx: Tx, post_id: int, written: Written) -> None:
    """A post whose author took the quote out of it, or had to, quotes no more."""
    if written.quote:
        return
    post = await posts.find_living(tx, post_id)
    if post is not None and post.quoted_author_id is not None and post.quote_state in {"accepted", "pending"}:
        await posts.settle_quote(tx, post_id, "revoked", quoted_author_id=post.quoted_author_id)
        await quotes.forget(tx, post_id)


def _elsewhere(house: Federation, uri: str) -> bool:
    return bool(host_of(uri)) and not house.places.is_here(uri)


async def _concerns(tx: Tx, author: Remote, mentions: Sequence[int], parent: int | None) -> bool:
    """Is it by somebody who is followed here, to somebody here, or an answer to what is known here?"""
    if parent is not None or await actors.has_local_followers(tx, author.account_id):
        return True
    return any(one.local for one in (await accounts.find_many(tx, mentions)).values()) if mentions else False


async def _quote_state(tx: Tx, quoted: int | None, author: Remote, written: Written) -> str | None:
    """Their own posts and those of people here who let everybody are quoted at once; others wait for a word."""
    if quoted is None:
        return None
    post = await posts.find_living(tx, quoted)
    if post is None:
        return None
    if post.author_id == author.account_id or post.quote_policy == "public":
        return "accepted"
    return "pending" if written.quote else None


def _remote_post(
    written: Written,
    author: Remote,
    mentions: tuple[int, ...],
    parent: int | None,
    quoted: int | None,
    *,
    state: str | None,
) -> RemotePost:
    return RemotePost(
        uri=written.uri,
        url=written.url,
        author_id=author.account_id,
        html=posts.without_quote_line(written.html) if state == "accepted" else written.html,
        visibility=written.audience.visibility,
        created_at=written.created_at,
        warning=written.warning,
        language=written.language,
        sensitive=written.sensitive,
        edited_at=written.edited_at,
        reply_to_id=parent,
        mentions=mentions,
        hashtags=written.hashtags,
        emoji=written.emoji,
        files=written.files,
        links=written.links,
        poll=written.poll,
        quoted_id=quoted,
        quote_state=state,
        quote_policy=written.quote_policy,
        reply_policy=written.reply_policy,
    )
