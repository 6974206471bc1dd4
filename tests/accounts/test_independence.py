"""Accounts that act together count as the square root of their number."""

from __future__ import annotations

import math

import pytest

from dunnock import accounts
from dunnock.accounts import Independence, effective, shares


async def test_said_changed_and_taken_back(db, make, events):
    ada, bob, cleo = [await make.account(name) for name in ("ada", "bob", "cleo")]
    async with db.begin() as tx:
        await accounts.set_group(tx, 7, {ada.id: 1.0, bob.id: 0.5})
    known = await accounts.independence_of(db, [ada.id, bob.id, cleo.id])
    assert known == {ada.id: Independence(7, 1.0), bob.id: Independence(7, 0.5)}
    async with db.begin() as tx:
        await accounts.set_group(tx, 7, {ada.id: 1.0, bob.id: 0.5})
    async with db.begin() as tx:
        await accounts.set_group(tx, 7, {cleo.id: 2.0})
    assert await accounts.independence_of(db, [ada.id, bob.id, cleo.id]) == {cleo.id: Independence(7, 1.0)}
    async with db.begin() as tx:
        await accounts.set_group(tx, 7, {})
    assert await accounts.independence_of(db, [cleo.id]) == {}
    said = [one for one in await events() if isinstance(one, accounts.IndependenceChanged)]
    assert said == [accounts.IndependenceChanged(group_id=7)] * 3


async def test_an_account_is_of_one_group(db, make):
    ada = await make.account("ada")
    for group in (1, 2):
        async with db.begin() as tx:
            await accounts.set_group(tx, group, {ada.id: 1.0})
    assert await accounts.independence_of(db, [ada.id]) == {ada.id: Independence(2, 1.0)}


@pytest.mark.parametrize("number", [1, 10, 100, 10_000])
def test_n_together_move_as_far_as_the_root_of_n(number):
    known = {one: Independence(1, 1.0) for one in range(number)}
    assert effective(range(number), known) <= math.sqrt(number) + 1e-9
    assert math.isclose(effective(range(number + 5), known), math.sqrt(number) + 5)


def test_a_share_is_never_more_than_ones_own_weight():
    known = {1: Independence(1, 0.2), 2: Independence(1, 0.3), 3: Independence(2, 1.0)}
    assert shares([1, 2, 3, 4], known) == {1: 0.2, 2: 0.3, 3: 1.0, 4: 1.0}
