"""Drafts on the server, the same on all of a member's devices. Ours: /api/v1/dunnock/drafts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath

from dunnock import media, posts
from dunnock.api.kit import Called, Form, Paging, Query, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.pages import answer, cursor_of, me
from dunnock.api.mastodon.render import Render
from dunnock.api.mastodon.scheduled_statuses import READS, WRITES, attachments, page_of, params_of
from dunnock.api.mastodon.statuses import StatusForm, draft_of
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Invalid
from dunnock.foundation.settings import Settings

PATH: Final = "/api/v1/dunnock/drafts"
_ONE: Final = f"{PATH}/{{draft_id:int}}"
_A_PAGE: Final = 40
_CHANGED: Final = ResponseSpec(wire.DraftConflict, generate_examples=False, description="Changed elsewhere meanwhile")


class DraftForm(StatusForm):
    """A post as far as it is written, as POST /api/v1/statuses takes it; `thread`: the posts that are to follow it."""

    thread: list[StatusForm] = msgspec.field(default_factory=list)


class DraftChangeForm(DraftForm):
    """All of what a draft is to say, and the `version` that it was read at."""

    version: int | None = None


@get(PATH, guards=[require(READS)])
async def list_drafts(
    params: Query[Paging],
    caller: Called,
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    render: NamedDependency[Render],
) -> Response[list[wire.Draft]]:
    """The member's drafts, the latest begun first."""
    cursor = cursor_of(params, default=_A_PAGE)
    found = await posts.drafts_of(db, me(caller), **cursor.bounds, up=cursor.upwards)
    page, link = page_of(settings, PATH, cursor, found)
    return answer(msgspec.json.encode(await _wires(db, render, page)), link=link)


@post(PATH, guards=[require(WRITES)], status_code=200)
async def make_draft(
    *,
    form: Form[DraftForm],
    caller: Called,
    request: Request[Any, Any, Any],
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    render: NamedDependency[Render],
) -> Response[wire.Draft]:
    """Keep a draft. It may be unfinished; its media are kept as long as it is. An `Idempotency-Key` works as for a post."""
    parts = _parts(form)
    async with db.begin() as tx:
        key = request.headers.get("idempotency-key") or None
        made = await posts.add_draft(tx, parts, by=me(caller), settings=settings, key=key)
    return await _answer(db, render, made)


@get(_ONE, guards=[require(READS)])
async def show_draft(
    draft_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Draft]:
    """One draft of the member."""
    return await _answer(db, render, await posts.find_draft(db, draft_id, by=me(caller)))


@put(_ONE, guards=[require(WRITES)], responses={409: _CHANGED})
async def change_draft(
    *,
    draft_id: FromPath[int],
    form: Form[DraftChangeForm],
    caller: Called,
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    render: NamedDependency[Render],
) -> Response[wire.Draft]:
    """Let the draft say this, all of it. 409 with the newer one when it is not at `version` any more."""
    if form.version is None:
        raise Invalid(say="Validation failed: Version can't be blank")
    parts = _parts(form)
    try:
        async with db.begin() as tx:
            changed = await posts.change_draft(
                tx, draft_id, parts, version=form.version, by=me(caller), settings=settings
            )
    except posts.DraftChanged as error:
        (newer,) = await _wires(db, render, [error.now])
        told: Any = answer(msgspec.json.encode(wire.DraftConflict(error=error.text, draft=newer)))
        told.status_code = 409
        return told  # type: ignore[no-any-return]  # finished bytes, as `responses` describes them
    return await _answer(db, render, changed)


@delete(_ONE, guards=[require(WRITES)], status_code=200)
async def delete_draft(draft_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Throw the draft away."""
    async with db.begin() as tx:
        await posts.drop_draft(tx, draft_id, by=me(caller))
    return {}


def _parts(form: DraftForm) -> list[posts.Draft]:
    return [draft_of(one) for one in (form, *form.thread)]


async def _wires(db: Db, render: Render, some: Sequence[posts.Sketch]) -> list[wire.Draft]:
    pictures = await media.find(db, {one for each in some for one in each.media_ids})
    return [
        wire.Draft(
            id=str(one.id),
            version=one.version,
            updated_at=iso(one.updated_at),
            params=params_of(one.parts[0]),
            thread=[params_of(part) for part in one.parts[1:]],
            media_attachments=attachments(render, pictures, one.media_ids),
        )
        for one in some
    ]


async def _answer(db: Db, render: Render, one: posts.Sketch) -> Response[wire.Draft]:
    (shown,) = await _wires(db, render, [one])
    return answer(msgspec.json.encode(shown))


HANDLERS: list[Any] = [list_drafts, make_draft, show_draft, change_draft, delete_draft]
