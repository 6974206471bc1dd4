"""How posts look on pages: quotes, links, pictures, filters, and the pages that belong to a post."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text as sql

from dunnock import accounts, filters, posts
from dunnock.filters import KeywordChange
from dunnock.foundation.db import Sql
from dunnock.media.model import File, Picture, write_picture
from dunnock.media.tables import emoji, media
from dunnock.posts.translate import Said
from dunnock.web.locales import ENGLISH, LOCALES, PSEUDO
from web.browser import Site


@pytest.fixture
def keep_filter(db):
    async def kept(name, word, **more):
        me = await accounts.member_named(db, name)
        async with db.begin() as tx:
            await filters.make_filter(
                tx, me.account_id, **({"title": "My filter", "contexts": ["home", "public"]} | more),
                keywords=[KeywordChange(keyword=word)],
            )  # fmt: skip

    return kept


@pytest.fixture
def reading(signed_in, keep_filter):
    """A browser of a member with a filter."""

    async def opened(word, **more):
        browser = await signed_in("tit")
        await keep_filter("tit", word, **more)
        return browser

    return opened


async def test_a_quote_is_nested_and_follows_its_state(site, join, write, db):
    await join("wren")
    robin = await join("robin")
    first = await write("wren", "the very first")
    second = await write("robin", "about that", quoted_id=first.id)
    third = await write("wren", "and about this", quoted_id=second.id)
    browser = site.browser()
    page = await browser.get(f"/@robin/{second.id}")
    assert page.tags.count("blockquote") == 1
    assert "the very first" in page.text
    page = await browser.get(f"/@wren/{third.id}")
    assert "about that" in page.text
    assert "It quotes another post." in page.text
    assert "the very first" not in page.text, "one level"
    async with db.begin() as tx:
        await posts.revoke_quote(tx, first.id, second.id, by=first.author_id)
    page = await browser.get(f"/@robin/{second.id}")
    assert "the very first" not in page.text
    assert "no longer agrees to be quoted" in page.text
    async with db.begin() as tx:
        await posts.delete(tx, second.id, by=robin.account_id)
    assert "The quoted post was deleted." in (await browser.get(f"/@wren/{third.id}")).text


async def test_who_complains_sees_what_is_quoted(join, write, signed_in):
    await join("wren")
    robin = await join("robin")
    first = await write("wren", "the very first")
    second = await write("robin", "about that", quoted_id=first.id)
    page = await (await signed_in("tit")).get(f"/report/{robin.account_id}?post={second.id}")
    assert page.text.index("about that") < page.text.index("the very first")


@pytest.mark.both_engines
async def test_polls_show_custom_emoji_and_no_markup(site, join, write, db, make):
    await join("wren")
    await make.row(emoji, shortcode="wren", domain="", file="w.png", still_file="w.png", listed=True, created_at=0)
    poll = posts.PollDraft(options=("a :wren: <b>", "other"), expires_in=3600)
    post = await write("wren", "which?", poll=poll)
    page = await site.browser().get(f"/@wren/{post.id}")
    assert any(image["alt"] == ":wren:" and image["src"] == "/media/w.png" for image in page.images)
    assert "&lt;b&gt;" in page.body


async def test_quotes_of_those_one_muted_wait_behind_a_line(site, join, write, signed_in, db):
    wren, _ = await join("wren"), await join("robin")
    first = await write("wren", "the very first")
    second = await write("robin", "about that", quoted_id=first.id)
    reader = await signed_in("tit")
    me = (await accounts.member_named(db, "tit")).account_id
    async with db.begin() as tx:
        await accounts.mute(tx, me, target=wren.account_id)
    page = await reader.get(f"/@robin/{second.id}")
    assert "You muted who is quoted here" in page.text
    assert page.body.index("You muted") < page.body.index("the very first")


LOOKED = Sql(sql("UPDATE previews SET state = 'ready', url = :url, card = :card, image = :image"))


async def looked_at(db, url="https://example.org/nest", image=None, **card):
    """The link of the only post with one leads to a page that says this of itself."""
    async with db.begin() as tx:
        await tx.run(LOOKED, url=url, card=json.dumps({"title": "How to build <a> nest"} | card), image=image)


@pytest.mark.both_engines
async def test_a_link_becomes_a_card_with_our_own_picture(site, join, write, db):
    await join("wren")
    post = await write("wren", "see https://example.org/nest")
    picture = write_picture(Picture(File("ab/cd.jpg", 600, 315, 9, "image/jpeg")))
    await looked_at(db, image=picture, provider_name="Example", description="Moss", language="de")
    page = await site.browser().get(f"/@wren/{post.id}")
    for words in ("How to build <a> nest", "Example", "Moss"):
        assert words in page.text
    assert 'class="link large" href="https://example.org/nest" rel="noopener noreferrer nofollow"' in page.body
    assert any(image["src"] == "/media/ab/cd.jpg" for image in page.images)


@pytest.mark.both_engines
async def test_a_link_that_runs_code_is_no_link(site, join, write, db):
    await join("wren")
    post = await write("wren", "see https://example.org/nest")
    await looked_at(db, url="javascript:alert(1)")
    assert "javascript:" not in (await site.browser().get(f"/@wren/{post.id}")).body


@pytest.fixture
def pictured(db, make, write):
    """Publish a post of wren with so many pictures."""

    async def published(number, **values):
        wren = await accounts.member_named(db, "wren")
        made = []
        for at in range(number):
            held = write_picture(Picture(File(f"p{at}.png", 800, 600, 9, "image/png")))
            row = {"id": db.new_id(), "account_id": wren.account_id, "kind": "image", "state": "ready", "files": held,
                   "bytes": 9, "description": f"Bird <{at}>", "created_at": 0}  # fmt: skip
            made.append(await make.row(media, **(row | values)))
        return await write("wren", "pictures", media_ids=tuple(one.id for one in made))

    return published


@pytest.mark.both_engines
async def test_pictures_show_their_descriptions_and_keep_their_focus(site, join, pictured):
    await join("wren")
    post = await pictured(3, focus="[-1.0,0.9]")
    page = await site.browser().get(f"/@wren/{post.id}")
    assert 'class="pictures many of-3"' in page.body
    assert page.body.count('class="at-x0 at-y0"') == 3
    assert page.body.count('<details class="alt">') == 3
    assert page.text.count("Bird <1>") == 1


@pytest.mark.both_engines
async def test_fragments_are_kept_apart_by_language(closed_to, join, pictured):
    await join("wren")
    post = await pictured(1)
    browser = closed_to(dev=True).browser()
    foreign = await browser.get(f"/@wren/{post.id}", accept_language="en-XA")
    english = await browser.get(f"/@wren/{post.id}", accept_language="en")
    assert "ÅLT" not in english.body
    assert ">ALT<" in english.body
    assert "ÅLT" in foreign.body


async def test_what_is_kept_of_a_post_follows_who_looks_and_what_changes(site, join, write, signed_in, db):
    wren = await join("wren")
    post = await write("wren", "a song")
    reader, other = await signed_in("tit"), await signed_in("robin")
    await reader.get("/@wren")
    await reader.submit(f"/posts/{post.id}", act="favourite")
    assert 'value="unfavourite" aria-pressed="true"' in (await reader.get("/@wren")).body
    assert 'value="favourite" aria-pressed="false"' in (await other.get("/@wren")).body
    async with db.begin() as tx:
        await accounts.change_profile(
            tx, wren.account_id, public_url="http://127.0.0.1:8000", display_name="Jenny", by_member_id=None
        )
    for browser in (reader, site.browser()):
        page = (await browser.get("/@wren")).body.partition('<article class="post')[2]
        assert '<bdi class="name">Jenny</bdi>' in page
    async with db.begin() as tx:
        await posts.edit(tx, post.id, posts.Changes(text="a ballad"), by=wren.account_id, settings=site.settings)
    assert "a ballad" in (await reader.get("/@wren")).text


async def test_filters_of_members_apply_where_they_say(site, join, write, signed_in, keep_filter):
    await join("robin")
    kept = await write("robin", "about football and moss")
    plain = await write("robin", "about moss")
    reader = await signed_in("tit")
    await keep_filter("tit", "football", action="hide", contexts=["public"])
    page = await reader.get("/tags/nothing")
    listing = await reader.get("/search?q=moss&kind=posts")
    assert "about football" in (await reader.get("/@robin")).text, "not for profiles"
    assert listing.status == page.status == 200
    assert "about football" in (await reader.get(f"/@robin/{kept.id}")).text, "who opens it wants it"
    await keep_filter("tit", "moss", contexts=["account", "thread"], title="Plants")
    page = await reader.get("/@robin")
    assert page.text.count("Filtered: Plants") == 2
    assert page.body.index("Filtered: Plants") < page.body.index("about moss")
    await keep_filter("tit", "football", action="hide", contexts=["account"])
    page = await reader.get("/@robin")
    assert "about football" not in page.text
    assert "about moss" in page.text
    assert "Filtered" not in (await site.browser().get("/@robin")).text
    assert plain.id


async def test_filters_apply_in_home_and_not_among_bookmarks(write, signed_in, join, keep_filter, db):
    await join("robin")
    post = await write("robin", "about football")
    reader = await signed_in("tit")
    me = (await accounts.member_named(db, "tit")).account_id
    async with db.begin() as tx:
        await accounts.follow(tx, follower=me, followed=post.author_id)
        await posts.bookmark(tx, post.id, by=me)
    assert "about football" in (await reader.get("/")).text
    await keep_filter("tit", "football", action="hide", contexts=["home"])
    assert "about football" not in (await reader.get("/")).text
    assert "about football" in (await reader.get("/bookmarks")).text


async def test_a_filter_hides_replies_but_not_own_ones(write, signed_in, join, keep_filter):
    await join("robin")
    first = await write("robin", "a song")
    reader = await signed_in("tit")
    await write("robin", "spoiler from robin", reply_to_id=first.id)
    await write("tit", "spoiler from me", reply_to_id=first.id)
    await keep_filter("tit", "spoiler", action="hide", contexts=["thread"])
    page = await reader.get(f"/@robin/{first.id}")
    assert "spoiler from me" in page.text
    assert "spoiler from robin" not in page.text


async def test_a_filter_blurs_pictures(signed_in, join, pictured, keep_filter):
    await join("wren")
    await pictured(1)
    reader = await signed_in("tit")
    await keep_filter("tit", "pictures", action="blur", contexts=["account"])
    page = await reader.get("/@wren")
    assert page.body.index("Filtered: My filter") < page.body.index("p0.png")
    assert page.body.index(">pictures<") < page.body.index("Filtered: My filter"), "the words stay"


async def test_all_versions_of_a_post(site, join, write, db, signed_in):
    wren = await join("wren")
    post = await write("wren", "first words", visibility="public", warning="W")
    async with db.begin() as tx:
        await posts.edit(tx, post.id, posts.Changes(text="second words"), by=wren.account_id, settings=site.settings)
    browser = site.browser()
    page = await browser.get(f"/@wren/{post.id}")
    assert f'href="/@wren/{post.id}/history"' in page.body
    page = await browser.get(f"/@wren/{post.id}/history")
    assert page.body.index("second words") < page.body.index("first words")
    assert "First written on" in page.text
    hidden = await write("wren", "for friends", visibility="followers")
    for part in ("history", "boosts", "favourites"):
        assert (await browser.get(f"/@wren/{hidden.id}/{part}")).status == 404
        assert (await browser.get(f"/@nobody/{post.id}/{part}")).status == 404


async def test_who_took_a_post_up(site, join, write, db):
    await join("wren")
    robin, tit = await join("robin"), await join("tit")
    post = await write("wren", "a song")
    async with db.begin() as tx:
        await posts.favourite(tx, post.id, by=robin.account_id)
        await posts.boost(tx, post.id, by=tit.account_id)
    browser = site.browser()
    page = await browser.get(f"/@wren/{post.id}")
    assert f'href="/@wren/{post.id}/boosts"' in page.body
    boosts, favourites = [(await browser.get(f"/@wren/{post.id}/{part}")).text for part in ("boosts", "favourites")]
    assert "@tit" in boosts
    assert "@robin" not in boosts
    assert "@robin" in favourites


class Turned:
    """Says everything in English."""

    provider = "Turner"

    async def pairs(self):
        return {"en": ["de"], "de": ["en"]}

    async def translate(self, texts, *, source, target):
        return Said(tuple(text.replace("Lied", "song") for text in texts), source)


async def test_translates_for_members(db, tmp_path, join, write, signed_in):
    site = Site(db, tmp_path, translator=Turned())
    await join("robin")
    post, own = await write("robin", "mein Lied", language="de"), await write("robin", "my song", language="en")
    reader = await signed_in("tit", at=site)
    assert "/translate" not in (await reader.get(f"/@robin/{own.id}")).body, "the reader's language"
    await reader.get(f"/@robin/{post.id}")
    page = await reader.submit(f"/posts/{post.id}/translate")
    assert page.status == 200
    assert "mein song" in page.text
    assert "Turner" in page.text
    assert "/translate" not in (await site.browser().get(f"/@robin/{post.id}")).body, "strangers have no form"


@pytest.mark.parametrize("locale", [ENGLISH, *PSEUDO, *LOCALES[1:]], ids=lambda one: one.tag)
async def test_posts_in_all_languages(closed_to, join, write, pictured, locale):
    await join("wren")
    first = await pictured(2)
    await write("wren", "quoting", quoted_id=first.id, warning="W")
    browser = closed_to(dev=True).browser()
    page = await browser.get("/@wren", accept_language=locale.tag)
    assert page.status == 200
    for other in (*PSEUDO, *LOCALES):
        await browser.get("/@wren", accept_language=other.tag)
    again = await browser.get("/@wren", accept_language=locale.tag)
    assert again.body == page.body, "what was made for others is not mixed in"


async def test_a_page_costs_the_same_queries_for_any_number_of_posts(join, write, pictured, reading, db):
    await join("wren")
    first = await pictured(1)
    reader = await reading("football", contexts=["account"])
    counts = []
    for number in (2, 15):
        for _ in range(number):
            await write("wren", "quoting", quoted_id=first.id)
        kept, asked = db.all, []

        async def counted(*args, asked=asked, kept=kept, **values):
            asked[-1] += 1
            return await kept(*args, **values)

        db.all = counted
        try:
            for _ in range(5):  # what others hear of the writes may come a moment later, and has its numbers read again
                asked.append(0)
                await reader.get("/@wren")
        finally:
            del db.all
        counts.append(min(asked))
    assert counts[0] == counts[1]


async def test_other_sites_learn_what_the_post_is(site, join, pictured, write):
    await join("wren")
    post = await pictured(1)
    page = await site.browser().get(f"/@wren/{post.id}")
    for said in (
        '<meta name="twitter:card" content="summary_large_image">',
        '<meta name="fediverse:creator" content="@wren@127.0.0.1:8000">',
        f'type="application/activity+json" href="http://127.0.0.1:8000/users/wren/statuses/{post.id}"',
        f"oembed?format=json&amp;url=http%3A//127.0.0.1%3A8000/%40wren/{post.id}",
        '<meta property="og:image" content="http://127.0.0.1:8000/media/p0.png">',
    ):
        assert said in page.body
    warned = await write("wren", "spoiler", warning="careful", media_ids=())
    page = await site.browser().get(f"/@wren/{warned.id}")
    assert 'property="og:description" content="careful"' in page.body
    assert '<meta name="twitter:card" content="summary">' in page.body
    evil = await write("wren", "x", warning='"><b>careful', media_ids=())  # SC-109
    page = await site.browser().get(f"/@wren/{evil.id}")
    assert 'property="og:description" content="&#34;&gt;&lt;b&gt;careful"' in page.body


async def test_any_page_may_show_a_public_post_in_a_frame(site, join, write, signed_in, db):
    await join("wren")
    public, quiet = await write("wren", "for all"), await write("wren", "for few", visibility="followers")
    reader = await signed_in("tit")
    for browser in (site.browser(), reader):
        page = await browser.get(f"/@wren/{public.id}/embed")
        assert page.status == 200
        assert "frame-ancestors *" in page.headers["content-security-policy"]
        assert "script-src" not in page.headers["content-security-policy"]
        assert "x-frame-options" not in page.headers
        assert browser.set_cookies == []
        assert page.forms == []
        assert page.headers["cache-control"] == "public, max-age=300"
    reader.cookies["dunnock-locale"] = "de"
    assert '<html lang="en"' in (await reader.get(f"/@wren/{public.id}/embed")).body, "it is kept for everybody"
    assert '<html lang="fr"' in (await reader.get(f"/@wren/{public.id}/embed", accept_language="fr")).body
    me = await accounts.member_named(db, "tit")
    async with db.begin() as tx:
        await accounts.follow(tx, follower=me.account_id, followed=public.author_id)
    assert (await reader.get(f"/@wren/{quiet.id}")).status == 200
    page = await reader.get(f"/@wren/{quiet.id}/embed")
    assert page.status == 404
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
