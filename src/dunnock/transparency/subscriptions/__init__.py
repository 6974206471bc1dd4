"""Feeds of indicators of other servers: read each hour, kept as drafts, decided about by people. docs/indicators.md.

Owns which feeds are read, what they say, what here that is about, and what came of it.
"""

from __future__ import annotations

from dunnock.transparency.subscriptions.decide import Accepted, accept, dismiss
from dunnock.transparency.subscriptions.fetch import EVERY, FetchFeed, fetch_feed, jobs_of
from dunnock.transparency.subscriptions.follow import feeds, follow, show_feed, trust_again, unfollow
from dunnock.transparency.subscriptions.model import STATES, Draft, Feed, FeedMissing, State
from dunnock.transparency.subscriptions.shown import Effect, came_of, drafts, effects_of

__all__ = [
    "EVERY",
    "STATES",
    "Accepted",
    "Draft",
    "Effect",
    "Feed",
    "FeedMissing",
    "FetchFeed",
    "State",
    "accept",
    "came_of",
    "dismiss",
    "drafts",
    "effects_of",
    "feeds",
    "fetch_feed",
    "follow",
    "jobs_of",
    "show_feed",
    "trust_again",
    "unfollow",
]
