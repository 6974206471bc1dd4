"""Starter collections: those that staff show to people who just joined, to be followed at once.

Staff vouch for what they saw: who was put into one later is not shown with it, and a change of its words ends it.
"""

from __future__ import annotations

from collections.abc import Collection as Collection_
from collections.abc import Sequence

import msgspec

from dunnock import accounts
from dunnock.accounts import counts
from dunnock.discovery.collections import Collection, Item, collection_as_it_is, find_collection, find_collections
from dunnock.discovery.errors import CollectionMissing, StarterRefused
from dunnock.discovery.events import CollectionChanged
from dunnock.discovery.store import brought
from dunnock.discovery.store import collections as store
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db, Reader, Tx
from dunnock.foundation.job import Job
from dunnock.moderation import log

MOST_STARTERS = 12
AT_ONCE = 25
"""So many are followed in one transaction."""

_ids = msgspec.json.Decoder(list[int]).decode


class FollowedAll(msgspec.Struct, frozen=True):
    """What came of following a collection: follows in force, requests sent, who could not be followed, who is still to come."""

    followed: int
    asked: int
    left_out: int
    waiting: int = 0


class FollowRest(Job, frozen=True):
    """Follow those of a collection that are still to come; a chunk at a time."""

    account_id: int
    collection_id: int


async def starters(
    reader: Reader, *, viewer: int, language: str = "", ages: accounts.Ages | None = None
) -> list[Collection]:
    """What staff chose, with those in it that they saw; those in `language` (or in none) first, then the oldest choice.

    Nobody is in it who does not agree to be found, is limited, or has a block with `viewer` (0: nobody signed in). Nobody
    under 18 is in it for who is not; nor for them whoever's posts are all sensitive.
    """
    ids = [row[0] for row in await reader.all(store.STARTERS, most=MOST_STARTERS)]
    found = await find_collections(reader, ids, viewer=viewer)
    people = await accounts.find_many(reader, {item.account_id for one in found.values() for item in one.items})
    agreed = {an_id for an_id, one in people.items() if one.discoverable and one.standing is accounts.Standing.ACTIVE}
    asked = [*agreed, viewer] if viewer else [*agreed]
    minors = await (ages or accounts.Ages()).minors(reader, asked, now=now_ms())
    if viewer in minors:
        agreed -= {row[0] for row in await reader.all(store.SENSITIZED, ids=list(agreed))}
        found = {an_id: one for an_id, one in found.items() if not one.sensitive}
    else:
        agreed -= minors
    seen = [_as_seen(found[one], agreed) for one in ids if one in found]
    return sorted(seen, key=lambda one: one.language not in {None, language})


async def choose_starter(tx: Tx, collection_id: int, *, by: int) -> Collection:
    """Show the collection, with who is in it now, to those who join; again: with who was put there since.

    Raises:
        NotPermitted: the role of `by` does not let them.
        CollectionMissing: there is no such collection.
        StarterRefused: it is hidden or sensitive, or there are `MOST_STARTERS`.
    """
    staff = await log.acting(tx, by, accounts.Power.MANAGE_TAXONOMIES)
    await tx.one(store.HOLD, id=collection_id)
    one = _known(await collection_as_it_is(tx, collection_id), collection_id)
    if one.sensitive or not one.discoverable:
        raise StarterRefused(collection_id, say="It is hidden or sensitive")
    if one.starter_at is None and len(await tx.all(store.STARTERS, most=MOST_STARTERS)) == MOST_STARTERS:
        raise StarterRefused(collection_id, say=f"There can be up to {MOST_STARTERS} starter collections")
    await tx.run(store.MARK_STARTER, the=collection_id, at=tx.now)
    await log.note(tx, staff, "collection.starter", collection_id, called=one.name)
    await tx.record(CollectionChanged(collection_id=collection_id, by=by))
    return msgspec.structs.replace(one, starter_at=tx.now)


async def drop_starter(tx: Tx, collection_id: int, *, by: int) -> Collection:
    """Show the collection no longer to those who join. Raises NotPermitted, CollectionMissing."""
    staff = await log.acting(tx, by, accounts.Power.MANAGE_TAXONOMIES)
    await tx.one(store.HOLD, id=collection_id)
    one = _known(await collection_as_it_is(tx, collection_id), collection_id)
    if one.starter_at is not None:
        await tx.run(store.MARK_STARTER, the=collection_id, at=None)
        await log.note(tx, staff, "collection.no_starter", collection_id, called=one.name)
        await tx.record(CollectionChanged(collection_id=collection_id, by=by))
    return msgspec.structs.replace(one, starter_at=None)


async def follow_collection(
    tx: Tx,
    collection_id: int,
    *,
    by: int,
    only: Collection_[int] | None = None,
    without: Collection_[int] = (),
    ages: accounts.Ages | None = None,
) -> FollowedAll:
    """Follow all in a collection but `without`; whom one cannot follow or mutes is left out.

    The first 25 are followed at once, or nobody is; the others in the background (`following_all` says how far that is).
    `only`: no others than these. None: all in it, of a starter collection those that `starters` shows.

    Raises:
        CollectionMissing: there is none for `by`.
        TooManyFollows: as `accounts.follow`; then nobody is followed.
    """
    one = await find_collection(tx, collection_id, viewer=by)
    if only is None and one.starter_at is not None:
        shown = {found.id: found for found in await starters(tx, viewer=by, ages=ages)}.get(collection_id)
        wanted = set() if shown is None else {item.account_id for item in shown.items}
    else:
        wanted = {item.account_id for item in one.items if only is None or item.account_id in only}
    waiting = sorted(wanted - {by, *without})
    done = await _follow(tx, waiting[:AT_ONCE], by=by)
    rest = waiting[AT_ONCE:]
    if rest:
        await tx.enqueue(FollowRest(by, collection_id))
    if rest or await tx.one(store.HOLD_FOLLOWING, account=by, collection=collection_id) is not None:
        await _keep(tx, done, rest, by=by, collection_id=collection_id)
    await tx.run(brought.FOLLOWED, account=by, collection=collection_id)
    return msgspec.structs.replace(done, waiting=len(rest))


async def following_all(reader: Reader, collection_id: int, *, by: int) -> FollowedAll | None:
    """How far following a large collection is; None: it was not begun, or was done at once."""
    row = await reader.one(store.FOLLOWING, account=by, collection=collection_id)
    return None if row is None else FollowedAll(row[1], row[2], row[3], len(_ids(row[0])))


async def follow_rest(db: Db, job: FollowRest) -> None:
    """One chunk; the next one is enqueued with it, so a restart goes on where it was."""
    async with db.begin() as tx:
        row = await tx.one(store.HOLD_FOLLOWING, account=job.account_id, collection=job.collection_id)
        if row is None or not (waiting := _ids(row[0])):
            return
        more = await _follow(tx, waiting[:AT_ONCE], by=job.account_id, whole=False)
        rest = waiting[AT_ONCE:]
        done = FollowedAll(row[1] + more.followed, row[2] + more.asked, row[3] + more.left_out)
        await _keep(tx, done, rest, by=job.account_id, collection_id=job.collection_id)
        if rest:
            await tx.enqueue(job)


async def _keep(tx: Tx, done: FollowedAll, rest: Sequence[int], *, by: int, collection_id: int) -> None:
    await tx.run(
        store.PUT_FOLLOWING,
        account_id=by,
        collection_id=collection_id,
        waiting=msgspec.json.encode(rest).decode(),
        followed=done.followed,
        asked=done.asked,
        left_out=done.left_out,
    )


async def _follow(tx: Tx, wanted: Collection_[int], *, by: int, whole: bool = True) -> FollowedAll:
    """`whole`: when the member follows as many as one may, nobody is followed; else those that come too late are left out."""
    await counts.hold(tx, {by, *wanted})
    relations = await accounts.relationships(tx, by, wanted)
    done = asked = left_out = 0
    for to in sorted(relations, key=lambda one: one.id):
        if to.following or to.requested:
            continue
        if to.muting:
            left_out += 1
            continue
        try:
            in_force = await accounts.follow(tx, follower=by, followed=to.id)
        except (accounts.AccountMissing, accounts.RelationRefused):
            left_out += 1
            continue
        except accounts.TooManyFollows:
            if whole:
                raise
            left_out += 1
            continue
        done, asked = done + in_force, asked + (not in_force)
    return FollowedAll(done, asked, left_out)


def _known(one: Collection | None, collection_id: int) -> Collection:
    if one is None:
        raise CollectionMissing(collection_id)
    return one


def _seen_items(one: Collection) -> list[Item]:
    return [item for item in one.items if one.starter_at is None or item.created_at <= one.starter_at]


def _as_seen(one: Collection, agreed: Collection_[int]) -> Collection:
    items = tuple([item for item in _seen_items(one) if item.account_id in agreed])
    return msgspec.structs.replace(one, items=items)
