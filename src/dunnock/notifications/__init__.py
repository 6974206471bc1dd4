"""Notifications: what others did that concerns a member, and how far the member has read. Owns both."""

from __future__ import annotations

from dunnock.notifications.errors import MarkerMoved, NotificationMissing
from dunnock.notifications.events import Notified
from dunnock.notifications.groups import (
    Group,
    GroupKey,
    GroupPage,
    dismiss_group,
    find_group,
    group_members,
    group_page,
    unread_groups,
)
from dunnock.notifications.markers import FEEDS, Marker, move_markers, read_markers
from dunnock.notifications.model import ABOUT_NO_POST, GROUPED, KINDS, Filters, Kind, Notification
from dunnock.notifications.read import clear, dismiss, dismiss_some, find, page, unread
from dunnock.notifications.trim import TRIM_EVERY_MS, TrimNotifications, trim_notifications

__all__ = [
    "ABOUT_NO_POST",
    "FEEDS",
    "GROUPED",
    "KINDS",
    "TRIM_EVERY_MS",
    "Filters",
    "Group",
    "GroupKey",
    "GroupPage",
    "Kind",
    "Marker",
    "MarkerMoved",
    "Notification",
    "NotificationMissing",
    "Notified",
    "TrimNotifications",
    "clear",
    "dismiss",
    "dismiss_group",
    "dismiss_some",
    "find",
    "find_group",
    "group_members",
    "group_page",
    "move_markers",
    "page",
    "read_markers",
    "trim_notifications",
    "unread",
    "unread_groups",
]
