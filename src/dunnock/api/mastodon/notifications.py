"""Notifications, one by one: list, show, count, put away. Wire: Notification."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import notifications
from dunnock.api.kit import Called, Form, Id, Lane, Query, page_limit, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.notices import NotificationsParams, filters, kept_pairs, links, look_up, whole
from dunnock.api.mastodon.pages import answer, me
from dunnock.api.mastodon.render import Render
from dunnock.api.mastodon.timelines import Answer, lane_read
from dunnock.foundation.db import Db
from dunnock.notifications import NotificationMissing
from dunnock.posts.entries import FOREVER, Span

READS, WRITES = "read:notifications", "write:notifications"
PATH = "/api/v1/notifications"
A_PAGE = 40
COUNTED, MOST_COUNTED = 100, 1_000
_ROUNDS = 8  # pages that are read at most to fill one, when what they are about is hidden from the reader


class Unread(msgspec.Struct):
    """How many notifications are unread."""

    count: int


class DismissForm(msgspec.Struct):
    """Which notification to put away."""

    id: Id | None = None


class DismissSomeForm(msgspec.Struct):
    """Which notifications to put away."""

    ids: list[Id] = []


class NotificationReads:
    """The hot read, shared by the lane and the documented handler."""

    def __init__(self, db: Db, render: Render) -> None:
        """Bind what a read needs."""
        self._db, self._render = db, render

    async def page(self, viewer: int, params: NotificationsParams) -> Answer:
        """(body, Link) of a page."""
        limit, wanted = page_limit(params.limit, A_PAGE), filters(params)
        up = params.min_id is not None
        above = params.min_id if params.min_id is not None else params.since_id
        span = Span(params.max_id or FOREVER, above or 0, up)
        shown: list[bytes] = []
        first = last = None
        for _ in range(_ROUNDS):
            want = limit - len(shown)
            if want <= 0:
                break
            found = await notifications.page(self._db, viewer, span, wanted, most=want)
            if not found:
                break
            first, last = first or found[0].id, found[-1].id
            about = await look_up(self._db, self._render, viewer, found, supported=params.supported_types)
            shown += [one for one in [whole(one, about) for one in found] if one is not None]
            if len(found) < want:
                break
            span = span.after(last)
        if up:
            shown.reverse()
            first, last = last, first
        link = links(self._render.addresses.base, PATH, limit, kept_pairs(params), oldest=last, newest=first)
        return b"[" + b",".join(shown) + b"]", link


def add_to(lane: Lane, reads: NotificationReads) -> None:
    """Serve the hot read from the lane."""
    lane.add("GET", PATH, lane_read(reads.page, NotificationsParams, user=True, scope_name=READS))


@get(PATH, guards=[require(READS)])
async def list_notifications(
    params: Query[NotificationsParams], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[list[wire.Notification]]:
    """What others did that concerns the caller, newest first."""
    body, link = await NotificationReads(db, render).page(me(caller), params)
    return answer(body, link=link)


@get(f"{PATH}/unread_count", guards=[require(READS)])
async def count_unread(params: Query[NotificationsParams], caller: Called, db: NamedDependency[Db]) -> Unread:
    """How many came since the caller's marker."""
    most = COUNTED if params.limit is None else min(abs(params.limit), MOST_COUNTED)
    return Unread(await notifications.unread(db, me(caller), filters(params), most=most))


@get(f"{PATH}/{{notification_id:int}}", guards=[require(READS)])
async def show_notification(
    notification_id: FromPath[int],
    params: Query[NotificationsParams],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
) -> Response[wire.Notification]:
    """One notification."""
    one = await notifications.find(db, me(caller), notification_id)
    about = await look_up(db, render, me(caller), (one,), supported=params.supported_types)
    shown = whole(one, about)
    if shown is None:
        raise NotificationMissing(notification_id)
    return answer(shown)


@post(f"{PATH}/clear", guards=[require(WRITES)], status_code=200)
async def clear_notifications(caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Put all notifications away."""
    async with db.begin() as tx:
        await notifications.clear(tx, me(caller))
    return {}


@post(f"{PATH}/{{notification_id:int}}/dismiss", guards=[require(WRITES)], status_code=200)
async def dismiss_notification(
    notification_id: FromPath[int], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Put one notification away."""
    async with db.begin() as tx:
        await notifications.dismiss(tx, me(caller), notification_id)
    return {}


@delete(f"{PATH}/{{notification_id:int}}", guards=[require(WRITES)], status_code=200)
async def delete_notification(
    notification_id: FromPath[int], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Put one notification away; another spelling of it."""
    async with db.begin() as tx:
        await notifications.dismiss(tx, me(caller), notification_id)
    return {}


@post(f"{PATH}/dismiss", guards=[require(WRITES)], status_code=200)
async def dismiss_by_id(form: Form[DismissForm], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Put the notification `id` away; the spelling of old apps."""
    if form.id is None:
        raise NotificationMissing(form.id)
    async with db.begin() as tx:
        await notifications.dismiss(tx, me(caller), form.id)
    return {}


@delete(f"{PATH}/destroy_multiple", guards=[require(WRITES)], status_code=200)
async def dismiss_some(form: Form[DismissSomeForm], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Put the notifications `ids[]` away, those that there are."""
    async with db.begin() as tx:
        await notifications.dismiss_some(tx, me(caller), form.ids)
    return {}


HANDLERS: list[Any] = [
    list_notifications, count_unread, show_notification, clear_notifications, dismiss_notification, delete_notification,
    dismiss_by_id, dismiss_some,
]  # fmt: skip
