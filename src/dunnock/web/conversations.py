"""Conversations: direct posts among the same people."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency, Provide

from dunnock import accounts
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Form, Id, Query
from dunnock.feeds import ConversationMissing
from dunnock.feeds import conversations as feeds
from dunnock.foundation.db import Db
from dunnock.web.cards import Cards
from dunnock.web.one_by_one import OneByOne, provide_one_by_one
from dunnock.web.pages import PageParams, Sent, pages
from dunnock.web.show import Show
from dunnock.web.steps import PER_PAGE, steps_between
from dunnock.web.visitor import Member


class ConversationForm(Sent):
    """What to do with which conversation: `read`, `unread` or `remove`."""

    conversation_id: Id
    act: str = "read"


@get("/conversations", dependencies={"one_by_one": Provide(provide_one_by_one)})
async def show_conversations(
    *,
    params: Query[PageParams],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    account_views: NamedDependency[AccountViews],
    one_by_one: NamedDependency[OneByOne],
) -> Response[str]:
    """The member's conversations with the newest post of each, the latest first."""
    db.sync()
    me = member.account_id
    cursor = accounts.Cursor(limit=PER_PAGE, max_id=params.max_id, min_id=params.min_id)
    found = await feeds.conversations(db, me, cursor)
    people = {one.id: one for one in await Cards(db, account_views).faces([*{an for c in found for an in c.people}])}
    last = await one_by_one.find([one.last_post_id for one in found], me)
    hidden = [one.id for one in found if one.last_post_id not in last]
    older = await feeds.latest_posts(db, hidden) if hidden else {}
    last |= await one_by_one.find([an_id for some in older.values() for an_id in some], me)
    rows: list[dict[str, Any]] = [
        {
            "id": one.id,
            "unread": one.unread,
            "people": [people[an_id] for an_id in one.people if an_id in people],
            "post": next((last[an] for an in (one.last_post_id, *older.get(one.id, ())) if an in last), None),
        }
        for one in found
    ]
    steps = steps_between([one.last_post_id for one in found], cursor)
    return show("conversations.html", rows=rows, steps=steps)


@post("/conversations", status_code=303)
async def change_conversation(
    form: Form[ConversationForm],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
) -> Response[None]:
    """Mark it as read or unread, or take it off the list; its posts stay."""
    async with db.begin() as tx:
        if form.act == "remove":
            await feeds.remove_conversation(tx, member.account_id, form.conversation_id)
        elif form.act in {"read", "unread"}:
            await feeds.mark_conversation(tx, member.account_id, form.conversation_id, unread=form.act == "unread")
        else:
            raise ConversationMissing(form.act)
    return show.go("/conversations", done="saved")


HANDLERS = pages(show_conversations, change_conversation)
