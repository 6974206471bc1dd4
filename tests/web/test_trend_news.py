"""Trends of a language: the choice on Explore, and feeds for readers of news."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from dunnock import discovery
from dunnock.foundation.clock import MINUTE, now_ms
from dunnock.foundation.ids import id_at
from dunnock.posts.tables import interactions
from dunnock.previews.tables import post_previews, previews

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
async def talk(db, make):
    """Four people each write in German and in English, with a hashtag and a link, and favourite a post."""
    at = now_ms() - 30 * MINUTE
    good = await make.post(await make.member("author"), "guter Beitrag", language="de", at=at)
    for number, language in enumerate(("de", "en"), 1):
        await make.row(
            previews,
            id=number,
            url=f"https://far.example/{language}",
            link_id=number,
            state="ready",
            asked_at=1,
            card=json.dumps({"title": "A page", "language": language}),
        )
        for _ in range(4):
            one = await make.member()
            post = await make.post(one, "look", hashtags=(f"in_{language}",), language=language, at=at)
            await make.row(post_previews, post_id=post.id, preview_id=number, link_id=number)
            await make.row(interactions, account_id=one.id, post_id=good.id, favourite_id=id_at(at, one.id & 0xFFFF))
    await discovery.refresh_trends(db, discovery.RefreshTrends())
    return good


async def test_one_s_own_language_first_or_another_only(site, talk):
    browser = site.browser()
    page = (await browser.get("/explore/tags")).text
    assert page.index("#in_en") < page.index("#in_de")
    page = await browser.get("/explore/tags?language=de")
    assert "#in_de" in page.text
    assert "#in_en" not in page.text
    assert 'value="de" lang="de" selected>Deutsch' in page.body
    assert 'href="/explore/tags.rss?language=de"' in page.body
    assert "far.example/de" in (await browser.get("/explore/links?language=de")).body
    assert "far.example/en" not in (await browser.get("/explore/links?language=de")).body
    for language, there in (("de", True), ("en", False), ("fr", False), ("all", True), ("nonsense", True)):
        assert ("guter Beitrag" in (await browser.get(f"/explore?language={language}")).text) is there, language


async def test_readers_of_news(site, talk):
    browser = site.browser()
    rss = await browser.get("/explore.rss?language=de")
    assert rss.headers["content-type"] == "application/rss+xml; charset=utf-8"
    (item,) = ET.fromstring(rss.body).findall("channel/item")
    assert item.findtext("description") == "<p>guter Beitrag</p>"
    assert 'rel="self"' in rss.body
    assert ET.fromstring((await browser.get("/explore.rss?language=en")).body).find("channel/item") is None
    tags = ET.fromstring((await browser.get("/explore/tags.rss")).body).findall("channel/item")
    assert sorted([one.findtext("title") for one in tags]) == ["#in_de", "#in_en"]
    assert tags[0].findtext("description") == "4 people took it up in the last day."
    atom = ET.fromstring((await browser.get("/explore/links.atom?language=en")).body)
    (entry,) = atom.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == "https://far.example/en"
    assert (await browser.get("/explore/people.rss")).status == 404
