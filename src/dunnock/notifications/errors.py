"""What can go wrong with notifications and markers."""

from __future__ import annotations

from collections.abc import Sequence

from dunnock.foundation.errors import DomainError, Invalid, Kind, Missing


class NotificationMissing(Missing):
    """There is no such notification, or it is somebody else's."""

    code = "notification_missing"


class RequestMissing(Missing):
    """There is no such request, or it is to somebody else."""

    code = "request_missing"


class QuietTimeInvalid(Invalid):
    """A quiet time is too short or too long."""

    code, safe = "quiet_time_invalid", "A quiet time lasts an hour at least and a week at most."


class ChoiceUnknown(Invalid):
    """That can't be chosen."""

    code = "choice_unknown"

    def __init__(self, name: str, chosen: str, choices: Sequence[str]) -> None:
        """`choices`: what can be; none: there is nothing of that name to choose."""
        what = f"must be one of {', '.join(choices)}" if choices else "is no type of notification that can be set"
        super().__init__(name, chosen, say=f"Validation failed: {name} {what}")


class MarkerMoved(DomainError):
    """Another client moved the same marker at the same moment."""

    code, kind, safe = "marker_moved", Kind.CONFLICT, "Conflict during update, please try again"
