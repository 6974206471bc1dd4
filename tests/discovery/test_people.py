"""Suggestions: who acts together moves them as the root of their number."""

from __future__ import annotations

import math

import pytest

from dunnock import accounts, discovery
from dunnock.accounts.views import AccountViews
from dunnock.discovery.people import by_support, spread


@pytest.mark.parametrize("size", [10, 100, 1000, 10_000])
def test_coordinated_followers_count_as_the_root_of_their_number(size):
    root = math.isqrt(size)
    honest = [(1, 1, 1, 1, 5), (2, 1, 1, 1, root + 4), (3, 1, 1, 1, root + 7)]
    assert by_support(honest, [(1, 9, size, float(size)), (4, 9, 1, 1.0)]) == [3, 1, 2, 4]
    assert by_support([*honest, (1, 0, size, size, size)], []) == [3, 1, 2], "nothing is known of them"
    assert by_support([*honest, (1, 1, size, 1, size)], []) == [3, 1, 2], "they came in one hour"
    assert by_support([*honest, (1, 1, 1, size, size)], []) == [3, 1, 2], "one account vouches for all"
    few = size // 2
    assert by_support([*honest, (1, 1, 1, few, few), (1, 1, 1, size - few, size - few)], []) == [3, 1, 2], "two do"
    assert by_support([*honest, (1, 1, 1, 1, size)], []) == [1, 3, 2]


@pytest.mark.parametrize("size", [10, 100, 1000, 10_000])
@pytest.mark.parametrize("of", ["group", "hour", "voucher", "unknown"])
def test_of_followers_who_act_together_as_many_are_suggested_as_they_count(size, of):
    made = {
        "group": lambda n: (n, 7, 1.0, 100 + n, 100 + n),
        "hour": lambda n: (n, None, None, 100 + n, 5),
        "voucher": lambda n: (n, None, None, 1, 100 + n),
        "unknown": lambda n: (n, None, None, None, 100 + n),
    }[of]
    found = spread([*map(made, range(size)), *[(size + n, None, None, 20 + n, 10 + n) for n in range(5)]])
    crowd, others = [*range(max(3, math.isqrt(size)))], [*range(size, size + 5)]
    assert found == (crowd + others if of in {"group", "hour"} else others + crowd)
    assert spread([(1, 7, 0.2, 1, 5), (2, 7, 0.2, 1, 5), (3, None, None, 1, 5)]) == [1, 3]


async def test_who_follows_one_is_suggested_until_followed_back_or_dismissed(db, make, house):
    people = discovery.People(db, AccountViews(db), house.viewers)
    reader, fan, shy, asked, both = [await make.member() for _ in range(5)]
    for one in (fan, shy, both):
        await make.follow(one, reader)
    await make.follow(asked, reader, requested=True)
    await make.follow(reader, both)
    async with db.begin() as tx:
        await accounts.change_settings(tx, shy.id, discoverable=False)

    async def found():
        return {one.account_id: one.sources for one in await people.suggestions(reader.id)}

    assert await found() == {fan.id: ("follows_you",)}
    async with db.begin() as tx:
        await discovery.dismiss_suggestion(tx, reader.id, target=fan.id)
    assert await found() == {}


async def test_who_joins_on_the_first_day_of_a_server_is_shown_who_writes_there(db, make, house):
    people = discovery.People(db, AccountViews(db), house.viewers)
    newcomer, owner, silent, shy, bot = [await make.member() for _ in range(5)]
    for one in (owner, shy, bot):
        await make.post(one, "The first one here")
    async with db.begin() as tx:
        for one in (owner, silent, bot):
            await accounts.change_settings(tx, one.id, discoverable=True)
        await accounts.change_settings(tx, shy.id, discoverable=False)
        await accounts.set_group(tx, 1, {bot.id: 1.0})
    found = await people.suggestions(newcomer.id)
    assert [(one.account_id, one.sources) for one in found] == [(owner.id, ("writes_here",))]
    async with db.begin() as tx:
        await accounts.follow(tx, follower=newcomer.id, followed=owner.id)
    assert await people.suggestions(newcomer.id) == []


@pytest.mark.parametrize("marked", [True, False])
async def test_many_who_follow_one_do_not_fill_the_suggestions(db, make, house, marked):
    people = discovery.People(db, AccountViews(db), house.viewers)
    reader, honest = await make.member(), await make.member()
    await make.follow(honest, reader)
    bots = [await make.member() for _ in range(25)]
    for one in bots:
        await make.follow(one, reader)
    if marked:
        async with db.begin() as tx:
            await accounts.set_group(tx, 1, dict.fromkeys([one.id for one in bots], 1.0))
    found = [one.account_id for one in await people.suggestions(reader.id)]
    assert len({one.id for one in bots} & {*found}) == 5
    assert (honest.id in found) is marked, "nothing is known of them either"


async def test_nobody_under_18_is_suggested_to_adults(db, make, house):
    people = discovery.People(db, AccountViews(db), house.viewers)
    adult, teen, young, old = [await make.member() for _ in range(4)]
    for liked in (young, old):
        for _ in range(3):
            await make.follow(await make.member(), liked)
    async with db.begin() as tx:
        for one in (teen, young):
            await accounts.declare_minor(tx, one.id)

    async def met(reader):
        return {one.account_id for one in await people.suggestions(reader.id)} & {young.id, old.id}

    assert await met(adult) == {old.id}
    assert await met(teen) == {young.id, old.id}
