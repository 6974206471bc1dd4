"""Collections that staff show to those who join, and following all in one at once."""

from __future__ import annotations

import asyncio
import sys

import pytest
from sqlalchemy import text

from dunnock import accounts, discovery
from dunnock.accounts.standing import change_standing, sensitize
from dunnock.discovery import CollectionChanges
from dunnock.foundation.db import Sql


@pytest.fixture
async def scene(db, make, house):
    """A collection of three by `owner`, staff, and somebody who just joined."""
    house.owner, house.newcomer = await make.member("owner"), await make.member("newcomer")
    house.boss = await make.member("boss", role="owner")
    house.birds = [await make.member(f"bird{n}") for n in range(3)]
    async with db.begin() as tx:
        for one in house.birds:
            await accounts.change_settings(tx, one.id, discoverable=True)
        house.one = await discovery.make_collection(
            tx, CollectionChanges(name="Birds"), by=house.owner.id, members=[one.id for one in house.birds]
        )
    return house


async def followed_by(db, account, others):
    found = await accounts.relationships(db, account.id, [one.id for one in others])
    return {one.id for one in found if one.following}


async def test_minors_and_adults_are_not_led_to_each_other(db, make, scene):
    await scene.do(discovery.choose_starter, scene.one.id, by=scene.boss.id)
    first, second, third = [one.id for one in scene.birds]
    teen = await make.member("teen")
    async with db.begin() as tx:
        for one in (teen.id, first):
            await accounts.declare_minor(tx, one)
        await sensitize(tx, [second], sensitized=True)
    assert await ids(db) == await ids(db, scene.newcomer.id) == {"Birds": [second, third]}
    assert await ids(db, teen.id) == {"Birds": [first, third]}
    done = await scene.do(discovery.follow_collection, scene.one.id, by=teen.id)
    assert done.followed == 2
    assert await followed_by(db, teen, scene.birds) == {first, third}
    done = await scene.do(discovery.follow_collection, scene.one.id, by=scene.newcomer.id)
    assert await followed_by(db, scene.newcomer, scene.birds) == {second, third}


async def test_following_goes_on_after_a_restart_and_leaves_out_who_comes_too_late(db, make, scene, monkeypatch):
    monkeypatch.setattr(sys.modules["dunnock.discovery.starters"], "AT_ONCE", 1)
    job = discovery.FollowRest(scene.newcomer.id, scene.one.id)
    async with db.begin() as tx:
        done = await discovery.follow_collection(tx, scene.one.id, by=scene.newcomer.id)
    assert (done.followed, done.waiting) == (1, 2)
    await discovery.follow_rest(db, job)
    assert await discovery.following_all(db, scene.one.id, by=scene.newcomer.id) == discovery.FollowedAll(2, 0, 0, 1)
    monkeypatch.setattr(sys.modules["dunnock.accounts.follow"], "MOST_FOLLOWS", 2)
    await scene.settle()
    assert await discovery.following_all(db, scene.one.id, by=scene.newcomer.id) == discovery.FollowedAll(2, 0, 1, 0)
    await discovery.follow_rest(db, job)
    assert len(await followed_by(db, scene.newcomer, scene.birds)) == 2
    await scene.do(discovery.delete_collection, scene.one.id, by=scene.owner.id)
    assert await discovery.following_all(db, scene.one.id, by=scene.newcomer.id) is None


async def ids(db, viewer=0, language=""):
    found = await discovery.starters(db, viewer=viewer, language=language)
    return {one.name: [item.account_id for item in one.items] for one in found}


async def test_staff_choose_and_drop_and_it_is_in_the_log(db, scene):
    with pytest.raises(accounts.NotPermitted):
        await scene.do(discovery.choose_starter, scene.one.id, by=scene.owner.id)
    assert await ids(db) == {}
    await scene.do(discovery.choose_starter, scene.one.id, by=scene.boss.id)
    assert await ids(db) == {"Birds": [one.id for one in scene.birds]}
    await scene.do(discovery.drop_starter, scene.one.id, by=scene.boss.id)
    assert await ids(db) == {}
    acts = [row[0] for row in await db.all(Sql(text("SELECT act FROM staff_log ORDER BY id")))]
    assert acts == ["collection.starter", "collection.no_starter"]
    with pytest.raises(discovery.CollectionMissing):
        await scene.do(discovery.choose_starter, 1, by=scene.boss.id)


async def test_staff_vouch_only_for_what_they_saw(db, make, scene):
    await scene.do(discovery.choose_starter, scene.one.id, by=scene.boss.id)
    await asyncio.sleep(0.01)
    late = await make.member("late")
    await scene.do(accounts.change_settings, late.id, discoverable=True)
    await scene.do(discovery.add_to_collection, scene.one.id, account=late.id, by=scene.owner.id)
    assert late.id not in (await ids(db))["Birds"]
    done = await scene.do(discovery.follow_collection, scene.one.id, by=scene.newcomer.id)
    assert done.followed == 3
    assert not await followed_by(db, scene.newcomer, [late])
    await scene.do(discovery.choose_starter, scene.one.id, by=scene.boss.id)
    assert late.id in (await ids(db))["Birds"]
    await scene.do(discovery.change_collection, scene.one.id, CollectionChanges(name="Buy"), by=scene.owner.id)
    assert await ids(db) == {}


async def test_who_does_not_agree_or_is_limited_is_not_shown(db, scene):
    await scene.do(discovery.choose_starter, scene.one.id, by=scene.boss.id)
    first, second, third = [one.id for one in scene.birds]
    await scene.do(accounts.change_settings, first, discoverable=False)
    await scene.do(change_standing, {second: accounts.Standing.LIMITED})
    assert await ids(db) == {"Birds": [third]}


@pytest.mark.parametrize("change", [{"sensitive": True}, {"discoverable": False}])
async def test_hidden_and_sensitive_ones_are_refused(scene, change):
    await scene.do(discovery.change_collection, scene.one.id, CollectionChanges(**change), by=scene.owner.id)
    with pytest.raises(discovery.StarterRefused):
        await scene.do(discovery.choose_starter, scene.one.id, by=scene.boss.id)


async def test_there_are_twelve_at_most_and_the_readers_language_comes_first(db, make, scene):
    for n in range(13):
        owner = await make.member(f"maker{n}")
        changes = CollectionChanges(name=f"C{n}", language="de" if n == 11 else "fr")
        one = await scene.do(discovery.make_collection, changes, by=owner.id)
        if n < 12:
            await scene.do(discovery.choose_starter, one.id, by=scene.boss.id)
    with pytest.raises(discovery.StarterRefused):
        await scene.do(discovery.choose_starter, one.id, by=scene.boss.id)
    assert next(iter(await ids(db, language="de"))) == "C11"
    assert next(iter(await ids(db, language="ja"))) == "C0"


async def test_all_are_followed_but_those_left_out(db, make, scene):
    first, second, third = scene.birds
    await make.follow(scene.newcomer, third)
    muted = await make.member("muted")
    await scene.do(accounts.change_settings, muted.id, discoverable=True)
    await scene.do(discovery.add_to_collection, scene.one.id, account=muted.id, by=scene.owner.id)
    await scene.do(accounts.mute, scene.newcomer.id, target=muted.id)
    done = await scene.do(discovery.follow_collection, scene.one.id, by=scene.newcomer.id, without=[first.id])
    assert (done.followed, done.asked, done.left_out) == (1, 0, 1)
    assert await followed_by(db, scene.newcomer, scene.birds) == {second.id, third.id}
    again = await scene.do(discovery.follow_collection, scene.one.id, by=scene.newcomer.id, without=[first.id])
    assert (again.followed, again.left_out) == (0, 1)


async def test_only_those_that_were_shown_are_followed(db, make, scene):
    stranger = await make.member("stranger")
    only = [scene.birds[0].id, stranger.id]
    done = await scene.do(discovery.follow_collection, scene.one.id, by=scene.newcomer.id, only=only)
    assert done.followed == 1
    assert await followed_by(db, scene.newcomer, [*scene.birds, stranger]) == {scene.birds[0].id}


async def test_nobody_is_followed_when_there_are_too_many(db, scene, monkeypatch):
    monkeypatch.setattr(sys.modules["dunnock.accounts.follow"], "MOST_FOLLOWS", 2)
    with pytest.raises(accounts.TooManyFollows):
        await scene.do(discovery.follow_collection, scene.one.id, by=scene.newcomer.id)
    assert await followed_by(db, scene.newcomer, scene.birds) == set()
    assert (await accounts.counts_of(db, [scene.newcomer.id])).get(scene.newcomer.id, accounts.Counts()).following == 0
