"""Hashtags that an account shows on its profile, with how much it uses them. Mastodon: FeaturedTag."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import msgspec

from dunnock.foundation.db import Reader, Row, Tx
from dunnock.foundation.errors import DomainError, Kind, Missing
from dunnock.posts.hashtag_search import FoundHashtag, usage
from dunnock.posts.hashtags import find_or_make
from dunnock.posts.store import featured as store
from dunnock.text import hashtag_key, is_hashtag

MOST_FEATURED = 10
SUGGESTED = 10
_LOOKED_AT = 1_000  # newest posts that suggestions are made from


class FeatureRefused(DomainError):
    """A hashtag can't be featured; the text says why."""

    code, kind = "feature_refused", Kind.INVALID
    safe: ClassVar[str] = "Validation failed"


class FeaturedMissing(Missing):
    """There is no such featured hashtag, or it is somebody else's."""

    code = "featured_missing"


class FeaturedTag(msgspec.Struct, frozen=True):
    """A featured hashtag: `posts` public posts by its owner have it, the last at `last_post_at` (Unix milliseconds)."""

    id: int
    hashtag_id: int
    key: str
    name: str
    posts: int
    last_post_at: int | None


async def featured_tags(reader: Reader, account_id: int) -> list[FeaturedTag]:
    """What the account features, the most used first."""
    return [_featured(row) for row in await store.of(reader, account_id)]


async def featured_among(reader: Reader, account_id: int, tag_ids: Sequence[int]) -> set[int]:
    """Which of the hashtags the account features."""
    return await store.among_tags(reader, account_id, tag_ids) if tag_ids else set()


async def feature(tx: Tx, account_id: int, name: str, *, again: bool = False) -> FeaturedTag:
    """Show a hashtag on the account's profile. `again`: one that is there already is no error.

    Raises:
        FeatureRefused: `name` can be no hashtag, it is featured already, or `MOST_FEATURED` are.
    """
    name = name.strip().removeprefix("#")
    if not name or not is_hashtag(name):
        raise FeatureRefused(say="Validation failed: Tag is invalid")
    tag = await find_or_make(tx, name)
    there = await store.one(tx, account_id, tag.id)
    if there is None:
        if await store.count(tx, account_id) >= MOST_FEATURED:
            raise FeatureRefused(
                account_id, say="Validation failed: You have already featured the maximum number of hashtags"
            )
        await store.add(tx, account_id, tag.id, name)
    elif not again:
        raise FeatureRefused(tag.id, say="Validation failed: Name has already been taken")
    row = await store.one(tx, account_id, tag.id)
    if row is None:
        raise FeaturedMissing(tag.id)
    return _featured(row)


async def unfeature(tx: Tx, account_id: int, tag_id: int) -> None:
    """Show a hashtag no longer; one that is not shown does no harm."""
    await store.drop(tx, account_id, tag_id)


async def drop_featured(tx: Tx, account_id: int, featured_id: int) -> None:
    """Show a hashtag no longer, by the id of its being featured.

    Raises:
        FeaturedMissing: the account features no such thing.
    """
    if not await store.drop_id(tx, account_id, featured_id):
        raise FeaturedMissing(featured_id)


async def forget_featured(tx: Tx, account_id: int) -> None:
    """Show nothing any more: the account is gone."""
    await store.drop_all(tx, account_id)


async def suggested_tags(reader: Reader, account_id: int, *, now: int) -> list[FoundHashtag]:
    """What the account tags its newest posts with most, and does not feature yet."""
    return await usage(reader, await store.usual(reader, account_id, most=SUGGESTED, looked_at=_LOOKED_AT), now)


def _featured(row: Row) -> FeaturedTag:
    return FeaturedTag(*row)


async def featured_names(reader: Reader, account_id: int) -> list[tuple[str, str]]:
    """(key, name as its owner writes it) of the hashtags that an account features."""
    return [(hashtag_key(one.name), one.name) for one in await featured_tags(reader, account_id)]
