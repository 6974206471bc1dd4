"""Notifications, one by one: list, show, count, put away. Wire names of our kinds are in `TYPES`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import notifications
from dunnock.api.kit import Called, Id, Paging, Query, link_header, page_limit, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.pages import answer, me
from dunnock.api.mastodon.render import Render
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.notifications import Filters, Notification, NotificationMissing
from dunnock.posts.entries import FOREVER, Span

READS, WRITES = "read:notifications", "write:notifications"
PATH = "/api/v1/notifications"
A_PAGE = 40
COUNTED, MOST_COUNTED = 100, 1_000
_ROUNDS = 8  # pages that are read at most to fill one, when what they are about is hidden from the reader

TYPES = {
    "mention": "mention",
    "favourite": "favourite",
    "boost": "reblog",
    "follow": "follow",
    "follow_request": "follow_request",
    "post": "status",
    "edit": "update",
    "sign_up": "admin.sign_up",
}
"""Ours to Mastodon's."""


class NotificationsParams(Paging, kw_only=True, frozen=True):
    """Which notifications; `types` empty: all."""

    types: tuple[str, ...] = ()
    exclude_types: tuple[str, ...] = ()
    account_id: Id | None = None


class Unread(msgspec.Struct):
    """How many notifications are unread."""

    count: int


class _Known(msgspec.Struct):
    id: str


_raws = msgspec.json.Decoder(list[msgspec.Raw]).decode
_known = msgspec.json.Decoder(_Known).decode


@get(PATH, guards=[require(READS)])
async def list_notifications(
    params: Query[NotificationsParams],
    caller: Called,
    db: NamedDependency[Db],
    settings: NamedDependency[Settings],
    render: NamedDependency[Render],
) -> Response[list[wire.Notification]]:
    """What others did that concerns the caller, newest first."""
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
        found = await notifications.page(db, me(caller), span, wanted, most=want)
        if not found:
            break
        first, last = first or found[0].id, found[-1].id
        shown += await shown_of(render, found, me(caller))
        if len(found) < want:
            break
        span = span.after(last)
    if up:
        shown.reverse()
        first, last = last, first
    kept = [("limit", str(limit)), *[("types[]", one) for one in params.types]]
    kept += [("exclude_types[]", one) for one in params.exclude_types]
    kept += [] if params.account_id is None else [("account_id", str(params.account_id))]
    link = link_header(
        settings.public_url, PATH, kept,
        next=None if last is None else {"max_id": last}, prev=None if first is None else {"min_id": first},
    )  # fmt: skip
    return answer(b"[" + b",".join(shown) + b"]", link=link)


@get(f"{PATH}/unread_count", guards=[require(READS)])
async def count_unread(params: Query[NotificationsParams], caller: Called, db: NamedDependency[Db]) -> Unread:
    """How many came since the caller's marker."""
    most = COUNTED if params.limit is None else min(abs(params.limit), MOST_COUNTED)
    return Unread(await notifications.unread(db, me(caller), filters(params), most=most))


@get(f"{PATH}/{{notification_id:int}}", guards=[require(READS)])
async def show_notification(
    notification_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[wire.Notification]:
    """One notification."""
    one = await notifications.find(db, me(caller), notification_id)
    shown = await shown_of(render, (one,), me(caller))
    if not shown:
        raise NotificationMissing(notification_id)
    return answer(shown[0])


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


def filters(params: NotificationsParams) -> Filters:
    """The kinds that are asked for; types that we do not know are of no kind."""
    kinds = tuple(
        [
            kind
            for kind, name in TYPES.items()
            if (not params.types or name in params.types) and name not in params.exclude_types
        ]
    )
    return Filters(kinds, params.account_id)


async def shown_of(render: Render, found: Sequence[Notification], viewer_id: int) -> list[bytes]:
    """Notification, for those whose account and post the viewer may still see; in the order of `found`."""
    people = dict(await render.each_account(list(dict.fromkeys([one.from_id for one in found]))))
    about = list(dict.fromkeys([one.post_id for one in found if one.post_id is not None]))
    raws = _raws(await render.statuses(about, viewer_id)) if about else []
    statuses = {int(_known(raw).id): bytes(raw) for raw in raws}
    return [
        _joined(one, people[one.from_id], None if one.post_id is None else statuses[one.post_id])
        for one in found
        if one.from_id in people and (one.post_id is None or one.post_id in statuses)
    ]


def _joined(one: Notification, account: bytes, status: bytes | None) -> bytes:
    start = (
        f'{{"id":"{one.id}","type":"{TYPES[one.kind]}","group_key":"ungrouped-{one.id}",'
        f'"created_at":"{iso(one.created_at)}","account":'
    )
    parts = (
        (start.encode(), account, b"}") if status is None else (start.encode(), account, b',"status":', status, b"}")
    )
    return b"".join(parts)


HANDLERS: list[Any] = [
    list_notifications, count_unread, show_notification, clear_notifications, dismiss_notification,
]  # fmt: skip
