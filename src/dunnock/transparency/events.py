"""Facts about what is published."""

from __future__ import annotations

from dunnock.foundation.events import Event


class ReleasePublished(Event, frozen=True):
    """Everybody can see a release now."""

    release_id: int


class AuditPublished(Event, frozen=True):
    """What an audit of our own ranking found is public from now on."""

    audit_id: int
