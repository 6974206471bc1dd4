"""Change what an own post says. Mastodon: PUT /api/v1/statuses/:id; ActivityPub: Update of a Note."""

from __future__ import annotations

import msgspec

from dunnock import media, previews
from dunnock.foundation.db import Tx
from dunnock.foundation.settings import Settings
from dunnock.posts import content as words
from dunnock.posts.errors import DraftRefused, PostingStopped, PostMissing
from dunnock.posts.events import PollChanged, PostEdited
from dunnock.posts.history import media_now
from dunnock.posts.hold import hold_edited
from dunnock.posts.model import Changes, Post, Screen, check
from dunnock.posts.policies import change_policies
from dunnock.posts.poll import Poll, PollDraft, check_poll
from dunnock.posts.quote import address_of
from dunnock.posts.store import index, polls, revisions
from dunnock.posts.store import posts as store
from dunnock.posts.text_stops import check_texts
from dunnock.posts.vote import add_poll, change_poll, same_question
from dunnock.posts.wait import check_not_waiting


async def edit(
    tx: Tx, post_id: int, changes: Changes, *, by: int, settings: Settings, screen: Screen | None = None
) -> Post:
    """Let the post say what `changes` says, and keep what it said. Where nothing differs nothing is kept or announced.

    Raises:
        PostMissing: there is no such post of `by`; boosts can't be edited.
        PostWaiting: it waits for a look by staff.
        DraftRefused, PostRefused, PostingStopped, TextStopped and media's errors: as `publish`.

    Source: Mastodon's UpdateStatusService.
    """
    asked = None if changes.poll is None else check_poll(changes.poll)
    post = await store.find_own(tx, post_id, by)
    if post is None or post.boost_of_id is not None:
        raise PostMissing(post_id)
    await check_not_waiting(tx, post_id)
    author = await store.find_author(tx, by)
    if author is not None and author.stopped:
        raise PostingStopped(by)
    content = check(changes, limit=settings.max_post_length, quotes=post.quoted_id is not None)
    if author is not None and author.words_stopped:
        await check_texts(tx, words.all_of(content, asked), author_id=by)
    wanted = tuple(dict.fromkeys(changes.media_ids))
    if any(change.id not in wanted for change in changes.media_changes):
        raise DraftRefused(say="Validation failed: Media to change is not of this post")
    before = await media_now(tx, post)
    poll = None if post.poll_id is None else await polls.hold_of_post(tx, post.id)
    if wanted != post.media:
        await media.claim(tx, wanted, account_id=by, post_id=post.id)
    for change in changes.media_changes:
        await media.describe(tx, change.id, by=by, description=change.description, focus=change.focus, post_id=post.id)
        if change.thumbnail is not None:
            await media.put_thumbnail(tx, change.id, change.thumbnail, by=by, post_id=post.id)
    shaped = await words.shape(
        tx,
        content,
        author_id=by,
        visibility=post.visibility,
        settings=settings,
        quoted_url=None if post.quoted_id is None else await address_of(tx, post.quoted_id, settings),
    )
    post = await change_policies(
        tx, post_id, by=by, quote_policy=changes.quote_policy, reply_policy=changes.reply_policy
    )
    new = msgspec.structs.replace(
        post,
        text=content.parsed.text,
        html=shaped.html,
        warning=content.warning,
        sensitive=bool(changes.sensitive) or bool(content.warning),
        language=content.language or post.language,
        mentions=shaped.mentions,
        hashtags=shaped.hashtags,
        emoji=words.emoji_with(shaped, asked),
        media=wanted,
        poll_id=None if asked is None else post.poll_id or tx.new_id(),
    )
    await _settle_poll(tx, poll, asked, new)
    looks = any(change.thumbnail is not None for change in changes.media_changes)
    if not looks and _same(post, new) and _same_poll(poll, asked) and before == await media_now(tx, new):
        if poll is not None:
            await tx.record(PollChanged(post_id=post.id, poll_id=poll.id))
        return post
    new = msgspec.structs.replace(new, edited_at=tx.now)
    await words.look(tx, screen, new, content, edit=True)
    await revisions.add(tx, post, msgspec.json.encode(before).decode(), poll=None if poll is None else poll.options)
    await store.change_post(tx, new)
    await index.drop_mentions(tx, post.id)
    await words.take_from_tags(tx, post)
    tags = await words.put_in_indexes(tx, new, shaped)
    await hold_edited(tx, new)
    await previews.attach(tx, post.id, content.parsed.links, here=settings.domain)
    await tx.record(PostEdited(post_id=post.id, author_id=by, tags=tags))
    return new


async def _settle_poll(tx: Tx, poll: Poll | None, asked: PollDraft | None, new: Post) -> None:
    """The poll that was (held) becomes what is asked for; its time runs from now."""
    if asked is None:
        if poll is not None:
            await polls.drop(tx, poll.id)
    elif poll is not None:
        await change_poll(tx, poll, asked)
    elif new.poll_id is not None:
        await add_poll(tx, asked, poll_id=new.poll_id, post_id=new.id)


def _same_poll(poll: Poll | None, asked: PollDraft | None) -> bool:
    if poll is None or asked is None:
        return poll is None and asked is None
    return same_question(poll, asked)


def _same(old: Post, new: Post) -> bool:
    """Would readers see the same? Who is mentioned is settled by the text, so accounts met since then change nothing."""
    return (old.text, old.warning, old.sensitive, old.language, old.media) == (
        new.text,
        new.warning,
        new.sensitive,
        new.language,
        new.media,
    )
