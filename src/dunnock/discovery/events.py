"""Facts about discovery."""

from __future__ import annotations

from dunnock.foundation.events import Event


class TrendsRefreshed(Event, frozen=True):
    """What may be a trend was looked for anew."""


class TrendHeldBack(Event, frozen=True):
    """Far more accounts took something up than act on their own (`what`: tag, post, link). Said once, while it is held back.

    `reason`: see `trend_engine.Why`; `accounts`: how many; `effective`: as how many independent ones they count.
    """

    what: str
    subject_id: int
    reason: str
    accounts: int
    effective: float


class TrendReviewed(Event, frozen=True):
    """Staff said of something (`what`: tag, post, link, publisher; `subject`: its id or name) whether it may be a trend."""

    what: str
    subject: str


class AddedToCollection(Event, frozen=True):
    """An account was put into a collection; `by` owns it."""

    collection_id: int
    item_id: int
    account_id: int
    by: int


class CollectionEdited(Event, frozen=True):
    """What a collection is called, or how it works, was changed."""

    collection_id: int
    by: int


class CollectionChanged(Event, frozen=True):
    """A collection was made, changed or deleted, or somebody left it."""

    collection_id: int
    by: int


class VouchingChanged(Event, frozen=True):
    """For others than before somebody vouches."""
