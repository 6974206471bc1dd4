"""Follows, requests and their counts; and everything that ends them."""

from __future__ import annotations

import asyncio
import contextlib
import random

import pytest

from dunnock import accounts

PAGE = accounts.Cursor(limit=40)


async def do(db, use_case, *args, **named):
    async with db.begin() as tx:
        return await use_case(tx, *args, **named)


async def pair(make, **values):
    return await make.account(), await make.account(**values)


async def counts(db, *people):
    found = await accounts.counts_of(db, [one.id for one in people])
    return [(found[one.id].followers, found[one.id].following) for one in people]


async def stands(db, viewer, other):
    (one,) = await accounts.relationships(db, viewer.id, [other.id])
    return one


async def test_follow_counts_and_tells_once(db, make, events):
    reader, author = await pair(make)
    for _ in range(2):
        assert await do(db, accounts.follow, follower=reader.id, followed=author.id) is True
    assert await events() == [accounts.Followed(follower_id=reader.id, followed_id=author.id)]
    assert await counts(db, reader, author) == [(0, 1), (1, 0)]
    one = await stands(db, reader, author)
    assert (one.following, one.boosts, one.notify, one.languages, one.requested) == (True, True, False, None, False)
    assert (await stands(db, author, reader)).followed_by
    assert (await accounts.followers(db, author.id, PAGE)).ids == (reader.id,)
    assert (await accounts.following(db, reader.id, PAGE)).ids == (author.id,)


async def test_following_again_changes_only_what_is_said(db, make, events):
    reader, author = await pair(make)
    await do(db, accounts.follow, follower=reader.id, followed=author.id, notify=True)
    spoken = ["de", "xx-nonsense", "EN_us"]
    await do(db, accounts.follow, follower=reader.id, followed=author.id, boosts=False, languages=spoken)
    one = await stands(db, reader, author)
    assert (one.boosts, one.notify, one.languages) == (False, True, ("de", "en"))
    await do(db, accounts.follow, follower=reader.id, followed=author.id, languages=[])
    assert (await stands(db, reader, author)).languages is None
    changed = accounts.FollowChanged(follower_id=reader.id, followed_id=author.id)
    assert (await events())[1:] == [changed, changed]
    assert await counts(db, reader, author) == [(0, 1), (1, 0)]


async def test_a_locked_account_is_asked(db, make, events):
    reader, author = await pair(make, locked=True)
    assert await do(db, accounts.follow, follower=reader.id, followed=author.id, boosts=False) is False
    assert await counts(db, reader, author) == [(0, 0), (0, 0)]
    assert (await stands(db, reader, author)).requested
    assert (await stands(db, author, reader)).requested_by
    assert (await accounts.follow_requests(db, author.id, PAGE)).ids == (reader.id,)
    assert await accounts.count_follow_requests(db, author.id) == 1
    assert (await accounts.followers(db, author.id, PAGE)).ids == ()
    # Unlocking answers nobody.
    await do(db, accounts.change_settings, author.id, locked=False)
    assert await accounts.count_follow_requests(db, author.id) == 1
    for _ in range(2):
        await do(db, accounts.accept_follow, author.id, follower=reader.id)
    assert await counts(db, reader, author) == [(0, 1), (1, 0)]
    assert not (await stands(db, reader, author)).boosts
    assert await events() == [
        accounts.FollowRequested(follower_id=reader.id, followed_id=author.id),
        accounts.AccountSettingsChanged(account_id=author.id),
        accounts.Followed(follower_id=reader.id, followed_id=author.id, accepted=True),
    ]
    with pytest.raises(accounts.RequestMissing):
        await do(db, accounts.reject_follow, author.id, follower=reader.id)


async def test_a_request_is_rejected_or_taken_back(db, make, events):
    reader, author = await pair(make, locked=True)
    for end in (
        lambda: do(db, accounts.reject_follow, author.id, follower=reader.id),
        lambda: do(db, accounts.unfollow, follower=reader.id, followed=author.id),
    ):
        await do(db, accounts.follow, follower=reader.id, followed=author.id)
        await end()
        assert (await events())[-1] == accounts.Unfollowed(follower_id=reader.id, followed_id=author.id, requested=True)
        assert await counts(db, reader, author) == [(0, 0), (0, 0)]
        for answer in (accounts.accept_follow, accounts.reject_follow):
            with pytest.raises(accounts.RequestMissing):
                await do(db, answer, author.id, follower=reader.id)


async def test_ends(db, make, events):
    reader, author = await pair(make)
    for end in (
        lambda: do(db, accounts.unfollow, follower=reader.id, followed=author.id),
        lambda: do(db, accounts.remove_from_followers, author.id, follower=reader.id),
    ):
        await do(db, accounts.follow, follower=reader.id, followed=author.id)
        assert await end() is True
        assert await end() is False
        assert (await events())[-1] == accounts.Unfollowed(follower_id=reader.id, followed_id=author.id)
        assert await counts(db, reader, author) == [(0, 0), (0, 0)]
    assert len(await events()) == 4


async def test_refusals(db, make, events):
    reader, author = await pair(make)
    gone = await make.account(standing="suspended")
    follow = lambda who, whom: do(db, accounts.follow, follower=who, followed=whom)  # noqa: E731
    with pytest.raises(accounts.RelationRefused):
        await follow(reader.id, reader.id)
    for missing in (gone.id, 12345):
        with pytest.raises(accounts.AccountMissing):
            await follow(reader.id, missing)
    await make.block(author, reader)
    with pytest.raises(accounts.RelationRefused):
        await follow(reader.id, author.id)
    with pytest.raises(accounts.RelationRefused):
        await follow(author.id, reader.id)
    remote = await make.account(domain="else.example")
    await make.domain_block(reader, "else.example")
    with pytest.raises(accounts.RelationRefused):
        await follow(reader.id, remote.id)
    with pytest.raises(accounts.RelationRefused):
        await follow(remote.id, reader.id)
    assert await events() == []


async def test_a_limit(db, make, monkeypatch):
    monkeypatch.setitem(accounts.follow.__globals__, "MOST_FOLLOWS", 1)
    reader, author = await pair(make)
    await do(db, accounts.follow, follower=reader.id, followed=author.id)
    with pytest.raises(accounts.TooManyFollows):
        await do(db, accounts.follow, follower=reader.id, followed=(await make.account()).id)
    await do(db, accounts.follow, follower=reader.id, followed=author.id, notify=True)


async def test_two_follows_at_once_are_one(db, make, events):
    reader, author = await pair(make)
    await asyncio.gather(*(do(db, accounts.follow, follower=reader.id, followed=author.id) for _ in range(6)))
    assert len(await events()) == 1
    assert await counts(db, reader, author) == [(0, 1), (1, 0)]


@pytest.mark.parametrize("seed", range(5))
async def test_accept_and_unfollow_at_once(db, make, seed):
    reader, author = await pair(make, locked=True)
    await do(db, accounts.follow, follower=reader.id, followed=author.id)

    async def accept():
        try:
            await do(db, accounts.accept_follow, author.id, follower=reader.id)
        except accounts.RequestMissing:
            return

    both = [accept, lambda: do(db, accounts.unfollow, follower=reader.id, followed=author.id)]
    random.Random(seed).shuffle(both)
    await asyncio.gather(*(one() for one in both))
    assert await counts(db, reader, author) == [(0, 0), (0, 0)]
    assert not (await stands(db, reader, author)).following


@pytest.mark.parametrize("seed", range(5))
async def test_no_follow_beside_a_block(db, make, seed):
    reader, author = await pair(make)

    async def follow():
        try:
            await do(db, accounts.follow, follower=reader.id, followed=author.id)
        except accounts.RelationRefused:
            return

    both = [follow, lambda: do(db, accounts.block, author.id, target=reader.id)]
    random.Random(seed).shuffle(both)
    await asyncio.gather(*(one() for one in both))
    one = await stands(db, reader, author)
    assert (one.following, one.blocked_by) == (False, True)
    assert await counts(db, reader, author) == [(0, 0), (0, 0)]


def told_by(events):
    """Who follows whom, as the events alone tell it."""
    told = set()
    for event in events:
        if isinstance(event, accounts.Followed):
            told.add((event.follower_id, event.followed_id))
        elif isinstance(event, accounts.Unfollowed) and not event.requested:
            told.remove((event.follower_id, event.followed_id))
    return told


@pytest.mark.parametrize("seed", range(3))
async def test_counts_are_the_rows_after_any_history(db, make, events, seed):
    dice = random.Random(seed)
    people = [
        await make.account(locked=number % 3 == 0, domain="else.example" if number == 5 else "") for number in range(6)
    ]

    def step():
        one, other = (dice.choice(people).id for _ in range(2))
        return dice.choice(
            [
                lambda tx: accounts.follow(tx, follower=one, followed=other),
                lambda tx: accounts.follow(tx, follower=one, followed=other, notify=True),
                lambda tx: accounts.unfollow(tx, follower=one, followed=other),
                lambda tx: accounts.accept_follow(tx, one, follower=other),
                lambda tx: accounts.reject_follow(tx, one, follower=other),
                lambda tx: accounts.remove_from_followers(tx, one, follower=other),
                lambda tx: accounts.block(tx, one, target=other),
                lambda tx: accounts.unblock(tx, one, target=other),
                lambda tx: accounts.block_domain(tx, one, domain="else.example"),
                lambda tx: accounts.unblock_domain(tx, one, domain="else.example"),
            ]
        )

    async def act():
        with contextlib.suppress(accounts.RelationRefused, accounts.RequestMissing):
            async with db.begin() as tx:
                await step()(tx)

    for _ in range(60):
        await asyncio.gather(*(act() for _ in range(4)))
    everyone = [one.id for one in people]
    rows = {one: await accounts.relationships(db, one, everyone) for one in everyone}
    found = await accounts.counts_of(db, everyone)
    for one in everyone:
        assert found[one].following == sum(other.following for other in rows[one])
        assert found[one].followers == sum(other.followed_by for other in rows[one])
        for other in rows[one]:
            between = {other.following, other.followed_by, other.requested, other.requested_by}
            assert between == {False} or not (other.blocking or other.domain_blocking)
    assert told_by(await events()) == {(one, other.id) for one in everyone for other in rows[one] if other.following}


async def test_lists_are_paged_by_the_moment_of_the_follow(db, make):
    star, fans = await make.account(), [await make.account() for _ in range(5)]
    order = [fans[n] for n in (3, 0, 4, 1, 2)]
    for fan in order:
        await do(db, accounts.follow, follower=fan.id, followed=star.id)
    newest_first = [fan.id for fan in reversed(order)]
    first = await accounts.followers(db, star.id, accounts.Cursor(limit=2))
    second = await accounts.followers(db, star.id, accounts.Cursor(limit=2, max_id=first.oldest))
    assert [*first.ids, *second.ids] == newest_first[:4]
    back = await accounts.followers(db, star.id, accounts.Cursor(limit=2, min_id=second.oldest))
    assert list(back.ids) == newest_first[1:3]
    since = await accounts.followers(db, star.id, accounts.Cursor(limit=2, since_id=second.oldest))
    assert list(since.ids) == newest_first[:2]
    assert await accounts.followers(db, star.id, accounts.Cursor(max_id=1)) == accounts.Page()


async def test_lists_leave_out_whom_the_viewer_shall_not_see(db, make):
    star, viewer = await pair(make)
    fans = [await make.account() for _ in range(5)]
    gone = await make.account(standing="suspended")
    for fan in (*fans, gone):
        await make.follow(fan, star)
        await make.follow(star, fan)
    await make.block(viewer, fans[0])
    await make.block(fans[1], viewer)
    await make.mute(viewer, fans[2])
    await make.mute(viewer, fans[3], expires_at=1)
    for asked in (accounts.followers, accounts.following):
        assert set((await asked(db, star.id, PAGE, viewer=viewer.id)).ids) == {fans[3].id, fans[4].id}
        assert len((await asked(db, star.id, PAGE)).ids) == 5
        assert len((await asked(db, star.id, PAGE, viewer=star.id)).ids) == 5


async def test_hidden_collections(db, make):
    star, viewer = await make.account(hide_collections=True), await make.account()
    found = await accounts.find_shown(db, star.id)
    assert await accounts.collections_hidden(db, found)
    assert await accounts.collections_hidden(db, found, viewer=viewer.id)
    assert not await accounts.collections_hidden(db, found, viewer=star.id)
    other = await make.account()
    await make.block(other, viewer)
    found = await accounts.find_shown(db, other.id)
    assert await accounts.collections_hidden(db, found, viewer=viewer.id)
    assert not await accounts.collections_hidden(db, found)


async def test_familiar_followers(db, make):
    me, star, friend, shy, stranger = [await make.account(hide_collections=n == 3) for n in range(5)]
    for fan in (friend, shy, stranger):
        await make.follow(fan, star)
    for known in (friend, shy):
        await make.follow(me, known)
    assert await accounts.familiar_followers(db, me.id, [star.id, friend.id]) == {star.id: [friend.id], friend.id: []}
    hidden = await make.account(hide_collections=True)
    gone = await make.account(standing="suspended")
    for one in (hidden, gone):
        await make.follow(friend, one)
    asked = [hidden.id, gone.id, 1, star.id, hidden.id]
    assert await accounts.familiar_followers(db, me.id, asked) == {hidden.id: [], star.id: [friend.id]}
