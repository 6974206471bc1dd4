"""Feeds for readers of news."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from dunnock import accounts

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
async def write(db, publish, join):
    await join("wren")
    member = await accounts.member_named(db, "wren")

    async def written(words, **draft):
        return await publish(member, words, **draft)

    return written


@pytest.mark.both_engines
async def test_a_profile_as_rss_and_atom(site, write):
    await write("Hello <world> & #Hedges")
    await write("for friends", visibility="followers")
    await write("quiet", visibility="unlisted")
    post = await write("more", warning="a <b> warning")
    page = await site.browser().get("/@wren.rss")
    assert (page.status, page.headers["content-type"]) == (200, "application/rss+xml; charset=utf-8")
    channel = ET.fromstring(page.body).find("channel")
    assert channel.findtext("title") == "wren (@wren@127.0.0.1:8000)"
    items = channel.findall("item")
    assert [one.findtext("title") for one in items] == ["a <b> warning", None]
    assert items[0].findtext("link") == f"http://127.0.0.1:8000/@wren/{post.id}"
    assert items[1].findtext("description").startswith("<p>Hello &lt;world&gt; &amp; <a href=")
    atom = ET.fromstring((await site.browser().get("/@wren.atom")).body)
    assert atom.find(f"{ATOM}entry").findtext(f"{ATOM}id") == items[0].findtext("guid")
    assert "/@wren.rss" in (await site.browser().get("/@wren")).body


async def test_a_hashtag(site, write):
    await write("a song #Hedges")
    atom = ET.fromstring((await site.browser().get("/tags/hedges.atom")).body)
    assert len(atom.findall(f"{ATOM}entry")) == 1
    assert ET.fromstring((await site.browser().get("/tags/nothing.rss")).body).find("channel/item") is None


async def test_nobody(site):
    for path in ("/@nobody.rss", "/@.rss", "/wren.rss"):
        assert (await site.browser().get(path)).status == 404


async def test_what_did_not_change_is_not_sent_again(site, write):
    await write("a song #Hedges")
    for path in ("/tags/hedges.rss", "/@wren.atom", "/explore.rss", "/explore/tags.atom", "/tags/nothing.rss"):
        reader = site.browser()
        first = await reader.get(path)
        tag = first.headers["etag"]
        for known in (tag, f"W/{tag}", f'"other", {tag}'):
            again = await reader.get(path, **{"if-none-match": known})
            assert (again.status, again.body, again.headers["etag"]) == (304, "", tag), path
    reader = site.browser()
    tag = (await reader.get("/tags/hedges.rss")).headers["etag"]
    await write("another #hedges")
    page = await reader.get("/tags/hedges.rss", **{"if-none-match": tag})
    assert (page.status, page.body.count("<item>")) == (200, 2)
