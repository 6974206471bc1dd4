"""Notifications: what others did that concerns a member, and how far the member has read. Owns both."""

from __future__ import annotations

from dunnock.notifications.errors import MarkerMoved, NotificationMissing
from dunnock.notifications.events import Notified
from dunnock.notifications.markers import FEEDS, Marker, move_markers, read_markers
from dunnock.notifications.model import KINDS, Filters, Kind, Notification
from dunnock.notifications.read import clear, dismiss, find, page, unread
from dunnock.notifications.trim import TRIM_EVERY_MS, TrimNotifications, trim_notifications

__all__ = [
    "FEEDS",
    "KINDS",
    "TRIM_EVERY_MS",
    "Filters",
    "Kind",
    "Marker",
    "MarkerMoved",
    "Notification",
    "NotificationMissing",
    "Notified",
    "TrimNotifications",
    "clear",
    "dismiss",
    "find",
    "move_markers",
    "page",
    "read_markers",
    "trim_notifications",
    "unread",
]
