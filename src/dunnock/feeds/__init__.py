"""Feeds: lists of posts made for a reader, merged when they are read.

Owns the member's lists, custom feeds, followed hashtags and conversations.
"""

from __future__ import annotations

from dunnock.feeds.errors import AuthorMissing, ConversationMissing, FeedMissing, ListMissing
from dunnock.feeds.events import (
    ConversationChanged,
    CustomFeedChanged,
    FeedSubscribed,
    ListChanged,
    TagsFollowedChanged,
)
from dunnock.feeds.feeds import Feeds
from dunnock.feeds.page import Cursor, Page

__all__ = [
    "AuthorMissing",
    "ConversationChanged",
    "ConversationMissing",
    "Cursor",
    "CustomFeedChanged",
    "FeedMissing",
    "FeedSubscribed",
    "Feeds",
    "ListChanged",
    "ListMissing",
    "Page",
    "TagsFollowedChanged",
]
