"""All pages of staff together."""

from __future__ import annotations

from typing import Any

from dunnock.web.admin import (
    accounts,
    announcements,
    doors,
    emoji,
    offers,
    reports,
    servers,
    settings,
    sign_ups,
    texts,
    trends,
    watch,
)

AREAS: tuple[Any, ...] = (
    watch, reports, sign_ups, accounts, trends, servers, doors, texts, announcements, emoji, offers, settings,
)  # fmt: skip
