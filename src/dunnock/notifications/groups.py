"""Read notifications in groups, and put groups away. Mastodon: NotificationGroup.

A group stands where its newest notification stood when the first page was read: a group that grows between two pages is
neither shown twice nor left out. Its later growth is above the first page, where new notifications are looked for.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection

import msgspec

from dunnock.foundation.clock import HOUR
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.ids import id_at
from dunnock.notifications.errors import NotificationMissing
from dunnock.notifications.model import GROUPED, Filters, Notification
from dunnock.notifications.read import EVERYTHING, read_until
from dunnock.notifications.store import groups as store
from dunnock.notifications.store import rows
from dunnock.posts.entries import FOREVER, Span

PAGING_MS = HOUR  # the longest that somebody pages who does not say when they began


class GroupKey(msgspec.Struct, frozen=True):
    """Names a group by its kind, what it is about and its hour; or with `alone` one notification by itself."""

    kind: str = ""
    about_id: int = 0
    bucket: int = 0
    alone: int = 0


class Group(msgspec.Struct, frozen=True):
    """`newest` stands for `count` notifications, the last by `from_ids`; on the page it reaches down to `first_id`."""

    newest: Notification
    count: int
    first_id: int
    from_ids: tuple[int, ...]


class GroupPage(msgspec.Struct, frozen=True):
    """Groups in the order of the span; the ids of what stands for the newest and the oldest; whether there may be more.

    The `bucket` of a notification that is not grouped is 0.
    """

    groups: list[Group]
    newest: int | None
    oldest: int | None
    full: bool


async def group_page(
    reader: Reader,
    account_id: int,
    span: Span,
    filters: Filters = EVERYTHING,
    *,
    grouped: Collection[str] = GROUPED,
    until: int | None = None,
    now: int,
    most: int = 40,
) -> GroupPage:
    """The next `most` groups in `span`, in its order. At most three queries.

    `grouped`: the kinds that are grouped at all. `until`: the newest id when the first page was read; without it a later
    page shows groups that grew within the last hour, perhaps once more, rather than none of them.
    """
    if filters.kinds is not None and not filters.kinds:
        return GroupPage([], None, None, full=False)
    below = span.below if until is None else min(span.below, until + 1)
    found = await store.page(
        reader, account_id, above=span.above, below=below, up=span.up, most=most, filters=filters, grouped=grouped
    )
    if below < FOREVER:
        # Groups whose head is beyond by now stood lower when the first page was read.
        more = await store.grown(
            reader,
            account_id,
            above=span.above,
            below=below,
            up=span.up,
            most=most,
            filters=filters,
            grouped=grouped,
            cut=below if until is None else until + 1,
            since=max(below - 1, id_at(now - PAGING_MS)) if until is None else until,
        )
        if more:
            found = list(heapq.merge(found, more, key=lambda one: one.id, reverse=not span.up))[:most]
    if not found:
        return GroupPage([], None, None, full=False)
    full = len(found) == most
    groups = await _filled(
        reader, found, grouped=grouped, begin=found[-1].id if full and not span.up else span.above + 1
    )
    return GroupPage(groups, max(found[0].id, found[-1].id), min(found[0].id, found[-1].id), full=full)


async def _filled(reader: Reader, found: list[Notification], *, grouped: Collection[str], begin: int) -> list[Group]:
    several = [one.id for one in found if one.bucket and one.kind in grouped]
    contents = await store.contents(reader, several, begin=begin)
    return [
        Group(one, inside.count, inside.first_id, inside.from_ids)
        if (inside := contents.get(one.id)) is not None
        else Group(msgspec.structs.replace(one, bucket=0) if one.bucket else one, 1, one.id, (one.from_id,))
        for one in found
    ]


async def find_group(reader: Reader, account_id: int, key: GroupKey) -> Group:
    """One group as it is now.

    Raises:
        NotificationMissing: the account has no such group.
    """
    if key.alone:
        one = await rows.find(reader, account_id, key.alone)
        newest, grouped = [] if one is None else [one], frozenset[str]()
    else:
        newest, grouped = await _members(reader, account_id, key, Span(), most=1), GROUPED
    if not newest:
        raise NotificationMissing(account_id, key)
    return (await _filled(reader, newest, grouped=grouped, begin=0))[0]


async def group_members(
    reader: Reader, account_id: int, key: GroupKey, span: Span, *, most: int = 40
) -> list[Notification]:
    """The next `most` notifications of a group, in the order of the span."""
    if key.alone:
        one = await rows.find(reader, account_id, key.alone)
        return [] if one is None or not span.above < one.id < span.below else [one]
    return await _members(reader, account_id, key, span, most=most)


async def _members(reader: Reader, account_id: int, key: GroupKey, span: Span, *, most: int) -> list[Notification]:
    return await store.members(
        reader,
        account_id,
        key.kind,
        key.about_id,
        key.bucket,
        above=span.above,
        below=span.below,
        up=span.up,
        most=most,
    )


async def unread_groups(
    reader: Reader,
    account_id: int,
    filters: Filters = EVERYTHING,
    *,
    grouped: Collection[str] = GROUPED,
    most: int = 100,
) -> int:
    """How many groups have anything that came since the account's marker, `most` at most."""
    if filters.kinds is not None and not filters.kinds:
        return 0
    above = await read_until(reader, account_id)
    return await store.count(reader, account_id, above=above, most=most, filters=filters, grouped=grouped)


async def dismiss_group(tx: Tx, account_id: int, key: GroupKey) -> None:
    """Put a group away for good; without one nothing happens."""
    if key.alone:
        await rows.drop_some(tx, account_id, (key.alone,))
    else:
        await rows.drop_group(tx, account_id, key.kind, key.about_id, key.bucket)
