"""Custom feeds that a member made or subscribed to."""

from __future__ import annotations

import msgspec

from dunnock.feeds.custom.file import FeedFile, FeedRefused, check
from dunnock.feeds.custom.found_by import found_by
from dunnock.feeds.errors import FeedMissing
from dunnock.feeds.events import CustomFeedChanged, FeedSubscribed
from dunnock.feeds.store import custom as store
from dunnock.foundation.db import Reader, Row, Tx

MOST_FEEDS, MOST_SUBSCRIBED = 20, 50


class CustomFeed(msgspec.Struct, frozen=True):
    """A feed as it is kept. `text`: the file; `shared`: members who know its number may read it; `subscribed`: who asks did.

    `listed`: everybody finds and reads it; `readers`: as how many independent accounts its readers count, in thousandths, now
    and then; `removed_at` (Unix milliseconds): staff took it from everybody but its maker, for the reason in
    `removed_because`.
    """

    id: int
    account_id: int
    title: str
    text: str
    shared: bool = False
    subscribed: bool = False
    listed: bool = False
    readers: int = 0
    removed_at: int | None = None
    removed_because: str = ""

    def file(self) -> FeedFile:
        """The file, read."""
        return check(self.text)


async def feeds_of(reader: Reader, account_id: int) -> list[CustomFeed]:
    """Those that the account made, oldest first, then those of others that it subscribed to and may still read. One query."""
    return [feed_of(row) for row in await reader.all(store.ALL, owner=account_id)]


async def find_feed(reader: Reader, account_id: int, feed_id: int) -> CustomFeed:
    """One that the account may read: its own, or a shared one.

    Raises:
        FeedMissing: there is none.
    """
    row = await reader.one(store.FIND, the=feed_id, owner=account_id)
    if row is None:
        raise FeedMissing(feed_id)
    return feed_of(row)


async def make_feed(tx: Tx, account_id: int, *, text: str, shared: bool = False, listed: bool = False) -> CustomFeed:
    """Keep a feed; what is listed is shared, too.

    Raises:
        FeedRefused: the file is wrong, a feed with lists is to be shared, or there are `MOST_FEEDS` already.
    """
    shared = shared or listed
    file = _checked(text, shared=shared)
    if await tx.value(store.COUNT, owner=account_id) >= MOST_FEEDS:
        raise FeedRefused(account_id, say=f"Validation failed: You can have up to {MOST_FEEDS} feeds")
    made = CustomFeed(tx.new_id(), account_id, file.title, text, shared, listed=listed)
    await tx.run(
        store.ADD, id=made.id, account_id=account_id, title=made.title, text=text, shared=shared, listed=listed,
        **found_by(file),
    )  # fmt: skip
    await tx.record(CustomFeedChanged(feed_id=made.id, account_id=account_id))
    return made


async def change_feed(
    tx: Tx,
    account_id: int,
    feed_id: int,
    *,
    text: str | None = None,
    shared: bool | None = None,
    listed: bool | None = None,
) -> CustomFeed:
    """Another file, or shared or listed or no longer; what is None stays. What is no longer shared has no subscribers, and is
    not listed; what is listed is shared.

    Raises:
        FeedMissing: the account made no such feed.
        FeedRefused: as `make_feed`.
    """
    old = await _own(tx, account_id, feed_id)
    new_text, new_shared = old.text if text is None else text, old.shared if shared is None else shared
    new_listed = old.listed and new_shared if listed is None else listed
    new_shared = new_shared or new_listed
    file = _checked(new_text, shared=new_shared)
    new = msgspec.structs.replace(old, title=file.title, text=new_text, shared=new_shared, listed=new_listed)
    if new != old:
        found = {f"new_{name}": value for name, value in found_by(file).items()}
        await tx.run(
            store.CHANGE, the=feed_id, new_title=new.title, new_text=new.text, new_shared=new.shared,
            new_listed=new.listed, **found,
        )  # fmt: skip
        if old.shared and not new.shared:
            await tx.run(store.DROP_READERS, the=feed_id)
        await tx.record(CustomFeedChanged(feed_id=feed_id, account_id=account_id))
    return new


async def delete_feed(tx: Tx, account_id: int, feed_id: int) -> None:
    """Delete a feed that the account made; nobody reads it any more.

    Raises:
        FeedMissing: the account made no such feed.
    """
    await _own(tx, account_id, feed_id)
    await _delete(tx, account_id, feed_id)


async def subscribe(tx: Tx, account_id: int, feed_id: int) -> CustomFeed:
    """Have a shared feed of somebody else among one's own. Doing it twice changes and announces nothing.

    Raises:
        FeedMissing: there is no such feed.
        FeedRefused: it is one's own, or there are `MOST_SUBSCRIBED`.
    """
    held = await find_feed(tx, account_id, feed_id)
    if held.account_id == account_id:
        raise FeedRefused(feed_id, say="Validation failed: This feed is your own")
    if held.subscribed:
        return held
    if await tx.value(store.COUNT_READ, owner=account_id) >= MOST_SUBSCRIBED:
        raise FeedRefused(account_id, say=f"Validation failed: You can subscribe to up to {MOST_SUBSCRIBED} feeds")
    if await tx.run(store.SUBSCRIBE, feed_id=feed_id, account_id=account_id, id=tx.new_id()):
        await tx.record(FeedSubscribed(feed_id=feed_id, account_id=account_id, reads=True))
    return msgspec.structs.replace(held, subscribed=True)


async def unsubscribe(tx: Tx, account_id: int, feed_id: int) -> None:
    """Have it no longer; one that was not subscribed to does no harm."""
    if await tx.run(store.UNSUBSCRIBE, the=feed_id, owner=account_id):
        await tx.record(FeedSubscribed(feed_id=feed_id, account_id=account_id, reads=False))


async def forget_feeds(tx: Tx, account_id: int) -> None:
    """Delete all feeds and subscriptions of an account that is gone."""
    for row in await tx.all(store.OWN_IDS, owner=account_id):
        await _delete(tx, account_id, row[0])
    await tx.run(store.UNSUBSCRIBE_ALL, owner=account_id)


async def _delete(tx: Tx, account_id: int, feed_id: int) -> None:
    await tx.run(store.DROP_READERS, the=feed_id)
    await tx.run(store.DROP_REPORTS, the=feed_id)
    await tx.run(store.DROP, the=feed_id)
    await tx.record(CustomFeedChanged(feed_id=feed_id, account_id=account_id))


async def _own(tx: Tx, account_id: int, feed_id: int) -> CustomFeed:
    held = await find_feed(tx, account_id, feed_id)
    if held.account_id != account_id:
        raise FeedMissing(feed_id)
    return held


def _checked(text: str, *, shared: bool) -> FeedFile:
    file = check(text)
    if shared and file.sources.lists:
        why = "A feed with lists is yours alone: others have other lists"
        said = f"sources.lists: {why}"
        raise FeedRefused(say=f"Validation failed: {said}", details={"sources.lists": [("ERR_INVALID", said)]})
    return file


def feed_of(row: Row) -> CustomFeed:
    """A row of the store."""
    return CustomFeed(row[0], row[1], row[2], row[3], bool(row[4]), bool(row[5]), bool(row[6]), row[7], row[8], row[9])
