"""What staff said of hashtags: may they be trends, become links in posts, be found by their beginning."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
from msgspec import UNSET, UnsetType

from dunnock import text
from dunnock.foundation.db import Reader, Row, Tx
from dunnock.posts.errors import HashtagNameRefused
from dunnock.posts.hashtag_search import FoundHashtag, usage
from dunnock.posts.hashtags import HashtagMissing
from dunnock.posts.store import hashtag_search as store


class RuledHashtag(msgspec.Struct, frozen=True):
    """A hashtag and what was said of it; `trendable` None: nothing. `reviewed`: did anybody look?"""

    tag: FoundHashtag
    trendable: bool | None
    usable: bool
    listable: bool
    reviewed: bool


class HashtagChanges(msgspec.Struct, frozen=True, kw_only=True):
    """UNSET: as it is. `name` may differ in case and accents only."""

    name: str | UnsetType = UNSET
    trendable: bool | UnsetType | None = UNSET
    usable: bool | UnsetType = UNSET
    listable: bool | UnsetType = UNSET


async def ruled_hashtags(reader: Reader, ids: Collection[int], *, now: int) -> list[RuledHashtag]:
    """Hashtags in the order of `ids`; those that do not exist are left out."""
    rows = {row[0]: row for row in await reader.all(store.RULED, ids=list(ids))}
    return await _with_usage(reader, [rows[one] for one in ids if one in rows], now)


async def page_of_hashtags(
    reader: Reader, *, above: int, below: int, most: int, upwards: bool, now: int
) -> list[RuledHashtag]:
    """All hashtags, newest first; `upwards`: those right above `above`."""
    rows = await reader.all(store.PAGE_UP if upwards else store.PAGE, above=above, below=below, most=most)
    return await _with_usage(reader, rows[::-1] if upwards else rows, now)


async def rule_hashtag(tx: Tx, hashtag_id: int, changes: HashtagChanges) -> RuledHashtag:
    """Say how a hashtag may be used; it counts as reviewed from now on.

    Raises:
        HashtagMissing: there is none.
        HashtagNameRefused: the new name is that of another hashtag.
    """
    found = await tx.all(store.RULED, ids=[hashtag_id])
    if not found:
        raise HashtagMissing(hashtag_id)
    row = found[0]
    name = row[2] if changes.name is UNSET else changes.name.removeprefix("#")
    if name != row[2] and (not text.is_hashtag(name) or text.hashtag_key(name) != row[1]):
        raise HashtagNameRefused(hashtag_id)
    await tx.run(
        store.RULE,
        the=hashtag_id,
        now=tx.now,
        new_name=name,
        new_trendable=row[3] if changes.trendable is UNSET else changes.trendable,
        new_usable=row[4] if changes.usable is UNSET else changes.usable,
        new_listable=row[5] if changes.listable is UNSET else changes.listable,
    )
    return (await ruled_hashtags(tx, [hashtag_id], now=tx.now))[0]


async def _with_usage(reader: Reader, rows: Sequence[Row], now: int) -> list[RuledHashtag]:
    tags = await usage(reader, [row[:3] for row in rows], now)
    return [
        RuledHashtag(tag, None if row[3] is None else bool(row[3]), bool(row[4]), bool(row[5]), row[6] is not None)
        for tag, row in zip(tags, rows, strict=True)
    ]
