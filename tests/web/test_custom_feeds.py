"""Custom feeds on pages: made by a form, tried and changed as a file, shared, subscribed to."""

from __future__ import annotations

import re

LOCAL = 'version = 1\ntitle = "Here"\nabout = "What is said here."\n[sources]\nlocal = true\nhashtags = ["none"]\n'


async def test_made_by_a_form_read_changed_and_deleted(join, publish, signed_in):
    await publish(await join("robin"), "Berries in the hedge")
    browser = await signed_in("wren")
    await browser.get("/feeds")
    page = await browser.submit("/feeds/make", title='The "hedge"', accounts="robin, owl", hashtags="", words="")
    assert "The feed is saved" in page.text
    assert "Berries in the hedge" in page.text
    (path,) = set(re.findall(r'action="(/feeds/\d+)"', page.body))
    page = await browser.submit(path, text=LOCAL.replace("true", "5"))
    assert page.status == 422
    assert "sources.local" in page.text
    page = await browser.submit(path, text=LOCAL)
    assert "What is said here." in page.text
    assert "It brought nothing." in page.text, "the hashtag"
    assert "Here" in (await browser.get("/feeds")).text
    await browser.get(path)
    page = await browser.submit(f"{path}/delete")
    assert "The feed is deleted" in page.text
    assert (await browser.get(path)).status == 404


async def test_tried_before_it_is_kept(join, publish, signed_in):
    await publish(await join("robin"), "Berries in the hedge")
    browser = await signed_in("wren")
    await browser.get("/feeds")
    page = await browser.submit("/feeds", text=LOCAL, act="try")
    assert "Berries in the hedge" in page.text
    assert not re.search(r'href="/feeds/\d+"', page.body), "nothing is kept"
    page = await browser.submit("/feeds", text="version = 1", act="try")
    assert page.status == 422
    page = await browser.submit("/feeds/make", title="x", hashtags="", accounts="", words="")
    assert page.status == 422
    assert "Name at least one source" in page.text


async def test_shared_by_its_address(join, publish, signed_in, site):
    await publish(await join("robin"), "Berries in the hedge")
    browser, other = await signed_in("wren"), await signed_in("tit")
    await browser.get("/feeds")
    page = await browser.submit("/feeds", text=LOCAL, act="keep")
    (path,) = set(re.findall(r'action="(/feeds/\d+)"', page.body))
    assert (await other.get(path)).status == 404
    await browser.submit(path, text=LOCAL, shared="1")
    page = await other.get(path)
    assert "Berries in the hedge" in page.text
    assert "Delete this feed" not in page.text
    page = await other.submit(f"{path}/subscribe")
    assert "You have this feed now" in page.text
    assert "Made by somebody else" in (await other.get("/feeds")).text
    await other.get(path)
    assert "You no longer have this feed" in (await other.submit(f"{path}/subscribe", act="leave")).text
    assert (await site.browser().get(path)).status == 303
