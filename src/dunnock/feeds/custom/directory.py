"""The directory of custom feeds: those whose makers want them to be found, most read first.

Readers who act together count as the root of their number, so places can't be bought. Shown are feeds of people who agreed
to be found themselves.
"""

from __future__ import annotations

import msgspec

from dunnock import accounts
from dunnock.discovery.words import fold
from dunnock.feeds.custom.keep import CustomFeed, feed_of
from dunnock.feeds.events import FeedSubscribed
from dunnock.feeds.store import custom as store
from dunnock.foundation.clock import HOUR
from dunnock.foundation.db import Db, Reader, Tx
from dunnock.foundation.job import Job
from dunnock.text import hashtag_key

PAGE, MOST_PAGES = 20, 50
RECOUNT_EVERY_MS = HOUR
_MOST_READERS = 20_000  # who are looked at: as many count for more than any feed needs
_WORDS = 3
_AT_ONCE = 100
_THOUSANDTHS = 1_000


class RecountReaders(Job, frozen=True):
    """Count anew as how many the readers of listed feeds are: who acts together may have been found since."""


class Wanted(msgspec.Struct, frozen=True):
    """What to look for: up to three words, a language, a hashtag; what is empty does not narrow. `page`: from 1."""

    words: str = ""
    language: str = ""
    tag: str = ""
    page: int = 1


class Listing(msgspec.Struct, frozen=True):
    """A page of the directory. `more`: is there another?"""

    feeds: tuple[CustomFeed, ...]
    more: bool


async def listed_feeds(reader: Reader, wanted: Wanted, *, reader_id: int | None) -> Listing:
    """Feeds that everybody finds, most read first; for a stranger (None) or without whom the reader blocks or is blocked by."""
    page = min(max(wanted.page, 1), MOST_PAGES)
    words = [f"%{_plain(one)}%" for one in fold(wanted.words).split()[:_WORDS]]
    tag = hashtag_key(wanted.tag.removeprefix("#")) or "" if wanted.tag else ""
    rows = await reader.all(
        store.LISTED,
        owner=reader_id or 0,
        **{f"word{n}": words[n] if n < len(words) else "%" for n in range(_WORDS)},
        language=f"% {_plain(wanted.language[:3])} %" if wanted.language else "%",
        tag=f"% {_plain(tag)} %" if wanted.tag else "%",
        most=PAGE + 1,
        skip=(page - 1) * PAGE,
    )
    return Listing(tuple(feed_of(row) for row in rows[:PAGE]), len(rows) > PAGE and page < MOST_PAGES)


async def find_listed(reader: Reader, feed_id: int) -> CustomFeed | None:
    """One of them, for a stranger; None: there is none."""
    row = await reader.one(store.FIND_LISTED, the=feed_id, owner=0)
    return None if row is None else feed_of(row)


async def count_readers(tx: Tx, feed_id: int) -> None:
    """Write down as how many independent accounts the readers of a feed count."""
    ids = [row[0] for row in await tx.all(store.READERS, the=feed_id, most=_MOST_READERS)]
    count = accounts.effective(ids, await accounts.independence_of(tx, ids))
    await tx.run(store.SET_READERS, the=feed_id, count=round(count * _THOUSANDTHS))


async def on_subscribed(tx: Tx, event: FeedSubscribed) -> None:
    """Count the readers of a feed when somebody comes or goes."""
    await count_readers(tx, event.feed_id)


async def recount_readers(db: Db, _: RecountReaders) -> None:
    """All listed feeds that somebody reads, some at a time."""
    after = 0
    while True:
        async with db.begin(durable=False) as tx:
            ids = [row[0] for row in await tx.all(store.READ_FEEDS, after=after, most=_AT_ONCE)]
            for one in ids:
                await count_readers(tx, one)
        if len(ids) < _AT_ONCE:
            return
        after = ids[-1]


def _plain(word: str) -> str:
    """Without what stands for anything in a pattern."""
    return word.replace("\\", "").replace("%", "").replace("_", "\\_")
