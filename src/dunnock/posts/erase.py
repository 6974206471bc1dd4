"""Delete what an account wrote, and take back what it did with the posts of others, with all counters."""

from __future__ import annotations

import contextlib

import msgspec

from dunnock import media
from dunnock.accounts.counts import count_posts
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.erase import Step
from dunnock.posts.delete import delete
from dunnock.posts.errors import PostMissing
from dunnock.posts.events import PollChanged, PostDeleted, PostUnfavourited
from dunnock.posts.hold import release_all_held
from dunnock.posts.model import Act
from dunnock.posts.store import acts, boosts, polls, waiting
from dunnock.posts.store import erase as store
from dunnock.posts.store import posts as posts_store

_POSTS = 10
_ACTS = 50


async def erase_posts(db: Db, account_id: int) -> int:
    """Some posts and boosts, the newest first, as their author would delete them, with their media."""
    async with db.begin() as tx:
        found = await tx.all(store.POSTS, the=account_id, most=_POSTS)
        for post_id, boost_of_id in found:
            if boost_of_id is not None:
                await _end_boost(tx, post_id, boost_of_id, by=account_id)
            else:
                with contextlib.suppress(PostMissing):  # gone at this moment
                    await delete(tx, post_id, by=account_id, with_media=True)
        return len(found)


async def _end_boost(tx: Tx, boost_id: int, post_id: int, *, by: int) -> None:
    """Also of what the account may not see any more."""
    await posts_store.find_living(tx, post_id, hold=True)
    if await boosts.end_boost(tx, boost_id):
        await acts.take_back(tx, Act.BOOST, post_id, by=by)
        await acts.count(tx, "boosts", post_id, -1, by=by)
        await count_posts(tx, by, -1)
        await tx.record(PostDeleted(post_id=boost_id, author_id=by, boost_of_id=post_id))


async def erase_favourites(db: Db, account_id: int) -> int:
    """Some favourites, in the order of the posts."""
    async with db.begin() as tx:
        found = await tx.all(store.FAVOURITES, the=account_id, most=_ACTS)
        for (post_id,) in found:
            await posts_store.find_living(tx, post_id, hold=True)
            if await acts.take_back(tx, Act.FAVOURITE, post_id, by=account_id):
                await acts.count(tx, "favourites", post_id, -1, by=account_id)
                await tx.record(PostUnfavourited(post_id=post_id, by=account_id))
        return len(found)


async def erase_votes(db: Db, account_id: int) -> int:
    """Votes on some polls; they count no more."""
    async with db.begin() as tx:
        found = await tx.all(store.VOTED, the=account_id, most=_ACTS)
        for (poll_id,) in found:
            counted = await polls.counts(tx, poll_id, by=account_id)
            poll = await polls.hold(tx, poll_id)
            chosen = (await polls.votes_by(tx, account_id, [poll_id])).get(poll_id, ())
            await tx.run(store.DROP_VOTES_BY, the=account_id, poll=poll_id)
            if poll is not None and chosen and counted:
                fewer = tuple([count - (number in chosen) for number, count in enumerate(poll.tallies)])
                await polls.change(tx, msgspec.structs.replace(poll, tallies=fewer, voters=poll.voters - 1))
                await tx.record(PollChanged(post_id=poll.post_id, poll_id=poll_id))
        return len(found)


async def erase_held(db: Db, account_id: int) -> int:
    """What it held back of what others wrote is there for them."""
    async with db.begin() as tx:
        return await release_all_held(tx, account_id, most=_ACTS)


async def erase_waiting(db: Db, account_id: int) -> int:
    """Scheduled posts and drafts; they hold no media any more."""
    async with db.begin() as tx:
        later = await tx.all(store.WAITING, the=account_id, most=_ACTS)
        for (one,) in later:
            await media.let_go(tx, one)
            await waiting.drop_scheduled(tx, one)
        sketches = await tx.all(store.SKETCHES, the=account_id, most=_ACTS)
        for (one,) in sketches:
            await media.let_go(tx, one)
            await waiting.drop_sketch(tx, one)
        return len(later) + len(sketches)


async def erase_shells(db: Db, account_id: int) -> int:
    """What is left in the rows of deleted posts besides ids and times."""
    async with db.begin() as tx:
        return await tx.run(store.EMPTY_SHELLS, the=account_id, most=500)


ERASES: tuple[tuple[str, Step], ...] = (
    ("posts", erase_posts),
    ("favourites", erase_favourites),
    ("votes", erase_votes),
    ("held", erase_held),
    ("waiting", erase_waiting),
    ("acts", store.REST),
    ("shells", erase_shells),
)
