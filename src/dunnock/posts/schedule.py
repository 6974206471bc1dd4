"""Publish later. Mastodon: `scheduled_at` in POST /api/v1/statuses, and /api/v1/scheduled_statuses."""

from __future__ import annotations

import msgspec

from dunnock import media
from dunnock.foundation.clock import DAY, MINUTE
from dunnock.foundation.db import Db, Reader, Tx
from dunnock.foundation.errors import DomainError, Kind
from dunnock.foundation.job import Job
from dunnock.foundation.settings import Settings
from dunnock.posts.errors import PostMissing, ScheduleRefused
from dunnock.posts.model import Draft, Post, Screen
from dunnock.posts.publish import publish, short_key, take_draft
from dunnock.posts.store import index
from dunnock.posts.store import posts as posts_store
from dunnock.posts.store import waiting as store
from dunnock.posts.waiting import Scheduled

AHEAD_MS = 5 * MINUTE
MOST = 300
MOST_A_DAY = 25
"""Source for all three: Mastodon's ScheduledStatus. The day is UTC's."""
_FOR_GOOD = frozenset((Kind.INVALID, Kind.DENIED, Kind.MISSING, Kind.GONE, Kind.TOO_LARGE))


class PublishScheduled(Job, frozen=True):
    """Publish a scheduled post, once its time has come."""

    scheduled_id: int


class _Rehearsed(Exception):
    """Takes back what was tried."""


async def schedule(
    tx: Tx,
    draft: Draft,
    *,
    at: int,
    author_id: int,
    app_id: int | None,
    settings: Settings,
    key: str | None = None,
    draft_id: int | None = None,
) -> Scheduled | Post:
    """Have the draft published `at` (Unix milliseconds). What would be refused now is refused now.

    `key` and `draft_id`: as `publish`. Asking again gives the same scheduled post, or the post once it went out.

    Raises:
        ScheduleRefused: too soon, or too many.
        What `publish` raises.
    """
    scheduled_id = tx.new_id()
    if key and (bound := await index.take_key(tx, author_id, short_key(key), scheduled_id)) is not None:
        before = await store.find_scheduled(tx, bound, author_id) or await posts_store.find_living(tx, bound)
        if before is None:
            raise PostMissing(bound)
        return before
    await store.hold_account(tx, author_id)
    await _check(tx, author_id, at)
    seen = await _rehearse(tx, draft, author_id=author_id, app_id=app_id, settings=settings)
    # As the author saw it when they wrote.
    kept = msgspec.structs.replace(
        draft, visibility=seen.visibility, quote_policy=seen.quote_policy, reply_policy=seen.reply_policy
    )
    made = Scheduled(id=scheduled_id, account_id=author_id, app_id=app_id, at=at, draft=kept)
    await store.add_scheduled(tx, made)
    await media.hold(tx, kept.media_ids, account_id=author_id, holder_id=scheduled_id, firm=True)
    if draft_id is not None:
        await take_draft(tx, draft_id, author_id)
    await tx.enqueue(PublishScheduled(scheduled_id), run_at=at)
    return made


async def find_scheduled(reader: Reader, scheduled_id: int, *, by: int) -> Scheduled:
    """An own scheduled post.

    Raises:
        PostMissing: `by` has none of that id; it may have gone out.
    """
    found = await store.find_scheduled(reader, scheduled_id, by)
    if found is None:
        raise PostMissing(scheduled_id)
    return found


async def scheduled_of(
    reader: Reader, account_id: int, *, above: int, below: int, most: int, up: bool
) -> list[Scheduled]:
    """Own scheduled posts between the ids, the newest first; `up`: those right above `above`, the oldest first."""
    return await store.scheduled_page(reader, account_id, above=above, below=below, most=most, up=up)


async def reschedule(tx: Tx, scheduled_id: int, *, at: int, by: int) -> Scheduled:
    """Have an own scheduled post go out at another time; one that could not go out tries again then.

    Raises:
        PostMissing: `by` has none of that id.
        ScheduleRefused: too soon, or too many that day.
    """
    await store.hold_account(tx, by)
    held = await _hold_own(tx, scheduled_id, by)
    await _check(tx, by, at, but=scheduled_id)
    await store.move_scheduled(tx, scheduled_id, at)
    await tx.enqueue(PublishScheduled(scheduled_id), run_at=at)
    return msgspec.structs.replace(held, at=at, error=None)


async def unschedule(tx: Tx, scheduled_id: int, *, by: int) -> None:
    """Let an own scheduled post not go out; its media are kept for a day.

    Raises:
        PostMissing: `by` has none of that id.
    """
    await _hold_own(tx, scheduled_id, by)
    await media.let_go(tx, scheduled_id)
    await store.drop_scheduled(tx, scheduled_id)


async def publish_scheduled(db: Db, job: PublishScheduled, *, settings: Settings, screen: Screen | None = None) -> None:
    """Publish it if its time has come: the post is there and it waits no more, or neither.

    When a rule is against it by now (what it answers is gone, say) it stays, with the reason, until its author does something.
    """
    try:
        async with db.begin() as tx:
            held = await store.hold_scheduled(tx, job.scheduled_id)
            if held is None or held.error is not None or held.at > tx.now:
                return  # it went out, was deleted, waits for its author, or has another job for its new time
            await media.let_go(tx, held.id)
            by = held.account_id
            post = await publish(tx, held.draft, author_id=by, app_id=held.app_id, settings=settings, screen=screen)
            await index.rebind_key(tx, held.account_id, held.id, post.id)
            await store.drop_scheduled(tx, held.id)
    except DomainError as error:
        if error.kind not in _FOR_GOOD:
            raise
        async with db.begin() as tx:
            still = await store.hold_scheduled(tx, job.scheduled_id)
            if still is not None and still.at <= tx.now:
                await store.fail_scheduled(tx, job.scheduled_id, error.text)


async def _hold_own(tx: Tx, scheduled_id: int, by: int) -> Scheduled:
    held = await store.hold_scheduled(tx, scheduled_id)
    if held is None or held.account_id != by:
        raise PostMissing(scheduled_id)
    return held


async def _check(tx: Tx, account_id: int, at: int, *, but: int = 0) -> None:
    if at < tx.now + AHEAD_MS:
        raise ScheduleRefused(say="Validation failed: Scheduled at The scheduled date must be in the future")
    if await store.count_scheduled(tx, account_id, but=but) >= MOST:
        raise ScheduleRefused(say=f"Validation failed: You have exceeded the limit of {MOST} scheduled posts")
    day = at - at % DAY
    if await store.count_scheduled(tx, account_id, since=day, until=day + DAY, but=but) >= MOST_A_DAY:
        say = f"Validation failed: You have exceeded the limit of {MOST_A_DAY} scheduled posts for today"
        raise ScheduleRefused(say=say)


async def _rehearse(tx: Tx, draft: Draft, *, author_id: int, app_id: int | None, settings: Settings) -> Post:
    """Publish it, and take that back with all its events."""
    made: list[Post] = []
    try:
        async with tx.savepoint():
            made.append(await publish(tx, draft, author_id=author_id, app_id=app_id, settings=settings))
            raise _Rehearsed  # noqa: TRY301 (leaving the block by an error is what takes it back)
    except _Rehearsed:
        return made[0]
