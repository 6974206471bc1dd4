"""Conversations: the direct posts of a thread among the same people, as each of them has it. Mastodon: Conversation."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dunnock.accounts import Cursor
from dunnock.feeds.errors import ConversationMissing
from dunnock.feeds.events import ConversationChanged
from dunnock.feeds.store import conversations as store
from dunnock.foundation.clock import MINUTE
from dunnock.foundation.db import Db, Reader, Row, Tx
from dunnock.foundation.job import Job

BACKLOG_EVERY_MS = 5 * MINUTE
_CHUNK = 2_000
_FOREVER = (1 << 63) - 1


class Conversation(msgspec.Struct, frozen=True):
    """A conversation as one member has it. `people` are the others; none in a conversation with oneself."""

    id: int
    people: tuple[int, ...]
    last_post_id: int
    unread: bool


class GatherConversations(Job, frozen=True):
    """Take in the direct posts from before there were conversations; at the end it does nothing."""


async def conversations(reader: Reader, account_id: int, cursor: Cursor) -> list[Conversation]:
    """The account's conversations, the one with the newest post first; the cursor is the last post."""
    rows = await reader.all(store.PAGE[cursor.upwards], owner=account_id, **cursor.bounds)
    return [_conversation(row) for row in (rows[::-1] if cursor.upwards else rows)]


async def find_conversation(reader: Reader, account_id: int, conversation_id: int) -> Conversation:
    """One of the account's conversations.

    Raises:
        ConversationMissing: it has no such conversation.
    """
    row = await store.find(reader, account_id, conversation_id)
    if row is None:
        raise ConversationMissing(conversation_id)
    return _conversation(row)


async def latest_posts(reader: Reader, conversation_ids: Sequence[int], *, most: int = 200) -> dict[int, list[int]]:
    """The newest posts of conversations, the newest first, `most` of all of them: for a last one that can't be shown."""
    found: dict[int, list[int]] = {}
    for conversation_id, post_id in await reader.all(store.LATEST, ids=list(conversation_ids), most=most):
        found.setdefault(conversation_id, []).append(post_id)
    return found


async def mark_conversation(tx: Tx, account_id: int, conversation_id: int, *, unread: bool) -> Conversation:
    """Mark a conversation as read, or as unread. Raises ConversationMissing."""
    row = await store.find(tx, account_id, conversation_id, hold=True)
    if row is None:
        raise ConversationMissing(conversation_id)
    if await store.set_unread(tx, conversation_id, unread=unread):
        await tx.record(ConversationChanged(account_id=account_id, conversation_id=conversation_id))
    return msgspec.structs.replace(_conversation(row), unread=unread)


async def remove_conversation(tx: Tx, account_id: int, conversation_id: int) -> None:
    """Remove a conversation from one's own list; the next post in it begins it anew. Raises ConversationMissing."""
    if await store.find(tx, account_id, conversation_id, hold=True) is None:
        raise ConversationMissing(conversation_id)
    await store.drop(tx, conversation_id)
    await tx.record(ConversationChanged(account_id=account_id, conversation_id=conversation_id))


async def settle_conversations(tx: Tx, post_id: int, *, news: bool = True) -> None:
    """Have a direct post in the conversations of those it is for, and in no others; a deleted one in none.

    Reads the present state, so it may be called again, or late. `news`: who did not write it has not read it yet, and
    hears of it.
    """
    there = {row[0]: (row[1], row[2], row[3]) for row in await store.holding(tx, post_id)}
    post = await store.direct(tx, post_id)
    wanted: dict[int, str] = {}
    author = thread = 0
    if post is not None:
        author, thread = post
        people = {author, *await store.mentioned(tx, post_id)}
        # Whoever has it already keeps it, also after muting its author.
        having = await store.willing(tx, people, from_id=author, thread_id=thread) | (people & set(there))
        wanted = {one: " ".join(map(str, sorted(people - {one}))) for one in having}
    for account_id, (conversation_id, its_thread, its_people) in there.items():
        if wanted.get(account_id) == its_people and its_thread == thread:
            del wanted[account_id]
        else:
            await store.drop_post(tx, account_id, conversation_id, post_id)
            await tx.record(ConversationChanged(account_id=account_id, conversation_id=conversation_id))
    for account_id in sorted(wanted):
        row = await store.find_or_add(tx, account_id, thread, wanted[account_id], post_id)
        if not await store.add_post(tx, account_id, row[0], post_id):
            continue
        if post_id > row[3]:
            await store.set_last(tx, row[0], post_id)
        if news:
            await store.set_unread(tx, row[0], unread=account_id != author)
            await tx.record(ConversationChanged(account_id=account_id, conversation_id=row[0]))


async def end_conversations(tx: Tx, account_id: int, *, somebody: int) -> None:
    """Remove all of the account's conversations that somebody takes part in."""
    for conversation_id in await store.with_somebody(tx, account_id, somebody):
        await store.drop(tx, conversation_id)
        await tx.record(ConversationChanged(account_id=account_id, conversation_id=conversation_id))


async def forget_conversations(tx: Tx, account_id: int) -> None:
    """Remove all conversations of an account that is gone; the others keep theirs."""
    await tx.run(store.DROP_ALL_POSTS, owner=account_id)
    await tx.run(store.DROP_ALL, owner=account_id)


async def gather_conversations(db: Db, _: GatherConversations) -> None:
    """Go down from the newest post that was there, chunk by chunk, until nothing is left."""
    while True:
        below = await db.value(store.PROGRESS)
        if below == 0:
            return
        async with db.begin(durable=False) as tx:
            rows = await tx.all(store.ALL_BELOW, below=_FOREVER if below is None else below, most=_CHUNK)
            for post_id, visibility in rows:
                if visibility == "direct":
                    await settle_conversations(tx, post_id, news=False)
            await tx.run(store.NOTE_PROGRESS, name="all", below=rows[-1][0] if rows else 0)


def _conversation(row: Row) -> Conversation:
    return Conversation(row[0], tuple([int(one) for one in row[2].split()]), row[3], bool(row[4]))
