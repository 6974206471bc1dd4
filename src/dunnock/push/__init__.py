"""Web push: apps that want to hear of a member's notifications while they are closed, and sending to them.

Owns the subscriptions and this server's push key. Wire names: WebPushSubscription, `vapid_key`.
"""

from __future__ import annotations

from dunnock.push.errors import SubscriptionMissing, SubscriptionRefused
from dunnock.push.key import public_key
from dunnock.push.model import POLICIES, TYPES, Policy, Subscription
from dunnock.push.send import SendPush, jobs_of
from dunnock.push.subscribe import change, find, subscribe, unsubscribe

__all__ = [
    "POLICIES",
    "TYPES",
    "Policy",
    "SendPush",
    "Subscription",
    "SubscriptionMissing",
    "SubscriptionRefused",
    "change",
    "find",
    "jobs_of",
    "public_key",
    "subscribe",
    "unsubscribe",
]
