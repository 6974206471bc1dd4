"""Suggestions: who acts together moves them as the root of their number."""

from __future__ import annotations

import math

import pytest

from dunnock import accounts, discovery
from dunnock.accounts.views import AccountViews
from dunnock.discovery.people import by_independence, spread


@pytest.mark.parametrize("size", [10, 100, 1000, 10_000])
def test_coordinated_followers_count_as_the_root_of_their_number(size):
    root = math.isqrt(size)
    counts = [(1, size + 5), (2, root + 4), (3, root + 6)]
    assert by_independence(counts, [(1, 9, size, float(size)), (4, 9, 1, 1.0)]) == [3, 1, 2]
    assert by_independence(counts, []) == [1, 3, 2]


async def test_neither_bought_followers_nor_a_clique_of_friends_come_first(db, make, house):
    people = discovery.People(db, AccountViews(db), house.viewers)
    reader, bought, liked, near, pushed = [await make.member() for _ in range(5)]
    bots, others = [await make.member() for _ in range(9)], [await make.member() for _ in range(4)]
    for one in bots:
        await make.follow(one, bought)
    for one in others:
        await make.follow(one, liked)
    for one in [*bots[:6], *others]:
        await make.follow(reader, one)
    for one in bots[:6]:
        await make.follow(one, pushed)
    for one in others[:3]:
        await make.follow(one, near)

    async def order():
        found = [one.account_id for one in await people.suggestions(reader.id)]
        return [one for one in found if one in {bought.id, liked.id, near.id, pushed.id}]

    assert await order() == [bought.id, pushed.id, liked.id, near.id]
    async with db.begin() as tx:
        await accounts.set_group(tx, 1, dict.fromkeys([one.id for one in bots], 1.0))
    assert await order() == [liked.id, near.id, bought.id, pushed.id]


@pytest.mark.parametrize("size", [10, 100, 1000, 10_000])
def test_of_followers_who_act_together_as_many_are_suggested_as_they_count(size):
    rows = [(n, 7, 1.0) for n in range(size)] + [(size + n, None, None) for n in range(5)]
    found = spread(rows)
    assert found == [*range(math.isqrt(size)), *range(size, size + 5)]
    assert spread([(1, 7, 0.2), (2, 7, 0.2), (3, None, None)]) == [1, 3]


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
    got = {one.id for one in bots} & {*found}
    assert len(got) == (5 if marked else 10)
    assert honest.id in found or not marked


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
