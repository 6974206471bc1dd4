"""Complaints about custom feeds of others, and what staff do: a feed that breaks a rule is taken from all but its maker."""

from __future__ import annotations

import msgspec

from dunnock import accounts
from dunnock.accounts import Power
from dunnock.feeds.custom.file import FeedRefused
from dunnock.feeds.custom.keep import CustomFeed, feed_of, find_feed
from dunnock.feeds.errors import FeedMissing
from dunnock.feeds.events import CustomFeedChanged
from dunnock.feeds.store import custom as store
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.ids import ms_of
from dunnock.moderation import log

LONGEST_COMMENT, LONGEST_REASON = 1_000, 500
MOST = 100
_NEEDS = Power.MANAGE_REPORTS


class Complaint(msgspec.Struct, frozen=True):
    """One complaint that is open: by whom, what they said, when (Unix milliseconds)."""

    account_id: int
    comment: str
    at: int


class Complained(msgspec.Struct, frozen=True):
    """A feed that staff look at, with what is open about it, newest first."""

    feed: CustomFeed
    complaints: tuple[Complaint, ...]


async def complain(tx: Tx, account_id: int, feed_id: int, *, comment: str) -> None:
    """Tell staff of a feed of somebody else; again, the newer words count.

    Raises:
        FeedMissing: the account may not read such a feed.
        FeedRefused: it is one's own, or there are no words, or too many.
    """
    words = comment.strip()
    if not 0 < len(words) <= LONGEST_COMMENT:
        raise FeedRefused(
            account_id, say=f"Validation failed: Say what is wrong, in up to {LONGEST_COMMENT} characters"
        )
    if (await find_feed(tx, account_id, feed_id)).account_id == account_id:
        raise FeedRefused(feed_id, say="Validation failed: This feed is your own")
    await tx.run(store.COMPLAIN, feed_id=feed_id, account_id=account_id, id=tx.new_id(), comment=words, closed_at=None)


async def complained(reader: Reader, *, by: int) -> list[Complained]:
    """Feeds that somebody complained about and nobody looked at yet, then those that were removed; newest first.

    Raises: NotPermitted.
    """
    await accounts.permit(reader, by, _NEEDS)
    open_: dict[int, list[Complaint]] = {}
    for feed_id, account_id, comment, an_id in await reader.all(store.OPEN_COMPLAINTS, most=MOST):
        open_.setdefault(feed_id, []).append(Complaint(account_id, comment, ms_of(an_id)))
    ids = [*open_, *(row[0] for row in await reader.all(store.REMOVED, most=MOST))]
    found = {row[0]: feed_of(row) for row in await reader.all(store.OF_IDS, ids=ids, owner=by)} if ids else {}
    return [Complained(found[one], tuple(open_.get(one, ()))) for one in dict.fromkeys(ids) if one in found]


async def remove_feed(tx: Tx, feed_id: int, *, because: str, by: int) -> None:
    """Take a feed from everybody but its maker, who reads the reason; complaints about it are closed.

    Raises:
        NotPermitted: as `accounts.permit`.
        FeedMissing: there is none, or it was removed.
        FeedRefused: there is no reason, or a long one.
    """
    staff, words = await log.acting(tx, by, _NEEDS), because.strip()
    if not 0 < len(words) <= LONGEST_REASON:
        raise FeedRefused(by, say=f"Validation failed: Say why, in up to {LONGEST_REASON} characters")
    feed = await _any(tx, feed_id)
    if feed.removed_at is not None:
        raise FeedMissing(feed_id)
    await tx.run(store.CLOSE_COMPLAINTS, the=feed_id, at=tx.now)
    await log.note(tx, staff, "custom_feed.remove", feed_id, called=feed.title, because=words)
    await _set_removed(tx, feed, at=tx.now, because=words)


async def restore_feed(tx: Tx, feed_id: int, *, by: int) -> None:
    """Give a feed back that was removed; it is shared and listed as its maker wants.

    Raises:
        NotPermitted: as `accounts.permit`.
        FeedMissing: there is none that was removed.
    """
    staff, feed = await log.acting(tx, by, _NEEDS), await _any(tx, feed_id)
    if feed.removed_at is None:
        raise FeedMissing(feed_id)
    await log.note(tx, staff, "custom_feed.restore", feed_id, called=feed.title)
    await _set_removed(tx, feed, at=None)


async def close_complaints(tx: Tx, feed_id: int, *, by: int) -> None:
    """Leave a feed as it is: nothing is wrong with it.

    Raises:
        NotPermitted: as `accounts.permit`.
        FeedMissing: nobody complains about such a feed.
    """
    staff, feed = await log.acting(tx, by, _NEEDS), await _any(tx, feed_id)
    if not await tx.run(store.CLOSE_COMPLAINTS, the=feed_id, at=tx.now):
        raise FeedMissing(feed_id)
    await log.note(tx, staff, "custom_feed.keep", feed_id, called=feed.title)


async def _set_removed(tx: Tx, feed: CustomFeed, *, at: int | None, because: str = "") -> None:
    await tx.run(store.SET_REMOVED, the=feed.id, at=at, words=because)
    await tx.record(CustomFeedChanged(feed_id=feed.id, account_id=feed.account_id))


async def _any(tx: Tx, feed_id: int) -> CustomFeed:
    rows = await tx.all(store.OF_IDS, ids=[feed_id], owner=0)
    if not rows:
        raise FeedMissing(feed_id)
    return feed_of(rows[0])
