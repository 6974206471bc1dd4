"""What can go wrong, in words that every edge can answer with; domains raise subclasses and know no status numbers."""

from __future__ import annotations

import enum
from typing import ClassVar


class Kind(enum.Enum):
    """The nature of a refusal; each edge has one map from kind to its own kind of answer."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    DENIED = "denied"
    MISSING = "missing"
    CONFLICT = "conflict"
    LIMITED = "limited"
    GONE = "gone"
    TOO_LARGE = "too_large"
    UNAVAILABLE = "unavailable"


class DomainError(Exception):
    """A refusal that is part of the rules, not a bug.

    `code` is a stable slug, `safe` the text for people. The constructor's arguments are for the log only;
    `say` replaces the text for people where it depends on the case, `details` carries per-field reasons
    (field -> [(reason slug, text), ...]) as sign-up forms need them.
    """

    code: ClassVar[str] = "error"
    kind: ClassVar[Kind] = Kind.INVALID
    safe: ClassVar[str] = "This request can't be done"

    def __init__(
        self,
        *for_log: object,
        say: str | None = None,
        details: dict[str, list[tuple[str, str]]] | None = None,
        retry_at: int | None = None,
    ) -> None:
        """Make the refusal; `retry_at` is a time in Unix milliseconds after which trying again makes sense."""
        super().__init__(*for_log)
        self.text = say or self.safe
        self.details = details
        self.retry_at = retry_at


class Invalid(DomainError):
    """The input breaks a rule; `say` tells which."""

    code, kind, safe = "invalid", Kind.INVALID, "Validation failed"


class Missing(DomainError):
    """There is no such thing, or the asker may not know that it exists."""

    code, kind, safe = "missing", Kind.MISSING, "Record not found"


class Unavailable(DomainError):
    """Something this needs is not answering in time; trying again later is right."""

    code, kind, safe = "unavailable", Kind.UNAVAILABLE, "The server is too busy for this right now; please try again"
