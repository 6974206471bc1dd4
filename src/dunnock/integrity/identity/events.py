"""Facts about who is whom."""

from __future__ import annotations

from dunnock.foundation.events import Event


class ImpostorFound(Event, frozen=True):
    """An account is taken for a protected name, and readers are told so."""

    account_id: int
    name_id: int


class ImpostorCleared(Event, frozen=True):
    """Staff say that an account is no impostor of a name."""

    account_id: int
    name_id: int


class PersonaTurned(Event, frozen=True):
    """An account became somebody else in a short while: its badges wait, and readers are told its former name."""

    account_id: int
    turn_id: int
