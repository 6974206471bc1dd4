"""Changing an own post: the form that wrote it, with what the post says now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import media, posts
from dunnock.api.kit import Form
from dunnock.foundation.db import Db
from dunnock.foundation.errors import DomainError
from dunnock.foundation.settings import Settings
from dunnock.integrity.money import Destinations
from dunnock.web.acts import own_post
from dunnock.web.composer import PostForm, accepted, as_sent, changes_of, from_post, values_of
from dunnock.web.pages import pages
from dunnock.web.scripted import asks_json, led, told
from dunnock.web.show import Show
from dunnock.web.visitor import Member


@get("/posts/{post_id:int}/edit")
async def ask_to_edit(
    *,
    post_id: FromPath[int],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """The form with what an own post says now."""
    draft = await from_post(db, await own_post(db, post_id, member))
    return show("post_edit.html", **values_of(draft, settings))


@post("/posts/{post_id:int}/edit", status_code=303)
async def edit(
    *,
    post_id: FromPath[int],
    form: Form[PostForm],
    request: Request[Any, Any, Any],
    show: NamedDependency[Show],
    member: NamedDependency[Member],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    media_store: NamedDependency[media.MediaStore],
    destinations: NamedDependency[Destinations],
) -> Response[Any]:
    """Let an own post say what the form says; buttons that add or drop files show it again."""
    by = member.account_id
    held = await own_post(db, post_id, member)
    media_ids: Sequence[int] = form.media_ids
    error: DomainError | None = None
    try:
        media_ids = await accepted(db, media_store, settings, form, by=by)
        if not form.do:
            poll = (await posts.polls_of(db, [post_id])).get(post_id)
            screen = await destinations.fresh()
            async with db.begin() as tx:
                changes = changes_of(form, media_ids, poll)
                await posts.edit(tx, post_id, changes, by=by, settings=settings, screen=screen)
            return led(request, show, f"/@{member.account.username}/{post_id}", "edited")
        if form.do.startswith("drop "):
            media_ids = [one for one in media_ids if str(one) != form.do[5:]]
    except posts.PostMissing:
        raise
    except DomainError as refusal:
        error = refusal
    if error is not None and asks_json(request):
        return told(show, error)
    draft = await as_sent(db, form, media_ids, by=by, whole=True)
    draft = msgspec.structs.replace(draft, edits=post_id, visibility=held.visibility)
    return show("post_edit.html", error=error, **values_of(draft, settings))


HANDLERS = pages(ask_to_edit, edit)
