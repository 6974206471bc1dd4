"""Suggestions: who acts together moves them as the root of their number."""

from __future__ import annotations

import math

import pytest

from dunnock import accounts, discovery
from dunnock.accounts.views import AccountViews
from dunnock.discovery.people import by_independence


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
