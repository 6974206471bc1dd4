"""Feeds that clients which know no such feeds find among the lists: For You, and custom feeds. Nobody is on them."""

from __future__ import annotations

import msgspec

from dunnock.feeds.custom import keep
from dunnock.feeds.custom.keep import CustomFeed
from dunnock.feeds.errors import FeedMissing
from dunnock.feeds.for_you import choices
from dunnock.feeds.for_you.live import ForYou
from dunnock.foundation.db import Reader, Tx

FOR_YOU_LIST = 1
"""The number under which clients find For You among the lists; ids of ours are far greater."""


class AsList(msgspec.Struct, frozen=True):
    """A feed as a list. `custom` None: it is For You."""

    id: int
    title: str
    custom: CustomFeed | None = None


_FOR_YOU = AsList(FOR_YOU_LIST, "For You")


class FeedsAsLists:
    """Which feeds a member has that are shown as lists."""

    def __init__(self, for_you: ForYou) -> None:
        self._for_you = for_you

    async def of(self, reader: Reader, account_id: int) -> list[AsList]:
        """All of them: For You if they read it, then the custom feeds that they made or subscribed to."""
        recommended = [_FOR_YOU] if await self._for_you.read_by(account_id) else []
        return recommended + [AsList(one.id, one.title, one) for one in await keep.feeds_of(reader, account_id)]

    async def find(self, reader: Reader, account_id: int, list_id: int) -> AsList | None:
        """The one with a number; None: they have no such feed."""
        if list_id == FOR_YOU_LIST:
            return _FOR_YOU if await self._for_you.read_by(account_id) else None
        try:
            held = await keep.find_feed(reader, account_id, list_id)
        except FeedMissing:
            return None
        mine = held.account_id == account_id or held.subscribed
        return AsList(held.id, held.title, held) if mine else None

    async def drop(self, tx: Tx, account_id: int, one: AsList) -> None:
        """Whoever deletes the list does not want the feed: For You is off, their own is deleted, others' is left."""
        if one.custom is None:
            await choices.switch(tx, account_id, off=True)
        elif one.custom.account_id == account_id:
            await keep.delete_feed(tx, account_id, one.id)
        else:
            await keep.unsubscribe(tx, account_id, one.id)
