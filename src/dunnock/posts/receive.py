"""Posts of other servers: received, changed and deleted as their own server says. ActivityPub: Create, Update, Delete."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import msgspec

from dunnock import media, previews, text
from dunnock.foundation import ids
from dunnock.foundation.clock import DAY, HOUR, SECOND
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.settings import Settings
from dunnock.media import RemoteFile
from dunnock.posts.bring_out import announce, count_in
from dunnock.posts.content import Shaped, put_in_indexes, take_from_tags
from dunnock.posts.errors import ReplyBarred
from dunnock.posts.events import PollVoted, PostAnswers, PostBackfilled, PostEdited, QuoteChanged
from dunnock.posts.history import media_now
from dunnock.posts.hold import hold_back, hold_edited
from dunnock.posts.model import Post
from dunnock.posts.policies import check_reply
from dunnock.posts.poll import Poll
from dunnock.posts.quote import lets_quote
from dunnock.posts.store import acts, index, polls, revisions
from dunnock.posts.store import posts as store
from dunnock.posts.text_stops import stopped_until
from dunnock.posts.vote import EndPoll

_FOREVER_MS = 20 * 365 * DAY
_QUOTE_LINE = re.compile(r'<p class="quote-inline">.*?</p>', re.DOTALL)
LATE_MS = 24 * HOUR
"""A post that comes so long after it was written takes its place among those of that time, and is news to nobody."""


class RemotePoll(msgspec.Struct, frozen=True, kw_only=True):
    """A poll as its server counts it; `expires_at` in Unix milliseconds."""

    options: tuple[str, ...]
    tallies: tuple[int, ...]
    voters: int
    multiple: bool
    expires_at: int


class RemotePost(msgspec.Struct, frozen=True, kw_only=True):
    """A post as another server tells of it, with everything made safe and within bounds. Times are Unix milliseconds.

    `mentions` are account ids, `hashtags` names as written, `emoji` shortcodes; `edited_at` is what its server says, which may be
    no later than `created_at`.
    """

    uri: str
    url: str | None
    author_id: int
    html: str
    visibility: str
    created_at: int
    warning: str = ""
    language: str | None = None
    sensitive: bool = False
    edited_at: int | None = None
    reply_to_id: int | None = None
    mentions: tuple[int, ...] = ()
    hashtags: tuple[str, ...] = ()
    emoji: tuple[str, ...] = ()
    files: tuple[RemoteFile, ...] = ()
    links: tuple[str, ...] = ()
    poll: RemotePoll | None = None
    quoted_id: int | None = None
    quote_state: str | None = None
    quote_policy: str = "nobody"
    reply_policy: str = "everyone"


class Named(msgspec.Struct, frozen=True):
    """What a post is called: its address where another server gave it one, and whose it is."""

    uri: str | None
    author_id: int
    username: str
    domain: str


async def names_of(reader: Reader, ids: Collection[int]) -> dict[int, Named]:
    """What posts are called; those that are deleted are left out. One query, none for no ids."""
    return {an_id: Named(*row) for an_id, row in (await store.names_of(reader, ids)).items()}


async def counts_of(reader: Reader, post_id: int) -> tuple[int, int, int]:
    """How many replies, boosts and favourites everybody is told of."""
    return await store.counts_of(reader, post_id)


async def find_uri(reader: Reader, uri: str) -> tuple[int, int] | None:
    """Id and author of the post or boost with this address, deleted ones too; None: it is not known."""
    return await store.find_uri(reader, uri)


async def receive(tx: Tx, one: RemotePost, *, settings: Settings) -> Post:
    """A post that was not known; what it answers and quotes is known, or left out.

    What has words that staff stopped is for those who follow its author, and in no public feed, no search and no trend.

    Raises:
        Conflict: its address is taken by now.
    """
    late = tx.now - one.created_at > LATE_MS
    post_id = ids.id_for(one.created_at, one.uri) if late else tx.new_id()
    parent = None if one.reply_to_id is None else await store.find_living(tx, one.reply_to_id)
    quoted = None if one.quoted_id is None else await store.find_living(tx, one.quoted_id)
    shaped = _shaped(one)
    post = Post(
        id=post_id,
        author_id=one.author_id,
        visibility="unlisted" if one.visibility == "public" and await _stopped(tx, one) else one.visibility,
        thread_id=parent.thread_id if parent else post_id,
        created_at=one.created_at,
        text=text.plain(one.html),
        html=one.html,
        warning=one.warning,
        language=one.language,
        sensitive=one.sensitive or bool(one.warning),
        reply_to_id=parent.id if parent else None,
        reply_to_author_id=parent.author_id if parent else None,
        mentions=one.mentions,
        hashtags=shaped.hashtags,
        emoji=one.emoji,
        edited_at=_edit_of(one),
        poll_id=None if one.poll is None else tx.new_id(),
        quoted_id=quoted.id if quoted else None,
        quoted_author_id=quoted.author_id if quoted else None,
        quote_state=(one.quote_state or "pending") if quoted else None,
        quote_policy=one.quote_policy,
        reply_policy=one.reply_policy,
    )
    post = msgspec.structs.replace(
        post, media=await media.add_remote(tx, one.files, account_id=one.author_id, post_id=post_id)
    )
    await store.add_remote(tx, post, uri=one.uri, url=one.url)
    if one.poll is not None and post.poll_id is not None:
        await polls.add(tx, _poll(one.poll, poll_id=post.poll_id, post_id=post_id, now=tx.now))
        await _announce_end(tx, post.poll_id, one.poll)
    tags = await put_in_indexes(tx, post, shaped)
    if one.links and not one.files:
        await previews.attach(tx, post_id, one.links, here=settings.domain)
    await count_in(tx, post, at=one.created_at)
    if late:
        await tx.record(PostBackfilled(post_id=post_id, author_id=post.author_id, reply_to_id=post.reply_to_id))
        return post
    await announce(tx, post, tags)
    if post.quoted_id is not None and post.quote_state == "accepted":
        await tx.record(QuoteChanged(post_id=post_id, quoted_id=post.quoted_id, state="accepted"))
    return post


async def _stopped(tx: Tx, one: RemotePost) -> bool:
    return await stopped_until(tx, _words(one), author_id=one.author_id) is not None


def _words(one: RemotePost) -> Iterator[str]:
    """All that it says. Read only while something is stopped."""
    yield text.plain(one.html)
    yield one.warning
    yield from one.poll.options if one.poll else ()
    yield from one.links
    yield from (file.description or "" for file in one.files)


async def receive_edit(tx: Tx, post_id: int, one: RemotePost, *, settings: Settings) -> bool:
    """Let a remote post say what its server says now; True when readers see a difference, which its history keeps.

    Other votes alone are no difference. Nothing happens to a post of somebody else, or one that is deleted, or when what
    is here is newer, nor to a public one that would get words that staff stopped.
    """
    post = await store.find_own(tx, post_id, one.author_id)
    if post is None or post.boost_of_id is not None:
        return False
    if _is_older(one, post):
        return False
    if post.visibility == "public" and await _stopped(tx, one):
        had = await stopped_until(tx, (post.text, post.warning), author_id=post.author_id)
        if had is None:
            return False
    poll = None if post.poll_id is None else await polls.hold_of_post(tx, post.id)
    shaped = _shaped(one)
    before = await media_now(tx, post)
    same_files = await media.same_remote(tx, post.media, one.files)
    poll_id = None if one.poll is None else post.poll_id or tx.new_id()
    new = msgspec.structs.replace(
        post,
        text=text.plain(one.html),
        html=one.html,
        warning=one.warning,
        sensitive=one.sensitive or bool(one.warning),
        language=one.language or post.language,
        mentions=one.mentions,
        hashtags=shaped.hashtags,
        emoji=one.emoji,
        poll_id=poll_id,
        quote_policy=one.quote_policy,
        reply_policy=one.reply_policy,
    )
    same_poll = (poll is None) == (one.poll is None) and (
        poll is None or one.poll is None or (poll.options, poll.multiple) == (one.poll.options, one.poll.multiple)
    )
    await _settle_poll(tx, poll, one.poll, new)
    alike = (post.html, post.warning, post.sensitive) == (new.html, new.warning, new.sensitive)
    if alike and same_poll and same_files:
        return False
    if not same_files:
        new = msgspec.structs.replace(
            new, media=await media.add_remote(tx, one.files, account_id=one.author_id, post_id=post.id)
        )
    new = msgspec.structs.replace(new, edited_at=_edit_of(one) or tx.now)
    await revisions.add(tx, post, msgspec.json.encode(before).decode(), poll=None if poll is None else poll.options)
    await store.change_post(tx, new)
    await index.drop_mentions(tx, post.id)
    await take_from_tags(tx, post)
    tags = await put_in_indexes(tx, new, shaped)
    await hold_edited(tx, new)
    await previews.attach(tx, post.id, () if one.files else one.links, here=settings.domain)
    await tx.record(PostEdited(post_id=post.id, author_id=one.author_id, tags=tags))
    return True


def _edit_of(one: RemotePost) -> int | None:
    """When it was edited; None: what is said is the moment when it was written."""
    return one.edited_at if one.edited_at is not None and one.edited_at > one.created_at else None


def _is_older(one: RemotePost, post: Post) -> bool:
    """Does it say to be from before what is here? Some servers tell when a post was changed in whole seconds only."""
    if one.edited_at is None:
        return False
    if post.edited_at is None:
        return one.edited_at <= post.created_at - SECOND
    return one.edited_at < post.edited_at


async def _settle_poll(tx: Tx, poll: Poll | None, said: RemotePoll | None, new: Post) -> None:
    if said is None:
        if poll is not None:
            await polls.drop(tx, poll.id)
        return
    made = _poll(said, poll_id=new.poll_id or 0, post_id=new.id, now=tx.now)
    if poll is None:
        await polls.add(tx, made)
        await _announce_end(tx, made.id, said)
        return
    if (poll.options, poll.multiple) != (made.options, made.multiple):
        await polls.drop_votes(tx, poll.id)
    await polls.change(tx, msgspec.structs.replace(made, ended=poll.ended))
    if not poll.ended and made.expires_at != poll.expires_at:
        await _announce_end(tx, poll.id, said)
    await tx.record(PollVoted(post_id=new.id, poll_id=poll.id, by=new.author_id))


async def _announce_end(tx: Tx, poll_id: int, said: RemotePoll) -> None:
    """Who voted here is told when it is over; one that was over before it came told nobody anything."""
    if said.expires_at - tx.now < _FOREVER_MS:
        await tx.enqueue(EndPoll(poll_id), run_at=max(said.expires_at, tx.now))


def _poll(said: RemotePoll, *, poll_id: int, post_id: int, now: int) -> Poll:
    return Poll(
        id=poll_id,
        post_id=post_id,
        options=said.options,
        multiple=said.multiple,
        hide_totals=False,
        expires_at=said.expires_at,
        tallies=said.tallies,
        voters=said.voters,
        ended=said.expires_at <= now,
    )


def _shaped(one: RemotePost) -> Shaped:
    tags: dict[str, str] = {}
    for name in one.hashtags:
        key = text.hashtag_key(name)
        if key:
            tags.setdefault(key, name)
    return Shaped(html=one.html, mentions=one.mentions, tags=tuple(tags.items()), emoji=one.emoji)


async def may_reply(reader: Reader, post_id: int, *, by: int) -> bool:
    """May this account of another server answer the post: does it see it, and does its author let it?"""
    parent = await store.find_original(reader, post_id, by)
    if parent is None:
        return False
    try:
        await check_reply(reader, parent, by=by)
    except ReplyBarred:
        return False
    return True


async def may_quote(reader: Reader, post_id: int, *, by: int) -> bool:
    """May this account quote the post: does it see it, and does its author let it?"""
    post = await store.find_original(reader, post_id, by)
    return post is not None and await lets_quote(reader, post, by)


async def answer_to(tx: Tx, post_id: int, parent_id: int) -> None:
    """Put a post that came before what it answers under that, with all that answers it. Twice is once."""
    post, parent = await store.find_living(tx, post_id), await store.find_living(tx, parent_id, hold=True)
    if post is None or parent is None or post.reply_to_id is not None or parent.thread_id == post.thread_id:
        return
    await store.set_parent(tx, post, parent)
    answer = msgspec.structs.replace(
        post, reply_to_id=parent.id, reply_to_author_id=parent.author_id, thread_id=parent.thread_id
    )
    hidden = await hold_back(tx, answer)
    if answer.counts_as_reply and not hidden:
        await acts.count(tx, "replies", parent.id, 1, by=post.author_id, act=post.id)
    await tx.record(PostAnswers(post_id=post.id, author_id=post.author_id, other_id=parent.id))


async def quote_of(tx: Tx, post_id: int, quoted_id: int, state: str) -> None:
    """Let a post that came before what it quotes quote that. Twice is once."""
    post, quoted = await store.find_living(tx, post_id), await store.find_living(tx, quoted_id, hold=True)
    if post is None or quoted is None or post.quoted_id is not None or quoted.boost_of_id is not None:
        return
    await store.set_quoted(tx, post, quoted, state)
    if state == "accepted":
        await acts.count(tx, "quotes", quoted.id, 1, by=post.author_id, act=post.id)
    await tx.record(PostAnswers(post_id=post.id, author_id=post.author_id, other_id=quoted.id))


async def settle_quote(tx: Tx, post_id: int, state: str, *, quoted_author_id: int) -> bool:
    """A quote that waits is allowed or refused by whom it quotes, one that stands is taken back; False: nothing changed."""
    post = await store.find_living(tx, post_id)
    if post is None or post.quoted_id is None or post.quoted_author_id != quoted_author_id or post.quote_state is None:
        return False
    if post.quote_state == state or not await store.set_quote(
        tx, post.id, post.quoted_id, was=post.quote_state, state=state
    ):
        return False
    if state == "accepted":
        await acts.count(tx, "quotes", post.quoted_id, 1, by=post.author_id, act=post.id)
        shorter = without_quote_line(post.html)
        if shorter != post.html and await store.is_remote(tx, post.id):
            await store.change_post(tx, msgspec.structs.replace(post, html=shorter))
    elif post.quote_state == "accepted":
        await acts.uncount_quote(tx, post.quoted_id, by=post.author_id, act=post.id)
    await tx.record(QuoteChanged(post_id=post.id, quoted_id=post.quoted_id, state=state))
    return True


async def is_favourited(reader: Reader, post_id: int, *, by: int) -> bool:
    """Does the account like the post?"""
    return await acts.is_favourited(reader, post_id, by=by)


def without_quote_line(html: str) -> str:
    """The text of a post without the line that leads to what it quotes, for those who see the quote itself."""
    return _QUOTE_LINE.sub("", html, count=1)


async def find_living(reader: Reader, post_id: int) -> Post | None:
    """The post or boost whoever asks, unless it is deleted: for what speaks for its author, never for a reader."""
    return await store.find_living(reader, post_id)


async def find_many_living(reader: Reader, ids: Collection[int]) -> dict[int, Post]:
    """As `find_living`, of several by their ids, in one query; those that are deleted are left out."""
    return await store.find_many_living(reader, ids) if ids else {}


async def was_deleted(reader: Reader, post_id: int, *, by: int) -> bool:
    """Was there an open post of this account with that id, which is deleted?"""
    return await store.was_deleted(reader, post_id, by)
