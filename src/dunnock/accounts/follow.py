"""Follow, ask to follow, say yes or no, and end it. Mastodon: following, follow requests."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from dunnock import text
from dunnock.accounts import counts
from dunnock.accounts.account import Account
from dunnock.accounts.door_acts import note_act
from dunnock.accounts.errors import AccountMissing, RelationRefused, RequestMissing, TooManyFollows
from dunnock.accounts.events import FollowChanged, Followed, FollowRequested, Unfollowed
from dunnock.accounts.find import find, find_many, find_shown
from dunnock.accounts.paging import Cursor, Page, page_of
from dunnock.accounts.store import relations as store
from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db, Reader, Tx

MOST_FOLLOWS = 20_000
_MORE_FOR_THE_FOLLOWED = 1.1


async def follow(
    tx: Tx,
    *,
    follower: int,
    followed: int,
    boosts: bool | None = None,
    notify: bool | None = None,
    languages: Iterable[str] | None = None,
) -> bool:
    """Follow an account, or ask to if it is locked or on another server; True when the follow is in force.

    Doing it again changes the options only. A follow by an account of another server is its server's to ask for.
    Options that are None stay as they are; a new follow shows boosts, does not notify, and takes every language.

    Raises:
        AccountMissing: there is nobody to follow.
        RelationRefused: it is oneself, one of the two blocks the other or the other's server, or its owner moved on.
        TooManyFollows: `MOST_FOLLOWS` are reached, and so is 1.1 times the number of one's own followers.
    """
    target = await find_shown(tx, followed)
    if follower == followed:
        raise RelationRefused(follower, followed)
    held = await counts.hold(tx, (follower, followed))
    spoken = None if languages is None else _languages(languages)
    there = await tx.one(store.FOLLOW_OF, follower=follower, followed=followed)
    if there is not None:
        _, requested, *options = there
        before = (bool(options[0]), bool(options[1]), options[2])
        after = (
            before[0] if boosts is None else boosts,
            before[1] if notify is None else notify,
            before[2] if spoken is None else spoken,
        )
        if after != before:
            await note_act(tx, follower, "follow", followed, before)
            await tx.run(
                store.CHANGE_FOLLOW,
                follower=follower,
                followed=followed,
                boosts=after[0],
                notify=after[1],
                languages=after[2],
            )
            await tx.record(FollowChanged(follower_id=follower, followed_id=followed))
        return not requested
    await _check_new(tx, follower, target, held)
    asks = target.locked or not target.local
    follow_id = tx.new_id()
    await note_act(tx, follower, "follow", followed)
    await tx.run(
        store.ADD_FOLLOW,
        id=follow_id,
        follower_id=follower,
        followed_id=followed,
        requested=asks,
        boosts=boosts is not False,
        notify=notify is True,
        languages=spoken or "",
    )
    if asks:
        await tx.record(FollowRequested(follower_id=follower, followed_id=followed))
        return False
    await counts.count_follow(tx, follow_id, follower=follower, followed=followed, more=1)
    await tx.record(Followed(follower_id=follower, followed_id=followed))
    return True


async def _check_new(tx: Tx, follower: int, target: Account, held: dict[int, counts.Counts]) -> None:
    if await tx.value(store.BLOCK_BETWEEN, me=follower, other=target.id) is not None:
        raise RelationRefused(follower, target.id)
    if await tx.value(store.HAS_MOVED, the=target.id) is not None:
        raise RelationRefused(follower, target.id)
    if await tx.value(store.DOMAIN_BLOCK_BETWEEN, me=follower, other=target.id) is not None:
        raise RelationRefused(follower, target.id)
    mine = held.get(follower, counts.Counts())
    if mine.following >= max(MOST_FOLLOWS, mine.followers * _MORE_FOR_THE_FOLLOWED):
        raise TooManyFollows(follower, mine.following)


def _languages(codes: Iterable[str]) -> str:
    """As stored: known codes, each once; a list of none that we know means all."""
    known = (text.check_language(code) for code in codes)
    return " ".join(dict.fromkeys(code for code in known if code))


async def unfollow(tx: Tx, *, follower: int, followed: int) -> bool:
    """End a follow, or take back the request; False when there was none.

    Raises:
        AccountMissing: there is no such account.
    """
    if await find(tx, followed) is None:
        raise AccountMissing(followed)
    await counts.hold(tx, (follower, followed))
    return await end_follow(tx, follower=follower, followed=followed)


async def remove_from_followers(tx: Tx, account_id: int, *, follower: int) -> bool:
    """End the follow of somebody who follows this account; False when they did not.

    Raises:
        AccountMissing: there is no such follower.
    """
    if await find(tx, follower) is None:
        raise AccountMissing(follower)
    await counts.hold(tx, (follower, account_id))
    follow_id = await tx.value(store.END_FOLLOW_IN_FORCE, follower=follower, followed=account_id)
    if follow_id is None:
        return False
    await tx.run(store.END_ENDORSEMENT, follower=follower, followed=account_id)
    await counts.count_follow(tx, follow_id, follower=follower, followed=account_id, more=-1)
    await tx.record(Unfollowed(follower_id=follower, followed_id=account_id))
    return True


async def end_follow(tx: Tx, *, follower: int, followed: int) -> bool:
    """End a follow or request with its counts and event. Both accounts are held already (`counts.hold`)."""
    ended = await tx.all(store.END_FOLLOW, follower=follower, followed=followed)
    if not ended:
        return False
    requested, follow_id = bool(ended[0][0]), ended[0][1]
    await note_act(tx, follower, "follow", followed, (bool(ended[0][2]), bool(ended[0][3]), ended[0][4]))
    if not requested:
        await tx.run(store.END_ENDORSEMENT, follower=follower, followed=followed)
        await counts.count_follow(tx, follow_id, follower=follower, followed=followed, more=-1)
    await tx.record(Unfollowed(follower_id=follower, followed_id=followed, requested=requested))
    return True


async def accept_follow(tx: Tx, account_id: int, *, follower: int) -> None:
    """Say yes to a request. Once it is in force, saying yes again changes nothing.

    Raises:
        RequestMissing: there is no request, or it was taken back.
    """
    await counts.hold(tx, (account_id, follower))
    follow_id = tx.new_id()
    if await tx.run(store.ACCEPT, follower=follower, followed=account_id, new_id=follow_id):
        await counts.count_follow(tx, follow_id, follower=follower, followed=account_id, more=1)
        await tx.record(Followed(follower_id=follower, followed_id=account_id, accepted=True))
    elif await tx.one(store.FOLLOW_OF, follower=follower, followed=account_id) is None:
        raise RequestMissing(follower, account_id)


async def reject_follow(tx: Tx, account_id: int, *, follower: int) -> None:
    """Say no to a request.

    Raises:
        RequestMissing: there is none, or it was accepted or taken back.
    """
    await counts.hold(tx, (account_id, follower))
    if not await tx.run(store.END_REQUEST, follower=follower, followed=account_id):
        raise RequestMissing(follower, account_id)
    await tx.record(Unfollowed(follower_id=follower, followed_id=account_id, requested=True))


async def followers(reader: Reader, account_id: int, cursor: Cursor, *, viewer: int = 0) -> Page:
    """Who follows the account, as `viewer` (0: nobody signed in) may see it: without those hidden from them."""
    sql = store.FOLLOWERS[cursor.upwards]
    rows = await reader.all(sql, the=account_id, viewer=_others(viewer, account_id), now=now_ms(), **cursor.bounds)
    return page_of(rows, upwards=cursor.upwards)


async def following(reader: Reader, account_id: int, cursor: Cursor, *, viewer: int = 0) -> Page:
    """Whom the account follows, as `viewer` (0: nobody signed in) may see it: without those hidden from them."""
    sql = store.FOLLOWING[cursor.upwards]
    rows = await reader.all(sql, the=account_id, viewer=_others(viewer, account_id), now=now_ms(), **cursor.bounds)
    return page_of(rows, upwards=cursor.upwards)


async def collections_hidden(reader: Reader, account: Account, *, viewer: int = 0) -> bool:
    """May `viewer` not see whom the account follows and who follows it?

    Its owner hid it, or one of the two blocks the other.
    """
    if viewer == account.id:
        return False
    if account.hide_collections:
        return True
    return bool(viewer) and await reader.value(store.BLOCK_BETWEEN, me=viewer, other=account.id) is not None


async def follow_requests(reader: Reader, account_id: int, cursor: Cursor) -> Page:
    """Who asks to follow the account."""
    rows = await reader.all(store.REQUESTS[cursor.upwards], the=account_id, **cursor.bounds)
    return page_of(rows, upwards=cursor.upwards)


async def count_follow_requests(reader: Reader, account_id: int) -> int:
    """How many ask to follow the account."""
    asking: int = await reader.value(store.REQUEST_COUNT, the=account_id)
    return asking


async def follows_by_server(db: Db) -> dict[str, tuple[int, int]]:
    """Server -> how many follows there are from here to there, and from there to here. Reads all of them: not for requests."""
    to = {row[0]: row[1] for row in await db.slow(store.FOLLOWING_BY_SERVER)}
    back = {row[0]: row[1] for row in await db.slow(store.FOLLOWERS_BY_SERVER)}
    return {domain: (to.get(domain, 0), back.get(domain, 0)) for domain in to.keys() | back.keys()}


async def follows_at(db: Db, domains: Collection[str]) -> dict[str, tuple[int, int]]:
    """As `follows_by_server`, for these servers alone."""
    if not domains:
        return {}
    to = {row[0]: row[1] for row in await db.slow(store.FOLLOWING_AT, domains=list(domains))}
    back = {row[0]: row[1] for row in await db.slow(store.FOLLOWERS_AT, domains=list(domains))}
    return {domain: (to.get(domain, 0), back.get(domain, 0)) for domain in domains}


async def familiar_followers(db: Db, viewer: int, ids: Sequence[int]) -> dict[int, list[int]]:
    """For each account, those of its followers whom `viewer` follows too and who do not hide it; newest first.

    Accounts that hide their followers have none; those that nobody may see are left out.
    """
    known = await find_many(db, ids)
    found: dict[int, list[int]] = {
        an_id: [] for an_id in dict.fromkeys(ids) if (one := known.get(an_id)) is not None and one.shown
    }
    asked = [an_id for an_id in found if not known[an_id].hide_collections]
    for followed, follower in await db.slow(store.FAMILIAR, me=viewer, ids=asked) if asked else ():
        found[followed].append(follower)
    return found


def _others(viewer: int, account_id: int) -> int:
    """Nothing is left out of one's own list."""
    return 0 if viewer == account_id else viewer
