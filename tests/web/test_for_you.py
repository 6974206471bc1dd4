"""For You on pages: reading, asking why, changing it, leaving it; all by plain forms."""

from __future__ import annotations

import re

import pytest

from dunnock import accounts, filters, posts
from dunnock.feeds import tags
from dunnock.feeds.for_you import choices, policy
from dunnock.feeds.for_you.choices import choices_of


@pytest.fixture
async def wren(db, join, signed_in, publish):
    """Wren follows Robin, who posted."""
    browser = await signed_in("wren")
    robin = await join("robin")
    me = await accounts.member_named(db, "wren")
    async with db.begin() as tx:
        await accounts.follow(tx, follower=me.account_id, followed=robin.account_id)
    song = await publish(robin, "a song #birds")
    async with db.begin() as tx:
        await posts.favourite(tx, song.id, by=robin.account_id)
    return browser, me.account_id, song


async def test_each_post_says_why_and_what_to_do_about_it(wren, db):
    browser, me, song = wren
    page = await browser.follow("/for-you")
    assert "a song" in page.text
    assert f"/for-you/why/{song.id}" in page.body
    why = await browser.get(f"/for-you/why/{song.id}")
    assert why.status == 200
    assert "<span>Less of <bdi>robin</bdi></span>" in why.body  # a button's own words lose their spaces beside elements
    for words in ("You follow its author.", "people whom you follow", "Worked out again by other code: it is right."):
        assert words in why.text
    assert (await browser.get("/for-you/why/5")).status == 404

    await browser.get(f"/for-you/why/{song.id}")
    page = await browser.submit("/for-you/less", kind="tag", subject="birds")
    page = await browser.submit("/for-you/signals", name="followed")
    assert page.status == 200
    held = await choices_of(db, me)
    assert ([one.key for one in held.less], held.dropped) == (["birds"], {"followed"})
    page = await browser.get("/for-you/weights")
    assert "Count it again" in page.text
    assert "#birds" in page.text
    await browser.submit("/for-you/reset")
    assert (await choices_of(db, me)).less == ()
    assert (await browser.get(f"/for-you/why/{song.id}")).status == 404


async def test_each_cause_can_be_ended_where_it_is_named(wren, db):
    browser, me, song = wren
    async with db.begin() as tx:
        await tags.follow_tag(tx, me, "birds")
        await choices.see_less(tx, me, "author", song.author_id)
    await browser.follow("/for-you")
    why = f"/for-you/why/{song.id}"
    page = await browser.get(why)
    assert page.text.index("You follow its author.") < page.text.index("You asked for less of its author")
    page = await browser.submit("/for-you/less", act="as_before")
    assert (await choices_of(db, me)).less == ()
    assert "As much of" not in page.text
    await browser.submit("/followed_tags", act="unfollow", name="birds")
    assert (await tags.followed_tags(db, me, accounts.Cursor(limit=5), now=0)).tags == ()
    await browser.get(why)
    await browser.submit(f"/people/{song.author_id}", act="unfollow")
    assert "Unfollow" not in (await browser.get(why)).text
    await browser.submit("/settings/filters", title="#birds")
    (held,) = await filters.filters_of(db, me)
    assert (held.title, held.action, held.contexts) == ("#birds", "hide", ("home", "public"))
    assert [(one.keyword, one.whole_word) for one in held.keywords] == [("#birds", True)]


async def test_the_weights_page_has_what_is_in_force(wren):
    browser, _, _ = wren
    page = await browser.get("/for-you/weights")
    for words in (
        "followed +1.00 You follow its author.",
        "-0.70 For each post by the same author that stands above.",
        "One author has at most 3 posts in a page.",
        "20 % of a page is at least by authors who are new or whom few follow",
        "1 % of all places are filled by chance",
        *policy.RULES.values(),  # said in everybody's language; in English as the file that receipts name has it
    ):
        assert words in page.text
    (named,) = re.findall(r'href="(/transparency/weights/[0-9a-f]{64})"', page.body)
    assert "[feature.followed]" in (await browser.get(named)).body


async def test_whoever_comes_back_finds_what_was_shown(wren, db, publish, join):
    browser, me, song = wren
    first = (await browser.get("/for-you")).location
    page = await browser.get(first)
    assert "a song" in page.text
    robin = await accounts.member_named(db, "robin")
    for n in range(20):
        await publish(robin, f"another {n}")
    again = await browser.get(first)
    assert re.findall(r"/for-you/why/(\d+)", again.body) == re.findall(r"/for-you/why/(\d+)", page.body)
    led = await browser.submit(f"/posts/{song.id}", press="favourite", follow=False)
    assert led.location.startswith(first)
    assert "a song" in (await browser.get(first)).text  # also what one answered meanwhile
    more = await browser.follow("/for-you")
    assert "a song" not in more.text
    assert "another" in more.text
    async with db.begin() as tx:
        await accounts.block(tx, me, target=robin.account_id)
    assert "a song" not in (await browser.get(first)).text
    async with db.begin() as tx:
        await choices.reset(tx, me)
    empty = await browser.get(first)
    assert empty.status == 200
    assert "There is nothing to recommend yet." in empty.text
    for at in ("0", "-1", "99999999999999999999"):  # no moment: the next page, of which there is none
        assert (await browser.get(f"/for-you?at={at}")).status == 200


async def test_it_can_be_left(wren, db):
    browser, me, _ = wren
    await browser.get("/for-you/weights")
    await browser.submit("/for-you/switch", off="1")
    assert (await choices_of(db, me)).off
    page = await browser.get("/for-you")
    assert "You have switched For You off." in page.text
    assert "a song" not in page.text
