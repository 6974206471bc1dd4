"""Suggestions by taste: whom those like who like what one likes."""

from __future__ import annotations

import math

import pytest
from sqlalchemy import bindparam, update

from dunnock import accounts, discovery
from dunnock.accounts.views import AccountViews
from dunnock.discovery import alike
from dunnock.discovery.alike import by_taste
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Sql
from dunnock.foundation.ids import id_at
from dunnock.posts.tables import interactions, post_counts

COUNT = Sql(
    update(post_counts).where(post_counts.c.post_id == bindparam("post")).values(favourites=bindparam("favourites"))
)


@pytest.mark.parametrize("size", [10, 100, 1000, 10_000])
@pytest.mark.parametrize("group", [None, 7])
def test_who_acts_together_or_is_not_known_counts_as_the_root(size, group):
    root = math.isqrt(size)
    weight = None if group is None else 1.0
    bots = [(1000 + n, 1, group, weight) for n in range(size)]
    honest = [(n, 2, None, None) for n in range(root + 1)]
    assert by_taste([*bots, *honest], range(root + 1)) == [2, 1]
    assert by_taste([*bots, *honest], range(20_000)) == ([1, 2] if group is None else [2, 1])
    assert by_taste([(1, 5, None, None)], {1}) == [], "of one person nobody is told"
    assert by_taste([(n, 5, None, None) for n in range(3)], ()) == []


async def favourite(make, post, *people, days=1.0):
    for n, one in enumerate(people):
        await make.row(
            interactions, account_id=one.id, post_id=post.id, favourite_id=id_at(now_ms() - int(days * DAY), n)
        )


async def counted(db, post, favourites):
    async with db.begin() as tx:
        await tx.run(COUNT, post=post.id, favourites=favourites)


@pytest.fixture
async def suggested(db, house):
    people = discovery.People(db, AccountViews(db), house.viewers)

    async def read(reader):
        found = await people.suggestions(reader.id)  # others write here, and fill up what would be a short list
        return {one.account_id: one.sources for one in found if "liked_alike" in one.sources}

    return read


async def test_who_likes_what_one_likes_says_whom_they_like(db, make, suggested):
    reader, first, second, author, liked, other = [await make.member() for _ in range(6)]
    shared = [await make.post(author) for _ in range(2)]
    for one in shared:
        await counted(db, one, 3)
        await favourite(make, one, reader, first, second)
    await favourite(make, await make.post(liked), first, second)
    await favourite(make, await make.post(other), first)
    await favourite(make, await make.post(other, visibility="unlisted"), second)
    for one in (first, second):
        await make.follow(reader, one)
    assert await suggested(reader) == {author.id: ("liked_alike",), liked.id: ("liked_alike",)}
    async with db.begin() as tx:
        await discovery.dismiss_suggestion(tx, reader.id, target=author.id)
    assert set(await suggested(reader)) == {liked.id}
    async with db.begin() as tx:
        await accounts.set_group(tx, 1, {first.id: 1.0, second.id: 1.0})
    assert await suggested(reader) == {}, "two who act together are as one"


async def test_four_whom_nobody_knows_are_as_two(db, make, suggested):
    reader, author, liked = [await make.member() for _ in range(3)]
    strangers = [await make.account() for _ in range(4)]
    shared = [await make.post(author) for _ in range(2)]
    for one in shared:
        await counted(db, one, 5)
        await favourite(make, one, reader, *strangers)
    await favourite(make, await make.post(liked), *strangers[:3])
    assert set(await suggested(reader)) == {author.id}
    await favourite(make, await make.post(liked), strangers[3])
    assert set(await suggested(reader)) == {author.id, liked.id}


async def test_what_very_many_liked_or_what_is_long_ago_says_nothing(db, make, suggested):
    reader, first, second, author, liked = [await make.member() for _ in range(5)]
    for one in (first, second):
        await make.follow(reader, one)
    for favourites in (3, alike._TOLD_OF + 1):
        popular = await make.post(author)
        await counted(db, popular, favourites)
        await favourite(make, popular, reader, first, second)
    assert await suggested(reader) == {}
    shared = await make.post(author)
    await counted(db, shared, 3)
    await favourite(make, shared, reader, first, second, days=50)
    await favourite(make, await make.post(liked), first, second, days=40)
    assert set(await suggested(reader)) == {author.id}
