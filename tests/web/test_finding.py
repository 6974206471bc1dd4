"""Explore and search, for strangers and members."""

from __future__ import annotations

import re

import pytest

from dunnock import accounts, discovery
from dunnock.discovery import Trends, index_posts
from dunnock.discovery.tables import vouched
from dunnock.foundation.clock import DAY, MINUTE, now_ms
from dunnock.foundation.ids import id_at, ms_of
from dunnock.posts.hashtag_rules import ruled_hashtags
from dunnock.posts.hashtag_search import find_hashtag
from dunnock.posts.tables import interactions
from dunnock.previews.tables import post_previews, previews

EVIL = "<script>alert(1)</script>"


async def test_trends_are_shown_with_the_reason(site, db, join, publish, monkeypatch):
    made = await publish(await join("wren"), f"All about the #hedge {EVIL}")
    tag = await find_hashtag(db, "hedge", now=0)

    async def posts(_: Trends, *_more: object) -> list[int]:
        return [made.id]

    async def tags(_: Trends, *_more: object):
        return await ruled_hashtags(db, [tag.id], now=ms_of(made.id))

    monkeypatch.setattr(Trends, "posts", posts)
    monkeypatch.setattr(Trends, "tags", tags)
    stranger = site.browser()
    page = await stranger.get("/explore")
    assert EVIL in page.text
    assert "more than posts of its author usually get" in page.text
    page = await stranger.get("/explore/tags")
    assert 'href="/tags/hedge"' in page.body
    assert "more than on an ordinary one of the seven days before" in page.text
    assert "1 person today, 0 yesterday" in page.text
    assert 'role="img" aria-label="People a day in the last seven days: 0, 0, 0, 0, 0, 0, 1"' in page.body


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


async def test_each_kind_of_what_was_found_has_pages(site, join, publish):
    wren = await join("wren")
    for number in range(45):
        await join(f"robin{number:02d}")
    await publish(wren, " ".join(f"#bird{number:02d}" for number in range(45)))
    stranger = site.browser()
    page = await stranger.get("/search?q=robin")
    assert page.text.count("@robin") == 10
    assert "All people found" in page.text
    for kind, mark in (("people", "@robin"), ("tags", "#bird")):
        seen, path = 0, f"/search?q={mark[1:]}&kind={kind}"
        while path:
            page = await stranger.get(path)
            seen += page.text.count(mark)
            path = page.body.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
        assert seen == 45, kind
        assert 'rel="prev"' in page.body


async def test_what_was_not_found_leads_on(site, signed_in):
    stranger, wren = site.browser(), await signed_in("wren")
    for browser, query, words, way in (
        (stranger, "q=zzz", "Posts can be searched by members", "/auth/sign_in?next="),
        (wren, "q=zzz", "Nothing found.", '"/explore"'),
        (wren, "q=@jay@far.example", "Nothing found here.", "/authorize_interaction?uri=acct%3Ajay%40far.example"),
        (wren, "q=@jay@far.example&kind=people", "Nobody here", "/authorize_interaction?uri=acct"),
        (stranger, "q=@jay@far.example&kind=people", "Nobody here", "/explore/people"),
        (stranger, "q=zzz&kind=tags", "No hashtag begins like that", "/explore/tags"),
        (stranger, "q=zzz&kind=posts", "Posts can be searched by members", "/auth/sign_in?next="),
        (wren, "q=zzz&kind=posts", "No post that you may search says that", 'href="/"'),
    ):
        page = await browser.get(f"/search?{query}")
        assert words in page.text, query
        assert way in page.body, query


async def test_words_that_no_post_has_together_are_looked_for_apart(db, join, signed_in, publish):
    robin, wren = await join("robin"), await signed_in("wren")
    async with db.begin() as tx:
        await accounts.change_settings(tx, robin.account_id, indexable=True)
    made = await publish(robin, "A cake with cream")
    async with db.begin() as tx:
        await index_posts(tx, [made.id])
    for query in ("q=cake+unicorn", "q=cake+unicorn&kind=posts"):
        page = await wren.get(f"/search?{query}")
        assert "Look for any of these words" in page.text
        assert "only posts by people who agreed to be searched" in page.text
        assert "/search?q=cake%20OR%20unicorn" in page.body
    assert "A cake with cream" in (await wren.get("/search?q=cake OR unicorn")).text
    for typed in ("cake", "unicorn", "cake cream", "unicorn -cake", '"unicorn cake"', "unicorn OR dragon"):
        assert "Look for any" not in (await wren.get(f"/search?q={typed}")).text, typed


async def test_an_operator_that_cannot_be_is_told(site, signed_in):
    wren = await signed_in("wren")
    for typed, what in (
        ("cake has:wings", "has:wings"),
        ("before:soon cake -is:blue", "before:soon, is:blue"),
        ("from:nobody cake", "from:nobody"),
    ):
        page = await wren.get(f"/search?q={typed}")
        assert f"No post has {what}: no such thing" in page.text
        assert '<details class="more" open>' in page.body
    for typed in ("cake has:media", "from:me before:2026-05-01", "from:wren cake", "http://far.example/x"):
        assert "No post has" not in (await wren.get(f"/search?q={typed}")).text
    assert "No post has" not in (await site.browser().get("/search?q=has:wings")).text


async def test_what_is_not_read_is_told(signed_in):
    wren = await signed_in("wren")
    many = "+".join(f"word{n}" for n in range(33))
    for typed in (many, "x" * 501, '"' * 999):
        page = await wren.get(f"/search?q={typed}")
        assert "Only the beginning of this was looked for: 500 letters and 32 words are read at most." in page.text
        assert "Save this search" not in page.text
    await wren.get("/search?q=waxwings")
    page = await wren.submit("/searches", query=many.replace("+", " "))
    assert "is of more than 32 words" in page.text
    for typed in ("...", "OR", "- --"):
        page = await wren.get(f"/search?q={typed}")
        assert "Signs alone find no post" in page.text
        assert '<details class="more" open>' in page.body
        assert "Save this search" not in page.text
    page = await wren.get(f"/search?q={many.rpartition('+')[0]}")
    assert "Only the beginning" not in page.text
    assert "Signs alone" not in page.text


async def test_posts_found_have_pages_both_ways(db, signed_in, publish):
    wren = await signed_in("wren")
    me = await accounts.member_named(db, "wren")
    made = [await publish(me, f"hedge {number:02d}.") for number in range(25)]
    async with db.begin() as tx:
        await index_posts(tx, [one.id for one in made])
    page = await wren.get("/search?q=hedge&kind=posts")
    assert "hedge 24." in page.text
    page = await wren.get(page.body.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&"))
    assert "hedge 00." in page.text
    assert "hedge 24." not in page.text
    page = await wren.get(page.body.partition('rel="prev" href="')[2].partition('"')[0].replace("&amp;", "&"))
    assert "hedge 24." in page.text


async def test_a_hashtag_is_followed_on_its_page(site, join, publish, signed_in):
    await publish(await join("robin"), "a #hedge")
    wren = await signed_in("wren")
    await wren.get("/tags/hedge")
    page = await wren.submit("/followed_tags", press="follow")
    assert "are in your home feed" in page.text
    assert "Your changes are saved" in page.text
    page = await wren.submit("/followed_tags", press="unfollow")
    assert "Follow this hashtag" in page.text
    assert "/followed_tags" not in [form.action for form in (await site.browser().get("/tags/hedge")).forms]


async def test_a_search_is_kept_read_changed_and_given_up(site, db, join, publish, signed_in):
    robin = await join("robin")
    async with db.begin() as tx:
        await accounts.change_settings(tx, robin.account_id, indexable=True)
    made = [await publish(robin, f"{word} in the hedge") for word in ("Berries", "Nuts")]
    made.append(await publish(robin, "Berries for @wren alone", visibility="direct"))
    browser, stranger = await signed_in("wren"), site.browser()
    async with db.begin() as tx:
        await index_posts(tx, [one.id for one in made])
    await browser.get("/search?q=berries&kind=posts")
    page = await browser.submit("/searches")
    assert "The search is saved" in page.text
    assert "Berries in the hedge" in page.text
    assert '<a href="/searches" aria-current="true">' in page.body
    (address,) = [one for one in re.findall(r'href="([^"]+)"', page.body) if one.endswith(".rss")]
    path = address.rpartition("/")[0]
    news = await stranger.get(address)
    assert news.status == 200
    assert news.headers["content-type"].startswith("application/rss+xml")
    assert "Berries in the hedge" in news.body
    assert "<dc:creator>robin (@robin)</dc:creator>" in news.body
    assert "alone" not in news.body
    assert (await stranger.get(address.replace(".rss", "x.rss"))).status == 404
    assert (await stranger.get(path)).status == 303
    assert "Saved as berries" in (await browser.get("/search?q=berries")).text
    await browser.get(path)
    page = await browser.submit(path, query="", title="Empty")
    assert page.status == 422
    page = await browser.submit(path, query="nuts", title="Winter")
    assert "Nuts in the hedge" in page.text
    assert "<bdi>nuts</bdi>" in (await browser.get(path)).body, "what it looks for, beside its name"
    assert "Winter" in (await browser.get("/searches")).text
    await browser.get(path)
    page = await browser.submit(f"{path}/delete")
    assert "Winter" not in page.text
    assert (await browser.get(path)).status == 404


async def test_what_nobody_said_yet_can_be_kept_too(site, signed_in):
    browser = await signed_in("wren")
    await browser.get("/search?q=waxwings")
    page = await browser.submit("/searches")
    assert "What is written later comes here" in page.text
    assert "Save this search" not in (await browser.get("/search?q=waxwings before:soon")).text
    assert "Save this search" not in (await site.browser().get("/search?q=waxwings")).text


async def test_who_is_behind_a_hashtag_and_what_is_held_back(site, db, make):
    people = [await make.member() for _ in range(4)]
    for number, one in enumerate(people):
        await make.post(one, visibility="unlisted", at=now_ms() - 3 * DAY)
        await make.post(one, hashtags=("hedge",), at=now_ms() - (60 - number) * MINUTE)
    for number in range(30):
        await make.post(await make.member(), hashtags=("miracle",), at=now_ms() - (60 - number) * MINUTE)
    await discovery.refresh_trends(db, discovery.RefreshTrends())
    page = await site.browser().get("/explore/tags")
    assert "4 people took it up in the last day." in page.text
    assert "They are from 4 different circles." in page.text
    assert f'href="/@{people[0].username}"' in page.body
    assert "30 accounts count as 0." in page.text
    assert "Most of them did nothing before." in page.text
    assert "miracle" not in page.body


async def test_why_some_of_those_behind_a_hashtag_count_as_fewer(site, db, make):
    """Of twenty people, for whom others vouch, nine newcomers and seven with a past, for whom nobody does."""
    people, fresh, aged = [[await make.member() for _ in range(number)] for number in (20, 9, 7)]
    for number, one in enumerate([*people, *aged]):
        await make.post(one, visibility="unlisted", at=now_ms() - 3 * DAY - number * MINUTE)
    for one in people:
        await make.row(vouched, account_id=one.id)
    for number, one in enumerate([*people, *fresh, *aged]):
        await make.post(one, hashtags=("hedge",), at=now_ms() - (90 - number) * MINUTE)
    await discovery.refresh_trends(db, discovery.RefreshTrends())
    page = await site.browser().get("/explore/tags")
    assert "36 people took it up in the last day." in page.text
    assert "They count as 24 who act alone." in page.text, "sixteen together as four"
    assert "9 of them did nothing before." in page.text
    assert "7 of them are followed by hardly anybody whom this server knows." in page.text
    assert "came together" not in page.text
    for number, one in enumerate(aged * 3):
        await make.post(one, hashtags=("bought",), at=now_ms() - (60 - number) * MINUTE)
    for number in range(20):
        one = await make.member()
        await make.post(one, visibility="unlisted", at=now_ms() - 3 * DAY)
        await make.post(one, hashtags=("bought",), at=now_ms() - (60 - number) * MINUTE)
    await discovery.refresh_trends(db, discovery.RefreshTrends())
    page = await site.browser().get("/explore/tags")
    assert "27 accounts count as 5." in page.text
    assert "Hardly anybody whom this server knows follows them." in page.text
    assert "bought" not in page.body


async def test_who_is_behind_a_post_and_a_link_and_what_is_held_back(site, db, make):
    author, *fans = [await make.member() for _ in range(5)]
    for one in (author, *fans):
        await make.post(one, visibility="unlisted", at=now_ms() - 3 * DAY)
    bots = [await make.member() for _ in range(30)]
    good, bought = [await make.post(author, at=now_ms() - 90 * MINUTE) for _ in range(2)]
    pages = [id_at(now_ms() - 90 * MINUTE, number) for number in (1, 2)]
    for page_id in pages:
        await make.row(
            previews,
            id=page_id,
            url=f"https://far.example/{page_id}",
            link_id=page_id,
            state="ready",
            card=f'{{"title":"Page {page_id}"}}',
            asked_at=now_ms(),
        )
    for post, page_id, people in ((good, pages[0], fans), (bought, pages[1], bots)):
        for number, one in enumerate(people):
            at = now_ms() - (60 - number) * MINUTE
            await make.row(interactions, account_id=one.id, post_id=post.id, favourite_id=id_at(at, number))
            linking = await make.post(one, at=at)
            await make.row(post_previews, post_id=linking.id, preview_id=page_id, link_id=page_id)
    await discovery.refresh_trends(db, discovery.RefreshTrends())
    for path, shown, hidden in (
        ("/explore", f"/{good.id}", f"/{bought.id}"),
        ("/explore/links", f"far.example/{pages[0]}", f"far.example/{pages[1]}"),
    ):
        page = await site.browser().get(path)
        assert shown in page.body
        assert "4 people took it up in the last day." in page.text
        assert f'href="/@{fans[0].username}"' in page.body
        assert "30 accounts count as 0." in page.text
        assert hidden not in page.body
