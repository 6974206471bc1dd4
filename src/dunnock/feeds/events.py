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


class ConversationChanged(Event, frozen=True):
    """A conversation of an account has another last post, was read or unread, or is gone."""

    account_id: int
    conversation_id: int
