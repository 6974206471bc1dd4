"""Facts about notifications."""

from __future__ import annotations

from dunnock.foundation.events import Event


class Notified(Event, frozen=True):
    """An account is told of something, of one of `model.KINDS`. The notification may be gone by the time you hear of it.

    Not called `kind`: that is every event's own.
    """

    account_id: int
    notification_id: int
    of_kind: str


class RequestsMerged(Event, frozen=True):
    """What was kept back of somebody whose request the account accepted is among its notifications now."""

    account_id: int
