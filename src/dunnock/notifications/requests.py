"""Strangers whose messages are kept back: see them, let them through, or send them away. Mastodon: NotificationRequest."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from dunnock import posts
from dunnock.foundation.db import Db, Reader, Row, Tx
from dunnock.foundation.job import Job
from dunnock.notifications.errors import RequestMissing
from dunnock.notifications.events import Notified, RequestsMerged
from dunnock.notifications.store import requests as store
from dunnock.posts.entries import FOREVER, Span

_CHUNK = 500


class Request(msgspec.Struct, frozen=True):
    """`count` (a hundred at most) messages of `from_id` are kept back, the last in `last_post_id`. Times in milliseconds."""

    id: int
    from_id: int
    created_at: int
    updated_at: int
    count: int
    last_post_id: int | None


class ReleaseKeptBack(Job, frozen=True):
    """Tell an account what was kept back of somebody whose request it accepted."""

    account_id: int
    from_id: int


class DiscardKeptBack(Job, frozen=True):
    """Remove what was kept back of somebody whose request was sent away, up to the notification `until`."""

    account_id: int
    from_id: int
    until: int


async def request_page(reader: Reader, account_id: int, span: Span, *, most: int = 40) -> list[Request]:
    """The next `most` requests, in the order of the span. One query."""
    rows = await store.page(reader, account_id, above=span.above, below=span.below, up=span.up, most=most)
    return [_request(row) for row in rows]


async def find_request(reader: Reader, account_id: int, request_id: int) -> Request:
    """One of the account's own.

    Raises:
        RequestMissing: it has no such request.
    """
    row = await store.find(reader, account_id, request_id)
    if row is None:
        raise RequestMissing(request_id)
    return _request(row)


def _request(row: Row) -> Request:
    return Request(row[0], row[1], row[2], row[3], row[4], row[5] or None)


async def accept_requests(tx: Tx, account_id: int, ids: Collection[int]) -> None:
    """Let those who ask through from now on, and tell what was kept back; that comes soon afterwards, in chunks.

    Requests that are not there, or are somebody else's, are passed over.
    """
    for from_id in (await _taken(tx, account_id, ids)).values():
        await store.permit(tx, account_id, from_id)
        await tx.enqueue(ReleaseKeptBack(account_id, from_id))


async def messages_of_request(reader: Reader, account_id: int, request_id: int, *, most: int = 100) -> list[int]:
    """The posts that are kept back of who asks, the newest first. Raises: RequestMissing."""
    asked = await find_request(reader, account_id, request_id)
    return await store.messages(reader, account_id, asked.from_id, most=most)


async def let_message_through(tx: Tx, account_id: int, request_id: int, post_id: int) -> None:
    """Tell of one post that was kept back, and show it; who wrote it stays a stranger, and the rest waits.

    Raises:
        RequestMissing: there is no such request, or the post is not kept back.
    """
    asked = await find_request(tx, account_id, request_id)
    told = await store.release_one(tx, account_id, asked.from_id, post_id)
    if not told:
        raise RequestMissing(request_id, post_id)
    await posts.release_one_held(tx, account_id, post_id)
    for notification_id, kind in told:
        await tx.record(Notified(account_id=account_id, notification_id=notification_id, of_kind=kind))
    await store.reconsider(tx, [(account_id, asked.from_id)])


async def dismiss_requests(tx: Tx, account_id: int, ids: Collection[int]) -> None:
    """Send requests away, with what was kept back. Who asks may ask again.

    Requests that are not there, or are somebody else's, are passed over.
    """
    for from_id in (await _taken(tx, account_id, ids)).values():
        await tx.enqueue(DiscardKeptBack(account_id, from_id, until=tx.new_id()))


async def _taken(tx: Tx, account_id: int, ids: Collection[int]) -> dict[int, int]:
    found = await store.some(tx, account_id, ids)
    await store.drop(tx, account_id, list(found))
    return found


async def requests_merged(reader: Reader, account_id: int) -> bool:
    """Is all that was accepted told?"""
    return not await store.merging(reader, account_id)


async def release_kept_back(db: Db, job: ReleaseKeptBack) -> None:
    """Tell it, some hundreds in a transaction; after a crash it goes on where it was."""
    more = True
    while more:
        async with db.begin() as tx:
            told = await store.release(tx, job.account_id, job.from_id, until=FOREVER, chunk=_CHUNK)
            shown = await posts.release_held(tx, job.account_id, job.from_id, until=FOREVER, most=_CHUNK)
            more = _CHUNK in {told, shown}
            if not more:
                await store.merged(tx, job.account_id, job.from_id)
                await tx.record(RequestsMerged(account_id=job.account_id))


async def discard_kept_back(db: Db, job: DiscardKeptBack) -> None:
    """Remove it, some hundreds in a transaction."""
    more = True
    while more:
        async with db.begin() as tx:
            more = await store.discard(tx, job.account_id, job.from_id, until=job.until, chunk=_CHUNK) == _CHUNK
            if not more:
                await store.reconsider(tx, [(job.account_id, job.from_id)])
