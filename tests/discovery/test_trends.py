"""Trends: what counts, what is surprising, what is taken back."""

from __future__ import annotations

import math

import pytest
from sqlalchemy import select

from dunnock import accounts, discovery, posts
from dunnock.accounts.standing import change_standing
from dunnock.discovery import trends as t
from dunnock.discovery.tables import tag_hours
from dunnock.foundation.clock import DAY, HOUR, MINUTE, now_ms
from dunnock.foundation.db import Sql
from dunnock.foundation.ids import id_at
from dunnock.posts.hashtag_rules import HashtagChanges
from dunnock.posts.tables import interactions

HOURS = Sql(select(tag_hours.c.hour, tag_hours.c.accounts))


@pytest.fixture
async def trends(db, house):
    await house.reactions.prepare()
    return discovery.Trends(db)


async def refresh(db):
    await discovery.refresh_trends(db, discovery.RefreshTrends())


async def names(trends, **more):
    return [one.tag.key for one in await trends.tags(**more)]


async def crowd(make, size, **values):
    return [await make.member(**values) for _ in range(size)]


def ago(minutes):
    return now_ms() - minutes * MINUTE


def test_surprise():
    assert t.surprise(3, 3) == t.surprise(2, 3) == 0
    assert t.surprise(10, 1) == pytest.approx(10 * math.log(10) - 9)
    assert t.surprise(20, 10) < t.surprise(11, 1)


def test_ranks_by_accounts_not_by_acts_and_forgets():
    now = 1_700_000_000_000
    rows = [(1, account, id_at(now - HOUR)) for account in range(5)]
    rows += [(2, account, id_at(now - HOUR)) for account in range(4)]
    rows += [(3, account, id_at(now - 20 * HOUR)) for account in range(6)]
    rows += [(4, 9, id_at(now)), (4, 8, id_at(now))]
    found = t.ranked(rows, {}, now=now, half_life=4 * HOUR)
    assert [one.id for one in found] == [1, 2]
    assert [one.id for one in t.ranked(rows, {1: 5.0}, now=now, half_life=4 * HOUR)] == [2]
    light = dict.fromkeys(range(1, 5), 0.1)
    assert t.ranked(rows, {}, now=now, half_life=4 * HOUR, weights=light)[:1] != found[:1]


async def test_hashtags_of_several_people(db, make, house, trends):
    people = await crowd(make, 4)
    for one in people:
        await make.post(one, hashtags=("Storm",), at=ago(30))
    for _ in range(9):
        await make.post(people[0], hashtags=("spam",), at=ago(30))
    for one in people:
        await make.post(one, hashtags=("hasty",), at=ago(3))
    for one in await crowd(make, 5, discoverable=False):
        await make.post(one, hashtags=("shy",), at=ago(30))
    for one in await crowd(make, 5, standing="limited"):
        await make.post(one, hashtags=("limited",), at=ago(30))
    assert await names(trends) == []
    await refresh(db)
    assert await names(trends) == ["storm"]
    found = (await trends.tags())[0]
    assert (found.tag.days[0].uses + found.tag.days[1].uses, found.reviewed) == (4, False)


async def test_what_is_always_busy_is_no_trend(db, make, trends):
    people = await crowd(make, 4)
    for hour in range(26, 6 * 24, 6):
        for one in people:
            await make.post(one, hashtags=("daily",), at=now_ms() - hour * HOUR - MINUTE)
    for one in people:
        await make.post(one, hashtags=("daily", "news"), at=ago(40))
    await refresh(db)
    assert (await names(trends))[0] == "news"
    expected = dict(await db.all(t.store.LISTED, kind="tag"))
    assert min(expected.values()) == 0.5
    assert max(expected.values()) > 0.5


async def test_what_is_taken_back_counts_no_longer(db, make, house, trends):
    people = await crowd(make, 4)
    made = [await make.post(one, hashtags=("storm",), at=ago(30)) for one in people]
    await refresh(db)
    assert await names(trends) == ["storm"]
    await house.do(posts.delete, made[0].id, by=people[0].id)
    assert await names(trends) == ["storm"]
    await house.do(change_standing, {people[1].id: accounts.Standing.SUSPENDED})
    assert await names(trends) == []


async def test_posts(db, make, house, trends):
    author, *people = await crowd(make, 6)
    good = await make.post(author, "good", at=ago(60))
    others = {
        "reply": await make.post(author, reply_to=good, at=ago(60)),
        "warned": await make.post(author, warning="hm", at=ago(60)),
        "unlisted": await make.post(author, visibility="unlisted", at=ago(60)),
        "old": await make.post(author, at=now_ms() - 3 * DAY),
        "by a shy one": await make.post(await make.member(discoverable=False), at=ago(60)),
        "self-made": await make.post(people[0], at=ago(60)),
    }
    for post in (good, *others.values()):
        for one in people[:3]:
            await make.row(
                interactions, account_id=one.id, post_id=post.id, favourite_id=id_at(ago(30), one.id & 0xFFFF)
            )
    assert await trends.posts() == []
    await refresh(db)
    assert await trends.posts() == [good.id]
    await house.do(posts.unfavourite, good.id, by=people[0].id)
    assert await trends.posts() == []
    for one in people[:1]:
        await make.boost(one, good, at=ago(20))
    await refresh(db)
    assert await trends.posts() == [good.id], "a boost counts as a favourite does"


async def test_hours_are_closed_once_and_forgotten(db, make):
    people = await crowd(make, 3)
    for one in people:
        await make.post(one, hashtags=("past",), at=now_ms() - 30 * HOUR)
        await make.post(one, hashtags=("ancient",), at=now_ms() - 9 * DAY)
    await refresh(db)
    await refresh(db)
    rows = await db.all(HOURS)
    assert [row[1] for row in rows] == [3]


async def test_an_unusable_hashtag_is_no_link(db, make, house, settings):
    author = await make.member()
    first = await house.do(
        posts.publish, posts.Draft(text="#Bad and #good"), author_id=author.id, app_id=None, settings=settings
    )
    assert first.hashtags == ("Bad", "good")
    moderator = await make.member(role="moderator")
    tag = (await discovery.list_hashtags(db, accounts.Cursor(), by=moderator.id, now=now_ms()))[-1]
    async with db.begin() as tx:
        await discovery.change_hashtag(tx, tag.tag.id, HashtagChanges(usable=False), by=moderator.id)
    again = await house.do(
        posts.publish, posts.Draft(text="#bad and #good"), author_id=author.id, app_id=None, settings=settings
    )
    assert again.hashtags == ("good",)
    assert "#bad" in again.html
    assert "/tags/bad" not in again.html
