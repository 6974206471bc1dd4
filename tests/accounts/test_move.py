"""Accounts that move: what is noted, and who goes along."""

from __future__ import annotations

import pytest

from dunnock import accounts
from dunnock.accounts.errors import MoveRefused, RelationRefused


@pytest.fixture
async def two(make):
    """The old account, of another server, and the new one, of this."""
    return await make.account("old", domain="elsewhere.example"), await make.account("new")


async def test_followers_blocks_and_mutes_go_along(db, make, two):
    old, new = two
    fan, foe, bored = [await make.member(name) for name in ("fan", "foe", "bored")]
    await make.follow(fan, old)
    async with db.begin() as tx:
        await accounts.block(tx, foe.id, target=old.id)
        await accounts.mute(tx, bored.id, target=old.id, duration=60)
        await accounts.move(tx, old.id, to=new.id)
        for what in accounts.CARRIED:
            assert await accounts.carry_over(tx, old.id, to=new.id, what=what, above=0) is None
    [one] = await accounts.relationships(db, fan.id, [new.id])
    assert one.following
    assert (await accounts.relationships(db, foe.id, [new.id]))[0].blocking
    muted = (await accounts.relationships(db, bored.id, [new.id]))[0]
    assert (muted.muting, muted.mute_expires_at is not None) == (True, True)


async def test_an_account_that_moved_is_followed_no_more_until_its_owner_is_back(db, make, two):
    old, new = two
    fan = await make.member("fan")
    async with db.begin() as tx:
        await accounts.move(tx, new.id, to=old.id)
    at = await accounts.moved_at(db, new.id)
    assert at is not None
    with pytest.raises(RelationRefused):
        async with db.begin() as tx:
            await accounts.follow(tx, follower=fan.id, followed=new.id)
    async with db.begin() as tx:
        await accounts.move(tx, new.id, to=None)
        assert await accounts.follow(tx, follower=fan.id, followed=new.id)
    assert await accounts.moved_at(db, new.id) == at  # when it moved last is not forgotten by coming back


async def test_not_to_itself_and_not_with_too_many_names(db, make):
    one = await make.account("one")
    with pytest.raises(MoveRefused):
        async with db.begin() as tx:
            await accounts.move(tx, one.id, to=one.id)
    names = tuple(f"https://elsewhere.example/{at}" for at in range(accounts.MOST_ALIASES + 1))
    with pytest.raises(MoveRefused):
        async with db.begin() as tx:
            await accounts.change_aliases(tx, one.id, names)
    async with db.begin() as tx:
        await accounts.change_aliases(tx, one.id, names[1:])
    assert await accounts.aliases_of(db, one.id) == names[1:]
