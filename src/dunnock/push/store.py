"""Every statement about push subscriptions and the push key."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Boolean, and_, bindparam, column, delete, exists, or_, select, table, update

from dunnock.foundation.db import BigId, Reader, Row, Sql, Tx, among, insert_into, insert_once
from dunnock.foundation.erase import Step, of, rows, some_of
from dunnock.push.model import Subscription
from dunnock.push.tables import push_keys, push_subscriptions

# Columns of others that these statements look at; named here, never imported.
_tokens = table(
    "tokens", column("id", BigId), column("member_id", BigId), column("revoked_at", BigId), column("account_id", BigId)
)
_members = table("members", column("id", BigId), column("state"), column("locale"))
_accounts = table("accounts", column("id", BigId), column("standing"))
_follows = table("follows", column("follower_id", BigId), column("followed_id", BigId), column("requested", Boolean))

_s = push_subscriptions.c
_account = bindparam("account", type_=BigId)
_other = bindparam("other", type_=BigId)
_columns = (
    _s.id, _s.token_id, _s.account_id, _s.endpoint, _s.p256dh, _s.auth, _s.standard, _s.policy, _s.alerts,
)  # fmt: skip

_KEY = Sql(select(push_keys.c.public, push_keys.c.secret).where(push_keys.c.name == "vapid"))
_ADD_KEY = insert_once(push_keys, keys=["name"])

_OF_TOKEN = Sql(select(*_columns).where(_s.token_id == bindparam("token", type_=BigId)))
_OF_ACCOUNT = Sql(select(*_columns).where(_s.account_id == _account).order_by(_s.id))
_ADD = insert_into(push_subscriptions)
_DROP_OF_TOKEN = Sql(delete(push_subscriptions).where(_s.token_id == bindparam("token", type_=BigId)))
_DROP = Sql(delete(push_subscriptions).where(_s.id == bindparam("the", type_=BigId)))
_CHANGE = Sql(
    update(push_subscriptions)
    .where(_s.token_id == bindparam("token", type_=BigId))
    .values(policy=bindparam("new_policy"), alerts=bindparam("new_alerts"))
)
_LIVING = Sql(
    select(*_columns, _s.sealed_token, _members.c.locale)
    .select_from(
        push_subscriptions.join(_tokens, _tokens.c.id == _s.token_id)
        .join(_members, _members.c.id == _tokens.c.member_id)
        .join(_accounts, _accounts.c.id == _s.account_id)
    )
    .where(
        _s.id == bindparam("the", type_=BigId),
        _tokens.c.revoked_at.is_(None),
        _members.c.state == "active",
        or_(_accounts.c.standing == "active", _accounts.c.standing == "limited"),
    )
)
_FOLLOWS = Sql(
    select(
        exists().where(_follows.c.follower_id == _account, _follows.c.followed_id == _other, ~_follows.c.requested),
        exists().where(_follows.c.follower_id == _other, _follows.c.followed_id == _account, ~_follows.c.requested),
    )
)
_ENDED = Sql(
    select(_s.id)
    .select_from(push_subscriptions.join(_tokens, _tokens.c.id == _s.token_id))
    .where(and_(_tokens.c.member_id == bindparam("member", type_=BigId), _tokens.c.revoked_at.is_not(None)))
)
_DROP_MANY = Sql(delete(push_subscriptions).where(among(_s.id, "ids")))


class Target(msgspec.Struct, frozen=True):
    """A subscription whose token is in force and whose member may come in."""

    subscription: Subscription
    sealed_token: str
    locale: str


async def key(reader: Reader) -> tuple[str, str] | None:
    """(public, secret) of this installation's key; None before it is made."""
    row = await reader.one(_KEY)
    return None if row is None else (row[0], row[1])


async def add_key(tx: Tx, *, public: str, secret: str) -> None:
    """Keep the key, unless somebody was faster."""
    await tx.run(_ADD_KEY, name="vapid", public=public, secret=secret)


async def of_token(reader: Reader, token_id: int) -> Subscription | None:
    """The token's subscription."""
    row = await reader.one(_OF_TOKEN, token=token_id)
    return None if row is None else _subscription(row)


async def of_account(reader: Reader, account_id: int) -> list[Subscription]:
    """All of a member's apps that want to hear something."""
    return [_subscription(row) for row in await reader.all(_OF_ACCOUNT, account=account_id)]


async def put(tx: Tx, one: Subscription, *, sealed_token: str) -> None:
    """The token's subscription from now on, in place of the one that it had."""
    await tx.run(_DROP_OF_TOKEN, token=one.token_id)
    await tx.run(
        _ADD,
        id=one.id,
        token_id=one.token_id,
        account_id=one.account_id,
        endpoint=one.endpoint,
        p256dh=one.p256dh,
        auth=one.auth,
        standard=one.standard,
        policy=one.policy,
        alerts=" ".join(sorted(one.alerts)),
        sealed_token=sealed_token,
        created_at=tx.now,
    )


async def change(tx: Tx, token_id: int, *, policy: str, alerts: frozenset[str]) -> bool:
    """Replace what is wanted; False when the token has no subscription."""
    return bool(await tx.run(_CHANGE, token=token_id, new_policy=policy, new_alerts=" ".join(sorted(alerts))))


async def drop_of_token(tx: Tx, token_id: int) -> None:
    """No subscription of the token."""
    await tx.run(_DROP_OF_TOKEN, token=token_id)


async def drop(tx: Tx, subscription_id: int) -> None:
    """Not this one any more."""
    await tx.run(_DROP, the=subscription_id)


async def drop_ended(tx: Tx, member_id: int) -> None:
    """None of the member's tokens that were revoked."""
    ended = [row[0] for row in await tx.all(_ENDED, member=member_id)]
    if ended:
        await tx.run(_DROP_MANY, ids=ended)


async def target(reader: Reader, subscription_id: int) -> Target | None:
    """The subscription to send to; None when it is gone, or its token or member is not let in any more."""
    row = await reader.one(_LIVING, the=subscription_id)
    return None if row is None else Target(_subscription(row), row[9], row[10])


async def follows(reader: Reader, account_id: int, other: int) -> tuple[bool, bool]:
    """(the account follows the other, the other follows the account)."""
    row: Sequence[object] | None = await reader.one(_FOLLOWS, account=account_id, other=other)
    assert row is not None
    return bool(row[0]), bool(row[1])


def _subscription(row: Row) -> Subscription:
    return Subscription(
        id=row[0],
        token_id=row[1],
        account_id=row[2],
        endpoint=row[3],
        p256dh=row[4],
        auth=row[5],
        standard=bool(row[6]),
        policy=row[7],
        alerts=frozenset(row[8].split()),
    )


OF_ACCOUNT: Step = rows(some_of(push_subscriptions, of(push_subscriptions.c.account_id), push_subscriptions.c.id))
"""Deletes the subscriptions of an account."""
