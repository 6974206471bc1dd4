"""Facts about discovery."""

from __future__ import annotations

from dunnock.foundation.events import Event


class TrendsRefreshed(Event, frozen=True):
    """What may be a trend was looked for anew."""


class TrendReviewed(Event, frozen=True):
    """Staff said of something (`what`: tag, post, link, publisher; `subject`: its id or name) whether it may be a trend."""

    what: str
    subject: str
