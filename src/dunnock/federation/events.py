"""Facts about other servers."""

from __future__ import annotations

from dunnock.foundation.events import Event


class ActorGone(Event, frozen=True):
    """A remote account's own server says that it was deleted; all that came from it goes too."""

    account_id: int
