"""What staff say of trends: this may be one, that may not; and how a hashtag may be used at all."""

from __future__ import annotations

import msgspec

from dunnock import accounts, previews
from dunnock.discovery.errors import SubjectMissing
from dunnock.discovery.events import TrendReviewed
from dunnock.discovery.store import trends as store
from dunnock.discovery.trend_links import TrendingLink, show_links
from dunnock.foundation.db import Reader, Row, Tx
from dunnock.moderation import log
from dunnock.posts.hashtag_rules import (
    HashtagChanges,
    RuledHashtag,
    page_of_hashtags,
    rule_hashtag,
    ruled_hashtags,
)
from dunnock.posts.hashtags import HashtagMissing

TAXONOMIES = accounts.Power.MANAGE_TAXONOMIES


async def show_hashtag(reader: Reader, hashtag_id: int, *, by: int, now: int) -> RuledHashtag:
    """One hashtag, for staff.

    Raises:
        NotPermitted: the role of `by` does not let them.
        HashtagMissing: there is none.
    """
    await accounts.permit(reader, by, TAXONOMIES)
    found = await ruled_hashtags(reader, [hashtag_id], now=now)
    if not found:
        raise HashtagMissing(hashtag_id)
    return found[0]


async def list_hashtags(reader: Reader, cursor: accounts.Cursor, *, by: int, now: int) -> list[RuledHashtag]:
    """All hashtags, newest first. Raises NotPermitted as `show_hashtag`."""
    await accounts.permit(reader, by, TAXONOMIES)
    return await page_of_hashtags(reader, **cursor.bounds, upwards=cursor.upwards, now=now)


async def change_hashtag(tx: Tx, hashtag_id: int, changes: HashtagChanges, *, by: int) -> RuledHashtag:
    """Say how a hashtag may be used.

    Raises:
        NotPermitted, HashtagMissing: as `show_hashtag`.
        HashtagNameRefused: the new name is that of another hashtag.
    """
    staff = await log.acting(tx, by, TAXONOMIES)
    changed = await rule_hashtag(tx, hashtag_id, changes)
    await log.note(tx, staff, "hashtag.change", hashtag_id, called=changed.tag.key)
    await tx.record(TrendReviewed(what="tag", subject=str(hashtag_id)))
    return changed


async def review_post(tx: Tx, post_id: int, *, trendable: bool, by: int) -> None:
    """Say whether a post may be a trend.

    Raises:
        NotPermitted: the role of `by` does not let them.
        SubjectMissing: there is no such post.
    """
    staff = await log.acting(tx, by, TAXONOMIES)
    if not await tx.all(store.AUTHORS, ids=[post_id]):
        raise SubjectMissing(post_id)
    await tx.run(store.PUT_REVIEW, kind="post", subject=str(post_id), trendable=trendable, at=tx.now)
    await log.note(tx, staff, f"post.{'approve_trend' if trendable else 'reject_trend'}", post_id)
    await tx.record(TrendReviewed(what="post", subject=str(post_id)))


async def unreviewed_posts(reader: Reader, ids: list[int]) -> set[int]:
    """Of which posts nobody said anything."""
    rows = await reader.all(store.REVIEWS, kind="post", subjects=[str(one) for one in ids])
    return set(ids) - {int(row[0]) for row in rows}


class Publisher(msgspec.Struct, frozen=True):
    """A host whose pages were candidates for trends; `trendable` None: nobody said anything."""

    id: int
    domain: str
    trendable: bool | None
    reviewed_at: int | None


async def review_link(tx: Tx, link_id: int, *, trendable: bool, by: int) -> TrendingLink:
    """Say whether a page may be a trend.

    Raises:
        NotPermitted: the role of `by` does not let them.
        SubjectMissing: there is no such page.
    """
    staff = await log.acting(tx, by, TAXONOMIES)
    if not await previews.find(tx, [link_id]):
        raise SubjectMissing(link_id)
    await tx.run(store.PUT_REVIEW, kind="link", subject=str(link_id), trendable=trendable, at=tx.now)
    await log.note(tx, staff, f"link.{'approve_trend' if trendable else 'reject_trend'}", link_id)
    await tx.record(TrendReviewed(what="link", subject=str(link_id)))
    return (await show_links(tx, [link_id], now=tx.now))[0]


async def list_publishers(reader: Reader, cursor: accounts.Cursor, *, by: int) -> list[Publisher]:
    """Hosts whose pages were candidates for trends, newest first. Raises NotPermitted."""
    await accounts.permit(reader, by, TAXONOMIES)
    rows = await reader.all(store.PUBLISHERS_PAGE_UP if cursor.upwards else store.PUBLISHERS_PAGE, **cursor.bounds)
    return [_publisher(row) for row in (rows[::-1] if cursor.upwards else rows)]


async def review_publisher(tx: Tx, publisher_id: int, *, trendable: bool, by: int) -> Publisher:
    """Say whether a host's pages may be trends. Raises NotPermitted, SubjectMissing."""
    staff = await log.acting(tx, by, TAXONOMIES)
    if not await tx.run(store.RULE_PUBLISHER, the=publisher_id, may=trendable, now=tx.now):
        raise SubjectMissing(publisher_id)
    row = await tx.one(store.PUBLISHER, id=publisher_id)
    assert row is not None
    await log.note(
        tx, staff, f"publisher.{'approve_trend' if trendable else 'reject_trend'}", publisher_id, called=row[1]
    )
    await tx.record(TrendReviewed(what="publisher", subject=row[1]))
    return _publisher(row)


def _publisher(row: Row) -> Publisher:
    return Publisher(row[0], row[1], None if row[2] is None else bool(row[2]), row[3])
