"""The feed of indicators: what decided cases of this server know that other servers can use, signed, with retraction.

Owns what is said, in an order that can't be changed unseen, and how it is read. docs/indicators.md.
"""

from __future__ import annotations

from dunnock.transparency.indicators.chain import START, link
from dunnock.transparency.indicators.gather import Preview, preview
from dunnock.transparency.indicators.model import (
    Entry,
    Head,
    Indicator,
    Kind,
    Page,
    hashed,
    is_hash,
    name_of,
)
from dunnock.transparency.indicators.read import MOST, PATH, FeedMissing, PublishedPage, feed_url, public_page, said_now
from dunnock.transparency.indicators.state import (
    EVERY,
    HEARS,
    StateIndicators,
    jobs_of,
    mark_indicators_stale,
    names_of,
    state_indicators,
)
from dunnock.transparency.indicators.stix import MAX_CONTENT, bundle_of, read_indicator

__all__ = [
    "EVERY",
    "HEARS",
    "MAX_CONTENT",
    "MOST",
    "PATH",
    "START",
    "Entry",
    "FeedMissing",
    "Head",
    "Indicator",
    "Kind",
    "Page",
    "Preview",
    "PublishedPage",
    "StateIndicators",
    "bundle_of",
    "feed_url",
    "hashed",
    "is_hash",
    "jobs_of",
    "link",
    "mark_indicators_stale",
    "name_of",
    "names_of",
    "preview",
    "public_page",
    "read_indicator",
    "said_now",
    "state_indicators",
]
