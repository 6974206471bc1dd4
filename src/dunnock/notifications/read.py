"""Read one's notifications, and put them away."""

from __future__ import annotations

from collections.abc import Collection

from dunnock.foundation.db import Reader, Tx
from dunnock.notifications.errors import NotificationMissing
from dunnock.notifications.markers import read_markers
from dunnock.notifications.model import Filters, Notification
from dunnock.notifications.store import rows as store
from dunnock.posts.entries import Span

EVERYTHING = Filters()


async def page(
    reader: Reader, account_id: int, span: Span, filters: Filters = EVERYTHING, *, most: int = 40
) -> list[Notification]:
    """The next `most` notifications in `span`, in its order (newest first, or with `up` oldest first). One query.

    Whether the account may still see what they are about is for the caller to find out.
    """
    if filters.kinds is not None and not filters.kinds:
        return []
    return await store.page(
        reader, account_id, above=span.above, below=span.below, up=span.up, most=most, filters=filters
    )


async def find(reader: Reader, account_id: int, notification_id: int) -> Notification:
    """One of the account's own.

    Raises:
        NotificationMissing: it has no such notification.
    """
    found = await store.find(reader, account_id, notification_id)
    if found is None:
        raise NotificationMissing(notification_id)
    return found


async def unread(reader: Reader, account_id: int, filters: Filters = EVERYTHING, *, most: int = 100) -> int:
    """How many came since the account's marker, `most` at most."""
    if filters.kinds is not None and not filters.kinds:
        return 0
    return await store.count(reader, account_id, above=await read_until(reader, account_id), most=most, filters=filters)


async def read_until(reader: Reader, account_id: int) -> int:
    """The id up to which the account has read; 0: nothing."""
    marker = (await read_markers(reader, account_id, ("notifications",))).get("notifications")
    return 0 if marker is None else marker.last_read_id


async def dismiss(tx: Tx, account_id: int, notification_id: int) -> None:
    """Put one away for good.

    Raises:
        NotificationMissing: it has no such notification.
    """
    if not await store.drop_some(tx, account_id, (notification_id,)):
        raise NotificationMissing(notification_id)


async def dismiss_some(tx: Tx, account_id: int, ids: Collection[int]) -> None:
    """Put those of them that there are away for good."""
    await store.drop_some(tx, account_id, ids)


async def clear(tx: Tx, account_id: int) -> None:
    """Put all of them away for good."""
    await store.drop_all(tx, account_id)
