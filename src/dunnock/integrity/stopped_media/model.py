"""What it is that a post shows something that staff stopped."""

from __future__ import annotations

from dunnock.foundation.errors import DomainError, Kind
from dunnock.integrity.meetings.model import Meeting


class Shown(Meeting, frozen=True, kw_only=True):
    """A post that showed what is stopped. `apart`: bits of 256."""

    post_id: int
    account_id: int
    media_id: int
    apart: int

    @property
    def stop_id(self) -> int:
        """The stop that it met."""
        return self.with_id


class ShownRefused(DomainError):
    """It was judged already, or can't be judged so; the text says why."""

    code, kind, safe = "stopped_media_refused", Kind.INVALID, "Validation failed: That was judged already"


def closeness(apart: int) -> float:
    """How sure it is that two prints so many bits apart are of one picture: 1 for none, 0.5 for the 31 that count as the same."""
    return 1 - apart / 62
