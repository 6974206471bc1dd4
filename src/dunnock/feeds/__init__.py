"""Feeds: lists of posts made for a reader, merged when they are read. Owns the member's lists and followed hashtags."""

from __future__ import annotations

from dunnock.feeds.errors import AuthorMissing, ListMissing
from dunnock.feeds.events import ListChanged, TagsFollowedChanged
from dunnock.feeds.feeds import Feeds
from dunnock.feeds.page import Cursor, Page

__all__ = ["AuthorMissing", "Cursor", "Feeds", "ListChanged", "ListMissing", "Page", "TagsFollowedChanged"]
