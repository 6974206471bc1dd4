"""A whole thread in one request. Ours: POST /api/v1/dunnock/threads."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency

from dunnock import posts
from dunnock.api.kit import Called, Form, Id, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.pages import answer, me
from dunnock.api.mastodon.render import Render
from dunnock.api.mastodon.scheduled_statuses import WRITES
from dunnock.api.mastodon.statuses import StatusForm, draft_of
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Invalid
from dunnock.foundation.settings import Settings


class ThreadForm(msgspec.Struct):
    """The posts of a thread, each as POST /api/v1/statuses takes it."""

    posts: list[StatusForm] = []
    draft_id: Id | None = None


@post("/api/v1/dunnock/threads", guards=[require(WRITES)], status_code=200)
async def publish_thread(
    *,
    form: Form[ThreadForm],
    caller: Called,
    request: Request[Any, Any, Any],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    render: NamedDependency[Render],
) -> Response[list[wire.Status]]:
    """Publish all the posts, each as the answer to the one before, or none. An `Idempotency-Key` works as for one post."""
    if any(one.scheduled_at for one in form.posts):
        raise Invalid(say="Validation failed: a thread can't be scheduled")
    drafts = [draft_of(one) for one in form.posts]
    async with db.begin() as tx:
        made = await posts.publish_thread(
            tx,
            drafts,
            author_id=me(caller),
            app_id=caller.app_id,
            settings=settings,
            key=request.headers.get("idempotency-key") or None,
            draft_id=form.draft_id,
        )
    return answer(await render.statuses([one.id for one in made], me(caller)))


HANDLERS: list[Any] = [publish_thread]
