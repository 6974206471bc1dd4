"""What can go wrong with push subscriptions."""

from __future__ import annotations

from dunnock.foundation.errors import DomainError, Kind


class SubscriptionMissing(DomainError):
    """The token has no subscription."""

    code, kind, safe = "push_subscription_missing", Kind.MISSING, "Record not found"


class SubscriptionRefused(DomainError):
    """The endpoint, a key or the policy can't be used; the text says which."""

    code, kind, safe = "push_subscription_refused", Kind.INVALID, "Validation failed: the subscription can't be used"
