"""What people do with statuses: favourite, reblog (our boost), bookmark, pin, mute; and who did."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import posts
from dunnock.accounts import Cursor, Page
from dunnock.api.kit import Called, Form, MaybeCalled, Paging, Query, link_header, page_limit, public, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.render import Render
from dunnock.api.mastodon.statuses import READS, WRITES, json, me, viewer, visibility_of
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings

PEOPLE = 40
_STATUS = "/api/v1/statuses/{post_id:int}"


class ReblogForm(msgspec.Struct):
    """How to boost."""

    visibility: str | None = None


@post(f"{_STATUS}/favourite", guards=[require("write:favourites")], status_code=200)
async def favourite(
    post_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Status]:
    """Like the post."""
    async with db.begin() as tx:
        done = await posts.favourite(tx, post_id, by=me(caller))
    return json(await render.status(done.id, me(caller)))


@post(f"{_STATUS}/unfavourite", guards=[require("write:favourites")], status_code=200)
async def unfavourite(
    post_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Status]:
    """Take the like back."""
    async with db.begin() as tx:
        done = await posts.unfavourite(tx, post_id, by=me(caller))
    return json(await render.status(done.id, me(caller)))


@post(f"{_STATUS}/reblog", guards=[require(WRITES)], status_code=200)
async def reblog(
    post_id: FromPath[int],
    form: Form[ReblogForm],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
) -> Response[wire.Status]:
    """Boost the post; the answer is the boost, with the post in it."""
    async with db.begin() as tx:
        made = await posts.boost(tx, post_id, by=me(caller), visibility=visibility_of(form.visibility))
    return json(await render.status(made.id, me(caller)))


@post(f"{_STATUS}/unreblog", guards=[require(WRITES)], status_code=200)
async def unreblog(
    post_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Status]:
    """Take the boost back; the answer is the post."""
    async with db.begin() as tx:
        done = await posts.unboost(tx, post_id, by=me(caller))
    return json(await render.status(done.id, me(caller)))


@post(f"{_STATUS}/bookmark", guards=[require("write:bookmarks")], status_code=200)
async def bookmark(
    post_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Status]:
    """Keep the post for oneself."""
    async with db.begin() as tx:
        done = await posts.bookmark(tx, post_id, by=me(caller))
    return json(await render.status(done.id, me(caller)))


@post(f"{_STATUS}/unbookmark", guards=[require("write:bookmarks")], status_code=200)
async def unbookmark(
    post_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Status]:
    """Keep it no longer."""
    async with db.begin() as tx:
        done = await posts.unbookmark(tx, post_id, by=me(caller))
    return json(await render.status(done.id, me(caller)))


@post(f"{_STATUS}/pin", guards=[require("write:accounts")], status_code=200)
async def pin(
    post_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Status]:
    """Show an own post first on one's profile."""
    async with db.begin() as tx:
        done = await posts.pin(tx, post_id, by=me(caller))
    return json(await render.status(done.id, me(caller)))


@post(f"{_STATUS}/unpin", guards=[require("write:accounts")], status_code=200)
async def unpin(
    post_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Status]:
    """Show it first no longer."""
    async with db.begin() as tx:
        done = await posts.unpin(tx, post_id, by=me(caller))
    return json(await render.status(done.id, me(caller)))


@post(f"{_STATUS}/mute", guards=[require("write:mutes")], status_code=200)
async def mute(
    post_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Status]:
    """Hear no more of the conversation."""
    async with db.begin() as tx:
        done = await posts.mute_thread(tx, post_id, by=me(caller))
    return json(await render.status(done.id, me(caller)))


@post(f"{_STATUS}/unmute", guards=[require("write:mutes")], status_code=200)
async def unmute(
    post_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Status]:
    """Hear of the conversation again."""
    async with db.begin() as tx:
        done = await posts.unmute_thread(tx, post_id, by=me(caller))
    return json(await render.status(done.id, me(caller)))


@get(f"{_STATUS}/favourited_by", guards=[public(READS)])
async def favourited_by(
    *,
    post_id: FromPath[int],
    params: Query[Paging],
    caller: MaybeCalled,
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    render: NamedDependency[Render],
) -> Response[list[wire.Account]]:
    """Who likes the post; the cursor is the like, so follow the Link header."""
    cursor = _cursor(params)
    page = await posts.favourited_by(db, post_id, viewer(caller), cursor)
    link = _link(settings, f"/api/v1/statuses/{post_id}/favourited_by", cursor.limit, page)
    return json(await render.accounts(list(page.ids)), link=link)


@get(f"{_STATUS}/reblogged_by", guards=[public(READS)])
async def reblogged_by(
    *,
    post_id: FromPath[int],
    params: Query[Paging],
    caller: MaybeCalled,
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    render: NamedDependency[Render],
) -> Response[list[wire.Account]]:
    """Who boosted the post; the cursor is the boost, so follow the Link header."""
    cursor = _cursor(params)
    page = await posts.boosted_by(db, post_id, viewer(caller), cursor)
    link = _link(settings, f"/api/v1/statuses/{post_id}/reblogged_by", cursor.limit, page)
    return json(await render.accounts(list(page.ids)), link=link)


@post(f"{_STATUS}/quotes/{{quoting_id:int}}/revoke", guards=[require(WRITES)], status_code=200)
async def revoke_quote(
    post_id: FromPath[int],
    quoting_id: FromPath[int],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
) -> Response[wire.Status]:
    """Let another post quote one's own no longer; the answer is the post that quoted it."""
    async with db.begin() as tx:
        await posts.revoke_quote(tx, post_id, quoting_id, by=me(caller))
    return json(await render.status(quoting_id, me(caller), unchecked=True))


def _cursor(params: Paging) -> Cursor:
    limit = page_limit(params.limit, PEOPLE)
    return Cursor(limit=limit, max_id=params.max_id, since_id=params.since_id, min_id=params.min_id)


def _link(settings: Settings, path: str, limit: int, page: Page) -> bytes:
    return link_header(
        settings.public_url,
        path,
        [("limit", str(limit))],
        next={"max_id": page.oldest} if page.oldest is not None and len(page.ids) == limit else None,
        prev={"min_id": page.newest} if page.newest is not None else None,
    )


HANDLERS: list[Any] = [
    favourite,
    unfavourite,
    reblog,
    unreblog,
    bookmark,
    unbookmark,
    pin,
    unpin,
    mute,
    unmute,
    favourited_by,
    reblogged_by,
    revoke_quote,
]
