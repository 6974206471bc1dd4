"""Grouped notifications. Wire: GroupedNotificationsResults, NotificationGroup, PartialAccountWithAvatar."""

from __future__ import annotations

import functools
from collections.abc import Collection
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from dunnock import notifications
from dunnock.api.kit import BadRequest, Called, Id, Lane, Paging, Query, link_header, page_limit, parse_id, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.notices import (
    KINDS_OF,
    TYPES,
    About,
    NotificationsParams,
    filters,
    group_key,
    kept_pairs,
    links,
    look_up,
)
from dunnock.api.mastodon.notifications import COUNTED, MOST_COUNTED, Unread
from dunnock.api.mastodon.pages import ACCOUNTS_A_PAGE, answer, me
from dunnock.api.mastodon.render import Render
from dunnock.api.mastodon.timelines import Answer, lane_read
from dunnock.foundation.clock import iso, now_ms
from dunnock.foundation.db import Db
from dunnock.notifications import ABOUT_NO_POST, GROUPED, Group, GroupKey, NotificationMissing
from dunnock.posts.entries import FOREVER, Span

READS, WRITES = "read:notifications", "write:notifications"
PATH, OLD_PATH = "/api/v2/notifications", "/api/v2_alpha/notifications"
_ONE = "/{group_key:str}"
A_PAGE = 40
_ROUNDS = 8
_NEED = require(READS)


class GroupedParams(NotificationsParams, kw_only=True, frozen=True):
    """Which groups. `grouped_types` empty: all that can be. `until_id` is for the links: the newest id of the first page."""

    grouped_types: tuple[str, ...] = ()
    expand_accounts: str | None = None
    until_id: Id | None = None


class NotificationGroup(msgspec.Struct, kw_only=True):
    """NotificationGroup. `page_*` only on pages."""

    group_key: str
    notifications_count: int
    type: str
    most_recent_notification_id: int
    page_min_id: str | msgspec.UnsetType = msgspec.UNSET
    page_max_id: str | msgspec.UnsetType = msgspec.UNSET
    latest_page_notification_at: str | msgspec.UnsetType = msgspec.UNSET
    sample_account_ids: list[str]
    status_id: str | msgspec.UnsetType = msgspec.UNSET
    report: wire.Report | msgspec.UnsetType = msgspec.UNSET
    event: wire.RelationshipSeveranceEvent | msgspec.UnsetType = msgspec.UNSET
    moderation_warning: wire.AccountWarning | msgspec.UnsetType = msgspec.UNSET
    collection: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    fallback: wire.NotificationFallback | msgspec.UnsetType = msgspec.UNSET


class PartialAccountWithAvatar(msgspec.Struct, kw_only=True):
    """PartialAccountWithAvatar."""

    id: str
    acct: str
    locked: bool
    bot: bool
    url: str
    avatar: str
    avatar_static: str


class GroupedNotificationsResults(msgspec.Struct, kw_only=True):
    """GroupedNotificationsResults. `partial_accounts` only with `expand_accounts=partial_avatars`."""

    accounts: list[wire.Account]
    partial_accounts: list[PartialAccountWithAvatar] | msgspec.UnsetType = msgspec.UNSET
    statuses: list[wire.Status]
    notification_groups: list[NotificationGroup]


class _Shown(msgspec.Struct):
    """What a page is put together of; accounts and posts in the order in which they are first needed."""

    people: dict[int, bytes]
    fully: dict[int, None]  # ids of accounts that are shown in full
    statuses: dict[int, bytes]
    groups: list[bytes]


class GroupReads:
    """The hot read, shared by the lane and the documented handler."""

    def __init__(self, db: Db, render: Render) -> None:
        """Bind what a read needs."""
        self._db, self._render = db, render

    async def page(self, viewer: int, params: GroupedParams) -> Answer:
        """(body, Link) of a page of groups."""
        partial = _partial(params)
        limit, wanted, grouped = page_limit(params.limit, A_PAGE), filters(params), _grouped(params)
        up = params.min_id is not None
        above = params.min_id if params.min_id is not None else params.since_id
        span = Span(params.max_id or FOREVER, above or 0, up)
        until, now = params.until_id, now_ms()
        shown = _Shown({}, {}, {}, [])
        newest = oldest = None
        for _ in range(_ROUNDS):
            want = limit - len(shown.groups)
            if want <= 0:
                break
            page = await notifications.group_page(
                self._db, viewer, span, wanted, grouped=grouped, until=until, now=now, most=want
            )
            if page.newest is None or page.oldest is None:
                break
            newest = page.newest if newest is None else max(newest, page.newest)
            oldest = page.oldest if oldest is None else min(oldest, page.oldest)
            await self._show(viewer, page.groups, shown, paged=True, supported=params.supported_types)
            if not page.full:
                break
            until = newest if until is None and not up and params.max_id is None else until
            span = span.after(page.newest if up else page.oldest)
        if up:
            shown.groups.reverse()
        pairs = kept_pairs(params)
        pairs += [("grouped_types[]", one) for one in params.grouped_types]
        pairs += [] if params.expand_accounts is None else [("expand_accounts", params.expand_accounts)]
        until = params.until_id or (newest if params.max_id is None and not up else None)
        link = links(self._render.addresses.base, PATH, limit, pairs, oldest=oldest, newest=newest, until=until)
        return await self._body(shown, partial=partial), link

    async def one(self, viewer: int, group: Group) -> bytes | None:
        """GroupedNotificationsResults with one group; None when the viewer may not see what it is about."""
        shown = _Shown({}, {}, {}, [])
        await self._show(viewer, [group], shown, paged=False)
        return await self._body(shown, partial=False) if shown.groups else None

    async def _show(
        self,
        viewer: int,
        groups: Collection[Group],
        shown: _Shown,
        *,
        paged: bool,
        supported: Collection[str] = (),
    ) -> None:
        people = {an_id for group in groups for an_id in group.from_ids}
        newest = [group.newest for group in groups]
        about = await look_up(self._db, self._render, viewer, newest, people=people, supported=supported)
        known = about.people
        for group in groups:
            one = group.newest
            sample = [an_id for an_id in group.from_ids if an_id in known]
            end = _end(group, about) if sample else None
            if end is None:
                continue
            for an_id in sample:
                shown.people[an_id] = known[an_id]
            shown.fully[sample[0]] = None
            status = about.statuses.get(one.about_id)
            if status is not None:
                shown.statuses[one.about_id] = status
            shown.groups.append(
                b'%b%d%b%d,%b"sample_account_ids":["%b"]%b}'
                % (
                    _start(one.id, one.kind, one.about_id, one.bucket),
                    group.count,
                    _TYPES[one.kind],
                    one.id,
                    b'"page_min_id":"%d","page_max_id":"%d",%b,' % (group.first_id, one.id, _latest(one.created_at))
                    if paged
                    else b"",
                    b'","'.join([b"%d" % an_id for an_id in sample]),
                    end,
                )
            )

    async def _body(self, shown: _Shown, *, partial: bool) -> bytes:
        parts = [b'{"accounts":[']
        if partial:
            parts.append(b",".join([shown.people[an_id] for an_id in shown.fully]))
            rest = [an_id for an_id in shown.people if an_id not in shown.fully]
            parts += (b'],"partial_accounts":[', b",".join(await self._render.partial_accounts(rest)))
        else:
            parts.append(b",".join(shown.people.values()))
        parts += (
            b'],"statuses":[', b",".join(shown.statuses.values()), b'],"notification_groups":[', b",".join(shown.groups),
            b"]}",
        )  # fmt: skip
        return b"".join(parts)


_TYPES = {kind: f',"type":"{name}","most_recent_notification_id":'.encode() for kind, name in TYPES.items()}


@functools.lru_cache(maxsize=20_000)
def _start(an_id: int, kind: str, about_id: int, bucket: int) -> bytes:
    key = group_key(an_id, kind, about_id, bucket)
    return f'{{"group_key":"{key}","notifications_count":'.encode()


@functools.lru_cache(maxsize=20_000)
def _latest(at: int) -> bytes:
    return f'"latest_page_notification_at":"{iso(at)}"'.encode()


def _end(group: Group, about: About) -> bytes | None:
    """The last member of a NotificationGroup: what it is about. None: that is not for the viewer."""
    one = group.newest
    if one.kind in ABOUT_NO_POST:
        return about.other(one)
    return b',"status_id":"%d"' % one.about_id if one.about_id in about.statuses else None


def _grouped(params: GroupedParams) -> frozenset[str]:
    if not params.grouped_types:
        return GROUPED
    return GROUPED.intersection([KINDS_OF[name] for name in params.grouped_types if name in KINDS_OF])


def _partial(params: GroupedParams) -> bool:
    if params.expand_accounts not in (None, "full", "partial_avatars"):
        raise BadRequest(
            say=f"Invalid value for 'expand_accounts': '{params.expand_accounts}', "
            "allowed values are 'full' and 'partial_avatars'"
        )
    return params.expand_accounts == "partial_avatars"


def read_key(text: str) -> GroupKey | None:
    """What a group key names; None: nothing that could be."""
    name, _, rest = text.partition("-")
    numbers = [parse_id(one) for one in rest.split("-")]
    if None in numbers:
        return None
    kind = KINDS_OF.get(name, "")
    match numbers:
        case [int(an_id)] if name == "ungrouped":
            return GroupKey(alone=an_id)
        case [int(bucket)] if kind in GROUPED:
            return GroupKey(kind, 0, bucket)
        case [int(about_id), int(bucket)] if kind in GROUPED:
            return GroupKey(kind, about_id, bucket)
        case _:
            return None


def _key(text: str) -> GroupKey:
    key = read_key(text)
    if key is None:
        raise NotificationMissing(text)
    return key


def add_to(lane: Lane, reads: GroupReads) -> None:
    """Serve the hot read from the lane."""
    lane.add("GET", PATH, lane_read(reads.page, GroupedParams, user=True, scope_name=READS))


@get([PATH, OLD_PATH], guards=[_NEED])
async def list_groups(
    params: Query[GroupedParams], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[GroupedNotificationsResults]:
    """What others did that concerns the caller, what is alike in groups, newest first."""
    body, link = await GroupReads(db, render).page(me(caller), params)
    return answer(body, link=link)


@get([f"{PATH}/unread_count", f"{OLD_PATH}/unread_count"], guards=[_NEED])
async def count_unread_groups(params: Query[GroupedParams], caller: Called, db: NamedDependency[Db]) -> Unread:
    """How many groups have anything that came since the caller's marker."""
    most = COUNTED if params.limit is None else min(abs(params.limit), MOST_COUNTED)
    number = await notifications.unread_groups(db, me(caller), filters(params), grouped=_grouped(params), most=most)
    return Unread(number)


@get([PATH + _ONE, OLD_PATH + _ONE], guards=[_NEED])
async def show_group(
    group_key: FromPath[str], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[GroupedNotificationsResults]:
    """One group."""
    group = await notifications.find_group(db, me(caller), _key(group_key))
    body = await GroupReads(db, render).one(me(caller), group)
    if body is None:
        raise NotificationMissing(group_key)
    return answer(body)


# Mastodon's documentation says write:notifications, its code read:notifications.
@get(f"{PATH}{_ONE}/accounts", guards=[require((READS, WRITES))])
async def list_group_accounts(
    *,
    group_key: FromPath[str],
    params: Query[Paging],
    caller: Called,
    db: NamedDependency[Db],
    render: NamedDependency[Render],
) -> Response[list[wire.Account]]:
    """Everybody whose act is in a group, the last first."""
    limit, up = page_limit(params.limit, ACCOUNTS_A_PAGE), params.min_id is not None
    span = Span(params.max_id or FOREVER, (params.min_id if up else params.since_id) or 0, up)
    found = await notifications.group_members(db, me(caller), _key(group_key), span, most=limit)
    if up:
        found.reverse()
    link = b""
    if found:
        link = link_header(
            render.addresses.base, f"{PATH}/{group_key}/accounts", [("limit", str(limit))],
            next={"max_id": found[-1].id} if up or len(found) == limit else None, prev={"min_id": found[0].id},
        )  # fmt: skip
    return answer(await render.accounts(list(dict.fromkeys([one.from_id for one in found]))), link=link)


@post(f"{PATH}/clear", guards=[require(WRITES)], status_code=200)
async def clear_groups(caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Put all notifications away."""
    async with db.begin() as tx:
        await notifications.clear(tx, me(caller))
    return {}


@post([f"{PATH}{_ONE}/dismiss", f"{OLD_PATH}{_ONE}/dismiss"], guards=[require(WRITES)], status_code=200)
async def dismiss_group(group_key: FromPath[str], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Put a group away; without one nothing happens."""
    key = read_key(group_key)
    if key is not None:
        async with db.begin() as tx:
            await notifications.dismiss_group(tx, me(caller), key)
    return {}


HANDLERS: list[Any] = [
    list_groups, count_unread_groups, show_group, list_group_accounts, clear_groups, dismiss_group,
]  # fmt: skip
