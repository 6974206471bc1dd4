"""Conversations: direct posts among the same people. Wire: Conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock.api.kit import Called, Paging, Query, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.pages import answer, cursor_of, links, me
from dunnock.api.mastodon.render import Render
from dunnock.feeds import conversations as feeds
from dunnock.feeds.conversations import Conversation
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings

READS, WRITES = "read:statuses", "write:conversations"
PATH = "/api/v1/conversations"
A_PAGE = 20
_ONE = "/api/v1/conversations/{conversation_id:int}"


@get(PATH, guards=[require(READS)])
async def list_conversations(
    params: Query[Paging],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
    settings: NamedDependency[Settings],
) -> Response[list[wire.Conversation]]:
    """The caller's conversations, the one with the newest post first; the cursor is that post, so follow the Link header."""
    db.sync()
    cursor = cursor_of(params, default=A_PAGE)
    found = await feeds.conversations(db, me(caller), cursor)
    newest, oldest = (found[0].last_post_id, found[-1].last_post_id) if found else (None, None)
    link = links(settings.public_url, PATH, cursor, count=len(found), newest=newest, oldest=oldest)
    return answer(b"[" + b",".join(await show(db, render, found, me(caller))) + b"]", link=link)


@delete(_ONE, guards=[require(WRITES)], status_code=200)
async def remove_conversation(
    conversation_id: FromPath[int], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Remove a conversation from the caller's list; its posts stay."""
    async with db.begin() as tx:
        await feeds.remove_conversation(tx, me(caller), conversation_id)
    return {}


@post(f"{_ONE}/read", guards=[require(WRITES)], status_code=200)
async def read_conversation(
    conversation_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Conversation]:
    """Mark a conversation as read."""
    async with db.begin() as tx:
        found = await feeds.mark_conversation(tx, me(caller), conversation_id, unread=False)
    return answer((await show(db, render, (found,), me(caller)))[0])


@post(f"{_ONE}/unread", guards=[require(WRITES)], status_code=200)
async def unread_conversation(
    conversation_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Conversation]:
    """Mark a conversation as unread."""
    async with db.begin() as tx:
        found = await feeds.mark_conversation(tx, me(caller), conversation_id, unread=True)
    return answer((await show(db, render, (found,), me(caller)))[0])


async def show(db: Db, render: Render, found: Sequence[Conversation], viewer_id: int) -> list[bytes]:
    """Conversation of each, as finished JSON: with the last post that may be shown.

    In a conversation without others (any more) its owner stands for them.
    """
    people = dict(await render.each_account([viewer_id, *{one for each in found for one in each.people}]))
    statuses = await render.statuses_by_id([one.last_post_id for one in found], viewer_id)
    last = {one.id: one.last_post_id for one in found if one.last_post_id in statuses}
    if len(last) < len(found):  # deleted a moment ago, or hidden by a block
        others = await feeds.latest_posts(db, [one.id for one in found if one.id not in last])
        statuses |= await render.statuses_by_id([one for some in others.values() for one in some], viewer_id)
        last |= {an_id: next((one for one in some if one in statuses), 0) for an_id, some in others.items()}
    return [
        b'{"id":"%d","unread":%b,"accounts":[%b],"last_status":%b}'
        % (
            one.id,
            b"true" if one.unread else b"false",
            b",".join([people[an_id] for an_id in one.people if an_id in people] or [people[viewer_id]]),
            statuses.get(last.get(one.id, 0), b"null"),
        )
        for one in found
    ]


HANDLERS: list[Any] = [list_conversations, remove_conversation, read_conversation, unread_conversation]
