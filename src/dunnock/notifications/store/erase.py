"""Deleting what an account was told, and what others were told of it."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from dunnock.foundation.db import BigId, Sql
from dunnock.foundation.erase import Step, of, rows, scanned, some_of
from dunnock.notifications.tables import (
    markers,
    notification_permissions,
    notification_policies,
    notification_requests,
    notification_settings,
    notifications,
    quiet_times,
)

FROM = Sql(  # no index finds them: most go with what they tell of
    select(notifications.c.account_id, notifications.c.id)
    .where(notifications.c.from_id == bindparam("the", type_=BigId))
    .order_by(notifications.c.account_id, notifications.c.id)
    .limit(20_000)
)
TOLD: Step = rows(
    some_of(notifications, of(notifications.c.account_id), notifications.c.id),
    some_of(notification_requests, of(notification_requests.c.account_id), notification_requests.c.id),
    some_of(notification_permissions, of(notification_permissions.c.account_id), notification_permissions.c.from_id),
    some_of(notification_policies, of(notification_policies.c.account_id), notification_policies.c.account_id),
    some_of(notification_settings, of(notification_settings.c.account_id), notification_settings.c.kind),
    some_of(quiet_times, of(quiet_times.c.account_id), quiet_times.c.account_id),
    some_of(markers, of(markers.c.account_id), markers.c.feed),
)
ASKED: Step = scanned(notification_requests, of(notification_requests.c.from_id), notification_requests.c.id)
ALLOWED: Step = scanned(
    notification_permissions, of(notification_permissions.c.from_id), notification_permissions.c.account_id
)
