"""What strangers' notifications become, and the requests that are kept back. Wire: NotificationPolicy, NotificationRequest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from litestar import Response, get, post, route
from litestar.di import NamedDependency
from litestar.enums import HttpMethod
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from dunnock import notifications
from dunnock.api.kit import Called, Form, Paging, Query, page_limit, parse_id, require
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.notices import KINDS_OF, TYPES, links
from dunnock.api.mastodon.pages import answer, me
from dunnock.api.mastodon.render import Render
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.notifications import Policy, Request, RequestMissing
from dunnock.posts.entries import FOREVER, Span

READS, WRITES = "read:notifications", "write:notifications"
PATH, REQUESTS = "/api/v2/notifications/policy", "/api/v1/notifications/requests"
OLD_PATH = "/api/v1/notifications/policy"
OURS = "/api/v1/dunnock/notification_requests"
SETTINGS = "/api/v1/dunnock/notifications/settings"
A_PAGE = 40
_CHANGE = [HttpMethod.PATCH, HttpMethod.PUT]
Answer = Literal["accept", "filter", "drop"]
FromWhom = Literal["everyone", "followed", "followers", "nobody"]


class PolicySummary(msgspec.Struct):
    """What waits."""

    pending_requests_count: int
    pending_notifications_count: int


class NotificationPolicy(msgspec.Struct):
    """NotificationPolicy."""

    for_not_following: Answer
    for_not_followers: Answer
    for_new_accounts: Answer
    for_private_mentions: Answer
    for_limited_accounts: Answer
    for_bots: Answer
    summary: PolicySummary


class PolicyForm(msgspec.Struct):
    """What is to become of strangers' notifications; what is missing stays."""

    for_not_following: Answer | UnsetType = UNSET
    for_not_followers: Answer | UnsetType = UNSET
    for_new_accounts: Answer | UnsetType = UNSET
    for_private_mentions: Answer | UnsetType = UNSET
    for_limited_accounts: Answer | UnsetType = UNSET
    for_bots: Answer | UnsetType = UNSET


class OldPolicy(msgspec.Struct):
    """V1::NotificationPolicy: is anything kept back (or dropped)?"""

    filter_not_following: bool
    filter_not_followers: bool
    filter_new_accounts: bool
    filter_private_mentions: bool
    filter_bots: bool
    summary: PolicySummary


class OldPolicyForm(msgspec.Struct):
    """What to keep back; what is missing stays."""

    filter_not_following: bool | UnsetType = UNSET
    filter_not_followers: bool | UnsetType = UNSET
    filter_new_accounts: bool | UnsetType = UNSET
    filter_private_mentions: bool | UnsetType = UNSET
    filter_bots: bool | UnsetType = UNSET


class NotificationRequest(msgspec.Struct, kw_only=True):
    """NotificationRequest."""

    id: str
    created_at: str
    updated_at: str
    notifications_count: str
    account: wire.Account
    last_status: wire.Status | UnsetType = UNSET


_DOTTED = {"admin_sign_up": "admin.sign_up", "admin_report": "admin.report"}


class NotificationSettings(msgspec.Struct, kw_only=True, rename=_DOTTED):
    """Of whom each type is heard: everyone, followed (those one follows), followers, nobody. Ours."""

    mention: FromWhom
    favourite: FromWhom
    reblog: FromWhom
    follow: FromWhom
    follow_request: FromWhom
    status: FromWhom
    update: FromWhom
    poll: FromWhom
    admin_sign_up: FromWhom
    severed_relationships: FromWhom
    quote: FromWhom
    quoted_update: FromWhom
    admin_report: FromWhom
    added_to_collection: FromWhom
    collection_update: FromWhom


class SettingsForm(msgspec.Struct, kw_only=True, rename=_DOTTED):
    """The same; what is missing stays."""

    mention: FromWhom | UnsetType = UNSET
    favourite: FromWhom | UnsetType = UNSET
    reblog: FromWhom | UnsetType = UNSET
    follow: FromWhom | UnsetType = UNSET
    follow_request: FromWhom | UnsetType = UNSET
    status: FromWhom | UnsetType = UNSET
    update: FromWhom | UnsetType = UNSET
    poll: FromWhom | UnsetType = UNSET
    admin_sign_up: FromWhom | UnsetType = UNSET
    severed_relationships: FromWhom | UnsetType = UNSET
    quote: FromWhom | UnsetType = UNSET
    quoted_update: FromWhom | UnsetType = UNSET
    admin_report: FromWhom | UnsetType = UNSET
    added_to_collection: FromWhom | UnsetType = UNSET
    collection_update: FromWhom | UnsetType = UNSET


class Merged(msgspec.Struct):
    """Is all that was accepted told?"""

    merged: bool


class RequestsForm(msgspec.Struct):
    """Which requests, as decimal text; what can be no id is passed over. Mastodon.py says `id[][]`."""

    id: list[Any] = []

    def ids(self) -> list[int]:
        """All of them."""
        flat: list[Any] = []
        for one in self.id:
            inner = list(one.values()) if isinstance(one, dict) else [one]
            for part in inner:
                flat += part if isinstance(part, list) else [part]
        return [found for one in flat if (found := parse_id(one)) is not None]


# The policy -------------------------------------------------------------------------------------------------------


@get(PATH, guards=[require(READS)])
async def show_policy(caller: Called, db: NamedDependency[Db]) -> NotificationPolicy:
    """What becomes of strangers' notifications, and what waits."""
    return await _policy(db, me(caller), await notifications.read_policy(db, me(caller)))


@route(PATH, http_method=_CHANGE, guards=[require(WRITES)])
async def change_policy(form: Form[PolicyForm], caller: Called, db: NamedDependency[Db]) -> NotificationPolicy:
    """Change what becomes of strangers' notifications from now on."""
    chosen = {
        name.removeprefix("for_"): value
        for name in form.__struct_fields__
        if (value := getattr(form, name)) is not UNSET
    }
    async with db.begin() as tx:
        changed = await notifications.change_policy(tx, me(caller), chosen)
    return await _policy(db, me(caller), changed)


@get(OLD_PATH, guards=[require(READS)])
async def show_old_policy(caller: Called, db: NamedDependency[Db]) -> OldPolicy:
    """The same for apps that know yes and no only."""
    return await _old_policy(db, me(caller), await notifications.read_policy(db, me(caller)))


@route(OLD_PATH, http_method=_CHANGE, guards=[require(WRITES)])
async def change_old_policy(form: Form[OldPolicyForm], caller: Called, db: NamedDependency[Db]) -> OldPolicy:
    """Change it for apps that know yes and no only; what is dropped stays dropped when they say yes."""
    async with db.begin() as tx:
        policy = await notifications.read_policy(tx, me(caller))
        chosen: dict[str, str] = {}
        for field in form.__struct_fields__:
            name, wish = field.removeprefix("filter_"), getattr(form, field)
            if wish is not UNSET and wish != (getattr(policy, name) != "accept"):
                chosen[name] = "filter" if wish else "accept"
        policy = await notifications.change_policy(tx, me(caller), chosen)
    return await _old_policy(db, me(caller), policy)


async def _policy(db: Db, account_id: int, policy: Policy) -> NotificationPolicy:
    return NotificationPolicy(
        policy.not_following, policy.not_followers, policy.new_accounts, policy.private_mentions,
        policy.limited_accounts, policy.bots, await _summary(db, account_id),
    )  # fmt: skip


async def _old_policy(db: Db, account_id: int, policy: Policy) -> OldPolicy:
    return OldPolicy(
        policy.not_following != "accept", policy.not_followers != "accept", policy.new_accounts != "accept",
        policy.private_mentions != "accept", policy.bots != "accept", await _summary(db, account_id),
    )  # fmt: skip


async def _summary(db: Db, account_id: int) -> PolicySummary:
    waiting = await notifications.summary(db, account_id)
    return PolicySummary(waiting.requests, waiting.messages)


# Requests ---------------------------------------------------------------------------------------------------------


@get(REQUESTS, guards=[require(READS)])
async def list_requests(
    params: Query[Paging], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[list[NotificationRequest]]:
    """Strangers whose messages are kept back, the newest request first."""
    limit, up = page_limit(params.limit, A_PAGE), params.min_id is not None
    span = Span(params.max_id or FOREVER, (params.min_id if up else params.since_id) or 0, up)
    found = await notifications.request_page(db, me(caller), span, most=limit)
    if up:
        found.reverse()
    link = b""
    if found:
        link = links(render.addresses.base, REQUESTS, limit, [], oldest=found[-1].id, newest=found[0].id)
    return answer(b"[" + b",".join(await _shown(render, me(caller), found)) + b"]", link=link)


@get(f"{REQUESTS}/merged", guards=[require(READS)])
async def show_merged(caller: Called, db: NamedDependency[Db]) -> Merged:
    """Is what was accepted among the notifications yet?"""
    return Merged(await notifications.requests_merged(db, me(caller)))


@get(f"{REQUESTS}/{{request_id:int}}", guards=[require(READS)])
async def show_request(
    request_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[NotificationRequest]:
    """One request."""
    found = await notifications.find_request(db, me(caller), request_id)
    shown = await _shown(render, me(caller), [found])
    if not shown:
        raise RequestMissing(request_id)
    return answer(shown[0])


@post(f"{REQUESTS}/{{request_id:int}}/accept", guards=[require(WRITES)], status_code=200)
async def accept_request(request_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Let somebody through from now on, and tell what was kept back of them."""
    async with db.begin() as tx:
        await notifications.find_request(tx, me(caller), request_id)
        await notifications.accept_requests(tx, me(caller), (request_id,))
    return {}


@post(f"{REQUESTS}/{{request_id:int}}/dismiss", guards=[require(WRITES)], status_code=200)
async def dismiss_request(request_id: FromPath[int], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Send a request away, with what was kept back."""
    async with db.begin() as tx:
        await notifications.find_request(tx, me(caller), request_id)
        await notifications.dismiss_requests(tx, me(caller), (request_id,))
    return {}


@post(f"{REQUESTS}/accept", guards=[require(WRITES)], status_code=200)
async def accept_requests(form: Form[RequestsForm], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Accept the requests `id[]`, those that there are."""
    async with db.begin() as tx:
        await notifications.accept_requests(tx, me(caller), form.ids())
    return {}


@post(f"{REQUESTS}/dismiss", guards=[require(WRITES)], status_code=200)
async def dismiss_requests(form: Form[RequestsForm], caller: Called, db: NamedDependency[Db]) -> dict[str, str]:
    """Send the requests `id[]` away, those that there are."""
    async with db.begin() as tx:
        await notifications.dismiss_requests(tx, me(caller), form.ids())
    return {}


@get(f"{OURS}/{{request_id:int}}/statuses", guards=[require(READS)])
async def list_messages(
    request_id: FromPath[int], caller: Called, db: NamedDependency[Db], render: NamedDependency[Render]
) -> Response[list[wire.Status]]:
    """What is kept back of who asks, the newest first; at most 100."""
    ids = await notifications.messages_of_request(db, me(caller), request_id)
    found = await render.statuses_by_id(ids, me(caller))
    return answer(b"[" + b",".join(found[one] for one in ids if one in found) + b"]")


@post(f"{OURS}/{{request_id:int}}/statuses/{{status_id:int}}/release", guards=[require(WRITES)], status_code=200)
async def release_message(
    request_id: FromPath[int], status_id: FromPath[int], caller: Called, db: NamedDependency[Db]
) -> dict[str, str]:
    """Let one post through that is kept back; who wrote it stays a stranger, and the rest waits."""
    async with db.begin() as tx:
        await notifications.let_message_through(tx, me(caller), request_id, status_id)
    return {}


async def _shown(render: Render, viewer_id: int, found: Sequence[Request]) -> list[bytes]:
    """NotificationRequest, for those whose account is there, in the order of `found`."""
    people = dict(await render.each_account([one.from_id for one in found]))
    last = [one.last_post_id for one in found if one.last_post_id is not None]
    statuses = await render.statuses_by_id(list(dict.fromkeys(last)), viewer_id) if last else {}
    shown = []
    for one in found:
        if one.from_id in people:
            start = (
                f'{{"id":"{one.id}","created_at":"{iso(one.created_at)}","updated_at":"{iso(one.updated_at)}",'
                f'"notifications_count":"{one.count}","account":'
            )
            status = statuses.get(one.last_post_id or 0)
            end = b"}" if status is None else b',"last_status":' + status + b"}"
            shown.append(start.encode() + people[one.from_id] + end)
    return shown


# Settings ---------------------------------------------------------------------------------------------------------


@get(SETTINGS, guards=[require(READS)])
async def show_settings(caller: Called, db: NamedDependency[Db]) -> NotificationSettings:
    """Of whom the caller hears each type: everyone, followed (those they follow), followers, nobody."""
    return _named(await notifications.read_settings(db, me(caller)))


@route(SETTINGS, http_method=_CHANGE, guards=[require(WRITES)])
async def change_settings(form: Form[SettingsForm], caller: Called, db: NamedDependency[Db]) -> NotificationSettings:
    """Change of whom the caller hears some types from now on."""
    given = msgspec.to_builtins(form)
    async with db.begin() as tx:
        changed = await notifications.change_settings(
            tx, me(caller), {KINDS_OF[name]: whom for name, whom in given.items()}
        )
    return _named(changed)


def _named(chosen: Mapping[str, FromWhom]) -> NotificationSettings:
    return msgspec.convert({TYPES[kind]: whom for kind, whom in chosen.items()}, NotificationSettings)


HANDLERS: list[Any] = [
    show_policy, change_policy, show_old_policy, change_old_policy, list_requests, show_merged, show_request,
    accept_request, dismiss_request, accept_requests, dismiss_requests, list_messages, release_message,
    show_settings, change_settings,
]  # fmt: skip
