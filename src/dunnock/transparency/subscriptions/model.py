"""A feed of another server, and what it says as a draft."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from dunnock.accounts import Power
from dunnock.foundation.db import Row
from dunnock.foundation.errors import Missing
from dunnock.transparency.indicators import Kind

State = Literal["waiting", "accepted", "dismissed", "withdrawn", "expired"]
"""Staff decide; they acted on it; they did not; the publisher took it back before they decided; its time is over."""
STATES: tuple[State, ...] = get_args(State)
MOST_FEEDS = 20
MOST_DRAFTS = 200_000
"""Of one feed."""
NEEDS = Power.MANAGE_FEDERATION


class FeedMissing(Missing):
    """There is no such feed."""

    code = "indicator_feed_missing"


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A feed that is read. `key`: Multikey, kept from the first time; `number`, `hash`: of the last entry that was read.

    `said_at`: when the end that all of it was checked against was signed; "": it is not all read. `trouble`: why not.
    """

    id: int
    title: str
    url: str
    by_account_id: int
    server: str = ""
    key: str = ""
    address_key: str = ""
    number: int = 0
    hash: str = ""
    said_at: str = ""
    unusable: int = 0
    etag: str = ""
    next_at: int = 0
    read_at: int | None = None
    trouble: str = ""

    @property
    def sound(self) -> bool:
        """Is all that it says read, and checked against its signature?"""
        return bool(self.said_at) and not self.trouble


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a feed says. `retracted_at`: when its publisher took it back; `made`, `made_id`: what came of it here."""

    number: int
    kind: Kind
    value: str
    hashed: bool
    letters: int
    severity: str
    reason: str
    techniques: tuple[str, ...]
    stated_at: int
    expires_at: int
    state: State
    retracted_at: int | None
    made: str
    made_id: int | None
    decided_by: int | None


def feed_of(row: Row) -> Feed:
    """A row of `store.FIND`."""
    return Feed(**dict(zip(Feed.__struct_fields__, row, strict=True)))


def draft_of(row: Row) -> Draft:
    """A row of `store.PAGE`."""
    held = dict(zip(Draft.__struct_fields__, row, strict=True))
    return Draft(
        **held | {"hashed": bool(held["hashed"]), "techniques": tuple(msgspec.json.decode(held["techniques"]))}
    )
