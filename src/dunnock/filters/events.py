"""Facts about filters."""

from __future__ import annotations

from dunnock.foundation.events import Event


class FiltersChanged(Event, frozen=True):
    """An account's filters are others from now on."""

    account_id: int
