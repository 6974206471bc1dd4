"""What push makes of others' events: a new notification is sent to each app that asked for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from dunnock import accounts, notifications
from dunnock.foundation.db import Tx
from dunnock.foundation.events import Event
from dunnock.foundation.reactions import Reaction
from dunnock.push import store
from dunnock.push.model import wanted_as
from dunnock.push.send import SendPush


async def on_notified(tx: Tx, event: notifications.Notified) -> None:
    """A job for each subscription that wants this type; whether it is still to be sent is asked when it is."""
    wanted = wanted_as(event.of_kind)
    for one in await store.of_account(tx, event.account_id):
        if wanted in one.alerts and one.policy != "none":
            host = urlsplit(one.endpoint).netloc
            await tx.enqueue(SendPush(subscription_id=one.id, notification_id=event.notification_id, host=host))


async def on_tokens_revoked(tx: Tx, event: accounts.TokensRevoked) -> None:
    """A subscription goes with its token."""
    if event.member_id is not None:
        await store.drop_ended(tx, event.member_id)


HEARS: Mapping[type[Event], Sequence[Reaction]] = {
    notifications.Notified: (on_notified,),
    accounts.TokensRevoked: (on_tokens_revoked,),
}
