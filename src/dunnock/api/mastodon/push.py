"""Push subscriptions: /api/v1/push/subscription, one for each token."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import HttpMethod, Request, delete, get, post, route
from litestar.di import NamedDependency

from dunnock import push
from dunnock.api.kit import Called, Form, require
from dunnock.foundation.db import Db
from dunnock.foundation.http import Door

PATH, NEED = "/api/v1/push/subscription", require("push")
CHANGE = [HttpMethod.PUT, HttpMethod.PATCH]


class Keys(msgspec.Struct):
    """What messages are encrypted for, base64."""

    p256dh: str = ""
    auth: str = ""


class Where(msgspec.Struct):
    """Where messages go. `standard`: encrypted by RFC 8291, else by the draft before it."""

    endpoint: str = ""
    keys: Keys = msgspec.field(default_factory=Keys)
    standard: bool = False


class Alerts(msgspec.Struct, rename={"admin_sign_up": "admin.sign_up", "admin_report": "admin.report"}):
    """Which notifications are wanted."""

    mention: bool = False
    status: bool = False
    reblog: bool = False
    follow: bool = False
    follow_request: bool = False
    favourite: bool = False
    poll: bool = False
    update: bool = False
    quote: bool = False
    quoted_update: bool = False
    severed_relationships: bool = False
    moderation_warning: bool = False
    admin_sign_up: bool = False
    admin_report: bool = False


class What(msgspec.Struct):
    """What is wanted, and by whom: `all`, `followed`, `follower` or `none`."""

    policy: str | None = None
    alerts: Alerts = msgspec.field(default_factory=Alerts)


class ChangeForm(msgspec.Struct):
    """What is wanted from now on; `policy` may stand here or within `data`."""

    data: What = msgspec.field(default_factory=What)
    policy: str | None = None


class SubscribeForm(msgspec.Struct):
    """A new subscription."""

    subscription: Where = msgspec.field(default_factory=Where)
    data: What = msgspec.field(default_factory=What)
    policy: str | None = None


class WebPushSubscription(msgspec.Struct):
    """Mastodon's entity of that name."""

    id: str
    endpoint: str
    standard: bool
    alerts: Alerts
    server_key: str
    policy: str


@get(PATH, guards=[NEED])
async def show_subscription(caller: Called, db: NamedDependency[Db]) -> WebPushSubscription:
    """What the token's app gets pushed."""
    return _shown(await push.find(db, caller.token_id), await push.public_key(db))


@post(PATH, status_code=200, guards=[NEED])
async def make_subscription(
    form: Form[SubscribeForm],
    caller: Called,
    request: Request[Any, Any, Any],
    db: NamedDependency[Db],
    door: NamedDependency[Door],
) -> WebPushSubscription:
    """Have notifications pushed to the token's app, in place of what it asked for before."""
    assert caller.account_id is not None  # the guard lets only members' tokens through
    where = form.subscription
    made = await push.subscribe(
        db,
        door,
        token_id=caller.token_id,
        token=request.scope["visit"].authorization[7:].strip().decode("latin-1"),  # type: ignore[typeddict-item]
        account_id=caller.account_id,
        endpoint=where.endpoint.strip(),
        p256dh=where.keys.p256dh,
        auth=where.keys.auth,
        standard=where.standard,
        policy=_policy(form),
        alerts=_wanted(form.data.alerts),
    )
    return _shown(made, await push.public_key(db))


@route(PATH, http_method=CHANGE, guards=[NEED])
async def change_subscription(form: Form[ChangeForm], caller: Called, db: NamedDependency[Db]) -> WebPushSubscription:
    """Replace what the token's app wants to hear."""
    async with db.begin() as tx:
        changed = await push.change(tx, caller.token_id, policy=_policy(form), alerts=_wanted(form.data.alerts))
    return _shown(changed, await push.public_key(db))


@delete(PATH, status_code=200, guards=[NEED])
async def remove_subscription(caller: Called, db: NamedDependency[Db]) -> dict[str, Any]:
    """Push nothing to the token's app any more."""
    async with db.begin() as tx:
        await push.unsubscribe(tx, caller.token_id)
    return {}


def _policy(form: SubscribeForm | ChangeForm) -> str:
    return form.data.policy or form.policy or "all"


def _wanted(alerts: Alerts) -> list[str]:
    return [name for name, wanted in msgspec.to_builtins(alerts).items() if wanted]


def _shown(one: push.Subscription, server_key: str) -> WebPushSubscription:
    return WebPushSubscription(
        id=str(one.id),
        endpoint=one.endpoint,
        standard=one.standard,
        alerts=msgspec.convert({name: name in one.alerts for name in push.TYPES}, Alerts),
        server_key=server_key,
        policy=one.policy,
    )


HANDLERS = [show_subscription, make_subscription, change_subscription, remove_subscription]
