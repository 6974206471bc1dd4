"""Feeds: lists of posts made for a reader, merged when they are read.

Owns the member's lists, followed hashtags and conversations.
"""

from __future__ import annotations

from dunnock.feeds.errors import AuthorMissing, ConversationMissing, ListMissing
from dunnock.feeds.events import ConversationChanged, ListChanged, TagsFollowedChanged
from dunnock.feeds.feeds import Feeds
from dunnock.feeds.page import Cursor, Page

__all__ = [
    "AuthorMissing",
    "ConversationChanged",
    "ConversationMissing",
    "Cursor",
    "Feeds",
    "ListChanged",
    "ListMissing",
    "Page",
    "TagsFollowedChanged",
]
