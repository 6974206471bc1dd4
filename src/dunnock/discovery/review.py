"""What staff say of trends: this may be one, that may not; and how a hashtag may be used at all."""

from __future__ import annotations

from dunnock import accounts
from dunnock.discovery.errors import SubjectMissing
from dunnock.discovery.events import TrendReviewed
from dunnock.discovery.store import trends as store
from dunnock.foundation.db import Reader, Tx
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
    staff = await accounts.permit(tx, by, TAXONOMIES)
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
    staff = await accounts.permit(tx, by, TAXONOMIES)
    if not await tx.all(store.AUTHORS, ids=[post_id]):
        raise SubjectMissing(post_id)
    await tx.run(store.PUT_REVIEW, kind="post", subject=str(post_id), trendable=trendable, at=tx.now)
    await log.note(tx, staff, f"post.{'approve_trend' if trendable else 'reject_trend'}", post_id)
    await tx.record(TrendReviewed(what="post", subject=str(post_id)))


async def unreviewed_posts(reader: Reader, ids: list[int]) -> set[int]:
    """Of which posts nobody said anything."""
    rows = await reader.all(store.REVIEWS, kind="post", subjects=[str(one) for one in ids])
    return set(ids) - {int(row[0]) for row in rows}
