"""Scheduled posts. Wire: ScheduledStatus; they are made by POST /api/v1/statuses with `scheduled_at` (statuses.py)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from litestar import Response, delete, get, route
from litestar.di import NamedDependency
from litestar.enums import HttpMethod
from litestar.params import FromPath

from dunnock import accounts, media, posts
from dunnock.api.kit import Called, Form, Paging, Query, require, told_id
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.fragments import VISIBILITY, media_wire
from dunnock.api.mastodon.pages import answer, cursor_of, links, me
from dunnock.api.mastodon.render import Render
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.foundation.errors import Invalid
from dunnock.foundation.settings import Settings

READS: Final = "read:statuses"
WRITES: Final = "write:statuses"
PATH: Final = "/api/v1/scheduled_statuses"
_ONE: Final = f"{PATH}/{{scheduled_id:int}}"
_A_PAGE: Final = 20


class RescheduleForm(msgspec.Struct):
    """When to publish instead."""

    scheduled_at: str | None = None


@get(PATH, guards=[require(READS)])
async def list_scheduled(
    params: Query[Paging],
    caller: Called,
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    render: NamedDependency[Render],
) -> Response[list[wire.ScheduledStatus]]:
    """What the member scheduled, the latest written first; also what could not go out, with the reason."""
    cursor = cursor_of(params, default=_A_PAGE)
    found = await posts.scheduled_of(db, me(caller), **cursor.bounds, up=cursor.upwards)
    page, link = page_of(settings, PATH, cursor, found)
    return answer(msgspec.json.encode(await scheduled_wires(db, render, page)), link=link)


@get(_ONE, guards=[require(READS)])
async def show_scheduled(
    scheduled_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.ScheduledStatus]:
    """One scheduled post of the member."""
    return await _answer(db, render, await posts.find_scheduled(db, scheduled_id, by=me(caller)))


@route(_ONE, http_method=[HttpMethod.PUT, HttpMethod.PATCH], guards=[require(WRITES)])
async def reschedule(
    *,
    scheduled_id: FromPath[int],
    form: Form[RescheduleForm],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
) -> Response[wire.ScheduledStatus]:
    """Publish it at another time; one that could not go out tries again then."""
    at = moment_of(form.scheduled_at)
    if at is None:
        return await _answer(db, render, await posts.find_scheduled(db, scheduled_id, by=me(caller)))
    async with db.begin() as tx:
        moved = await posts.reschedule(tx, scheduled_id, at=at, by=me(caller))
    return await _answer(db, render, moved)


@delete(_ONE, guards=[require(WRITES)], status_code=200)
async def unschedule(scheduled_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Do not publish it."""
    async with db.begin() as tx:
        await posts.unschedule(tx, scheduled_id, by=me(caller))
    return {}


def moment_of(sent: str | None) -> int | None:
    """A date or a moment (ISO 8601; without a zone it is UTC) in Unix milliseconds; None where nothing was sent."""
    if not sent or not sent.strip():
        return None
    try:
        parsed = datetime.fromisoformat(sent.strip())
        return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise Invalid(say="Record invalid") from error  # Mastodon's words for what is no moment; clients know them


def page_of(
    settings: Settings, path: str, cursor: accounts.Cursor, found: Sequence[Any]
) -> tuple[Sequence[Any], bytes]:
    """What was found by id, the newest first, with the Link header of that page."""
    ordered = found[::-1] if cursor.upwards else found
    newest, oldest = (ordered[0].id, ordered[-1].id) if ordered else (None, None)
    return ordered, links(settings.public_url, path, cursor, count=len(ordered), newest=newest, oldest=oldest)


async def scheduled_wires(db: Db, render: Render, some: Sequence[posts.Scheduled]) -> list[wire.ScheduledStatus]:
    """ScheduledStatus of each; one query for all their media."""
    pictures = await media.find(db, {one for each in some for one in each.draft.media_ids})
    return [
        wire.ScheduledStatus(
            id=str(one.id),
            scheduled_at=iso(one.at),
            params=params_of(one.draft, app_id=one.app_id),
            media_attachments=attachments(render, pictures, one.draft.media_ids),
            error=one.error,
        )
        for one in some
    ]


def attachments(render: Render, pictures: dict[int, media.Media], ids: Sequence[int]) -> list[wire.MediaAttachment]:
    """MediaAttachment of each that is there, in order."""
    return [
        wire.MediaAttachment(**media_wire(pictures[one], render.addresses))
        for one in dict.fromkeys(ids)
        if one in pictures
    ]


def params_of(draft: posts.Draft, *, app_id: int | None = None) -> wire.StatusParams:
    """What a draft says, in the words of POST /api/v1/statuses."""
    poll, visibility = draft.poll, None if draft.visibility is None else VISIBILITY[draft.visibility]
    return wire.StatusParams(
        text=draft.text,
        poll=None
        if poll is None
        else wire.PollParams(
            options=list(poll.options),
            expires_in=poll.expires_in,
            multiple=poll.multiple,
            hide_totals=poll.hide_totals,
        ),
        media_ids=[str(one) for one in draft.media_ids] or None,
        sensitive=draft.sensitive,
        spoiler_text=draft.warning or None,
        visibility=visibility,  # type: ignore[arg-type]  # one of the table's
        in_reply_to_id=told_id(draft.reply_to_id),
        language=draft.language,
        quoted_status_id=told_id(draft.quoted_id),
        quote_approval_policy=draft.quote_policy,  # type: ignore[arg-type]  # checked before it was kept
        reply_policy=draft.reply_policy,
        application_id=told_id(app_id),
    )


async def _answer(db: Db, render: Render, one: posts.Scheduled) -> Response[wire.ScheduledStatus]:
    (shown,) = await scheduled_wires(db, render, [one])
    return answer(msgspec.json.encode(shown))


HANDLERS: list[Any] = [list_scheduled, show_scheduled, reschedule, unschedule]
