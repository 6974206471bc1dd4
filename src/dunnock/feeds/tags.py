"""Hashtags that a member follows: posts under them are in their home feed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import msgspec

from dunnock.accounts import Cursor
from dunnock.feeds.events import TagsFollowedChanged
from dunnock.feeds.store import tags as store
from dunnock.foundation.db import Reader, Tx
from dunnock.foundation.errors import DomainError, Kind
from dunnock.posts import entries
from dunnock.posts.hashtag_search import FoundHashtag, usage
from dunnock.posts.hashtags import KnownHashtag, find_or_make

MOST_TAGS = 500


class TooManyTags(DomainError):
    """`MOST_TAGS` hashtags are followed already."""

    code, kind = "too_many_tags", Kind.INVALID
    safe: ClassVar[str] = f"Validation failed: You can follow up to {MOST_TAGS} hashtags"


class TagPage(msgspec.Struct, frozen=True):
    """Followed hashtags, latest first; `newest` and `oldest` are the cursors of its ends, None when it is empty."""

    tags: tuple[FoundHashtag, ...] = ()
    newest: int | None = None
    oldest: int | None = None


async def follow_tag(tx: Tx, account_id: int, name: str) -> KnownHashtag:
    """Follow a hashtag, also one that nobody used yet. Doing it twice changes and announces nothing.

    Raises:
        HashtagMissing: `name` can be none.
        TooManyTags: `MOST_TAGS` are followed.
    """
    tag = await find_or_make(tx, name)
    if await tx.all(store.AMONG, owner=account_id, tags=[tag.id]):
        return tag
    if await tx.value(store.COUNT, owner=account_id) >= MOST_TAGS:
        raise TooManyTags(account_id)
    if await tx.run(store.ADD, account_id=account_id, hashtag_id=tag.id, id=tx.new_id()):
        await tx.record(TagsFollowedChanged(account_id=account_id))
    return tag


async def unfollow_tag(tx: Tx, account_id: int, tag_id: int) -> None:
    """Follow a hashtag no longer; one that is not followed does no harm."""
    if await tx.run(store.DROP, owner=account_id, tag=tag_id):
        await tx.record(TagsFollowedChanged(account_id=account_id))


async def forget_tags(tx: Tx, account_id: int) -> None:
    """Follow nothing any more: the account is gone."""
    if await tx.run(store.DROP_ALL, owner=account_id):
        await tx.record(TagsFollowedChanged(account_id=account_id))


async def followed_tags(reader: Reader, account_id: int, cursor: Cursor, *, now: int) -> TagPage:
    """What the account follows, and how much it is used. Two queries."""
    rows = await reader.all(store.PAGE[cursor.upwards], owner=account_id, **cursor.bounds)
    if not rows:
        return TagPage()
    rows = rows[::-1] if cursor.upwards else rows
    found = await usage(reader, [row[1:] for row in rows], now)
    return TagPage(tuple(found), rows[0][0], rows[-1][0])


async def followed_among(reader: Reader, account_id: int, tag_ids: Sequence[int]) -> set[int]:
    """Which of the hashtags the account follows."""
    if not tag_ids:
        return set()
    return {row[0] for row in await reader.all(store.AMONG, owner=account_id, tags=list(tag_ids))}


async def follows_tag(reader: Reader, account_id: int, key: str) -> bool:
    """Does the account follow the hashtag with this folded name?"""
    return bool(await followed_among(reader, account_id, list((await entries.hashtag_ids(reader, [key])).values())))
