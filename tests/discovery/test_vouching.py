"""For whom people vouch whom this server knows: a crowd gets in over follows by others only."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import bindparam, delete, select, update

from dunnock import discovery
from dunnock.accounts.tables import account_counts, follows, independence
from dunnock.accounts.tables import accounts as accounts_table
from dunnock.discovery import vouching as v
from dunnock.discovery import walk_of_vouching as w
from dunnock.discovery.events import VouchingChanged
from dunnock.discovery.tables import vouched as table
from dunnock.foundation.clock import DAY, HOUR, now_ms
from dunnock.foundation.db import Sql, among, insert_once
from dunnock.foundation.ids import id_at
from society import society

FOLLOW = insert_once(follows, "follower_id", "followed_id", "id")
NO_OTHERS = Sql(
    delete(follows).where(follows.c.follower_id == bindparam("follower"), among(follows.c.followed_id, "ids"))
)
VOUCHED = Sql(select(table.c.account_id))


def crowd(size, *, first):
    """A third of it follows the others and each other: to each of its accounts many seem to vouch."""
    hubs = max(3, size // 3)
    inside = [(first + one % hubs, first + one) for one in range(size) if one % hubs != one]
    ring = [(first + one, first + (one + step) % hubs) for one in range(hubs) for step in (1, 2)]
    return [*inside, *ring]


def walk(pairs, known=(0, 1, 2)):
    followers, followed = np.array(pairs, dtype=np.int64).T
    return w.vouched(followers, followed, known)


def test_people_are_reached_from_a_few():
    found = walk(society(2_000))
    assert len(found) >= 0.9 * 2_000


@pytest.mark.parametrize("size", [10, 100, 1_000, 10_000])
@pytest.mark.parametrize("fooled", [0, 1, 3, 10])
def test_a_crowd_gets_in_over_follows_by_others_only(size, fooled):
    people = society(2_000)
    pick = np.random.default_rng(size + fooled)
    pairs = people + crowd(size, first=10_000)
    pairs += [(int(pick.integers(3, 2_000)), 10_000 + int(pick.integers(max(3, size // 3)))) for _ in range(fooled)]
    found = walk(pairs)
    inside = [one for one in found if one >= 10_000]
    assert len(inside) <= 3 * fooled
    assert len(found) - len(inside) >= 0.9 * len(walk(people)), "nor does it take anything from others"


@pytest.mark.parametrize("size", [1_000, 10_000])
def test_even_a_known_one_who_is_fooled_opens_the_door_to_few(size):
    pairs = society(2_000) + crowd(size, first=10_000) + [(0, 10_000)]
    assert len([one for one in walk(pairs) if one >= 10_000]) <= w.FOLLOW_CARRIES / w.ANEW


def test_who_follows_one_of_us_in_masses_harms_nobody():
    people = society(500)
    target = next(one for one in sorted(walk(people)) if one > 2)
    assert target in walk(people + [(10_000 + n, target) for n in range(5_000)])


def test_where_nobody_is_known_nobody_is_vouched_for():
    assert w.vouched(np.array([1, 2]), np.array([2, 3]), []) == set()
    assert w.vouched(np.array([], dtype=np.int64), np.array([], dtype=np.int64), [1]) == set()
    assert w.vouched(np.array([2, 3]), np.array([3, 2]), [1]) == set()


async def town(db, make, size=80, *, role="owner", since=20):
    """People who follow each other, some known to the server; their ids."""
    known = await make.member(role=role)
    people = [known, *[await make.account() for _ in range(size - 1)]]
    async with db.begin() as tx:
        await tx.many(
            FOLLOW,
            [
                {"follower_id": people[one].id, "followed_id": people[other].id, "id": id_at(now_ms() - since * DAY, n)}
                for n, (one, other) in enumerate(society(size, each=10))
            ],
        )
    return [one.id for one in people]


async def refreshed(db):
    await discovery.refresh_vouching(db, discovery.RefreshVouching())
    return {row[0] for row in await db.all(VOUCHED)}


async def test_whom_staff_know(db, make, events):
    people = await town(db, make)
    lonely, young, asked = [await make.account() for _ in range(3)]
    await make.row(follows, follower_id=people[0], followed_id=young.id, id=id_at(now_ms() - HOUR))
    await make.row(follows, follower_id=people[0], followed_id=asked.id, id=id_at(now_ms() - 9 * DAY), requested=True)
    found = await refreshed(db)
    assert len(found & set(people)) >= 60
    assert found.isdisjoint({lonely.id, young.id, asked.id})
    assert await v.vouched_of(db, [people[0], lonely.id]) == {people[0]}
    assert await v.vouched_of(db, [lonely.id]) == set()
    assert await events() == [VouchingChanged()]
    assert await refreshed(db) == found
    assert len(await events()) == 1, "nothing changed"


async def test_suspended_accounts_and_groups_vouch_for_nobody(db, make):
    people = await town(db, make)
    lost, led = [await make.account() for _ in range(2)]
    other, bot = people[5], people[6]
    await make.row(follows, follower_id=other, followed_id=lost.id, id=id_at(now_ms() - 9 * DAY))
    await make.row(follows, follower_id=bot, followed_id=led.id, id=id_at(now_ms() - 9 * DAY, 2))
    async with db.begin() as tx:
        for one in (other, bot):
            await tx.run(NO_OTHERS, follower=one, ids=people)
    assert {lost.id, led.id} <= await refreshed(db)
    await make.row(independence, account_id=bot, group_id=1, weight=1.0)
    async with db.begin() as tx:
        await tx.run(Sql(update(accounts_table).where(accounts_table.c.id == other).values(standing="suspended")))
    assert {lost.id, led.id}.isdisjoint(await refreshed(db))


async def test_first_members_are_known_after_half_a_year(db, make, monkeypatch):
    people = await town(db, make, role="member")
    assert await refreshed(db) == set(), "a server that is new, without staff who follow anybody, says nothing"
    assert await v.vouched_of(db, people) is None
    monkeypatch.setattr(v, "HERE_FOR", -HOUR)
    assert await refreshed(db) == set(), "nor does who never wrote anything"
    async with db.begin() as tx:
        await tx.run(Sql(update(account_counts).where(account_counts.c.account_id == people[0]).values(posts=1)))
    assert len(await refreshed(db)) >= 60


async def test_a_server_that_knows_few_says_nothing_of_anybody(db, make):
    people = await town(db, make, 12)
    assert await refreshed(db) == set()
    assert await v.vouched_of(db, people) is None
