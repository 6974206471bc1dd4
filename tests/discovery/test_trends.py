"""Trends: what counts, what is surprising, what is taken back."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import select

from dunnock import accounts, discovery, posts
from dunnock.accounts.standing import change_standing
from dunnock.discovery import trend_refresh as t
from dunnock.discovery.tables import tag_hours
from dunnock.foundation.clock import DAY, HOUR, MINUTE, now_ms
from dunnock.foundation.db import Sql
from dunnock.foundation.ids import id_at
from dunnock.posts.hashtag_rules import HashtagChanges
from dunnock.posts.tables import interactions
from dunnock.previews.tables import post_previews, previews

HOURS = Sql(select(tag_hours.c.hour, tag_hours.c.accounts))


@pytest.fixture
async def trends(db, house):
    await house.reactions.prepare()
    return discovery.Trends(db)


async def refresh(db):
    await discovery.refresh_trends(db, discovery.RefreshTrends())


async def names(trends, *reading):
    return [one.tag.key for one in await trends.tags(*reading)]


async def crowd(make, size, *, before=True, **values):
    """Members who wrote something before, unless told otherwise."""
    people = [await make.member(**values) for _ in range(size)]
    for one in people if before else ():
        await make.post(one, visibility="unlisted", at=now_ms() - 3 * DAY)
    return people


def ago(minutes):
    return now_ms() - minutes * MINUTE


async def test_hashtags_of_several_people(db, make, house, trends):
    people = await crowd(make, 4)
    for one in people:
        await make.post(one, hashtags=("Storm",), at=ago(30))
    for _ in range(9):
        await make.post(people[0], hashtags=("spam",), at=ago(30))
    for one in await crowd(make, 4, before=False):
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
    expected = {row[0]: row[1] for row in await db.all(t.store.LISTED, kind="tag")}
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
        await make.post(one, hashtags=("ancient",), at=now_ms() - 10 * DAY)
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


async def test_coordinated_accounts_are_held_back_and_integrity_is_told_once(db, make, trends, events):
    people = await crowd(make, 3)
    bots = await crowd(make, 40, before=False)
    for at, one in enumerate(bots):
        await make.post(one, hashtags=("Miracle",), at=ago(30 + at))
    for one in people:
        await make.post(one, hashtags=("storm",), at=ago(30))
    await refresh(db)
    await refresh(db)
    assert await names(trends) == ["storm"]
    (held,) = await discovery.held_back(db, "tag")
    assert (held.reason, held.accounts, held.communities, held.extreme) == (discovery.Why.UNKNOWN, 40, 0, True)
    told = [one for one in await events() if isinstance(one, discovery.TrendHeldBack)]
    assert [(one.what, one.subject_id, one.accounts) for one in told] == [("tag", held.subject_id, 40)]
    assert await discovery.held_accounts(db, "tag", held.subject_id) == [one.id for one in bots]
    why = await trends.why("tag", held.subject_id)
    assert [account for account, _ in why.first] == [one.id for one in bots[:-6:-1]]
    assert await trends.why("tag", 5) is None


async def test_what_was_held_back_gives_no_past(db, make, trends):
    await crowd(make, 3)
    bots = await crowd(make, 12, before=False)
    for one in bots:
        await make.post(one, hashtags=("Miracle",), at=ago(30))
    await refresh(db)
    for one in bots[:6]:
        await make.post(one, hashtags=("wonder",), at=now_ms() - 2 * DAY)
        await make.post(one, hashtags=("wonder",), at=ago(20))
    await refresh(db)
    wonder = next(one for one in await discovery.held_back(db, "tag") if one.accounts == 6)
    assert wonder.reason is discovery.Why.UNKNOWN


async def test_who_came_together_before_is_one_circle(db, make, trends):
    friends = await crowd(make, 30)
    for word, hours in (("monday", 60), ("tuesday", 36)):
        for one in friends:
            await make.post(one, hashtags=(word,), at=(now_ms() // HOUR - hours) * HOUR + MINUTE)
    for one in friends:
        await make.post(one, hashtags=("wednesday",), at=ago(30))
    strangers = await crowd(make, 4)
    for one in strangers:
        await make.post(one, hashtags=("storm",), at=ago(30))
    await refresh(db)
    assert await names(trends) == ["storm"]
    assert [one.reason for one in await discovery.held_back(db, "tag")] == [discovery.Why.TOGETHER]


@pytest.mark.parametrize("size", [10, 30])
async def test_told_by_integrity_they_count_as_the_root_of_their_number(db, make, trends, size):
    people = await crowd(make, 4)
    bots = await crowd(make, size)
    for at, one in enumerate(people + bots):
        await make.post(one, hashtags=("storm",), at=ago(30 + 2 * at))
    async with db.begin() as tx:
        await accounts.set_group(tx, 1, dict.fromkeys([one.id for one in bots], 1.0))
    await refresh(db)
    tag = (await trends.tags())[0].tag.id
    found = (await trends.why("tag", tag)).found
    assert found.effective == pytest.approx(4 + size**0.5)
    async with db.begin() as tx:
        await accounts.set_group(tx, 1, {})
    assert (await trends.why("tag", tag)).found.effective == 4 + size


async def test_on_a_young_server_nobody_needs_a_past(db, make, trends):
    for one in await crowd(make, 4, before=False):
        await make.post(one, hashtags=("first",), at=ago(30))
    await refresh(db)
    assert await names(trends) == ["first"]


async def test_each_language_has_its_trends(db, make, trends):
    people = await crowd(make, 12)
    for number, one in enumerate(people[:8]):
        await make.post(one, hashtags=("match", "goal"), language="en", at=ago(30 + number))
    for one in people[8:]:
        await make.post(one, hashtags=("tor", "match"), language="de-AT", at=ago(30))
    await make.post(people[0], hashtags=("tor",), language="en", at=ago(20))
    await refresh(db)
    assert await names(trends) == ["match", "goal", "tor"]
    assert await names(trends, discovery.Reading(only="de")) == ["match", "tor"]
    assert await names(trends, discovery.Reading(first="de")) == ["match", "tor", "goal"]
    assert await names(trends, discovery.Reading(only="en")) == ["match", "goal"], (
        "one who writes in a language makes no trend of it"
    )
    assert await names(trends, discovery.Reading(only="fr")) == []
    assert await names(trends, discovery.Reading(first="fr")) == await names(trends)
    assert await trends.languages("tag") == ["de", "en"]


async def test_small_languages_have_candidates_of_their_own(db, make, trends, monkeypatch):
    monkeypatch.setattr(t, "MOST_JUDGED", 1)
    monkeypatch.setattr(t, "LISTED", 1)
    people = await crowd(make, 9)
    for one in people:
        await make.post(one, hashtags=("large",), language="en", at=ago(30))
    for one in people[:3]:
        await make.post(one, hashtags=("small",), language="lv", at=ago(30))
    await refresh(db)
    assert await names(trends, discovery.Reading(only="lv")) == ["small"]
    assert await names(trends, discovery.Reading(only="en")) == ["large"]


async def test_a_trend_of_another_language_is_not_bought_into_a_list(db, make, trends):
    for one in await crowd(make, 8):
        await make.post(one, hashtags=("match",), language="en", at=ago(30))
    bots = await crowd(make, 30)
    for at, one in enumerate(bots):
        await make.post(one, hashtags=("match",), language="lv", at=ago(30 + at))
    async with db.begin() as tx:
        await accounts.set_group(tx, 1, dict.fromkeys([one.id for one in bots], 1.0))
    await refresh(db)
    assert await names(trends, discovery.Reading(only="en")) == ["match"]
    assert await names(trends, discovery.Reading(only="lv")) == []


async def test_a_post_is_a_trend_of_its_language_and_a_page_of_its_own(db, make, trends):
    author, *people = await crowd(make, 5)
    good = await make.post(author, "gut", language="de", at=ago(60))
    await make.row(
        previews,
        id=7,
        url="https://far.example/a",
        link_id=7,
        state="ready",
        asked_at=1,
        card='{"title":"A","language":"fr"}',
    )
    for one in people:
        await make.row(interactions, account_id=one.id, post_id=good.id, favourite_id=id_at(ago(30), one.id & 0xFFFF))
        linking = await make.post(one, "look", language="en", at=ago(30))
        await make.row(post_previews, post_id=linking.id, preview_id=7, link_id=7)
    await refresh(db)
    assert await trends.posts(discovery.Reading(only="de")) == await trends.posts() == [good.id]
    assert await trends.posts(discovery.Reading(only="en")) == []
    assert [one.preview.link_id for one in await trends.links(discovery.Reading(only="fr"))] == [7]
    assert await trends.links(discovery.Reading(only="en")) == []


async def test_what_is_taken_back_while_a_refresh_runs_counts_no_longer(db, make, house, trends):
    people = await crowd(make, 3)
    made = [await make.post(one, hashtags=("storm",), at=ago(30)) for one in people]
    await refresh(db)
    assert await names(trends) == ["storm"]
    listed = await db.all(t.store.LISTED, kind="tag")
    await house.do(posts.delete, made[0].id, by=people[0].id)
    assert await names(trends) == []
    async with db.begin() as tx:  # as a refresh does that had read the acts before
        await tx.run(t.store.UNLIST, kind="tag")
        await tx.many(
            t.store.LIST,
            [{"kind": "tag", "subject_id": row[0], "expected": row[1], "judged": row[2]} for row in listed],
        )
        await tx.record(discovery.TrendsRefreshed())
    assert await names(trends) == []


async def test_what_is_new_is_judged_before_what_is_large(db, make, trends, monkeypatch):
    monkeypatch.setattr(t, "MOST_JUDGED", 1)
    people = await crowd(make, 6)
    for one in people:
        await make.post(one, hashtags=("morning",), at=ago(300))
    for one in people[:4]:
        await make.post(one, hashtags=("breaking",), at=ago(20))
    await refresh(db)
    assert await names(trends) == ["breaking"]


async def test_what_is_bought_does_not_keep_others_from_being_judged(db, make, trends, monkeypatch):
    monkeypatch.setattr(t, "_ROUND", 2)
    monkeypatch.setattr(t, "LISTED", 1)
    for one in await crowd(make, 4):
        await make.post(one, hashtags=("storm",), at=ago(30))
    bots = await crowd(make, 9, before=False)
    for number in range(5):
        for one in bots:
            await make.post(one, hashtags=(f"bought{number}",), at=ago(20))
    await refresh(db)
    assert await names(trends) == ["storm"]
    assert len(await discovery.held_back(db, "tag")) == 1, "of what is held back as many are kept as are listed"


async def test_nothing_is_stronger_than_it_is_thought_to_be_at_most(db, make, trends):
    pick, people = random.Random(3), await crowd(make, 25)
    for tag in range(12):
        for one in pick.sample(people, pick.randint(3, 25)):
            age = min(pick.expovariate(1 / pick.choice((20, 60, 400))), 1200)
            await make.post(one, hashtags=(f"tag{tag}",), at=now_ms() - round(age * MINUTE))
    await refresh(db)
    busy = t.Busy(
        await db.all(t.store.TAGS_IN_USE, looked_at=10_000, least=3, since=id_at(now_ms() - DAY), until=id_at(now_ms()))
    )
    listed = await trends.tags()
    assert len(listed) > 6
    for one in listed:
        found = (await trends.why("tag", one.tag.id)).found
        assert 0.5 * busy.most_strength(one.tag.id, 0.5) < found.strength <= busy.most_strength(one.tag.id, 0.5)
