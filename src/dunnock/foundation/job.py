"""What a job is: a frozen struct of ids and scalars, registered under its class's name."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

_KINDS: dict[str, type[Job]] = {}


class Job(msgspec.Struct, frozen=True):
    """Something to do after the commit. Doing it twice must do no harm: a crash may interrupt it at any point.

    `lane` groups jobs that must not crowd out others (a remote host, say); None: no group.
    """

    kind: ClassVar[str]
    within_ms: ClassVar[int] = 270_000
    """How long doing it may take; then it is stopped and tried again."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Register the kind under the class's name, which is what the table keeps."""
        super().__init_subclass__(**kwargs)
        cls.kind = cls.__name__
        known = _KINDS.setdefault(cls.kind, cls)
        if (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"two jobs are called {cls.kind}: {known.__module__} and {cls.__module__}")
        _KINDS[cls.kind] = cls

    @property
    def lane(self) -> str | None:
        """The group this job shares a fair turn with."""
        return None


def within_ms(kind: str) -> int:
    """How long doing a job of this kind may take, in milliseconds."""
    return _KINDS.get(kind, Job).within_ms


def encode(job: Job) -> str:
    """The job's fields as JSON text."""
    return msgspec.json.encode(job).decode()


def decode(kind: str, body: str) -> Job | None:
    """The job of a stored row; None when this release does not know the kind."""
    cls = _KINDS.get(kind)
    return None if cls is None else msgspec.json.decode(body, type=cls)
