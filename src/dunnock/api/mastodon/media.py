"""Uploads: POST /api/v2/media and /api/v1/media, GET, PUT and DELETE /api/v1/media/:id. Wire name: MediaAttachment."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import Response, delete, get, post, route
from litestar.di import NamedDependency
from litestar.enums import HttpMethod
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from dunnock import media
from dunnock.api.kit import Called, Form, Upload, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.render import Render
from dunnock.api.mastodon.statuses import focus_of
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Invalid
from dunnock.foundation.settings import Settings

WRITES: Final = "write:media"
_CHANGE: Final = [HttpMethod.PUT, HttpMethod.PATCH]
PATIENCE_S: Final = 10.0
"""How long POST /api/v2/media waits for the picture before it answers 202. Ours: clients give up at 30 s and more."""
_JSON: Final = "application/json; charset=utf-8"
_STATUS: Final = {"ready": 200, "processing": 206}
_LATER: Final = ResponseSpec(wire.MediaAttachment, generate_examples=False, description="Not ready yet: `url` is null")
_SAY_UNKNOWN: Final = "Validation failed: File content type is invalid, File is invalid"
"""Word for word as Mastodon's documentation has it: for files of no kind that we take, and for those that failed."""


class UploadForm(msgspec.Struct):
    """A file and what its owner says of it. `focus`: `x,y`, each from -1 to 1; `thumbnail`: a picture to show for it."""

    file: Upload | None = None
    thumbnail: Upload | None = None
    description: str | None = None
    focus: str | None = None


class ChangeForm(msgspec.Struct):
    """New words, focus or thumbnail for a file that no post uses yet; what is not sent stays."""

    description: str | UnsetType | None = UNSET
    focus: str | UnsetType | None = UNSET
    thumbnail: Upload | None = None


@post("/api/v2/media", status_code=200, guards=[require(WRITES)], responses={202: _LATER})
async def upload_media(
    *,
    form: Form[UploadForm],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
    media_store: NamedDependency[media.MediaStore],
    settings: NamedDependency[Settings],
) -> Response[wire.MediaAttachment]:
    """Take a file. 202 and a null `url` while it is processed (always for video and sound): ask for it until that says 200."""
    taken = await _accept(form, caller, db, media_store, settings, within_s=PATIENCE_S)
    return _answer(render, taken, 202 if taken.state == "processing" else 200)


@post("/api/v1/media", status_code=200, guards=[require(WRITES)])
async def upload_media_and_wait(
    *,
    form: Form[UploadForm],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
    media_store: NamedDependency[media.MediaStore],
    settings: NamedDependency[Settings],
) -> Response[wire.MediaAttachment]:
    """Take a file, however long it takes."""
    return _answer(render, await _accept(form, caller, db, media_store, settings, within_s=None), 200)


@get("/api/v1/media/{media_id:int}", guards=[require(WRITES)], responses={206: _LATER})
async def show_media(
    media_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.MediaAttachment]:
    """An own file; 206 while it is being processed."""
    found = await media.find_own(db, media_id, by=_owner(caller))
    if found.state == "failed":
        raise Invalid(media_id, say=_SAY_UNKNOWN)
    return _answer(render, found, _STATUS[found.state])


@route("/api/v1/media/{media_id:int}", http_method=_CHANGE, guards=[require(WRITES)], responses={206: _LATER})
async def change_media(
    *,
    media_id: FromPath[int],
    form: Form[ChangeForm],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
    media_store: NamedDependency[media.MediaStore],
) -> Response[wire.MediaAttachment]:
    """Describe an own file that no post uses yet, or show another picture for it; in a post, edit the post."""
    focus = focus_of(form.focus)
    if form.thumbnail is not None:
        await media.change_thumbnail(db, media_store, media_id, form.thumbnail.path, by=_owner(caller))
    async with db.begin() as tx:
        changed = await media.describe(tx, media_id, by=_owner(caller), description=form.description, focus=focus)
    return _answer(render, changed, 206 if changed.state == "processing" else 200)


@delete("/api/v1/media/{media_id:int}", status_code=200, guards=[require(WRITES)])
async def remove_media(media_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Remove an own file that no post uses."""
    async with db.begin() as tx:
        await media.remove(tx, media_id, by=_owner(caller))
    return {}


async def _accept(
    form: UploadForm,
    caller: Called,
    db: Db,
    media_store: media.MediaStore,
    settings: Settings,
    *,
    within_s: float | None,
) -> media.Media:
    if form.file is None:
        raise Invalid(say="Validation failed: File can't be blank")
    focus = focus_of(form.focus)
    try:
        return await media.accept(
            db,
            media_store,
            account_id=_owner(caller),
            path=form.file.path,
            description=form.description,
            focus=None if focus is UNSET else focus,
            thumbnail=None if form.thumbnail is None else form.thumbnail.path,
            within_s=within_s,
            most_bytes=settings.media_bytes,
        )
    except media.MediaUnknown as error:
        raise Invalid(say=_SAY_UNKNOWN) from error


def _owner(caller: Called) -> int:
    """The caller's account; `require` lets only members in."""
    assert caller.account_id is not None
    return caller.account_id


def _answer(render: Render, shown: media.Media, status: int) -> Response[Any]:
    return Response(render.media(shown), status_code=status, media_type=_JSON)


HANDLERS: list[Any] = [upload_media, upload_media_and_wait, show_media, change_media, remove_media]
