"""The feed as everybody reads it: pages of entries, oldest first, under the end that was signed."""

from __future__ import annotations

import msgspec

from dunnock.foundation.db import Reader
from dunnock.foundation.errors import Missing
from dunnock.foundation.settings import Settings
from dunnock.transparency.indicators import store
from dunnock.transparency.indicators.chain import digest
from dunnock.transparency.indicators.model import Entry, Head, Page

MOST = 200
"""Entries of one page."""
PATH = "/transparency/indicators.json"


class FeedMissing(Missing):
    """Staff do not publish it, or nothing was signed yet."""

    code = "indicators_missing"


class PublishedPage(msgspec.Struct, frozen=True):
    """A page, and `tag`: what changes whenever it does."""

    page: Page
    tag: str

    @property
    def head(self) -> Head:
        """The end of the feed, read."""
        return msgspec.json.decode(self.page.head.encode(), type=Head)


def feed_url(settings: Settings) -> str:
    """Where this server's feed is."""
    return f"{settings.public_url}{PATH}"


async def public_page(reader: Reader, settings: Settings, *, after: int = 0) -> PublishedPage:
    """The entries behind number `after`; what was taken back is there as its digest. Raises: FeedMissing."""
    row = await reader.one(store.FIND_END) if settings.publish_indicators else None
    if row is None or not row[3]:
        raise FeedMissing(after)
    up_to = row[2]
    entries = tuple(
        Entry(number=one[0], digest=digest(one[1]), content=one[1] if one[2] is None or one[2] > up_to else None)
        for one in await reader.all(store.PAGE, after=max(after, 0), up_to=up_to, most=MOST)
    )
    more = f"{feed_url(settings)}?after={entries[-1].number}" if entries and entries[-1].number < up_to else None
    page = Page(head=row[3], key=row[4], signature=row[5], entries=entries, next=more)
    return PublishedPage(page, digest(f"{row[5]} {after}")[:32])


async def said_now(reader: Reader) -> dict[str, int]:
    """How many of each kind are said, signed, and were not taken back."""
    row = await reader.one(store.FIND_END)
    found = await reader.all(store.COUNTS, up_to=0 if row is None else row[2])
    return {kind: number for kind, number in found if kind != "retraction"}
