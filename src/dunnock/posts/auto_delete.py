"""Delete a member's old posts by themselves, but for what they want to keep. Mastodon: AccountStatusesCleanupPolicy."""

from __future__ import annotations

import asyncio
import contextlib

import msgspec

from dunnock.foundation.clock import DAY, HOUR, MINUTE
from dunnock.foundation.db import Db, Reader, Tx
from dunnock.foundation.ids import id_at
from dunnock.foundation.job import Job
from dunnock.posts.delete import delete
from dunnock.posts.errors import AutoDeleteRefused, PostMissing
from dunnock.posts.store import auto_delete as store

YOUNGEST_S = 604_800
OLDEST_S = 63_113_904
"""One week and two years of the mean year. Source: Mastodon's AccountStatusesCleanupPolicy::ALLOWED_MIN_STATUS_AGE."""
DELETE_OLD_EVERY_MS = 5 * MINUTE
REST_MS = 6 * HOUR
"""How long an account rests after all its old posts were looked at."""
_CHUNK = 10  # posts deleted in one transaction
_WINDOW = 200  # posts looked at in one transaction
_STEPS = 20  # transactions for one account in one run
_RUN = 100  # transactions in one run
_PAUSE_S = 0.05


class AutoDelete(msgspec.Struct, frozen=True, kw_only=True):
    """What a member wants: posts older than `min_age` seconds go, unless one of these keeps them.

    `min_favourites`, `min_boosts`: posts with as many stay; None: that keeps none.
    """

    enabled: bool = False
    min_age: int = 14 * DAY // 1000
    keep_direct: bool = True
    keep_pinned: bool = True
    keep_polls: bool = False
    keep_media: bool = False
    keep_favourites: bool = True
    keep_bookmarks: bool = True
    min_favourites: int | None = None
    min_boosts: int | None = None


class Old(msgspec.Struct, frozen=True):
    """What the rules need to know of an old post; `favourited`, `bookmarked`: by its author."""

    id: int
    direct: bool
    poll: bool
    media: bool
    pinned: bool
    favourited: bool
    bookmarked: bool
    favourites: int
    boosts: int


class DeleteOld(Job, frozen=True):
    """Go on deleting the old posts of those who want it."""


def keeps(policy: AutoDelete, post: Old) -> bool:
    """Does something keep the post? Source: Mastodon's AccountStatusesCleanupPolicy#statuses_to_delete."""
    return (
        (policy.keep_direct and post.direct)
        or (policy.keep_pinned and post.pinned)
        or (policy.keep_polls and post.poll)
        or (policy.keep_media and post.media)
        or (policy.keep_favourites and post.favourited)
        or (policy.keep_bookmarks and post.bookmarked)
        or (policy.min_favourites is not None and post.favourites >= policy.min_favourites)
        or (policy.min_boosts is not None and post.boosts >= policy.min_boosts)
    )


async def auto_delete_of(reader: Reader, account_id: int) -> AutoDelete:
    """What the member wants; by default nothing is deleted."""
    held = await store.find(reader, account_id)
    return AutoDelete() if held is None else msgspec.convert(held, AutoDelete)


async def change_auto_delete(tx: Tx, account_id: int, policy: AutoDelete) -> None:
    """From now on it is so; the old posts are looked at anew.

    Raises:
        AutoDeleteRefused: an age outside of a week to two years, or a number below 1.
    """
    if not YOUNGEST_S <= policy.min_age <= OLDEST_S:
        raise AutoDeleteRefused(policy.min_age, say="Validation failed: Age must be from one week to two years")
    for number in (policy.min_favourites, policy.min_boosts):
        if number is not None and not 1 <= number <= 2**31 - 1:
            raise AutoDeleteRefused(number, say="Validation failed: Favourites and boosts must be 1 or more")
    await store.put(tx, account_id, msgspec.structs.asdict(policy), due_at=tx.now)


async def delete_old(db: Db, _: DeleteOld) -> None:
    """One run: whoever waits longest first, some posts each, the oldest first, with pauses. It may end at any point."""
    left = _RUN
    while left > 0 and (account_id := await store.next_due(db)) is not None:
        for step in range(_STEPS):
            done = await _step(db, account_id, last=step == _STEPS - 1)
            left -= 1
            if done or left <= 0:
                break
            await asyncio.sleep(_PAUSE_S)


async def _step(db: Db, account_id: int, *, last: bool) -> bool:
    """Look at the next posts of the account and delete some; True when it is the turn of others. `last` of this run."""
    async with db.begin() as tx:
        held = await store.hold(tx, account_id)
        if held is None or not held.policy["enabled"] or held.due_at > tx.now:
            return True
        policy = msgspec.convert(held.policy, AutoDelete)
        edge = id_at(tx.now - policy.min_age * 1000)
        rows = await store.old_posts(tx, account_id, after=held.looked_at, before=edge, most=_WINDOW)
        looked_at, deleted = held.looked_at, 0
        for old in (Old(*row) for row in rows):
            if deleted == _CHUNK:
                break
            looked_at = old.id
            if not keeps(policy, old):
                deleted += 1
                with contextlib.suppress(PostMissing):  # its author deleted it at the same moment
                    await delete(tx, old.id, by=account_id)
        over = len(rows) < _WINDOW and (not rows or looked_at == rows[-1][0])
        if over:
            await store.move(tx, account_id, looked_at=0, due_at=tx.now + REST_MS)
        else:
            await store.move(
                tx, account_id, looked_at=looked_at, due_at=tx.now + DELETE_OLD_EVERY_MS if last else held.due_at
            )
        return over or last
