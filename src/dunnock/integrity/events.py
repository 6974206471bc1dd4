"""Facts about what integrity found."""

from __future__ import annotations

from dunnock.foundation.events import Event


class SignalRaised(Event, frozen=True):
    """A detector says something of a subject that it never said before."""

    signal_id: int
    detector: str
    subject_kind: str
    subject_id: int


class SignalGrew(Event, frozen=True):
    """What a detector says of a subject became surer than before; nobody dismissed it."""

    signal_id: int
    detector: str
