"""Facts about lists, followed hashtags and conversations."""

from __future__ import annotations

from dunnock.foundation.events import Event


class ListChanged(Event, frozen=True):
    """A list was made, renamed, filled, emptied or deleted; `account_id` is its owner."""

    list_id: int
    account_id: int


class TagsFollowedChanged(Event, frozen=True):
    """An account follows other hashtags from now on."""

    account_id: int


class CustomFeedChanged(Event, frozen=True):
    """A custom feed was made, changed, shared or deleted; `account_id` is its owner."""

    feed_id: int
    account_id: int


class FeedSubscribed(Event, frozen=True):
    """An account reads a custom feed of somebody else from now on, or no longer."""

    feed_id: int
    account_id: int
    reads: bool


class ConversationChanged(Event, frozen=True):
    """A conversation of an account has another last post, was read or unread, or is gone."""

    account_id: int
    conversation_id: int


class WeightsReplaced(Event, frozen=True):
    """Another weight file counts for For You from now on; `hash`: by which receipts name it."""

    hash: str
