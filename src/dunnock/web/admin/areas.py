"""All pages of staff together."""

from __future__ import annotations

from typing import Any

from dunnock.web.admin import (
    accounts,
    alerts,
    announcements,
    appeals,
    block_lists,
    cases,
    custom_feeds,
    detectors,
    doors,
    emergency,
    emoji,
    fingerprint,
    government,
    identity,
    indicators,
    integrity,
    offers,
    raids,
    ranking_audits,
    relays,
    releases,
    reports,
    requests,
    servers,
    settings,
    sign_ups,
    stopped_media,
    talk,
    texts,
    trends,
    verifiers,
    watch,
    watch_rules,
)

AREAS: tuple[Any, ...] = (
    watch, reports, cases, requests, appeals, emergency, sign_ups, accounts, trends, servers, block_lists, relays, releases,
    government, doors, texts, announcements, emoji, offers, settings,
    identity,
    verifiers,
    integrity,
    alerts,
    detectors,
    fingerprint,
    raids,
    watch_rules,
    stopped_media,
    indicators,
    talk,
    custom_feeds,
    ranking_audits,
)  # fmt: skip
