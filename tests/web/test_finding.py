"""Explore and search, for strangers and members."""

from __future__ import annotations

import pytest

from dunnock import accounts
from dunnock.discovery import Trends, index_posts
from dunnock.posts.hashtag_rules import ruled_hashtags
from dunnock.posts.hashtag_search import find_hashtag

EVIL = "<script>alert(1)</script>"


async def test_trends_are_shown_with_the_reason(site, db, join, publish, monkeypatch):
    made = await publish(await join("wren"), f"All about the #hedge {EVIL}")
    tag = await find_hashtag(db, "hedge", now=0)

    async def posts(_: Trends) -> list[int]:
        return [made.id]

    async def tags(_: Trends):
        return await ruled_hashtags(db, [tag.id], now=made.id >> 22)

    monkeypatch.setattr(Trends, "posts", posts)
    monkeypatch.setattr(Trends, "tags", tags)
    stranger = site.browser()
    page = await stranger.get("/explore")
    assert EVIL in page.text
    assert "more people than usual" in page.text
    assert 'href="/tags/hedge"' in (await stranger.get("/explore/tags")).body


async def test_people_are_suggested_followed_and_dismissed(db, join, signed_in):
    browser = await signed_in("wren")
    robin, merle = await join("robin"), await join("merle")
    for one in (robin, merle):
        async with db.begin() as tx:
            await accounts.change_settings(tx, one.account_id, discoverable=True)
            await accounts.follow(
                tx, follower=merle.account_id if one is robin else robin.account_id, followed=one.account_id
            )
    page = await browser.get("/explore/people")
    assert "You might like to follow" in page.text
    assert "You follow them now" in (await browser.submit("/explore/people", press="follow")).text
    assert "not suggested" in (await browser.submit("/explore/people", press="dismiss")).text
    assert "You might like to follow" not in browser.page.text
    me = await accounts.member_named(db, "wren")
    assert len((await accounts.following(db, me.account_id, accounts.Cursor())).ids) == 1
    for query in ("offset=-5", "offset=99999", "offset=x&order=y", "order=new"):
        assert (await browser.get(f"/explore/people?{query}")).status == 200


async def test_search_finds_people_tags_and_for_members_posts(site, db, join, publish, signed_in):
    robin = await join("robin")
    async with db.begin() as tx:
        await accounts.change_settings(tx, robin.account_id, indexable=True)
    made = await publish(robin, "Berries in the #robinhood hedge")
    async with db.begin() as tx:
        await index_posts(tx, [made.id])
    browser, stranger = await signed_in("wren"), site.browser()
    page = await browser.get("/search?q=robin")
    assert 'href="/@robin"' in page.body
    assert 'href="/tags/robinhood"' in page.body
    assert "Berries" in (await browser.get("/search?q=berries&kind=posts")).text
    page = await stranger.get("/search?q=berries")
    assert "Berries" not in page.text
    assert "Posts can be searched by members" in page.text


@pytest.mark.parametrize("words", [EVIL, "x" * 3000, '"', "from:@nobody@nowhere", "#", "@", "https://["])
async def test_whatever_is_typed_is_answered(signed_in, words):
    browser = await signed_in("wren")
    page = await browser.get("/search?q=" + words.replace("#", "%23").replace('"', "%22"))
    assert page.status == 200
    assert (await browser.get("/search?q=a%00b")).status == 422


async def test_an_address_of_ours_leads_there_and_no_further(site):
    stranger = site.browser()
    assert (await stranger.get("/search?q=http://127.0.0.1:8000/@wren")).location == "/@wren"
    assert (await stranger.get("/search?q=http://127.0.0.1:8000//evil.example/")).location == "/"  # SC-126
