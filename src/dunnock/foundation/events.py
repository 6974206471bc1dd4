"""Facts that a use case announces. They are committed with what they tell (`tx.record`), then heard at least once."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

_KINDS: dict[str, type[Event]] = {}


class Event(msgspec.Struct, frozen=True):
    """A committed fact, named in the past tense; its fields are ids and scalars, and are only ever added (with defaults)."""

    kind: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Register the kind under the class's name, which is what the event log keeps."""
        super().__init_subclass__(**kwargs)
        cls.kind = cls.__name__
        known = _KINDS.setdefault(cls.kind, cls)
        if (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"two events are called {cls.kind}: {known.__module__} and {cls.__module__}")
        _KINDS[cls.kind] = cls


class Logged(msgspec.Struct, frozen=True):
    """An event as the log holds it: `tx` and `id` give its place, `at` is in Unix milliseconds."""

    tx: int
    id: int
    at: int
    event: Event


def encode(event: Event) -> str:
    """The event's fields as JSON text."""
    return msgspec.json.encode(event).decode()


def decode(kind: str, body: str) -> Event | None:
    """The event of a stored row; None when this release does not know the kind (an older one may read a newer log)."""
    cls = _KINDS.get(kind)
    return None if cls is None else msgspec.json.decode(body, type=cls)
