"""Groups of notifications against a plain oracle: what pages show, whatever happens between them."""

from __future__ import annotations

import contextlib
import random
from collections import defaultdict

import pytest
from sqlalchemy import bindparam, select

from dunnock import accounts, notifications, posts
from dunnock.foundation.clock import HOUR, now_ms
from dunnock.foundation.db import BigId, Sql
from dunnock.notifications import GROUPED, Filters, GroupKey
from dunnock.notifications.model import bucket_of
from dunnock.notifications.store import rows as store
from dunnock.notifications.tables import notifications as table
from dunnock.posts.entries import FOREVER, Span

OF_ONE = Sql(
    select(table.c.id, table.c.kind, table.c.from_id, table.c.post_id, table.c.bucket, table.c.head, table.c.filtered)
    .where(table.c.account_id == bindparam("to", type_=BigId))
    .order_by(table.c.id.desc())
)


@pytest.mark.parametrize(
    ("hour", "before", "named"), [(100, 0, 100), (100, 100, 100), (111, 100, 100), (112, 100, 112), (99, 100, 100)]
)
def test_a_group_goes_on_for_twelve_hours(hour, before, named):
    assert bucket_of(hour * HOUR + 5, before) == named


def oracle(rows, *, grouped=GROUPED, until=FOREVER, below=FOREVER, above=0):
    """(key, newest id, count, last eight, ids) of every group as it stood at `until`, newest first; plainly."""
    members = defaultdict(list)
    for an_id, kind, from_id, about, bucket, _, filtered in rows:
        if an_id <= until and not filtered:
            key = (kind, about, bucket) if bucket and kind in grouped else an_id
            members[key].append((an_id, from_id))
    shown = []
    for key, inside in members.items():
        inside.sort(reverse=True)
        newest = inside[0][0]
        if above < newest < below:
            shown.append((key, newest, len(inside), [by for _, by in inside[:8]], [an_id for an_id, _ in inside]))
    return sorted(shown, key=lambda one: -one[1])


def as_seen(group):
    one = group.newest
    key = (one.kind, one.about_id, one.bucket) if one.bucket else one.id
    return key, one.id, group.count, list(group.from_ids)


class Life:
    """Random acts that concern `anna`, over days; `await act()` does one and lets it be heard."""

    def __init__(self, world, make, seed):
        self.world, self.make, self.chance = world, make, random.Random(seed)

    async def begin(self):
        self.anna = await self.make.member("anna")
        self.people = [await self.make.member() for _ in range(14)]
        self.posts = [await self.world.publish(self.anna) for _ in range(3)]
        self.hour = now_ms() // HOUR

    async def rows(self):
        return [tuple(row) for row in await self.world.db.all(OF_ONE, to=self.anna.id)]

    async def act(self):
        one, post, anna, world = self.chance.choice(self.people), self.chance.choice(self.posts), self.anna, self.world
        with contextlib.suppress(posts.PostMissing, accounts.RelationRefused, notifications.NotificationMissing):
            match self.chance.randrange(13):
                case 0 | 1 | 2 | 3:
                    await world.do(posts.favourite, post.id, by=one.id)
                case 4 | 5:
                    await world.do(posts.boost, post.id, by=one.id)
                case 6:
                    await world.do(accounts.follow, follower=one.id, followed=anna.id)
                case 7:
                    await world.publish(one, "@anna hello")
                case 8:
                    await world.do(posts.unfavourite, post.id, by=one.id)
                case 9:
                    await world.do(accounts.unfollow, follower=one.id, followed=anna.id)
                case 10 if self.chance.random() < 0.3:
                    await world.do(posts.delete, post.id, by=anna.id)
                    self.posts.remove(post)
                    self.posts.append(await world.publish(anna))
                case 11:
                    rows = await self.rows()
                    if rows:
                        await world.do(notifications.dismiss, anna.id, self.chance.choice(rows)[0])
                case 12 if self.chance.random() < 0.15:
                    await world.do(accounts.block, anna.id, target=one.id)
                    await world.do(accounts.unblock, anna.id, target=one.id)
        await world.settle()

    async def arrive(self):
        """Something new, and nothing is taken away."""
        one, post = self.chance.choice(self.people), self.chance.choice(self.posts)
        with contextlib.suppress(posts.PostMissing, accounts.RelationRefused):
            match self.chance.randrange(4):
                case 0 | 1:
                    await self.world.do(posts.favourite, post.id, by=one.id)
                case 2:
                    await self.world.do(posts.boost, post.id, by=one.id)
                case _:
                    await self.world.publish(one, "@anna hello")
        await self.world.settle()


def check_heads(rows):
    """Each group has one head, its newest; what stands alone is its own."""
    newest = {}
    for an_id, kind, _, about, bucket, head, _ in rows:
        key = (kind, about, bucket) if bucket else an_id
        assert bool(head) == (key not in newest), (an_id, kind)
        newest.setdefault(key, an_id)


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_happens_groups_are_those_of_the_oracle(world, make, seed):
    life = Life(world, make, seed)
    await life.begin()
    for turn in range(110):
        await life.act()
        if turn % 11:
            continue
        rows = await life.rows()
        check_heads(rows)
        for grouped in (GROUPED, frozenset({"favourite"}), frozenset()):
            page = await notifications.group_page(
                world.db, life.anna.id, Span(), grouped=grouped, now=now_ms(), most=1_000
            )
            assert [as_seen(one) for one in page.groups] == [one[:4] for one in oracle(rows, grouped=grouped)]
            assert [one.first_id for one in page.groups] == [one[4][-1] for one in oracle(rows, grouped=grouped)]
            count = await notifications.unread_groups(world.db, life.anna.id, grouped=grouped, most=1_000)
            assert count == len(page.groups)
        for kinds in (("favourite",), ("mention", "follow")):
            page = await notifications.group_page(
                world.db, life.anna.id, Span(), Filters(kinds=kinds), now=now_ms(), most=1_000
            )
            assert [as_seen(one) for one in page.groups] == [
                one[:4] for one in oracle([row for row in rows if row[1] in kinds])
            ]
        by = life.people[0].id
        page = await notifications.group_page(
            world.db, life.anna.id, Span(), Filters(from_id=by), now=now_ms(), most=1_000
        )
        assert [one.newest.id for one in page.groups] == [row[0] for row in rows if row[2] == by]
        for key, newest, count, by_whom, ids in oracle(rows):
            named = GroupKey(*key) if isinstance(key, tuple) else GroupKey(alone=key)
            assert as_seen(await notifications.find_group(world.db, life.anna.id, named)) == (
                key, newest, count, by_whom,
            )  # fmt: skip
            inside = await notifications.group_members(world.db, life.anna.id, named, Span(), most=1_000)
            assert [one.id for one in inside] == ids
    await world.again()
    check_heads(await life.rows())


@pytest.mark.parametrize("seed", range(5))
async def test_pages_neither_repeat_nor_lose_a_group_while_new_ones_arrive(world, make, seed):
    life = Life(world, make, seed + 100)
    await life.begin()
    for _ in range(60):
        await life.act()
    for size in (1, 2, 3, 5):
        before = await life.rows()
        expected = oracle(before)
        seen, below, until = [], FOREVER, None
        while True:
            page = await notifications.group_page(
                world.db, life.anna.id, Span(below), until=until, now=now_ms(), most=size
            )
            if page.oldest is None:
                break
            until = page.newest if until is None else until
            assert page.full == (len(page.groups) == size)
            for group in page.groups:
                if group.newest.bucket:
                    assert group.first_id >= page.oldest or not page.full
            seen += page.groups
            below = page.oldest
            for _ in range(life.chance.randrange(4)):
                await life.arrive()
        assert [as_seen(one) for one in seen] == [one[:4] for one in expected]


@pytest.mark.parametrize("seed", range(3))
async def test_upwards_everything_new_is_found_and_nothing_twice_that_did_not_grow(world, make, seed):
    life = Life(world, make, seed + 200)
    await life.begin()
    for _ in range(50):
        await life.act()
    rows = await life.rows()
    middle = rows[len(rows) // 2][0]
    seen, above = [], middle
    while True:
        page = await notifications.group_page(world.db, life.anna.id, Span(above=above, up=True), now=now_ms(), most=3)
        if page.newest is None:
            break
        seen += page.groups
        above = page.newest
        if len(seen) < 12:
            await life.arrive()
    states = [as_seen(one)[:2] for one in seen]
    assert len(set(states)) == len(states)
    expected = {one[:2] for one in oracle(await life.rows(), above=middle)}
    assert expected <= set(states)  # what grew meanwhile was shown as it had been, and again as it is


async def test_who_does_not_say_when_they_began_loses_nothing(world, make):
    """Clients that make their own max_id: a group that grew meanwhile comes, one that grew long ago does not come again."""
    anna, bob, carl = await make.member("anna"), await make.member(), await make.member()
    old, new = await world.publish(anna), await world.publish(anna)
    for post, who in ((old, bob), (new, bob)):
        await world.do(posts.favourite, post.id, by=who.id)
        await world.settle()
    first = await notifications.group_page(world.db, anna.id, Span(), now=now_ms(), most=1)
    assert [one.newest.post_id for one in first.groups] == [new.id]
    await world.do(posts.favourite, old.id, by=carl.id)
    await world.settle()
    below = Span(first.oldest)
    page = await notifications.group_page(world.db, anna.id, below, now=now_ms(), most=5)
    assert [(one.newest.post_id, one.count, one.from_ids) for one in page.groups] == [(old.id, 1, (bob.id,))]
    page = await notifications.group_page(world.db, anna.id, below, now=now_ms() + 2 * HOUR, most=5)
    assert page.groups == []  # whoever began two hours later has seen it at the top


async def test_groups_of_different_days_stand_apart(world, make, db):
    anna = await make.member("anna")
    post = await make.post(anna)
    people = [await make.account() for _ in range(6)]
    async with db.begin() as tx:
        for number, at in enumerate((0, 5, 11, 12, 13, 30)):
            await store.tell(tx, [anna.id], "favourite", by=people[number].id, post_id=post.id, at=(1000 + at) * HOUR)
    page = await notifications.group_page(db, anna.id, Span(), now=now_ms())
    assert [(one.newest.bucket, one.count) for one in page.groups] == [(1030, 1), (1012, 2), (1000, 3)]
    await world.do(notifications.dismiss_group, anna.id, GroupKey("favourite", post.id, 1012))
    page = await notifications.group_page(db, anna.id, Span(), now=now_ms())
    assert [(one.newest.bucket, one.count) for one in page.groups] == [(1030, 1), (1000, 3)]
    assert await notifications.unread(db, anna.id) == 4
