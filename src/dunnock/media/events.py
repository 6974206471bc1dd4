"""Facts about media."""

from __future__ import annotations

from dunnock.foundation.events import Event


class MediaAccepted(Event, frozen=True):
    """A file was stored."""

    media_id: int
    account_id: int


class MediaChanged(Event, frozen=True):
    """A description or focus changed; `post_id` None: no post uses it yet."""

    media_id: int
    post_id: int | None


class EmojiChanged(Event, frozen=True):
    """A custom emoji was added, changed or removed."""

    shortcode: str
    domain: str
