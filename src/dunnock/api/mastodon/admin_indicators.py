"""Staff and indicators: what this server says to others of what it decided. Ours: /api/v1/dunnock/admin/indicators."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import get
from litestar.di import NamedDependency

from dunnock.api.kit import Called, require
from dunnock.api.mastodon.pages import me
from dunnock.foundation.clock import iso
from dunnock.foundation.db import Db
from dunnock.foundation.settings import Settings
from dunnock.transparency import indicators

INDICATORS: Final = "/api/v1/dunnock/admin/indicators"


class AdminIndicator(msgspec.Struct, kw_only=True):
    """One thing that is said; `hashed`: `value` stands for a name that is not."""

    kind: str
    value: str
    hashed: bool
    severity: str
    reason: str
    techniques: list[str]
    expires_at: str | None


class OwnFeed(msgspec.Struct, kw_only=True):
    """What the feed says, or would say were it published: how many of each kind (`whole`: all were counted), and some."""

    url: str
    published: bool
    counts: dict[str, int]
    whole: bool
    some: list[AdminIndicator]


@get(INDICATORS, guards=[require("admin:read")])
async def show_indicators(caller: Called, db: NamedDependency[Db], settings: NamedDependency[Settings]) -> OwnFeed:
    """What the feed of indicators says or would say; the setting `publish_indicators` publishes it."""
    found = await indicators.preview(db, await indicators.names_of(db, settings.domain), by=me(caller))
    return OwnFeed(
        url=indicators.feed_url(settings),
        published=settings.publish_indicators,
        counts=dict(found.counts),
        whole=found.whole,
        some=[indicator_wire(one) for one in found.some],
    )


def indicator_wire(one: indicators.Indicator) -> AdminIndicator:
    """One of them as the API has it."""
    return AdminIndicator(
        kind=one.kind,
        value=one.value,
        hashed=one.hashed,
        severity=one.severity,
        reason=one.reason,
        techniques=list(one.techniques),
        expires_at=None if one.expires_at is None else iso(one.expires_at),
    )


HANDLERS: list[Any] = [show_indicators]
