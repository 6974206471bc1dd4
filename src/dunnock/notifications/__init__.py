"""Notifications: what others did that concerns a member, and how far the member has read. Owns both."""

from __future__ import annotations

from dunnock.notifications.errors import (
    ChoiceUnknown,
    MarkerMoved,
    NotificationMissing,
    QuietTimeInvalid,
    RequestMissing,
)
from dunnock.notifications.events import Notified, RequestsMerged
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
from dunnock.notifications.model import ABOUT_NO_POST, GROUPED, KINDS, SETTABLE, Filters, Kind, Notification, Policy
from dunnock.notifications.policy import change_policy, change_settings, read_policy, read_settings, summary
from dunnock.notifications.quiet import begin_quiet_time, end_quiet_time, quiet_until
from dunnock.notifications.read import clear, dismiss, dismiss_some, find, page, unread
from dunnock.notifications.requests import (
    DiscardKeptBack,
    ReleaseKeptBack,
    Request,
    accept_requests,
    discard_kept_back,
    dismiss_requests,
    find_request,
    release_kept_back,
    request_page,
    requests_merged,
)
from dunnock.notifications.trim import TRIM_EVERY_MS, TrimNotifications, trim_notifications

__all__ = [
    "ABOUT_NO_POST",
    "FEEDS",
    "GROUPED",
    "KINDS",
    "SETTABLE",
    "TRIM_EVERY_MS",
    "ChoiceUnknown",
    "DiscardKeptBack",
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
    "Policy",
    "QuietTimeInvalid",
    "ReleaseKeptBack",
    "Request",
    "RequestMissing",
    "RequestsMerged",
    "TrimNotifications",
    "accept_requests",
    "begin_quiet_time",
    "change_policy",
    "change_settings",
    "clear",
    "discard_kept_back",
    "dismiss",
    "dismiss_group",
    "dismiss_requests",
    "dismiss_some",
    "end_quiet_time",
    "find",
    "find_group",
    "find_request",
    "group_members",
    "group_page",
    "move_markers",
    "page",
    "quiet_until",
    "read_markers",
    "read_policy",
    "read_settings",
    "release_kept_back",
    "request_page",
    "requests_merged",
    "summary",
    "trim_notifications",
    "unread",
    "unread_groups",
]
