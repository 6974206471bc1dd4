"""Facts about other servers."""

from __future__ import annotations

from dunnock.foundation.events import Event


class KeysRotated(Event, frozen=True):
    """A local account (0: the server itself) signs with other keys from now on."""

    account_id: int


class ActorKeyChanged(Event, frozen=True):
    """A remote account signs with another key; nothing that the key `key_id` signed is believed on its memory any more."""

    account_id: int
    key_id: str


class ActorGone(Event, frozen=True):
    """A remote account's own server says that it was deleted; all that came from it goes too."""

    account_id: int
