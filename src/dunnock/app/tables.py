"""Every table of the house on the one `metadata`, for the migrations and for tests that make an empty database."""

from __future__ import annotations

import dunnock.accounts.tables
import dunnock.discovery.tables
import dunnock.federation.tables
import dunnock.feeds.tables
import dunnock.filters.tables
import dunnock.foundation.db.tables
import dunnock.integrity.identity.tables
import dunnock.integrity.meetings.tables
import dunnock.integrity.money.tables
import dunnock.integrity.raids.tables
import dunnock.integrity.rules.tables
import dunnock.integrity.tables
import dunnock.letters.tables
import dunnock.media.tables
import dunnock.moderation.tables
import dunnock.notifications.tables
import dunnock.portability.tables
import dunnock.posts.tables
import dunnock.previews.tables
import dunnock.push.tables
import dunnock.server.tables
import dunnock.transparency.tables  # noqa: F401 (each import puts its tables on `metadata`)
from dunnock.foundation.db import metadata

__all__ = ["metadata"]
