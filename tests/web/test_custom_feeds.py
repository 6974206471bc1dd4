"""Custom feeds on pages: made by a form, tried and changed as a file, shared, subscribed to."""

from __future__ import annotations

import html
import re

from dunnock import accounts
from dunnock.feeds import lists
from dunnock.feeds.custom import keep
from dunnock.feeds.custom.file import Sources, check

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


async def test_the_form_has_every_source_and_shows_what_it_would_show(join, publish, signed_in, db):
    robin = await join("robin")
    browser = await signed_in("wren")
    me = (await accounts.member_named(db, "wren")).account_id
    async with db.begin() as tx:
        await accounts.follow(tx, follower=me, followed=robin.account_id)
        made = await lists.make_list(tx, me, title="Friends & more")
        await lists.add_to_list(tx, me, made.id, [robin.account_id])
    song = await publish(robin, "a song of the hedge")
    await browser.get("/feeds")
    page = await browser.submit(
        "/feeds/make",
        press="try",
        title="Tried",
        **{"lists[]": "Friends & more"},
        answered="1",
        min_age="0",
        max_age="3",
    )
    assert "What the file shows" in page.text
    assert "a song of the hedge" in page.text
    assert not re.search(r'href="/feeds/\d+"', page.body), "nothing is kept"
    page = await browser.submit("/feeds/make", title="Tried", press="keep")  # the form still has what was tried
    assert "The feed is saved" in page.text
    assert "a song of the hedge" in page.text
    (held,) = await keep.feeds_of(db, me)
    assert held.file().sources == Sources(lists=("Friends & more",), answered=True)
    assert (held.file().filters.min_age, held.file().filters.max_age) == (0, 3)
    await browser.get("/feeds")
    page = await browser.submit("/feeds/make", press="try", title="Old", local="1", min_age="5")
    assert f"/{song.id}" not in page.body
    assert "This feed shows nothing right now. Below stands why." in page.text


async def test_the_form_makes_filters_and_weights_and_shows_the_file(join, publish, signed_in):
    await publish(await join("robin"), "Berries in the hedge")
    browser = await signed_in("wren")
    await browser.get("/feeds")
    fields = {
        "title": "Mine", "about": "All of it", "hashtags": "#birds, owls", "local": "1", "languages": "EN, de", "media": "none",
        "no_replies": "1", "no_sensitive": "1", "max_age": "48,5", "per_author": "3", "without": "hunting\nguns",
    }  # fmt: skip
    page = await browser.submit("/feeds/make", press="file", **fields)
    assert not re.search(r'href="/feeds/\d+"', page.body), "nothing is kept"
    made = check(
        html.unescape(re.search(r"<textarea[^>]*name=\"text\"[^>]*>\n?(.*?)</textarea>", page.body, re.DOTALL)[1])
    )
    assert made == check(
        'version = 1\ntitle = "Mine"\nabout = "All of it"\n[sources]\nhashtags = ["#birds", "owls"]\nlocal = true\n'
        '[filters]\nlanguages = ["en", "de"]\nmedia = "none"\nreplies = false\nsensitive = false\nmax_age = 48.5\n'
        'per_author = 3\nwithout = ["hunting", "guns"]\n'
    )
    page = await browser.submit(
        "/feeds/make", title="By weights", local="1", **{"weight[followed]": "2", "weight[popular_0.5h]": "-0,5"}
    )
    assert "The feed is saved" in page.text
    (path,) = set(re.findall(r'action="(/feeds/\d+)"', page.body))
    kept = html.unescape((await browser.get(path)).body)
    assert 'by = "score"' in kept
    assert check(
        re.search(r"<textarea[^>]*name=\"text\"[^>]*>\n?(.*?)</textarea>", kept, re.DOTALL)[1]
    ).order.weights == {"followed": 2.0, "popular_0.5h": -0.5}
    await browser.get("/feeds")
    page = await browser.submit("/feeds/make", title="x", local="1", max_age="soon")
    assert page.status == 422
    assert "filters.max_age" in page.text


async def test_a_listed_feed_is_found_and_read_by_everybody(join, publish, signed_in, site):
    robin = await join("robin")
    await publish(robin, "Berries in the hedge")
    browser, other, stranger = await signed_in("wren"), await signed_in("tit"), site.browser()
    empty = await stranger.get("/feeds/directory")
    assert "Nobody here has put a feed into this list yet." in empty.text
    assert "/auth/sign_in?next=/feeds" in empty.body
    assert 'class="button" href="/feeds"' in (await other.get("/feeds/directory")).body
    for one in (browser,):
        await one.get("/settings/profile")
        await one.submit("/settings/profile", discoverable="1")
    await browser.get("/feeds")
    page = await browser.submit("/feeds", text=LOCAL, listed="1", act="keep")
    (path,) = set(re.findall(r'action="(/feeds/\d+)"', page.body))
    found = await stranger.get("/feeds/directory?q=HERE&tag=none")
    assert "What is said here." in found.text
    assert path in found.body
    none = await stranger.get("/feeds/directory?q=elsewhere")
    assert "No feed is like that." in none.text
    assert 'href="/feeds/directory">Show all feeds' in none.body
    page = await stranger.get(path)
    assert "What is said here." in page.text
    assert f"/auth/sign_in?next={path}" in page.body
    await other.get("/feeds/directory")
    page = await other.submit(f"{path}/subscribe")
    assert "You have this feed now" in page.text
    # reported, removed, told
    page = await other.get(f"{path}/report")
    assert (await other.submit(f"{path}/report", comment=" ")).status == 422
    assert "will look at it" in (await other.submit(f"{path}/report", comment="Only <hunters>")).text
    mo = await signed_in("mo", "moderator")
    assert "Only <hunters>" in (await mo.get("/admin/feeds")).text
    assert (await mo.submit("/admin/feeds", press="remove", because="")).status == 422
    page = await mo.submit("/admin/feeds", press="remove", because="Against rule 2.")
    assert "Removed: Against rule 2." in page.text
    assert (await stranger.get(path)).status in {303, 401}
    assert (await other.get(path)).status == 404
    assert "Against rule 2." in (await browser.get(path)).text
    await mo.get("/admin/feeds")
    await mo.submit("/admin/feeds", press="restore")
    assert "What is said here." in (await stranger.get(path)).text
    assert (await browser.get("/admin/feeds")).status == 404
