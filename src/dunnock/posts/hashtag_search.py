"""Find hashtags by their beginning, and how much each was used of late. Only public posts stand under hashtags."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from dunnock.foundation.clock import DAY
from dunnock.foundation.db import Reader, Row
from dunnock.foundation.ids import id_at
from dunnock.posts.store import hashtag_search as store
from dunnock.text import hashtag_key, is_hashtag, near

DAYS = 7
MOST_COUNTED = 20_000  # uses that are looked at for one answer; beyond, the oldest days read as less
_AFTER_ALL = "\U0010ffff"


class DayOfUse(msgspec.Struct, frozen=True):
    """A day that begins at `at` (Unix milliseconds, UTC): how many posts by how many accounts."""

    at: int
    uses: int
    accounts: int


class FoundHashtag(msgspec.Struct, frozen=True):
    """A hashtag; `id` 0 when nobody uses it. `days` are the last seven, the present one first."""

    id: int
    key: str
    name: str
    days: tuple[DayOfUse, ...]


async def search_hashtags(
    reader: Reader, words: str, *, now: int, limit: int = 20, offset: int = 0, reviewed: bool = False
) -> list[FoundHashtag]:
    """Hashtags in use that begin with `words` (with or without `#`), the shortest first of those that go on alike.

    When there is none, those that are one slip of the finger away. `reviewed`: only those that staff looked at.
    """
    start = hashtag_key(words.strip().lstrip("#"))
    if not start or limit <= 0 or "\0" in start:
        return []
    sql = store.REVIEWED_STARTING if reviewed else store.STARTING
    rows = await reader.all(sql, low=start, high=start + _AFTER_ALL, most=limit, skip=offset)
    if not rows and not offset and not reviewed and (meant := near(start)):
        rows = await reader.all(store.NEAR, keys=meant, most=limit)
    return await usage(reader, rows, now)


async def find_hashtag(reader: Reader, name: str, *, now: int) -> FoundHashtag | None:
    """The hashtag, also one that nobody uses; None when `name` can be none."""
    name = name.removeprefix("#")
    key = hashtag_key(name)
    if not key or not is_hashtag(name):
        return None
    row = await reader.one(store.FIND, key=key)
    found = await usage(reader, [row or (0, key, name)], now)
    return found[0]


async def hashtag_names(reader: Reader, hashtag_ids: Collection[int]) -> dict[int, str]:
    """What hashtags are called, without `#`; those that are not known are left out."""
    return {row[0]: row[1] for row in await reader.all(store.NAMES, ids=sorted(set(hashtag_ids)))}


async def hashtags_of(reader: Reader, post_ids: Collection[int]) -> dict[int, list[str]]:
    """The hashtags that public posts stand under, by post; posts with none are left out."""
    found: dict[int, list[str]] = {}
    for post_id, name in await reader.all(store.OF_POSTS, ids=sorted(set(post_ids))):
        found.setdefault(post_id, []).append(name)
    return found


async def usage(reader: Reader, rows: Sequence[Row], now: int) -> list[FoundHashtag]:
    """Hashtags with how much they were used; rows are (id, key, name), the id 0 for one that nobody used."""
    today = now // DAY
    uses: dict[tuple[int, int], tuple[int, int]] = {}
    known = [row[0] for row in rows if row[0]]
    if known:
        since = id_at((today - DAYS + 1) * DAY)
        for an_id, day, posts, accounts in await reader.all(store.USES, ids=known, since=since, most=MOST_COUNTED):
            uses[an_id, day] = (posts, accounts)
    return [
        FoundHashtag(
            an_id,
            key,
            name,
            tuple([DayOfUse(day * DAY, *uses.get((an_id, day), (0, 0))) for day in range(today, today - DAYS, -1)]),
        )
        for an_id, key, name in rows
    ]
