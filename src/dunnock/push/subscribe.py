"""What a token's app wants to hear: POST, GET, PUT and DELETE of /api/v1/push/subscription."""

from __future__ import annotations

from collections.abc import Collection

from dunnock.foundation.db import Db, Reader, Tx
from dunnock.foundation.http import Door
from dunnock.push import store
from dunnock.push.errors import SubscriptionMissing, SubscriptionRefused
from dunnock.push.key import key_pair
from dunnock.push.model import POLICIES, TYPES, Subscription

_LONGEST = 2048


async def subscribe(
    db: Db,
    door: Door,
    *,
    token_id: int,
    token: str,
    account_id: int,
    endpoint: str,
    p256dh: str,
    auth: str,
    standard: bool,
    policy: str,
    alerts: Collection[str],
) -> Subscription:
    """Have the member's notifications sent to the endpoint, in place of what the token had before.

    `token`: the bearer token itself; the app wants it back with each message, to know which of its accounts is meant.

    Raises:
        SubscriptionRefused: a key or the policy can't be used.
        OutsideForbidden: this server sends nothing to such an endpoint.
    """
    from dunnock.push import crypto  # noqa: PLC0415 (cryptography is loaded where it is used, not at start)

    if not endpoint or len(endpoint) > _LONGEST:
        raise SubscriptionRefused(say="Validation failed: Endpoint can't be blank, or is too long")
    door.check(endpoint)
    try:
        p256dh, auth = crypto.check_keys(p256dh, auth)
    except ValueError:
        raise SubscriptionRefused(say="Validation failed: Keys p256dh and auth must be those of a browser") from None
    _check_policy(policy)
    _, secret = await key_pair(db)
    async with db.begin() as tx:
        made = Subscription(
            id=tx.new_id(),
            token_id=token_id,
            account_id=account_id,
            endpoint=endpoint,
            p256dh=p256dh,
            auth=auth,
            standard=standard,
            policy=policy,
            alerts=_known(alerts),
        )
        await store.put(tx, made, sealed_token=crypto.seal(secret, token, place=str(token_id)))
    return made


async def find(reader: Reader, token_id: int) -> Subscription:
    """The token's subscription.

    Raises:
        SubscriptionMissing: it has none.
    """
    found = await store.of_token(reader, token_id)
    if found is None:
        raise SubscriptionMissing(token_id)
    return found


async def change(tx: Tx, token_id: int, *, policy: str, alerts: Collection[str]) -> Subscription:
    """Replace what the token's app wants to hear.

    Raises:
        SubscriptionMissing: it has none.
        SubscriptionRefused: there is no such policy.
    """
    _check_policy(policy)
    if not await store.change(tx, token_id, policy=policy, alerts=_known(alerts)):
        raise SubscriptionMissing(token_id)
    return await find(tx, token_id)


async def unsubscribe(tx: Tx, token_id: int) -> None:
    """Send nothing to the token's app any more."""
    await store.drop_of_token(tx, token_id)


def _check_policy(policy: str) -> None:
    if policy not in POLICIES:
        raise SubscriptionRefused(say=f"Validation failed: Policy must be one of {', '.join(POLICIES)}")


def _known(alerts: Collection[str]) -> frozenset[str]:
    return frozenset(alerts).intersection(TYPES)
