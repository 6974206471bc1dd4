"""Publish a post. Mastodon: POST /api/v1/statuses; ActivityPub: Create of a Note."""

from __future__ import annotations

from dunnock import media, previews
from dunnock.foundation import ids
from dunnock.foundation.clock import HOUR
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.job import Job
from dunnock.foundation.settings import Settings
from dunnock.posts import content as words
from dunnock.posts.bring_out import bring_out, shows_stopped
from dunnock.posts.errors import DraftMissing, PostingBarred, PostingStopped, PostMissing
from dunnock.posts.model import OPEN, Author, Draft, Post, Screen, check, quote_policy_of
from dunnock.posts.policies import check_reply
from dunnock.posts.poll import check_poll
from dunnock.posts.quote import address_of, check_audience, find_to_quote, first_state
from dunnock.posts.store import index, waiting
from dunnock.posts.store import posts as store
from dunnock.posts.text_stops import check_texts
from dunnock.posts.vote import add_poll
from dunnock.posts.wait import let_wait, must_wait

_LONGEST_KEY = 80


async def publish(
    tx: Tx,
    draft: Draft,
    *,
    author_id: int,
    app_id: int | None,
    settings: Settings,
    key: str | None = None,
    draft_id: int | None = None,
    screen: Screen | None = None,
) -> Post:
    """Publish what `author_id` wrote with the app.

    `key` (kept for a day, per author) makes asking again safe: the same post comes back, even from requests at the same
    moment. `draft_id`: an own draft that is done with by that, and gone if it is published elsewhere meanwhile. A public post
    that shows what staff stopped (`media.stops`) is an unlisted one.

    Raises:
        DraftRefused: it breaks a rule.
        PostMissing: what it replies to is not there for the author; or the key's post was deleted meanwhile.
        QuoteMissing: what it quotes is not there for the author, or not theirs to quote.
        ReplyBarred: whoever wrote what it replies to does not let the author.
        DraftMissing: there is no such draft (any more).
        PostingBarred: the author may not post.
        PostingStopped: an emergency; nobody of a class that the author belongs to can, for a while.
        TextStopped: an emergency; nobody can post such words for a while.
        PostRefused: the screen holds it back.
        Media's errors: a picture is not the author's, in use, or not ready.
    """
    content = check(draft, limit=settings.max_post_length, quotes=draft.quoted_id is not None)
    poll = None if draft.poll is None else check_poll(draft.poll)
    author = await _author(tx, author_id)
    if author.words_stopped:
        await check_texts(tx, words.all_of(content, poll), author_id=author_id)
    post_id = tx.new_id()
    if key and (before := await _replayed(tx, author_id, key, post_id)):
        return before
    parent, parent_waits = await _parent(tx, draft.reply_to_id, author_id)
    quoted = None if draft.quoted_id is None else await find_to_quote(tx, draft.quoted_id, by=author_id)
    visibility = draft.visibility or author.visibility
    if quoted is not None and quoted.visibility == "followers" and visibility in OPEN:
        visibility = "followers"
    waits = must_wait(author, visibility, parent, parent_waits=parent_waits)
    narrowed = visibility == "public" and not waits and await shows_stopped(tx, author, draft.media_ids)
    if narrowed:
        visibility = "unlisted"
    state = None if quoted is None else await first_state(tx, quoted, by=author_id)
    shaped = await words.shape(
        tx,
        content,
        author_id=author_id,
        visibility=visibility,
        settings=settings,
        quoted_url=None if quoted is None else await address_of(tx, quoted.id, settings),
    )
    if quoted is not None:
        check_audience(quoted, by=author_id, visibility=visibility, mentions=shaped.mentions)
    post = Post(
        id=post_id,
        author_id=author_id,
        visibility=visibility,
        thread_id=parent.thread_id if parent else post_id,
        created_at=tx.now,
        text=content.parsed.text,
        html=shaped.html,
        warning=content.warning,
        language=content.language or author.language,
        sensitive=_sensitive(draft, author, content.warning),
        reply_to_id=parent.id if parent else None,
        reply_to_author_id=parent.author_id if parent else None,
        mentions=shaped.mentions,
        hashtags=shaped.hashtags,
        emoji=words.emoji_with(shaped, poll),
        media=tuple(dict.fromkeys(draft.media_ids)),
        poll_id=None if poll is None else tx.new_id(),
        quoted_id=quoted.id if quoted else None,
        quoted_author_id=quoted.author_id if quoted else None,
        quote_state=state,
        quote_policy=quote_policy_of(draft.quote_policy or author.quote_policy, visibility),
        reply_policy=draft.reply_policy or _reply_policy(author, parent),
    )
    await words.look(tx, screen, post, content)
    if draft_id is not None:
        await take_draft(tx, draft_id, author_id)
    if post.media:
        await media.claim(tx, post.media, account_id=author_id, post_id=post_id)
    await store.add_post(tx, post, app_id)
    if poll is not None and post.poll_id is not None:
        await add_poll(tx, poll, poll_id=post.poll_id, post_id=post_id)
    if content.parsed.links:
        await previews.attach(tx, post_id, content.parsed.links, here=settings.domain)
    if waits:
        await let_wait(tx, post)
    else:
        await bring_out(tx, post, shaped, narrowed=narrowed)
    return post


class ForgetKeys(Job, frozen=True):
    """Drop idempotency keys that are older than a day."""


FORGET_KEYS_EVERY_MS = HOUR


async def do_forget_keys(db: Db, _: ForgetKeys) -> None:
    """What the schedule asks for."""
    async with db.begin() as tx:
        await forget_keys(tx)


async def take_draft(tx: Tx, draft_id: int, by: int) -> None:
    """Remove an own draft: it is posted, or thrown away.

    Raises:
        DraftMissing: there is none (any more).
    """
    if await waiting.hold_sketch(tx, draft_id, by) is None:
        raise DraftMissing(draft_id)
    await media.let_go(tx, draft_id)
    await waiting.drop_sketch(tx, draft_id)


def short_key(key: str) -> str:
    """An idempotency key as it is kept."""
    return key if len(key) <= _LONGEST_KEY else ids.digest(key)


async def forget_keys(tx: Tx) -> int:
    """Drop idempotency keys that are older than a day; how many there were."""
    return await index.forget_keys(tx)


async def _author(tx: Tx, author_id: int) -> Author:
    author = await store.find_author(tx, author_id)
    if author is None or not author.may_post:
        raise PostingBarred(author_id)
    if author.stopped:
        raise PostingStopped(author_id)
    return author


async def _replayed(tx: Tx, author_id: int, key: str, post_id: int) -> Post | None:
    """The post that the key was used for; else None, and from now on the key stands for `post_id`."""
    bound = await index.take_key(tx, author_id, short_key(key), post_id)
    if bound is None:
        return None
    post = await store.find_living(tx, bound) or await store.find_waiting(tx, bound)
    if post is None:
        raise PostMissing(bound)
    return post


async def _parent(tx: Tx, reply_to_id: int | None, author_id: int) -> tuple[Post | None, bool]:
    """What is replied to: what a boost shows, when it is one; and whether it is an own post that waits for a look."""
    if reply_to_id is None:
        return None, False
    parent = await store.find_original(tx, reply_to_id, author_id, act=True)
    if parent is None:
        own = await store.find_waiting(tx, reply_to_id)
        if own is None or own.author_id != author_id:
            raise PostMissing(reply_to_id)
        return own, True
    await check_reply(tx, parent, by=author_id)
    return parent, False


def _reply_policy(author: Author, parent: Post | None) -> str:
    """What goes on with an own post is answered by whom that is; everything else as the member's defaults say."""
    return parent.reply_policy if parent is not None and parent.author_id == author.id else author.reply_policy


def _sensitive(draft: Draft, author: Author, warning: str) -> bool:
    chosen = author.sensitive if draft.sensitive is None else draft.sensitive
    return chosen or bool(warning)
