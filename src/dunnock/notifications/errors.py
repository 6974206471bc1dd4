"""What can go wrong with notifications and markers."""

from __future__ import annotations

from dunnock.foundation.errors import DomainError, Kind, Missing


class NotificationMissing(Missing):
    """There is no such notification, or it is somebody else's."""

    code = "notification_missing"


class MarkerMoved(DomainError):
    """Another client moved the same marker at the same moment."""

    code, kind, safe = "marker_moved", Kind.CONFLICT, "Conflict during update, please try again"
