"""Profiles: who somebody is, was and knows, and what a member does with them."""

from __future__ import annotations

import pytest

from dunnock import accounts
from dunnock.feeds import lists
from dunnock.foundation.clock import DAY
from dunnock.posts import featured

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def called(db, site):
    """Give an account another name."""

    async def rename(member, name):
        async with db.begin() as tx:
            await accounts.change_profile(
                tx, member.account_id, public_url=site.settings.public_url, display_name=name, by_member_id=None
            )

    return rename


@pytest.fixture
def stands(db):
    """How `wren` stands to somebody."""

    async def relation(other_id):
        me = await accounts.member_named(db, "wren")
        return (await accounts.relationships(db, me.account_id, [other_id]))[0]

    return relation


async def test_who_was_renamed_lately_says_so(site, join, called, monkeypatch):
    robin = await join("robin")
    for name in ("Robin", "City News", EVIL[:30]):
        await called(robin, name)
    stranger = site.browser()
    page = await stranger.get("/@robin")
    assert "Was called City News until" in page.text
    assert "Was called Robin until" in page.text
    page = await stranger.get("/@robin/history")
    assert page.status == 200
    assert page.text.index("City News") < page.text.index("no name")
    assert EVIL[:30] in page.text
    await called(robin, "City News")  # back again: it is no former name
    assert "Was called City News" not in (await stranger.get("/@robin")).text
    monkeypatch.setattr("dunnock.web.person_page.RENAME_IS_NEWS_MS", -DAY)
    assert "Was called" not in (await stranger.get("/@robin")).text
    assert "Robin" in (await stranger.get("/@robin/history")).text


async def test_history_shows_pictures_and_pages(site, join, called, db):
    robin = await join("robin")
    file = '{"original":{"path":"ab/cd.webp","mime":"image/webp","width":40,"height":40,"bytes":9}}'
    async with db.begin() as tx:
        await accounts.note_changes(
            tx, robin.account_id, {"avatar": ("", file), "kind": ("person", "service")}, by_member_id=None
        )
    for number in range(45):
        await called(robin, f"robin{number}")
    stranger = site.browser()
    page = await stranger.get("/@robin/history")
    assert "robin44" in page.text
    older = page.body.partition('rel="next" href="')[2].partition('"')[0]
    page = await stranger.get(older)
    assert "no picture" in page.text
    assert any("ab/cd.webp" in (image["src"] or "") for image in page.images)
    assert "Bot" in page.text
    assert 'rel="prev"' in page.body


async def test_tabs_and_one_spelling(site, join):
    await join("robin")
    stranger = site.browser()
    for part in ("about", "history", "followers", "following"):
        assert (await stranger.get(f"/@robin/{part}")).status == 200
        assert (await stranger.get(f"/@Robin/{part}")).location == f"/@robin/{part}"
        assert (await stranger.get(f"/@nobody/{part}")).status == 404


async def test_network_is_shown_unless_hidden(site, db, join, make, signed_in):
    robin, wren_browser = await join("robin"), await signed_in("wren")
    merle = await join("merle")
    async with db.begin() as tx:
        await accounts.follow(tx, follower=merle.account_id, followed=robin.account_id)
    stranger = site.browser()
    assert "@merle" in (await stranger.get("/@robin/followers")).text
    assert "@robin" in (await stranger.get("/@merle/following")).text
    async with db.begin() as tx:
        await accounts.change_settings(tx, robin.account_id, hide_collections=True)
    for browser in (stranger, wren_browser):
        page = await browser.get("/@robin/followers")
        assert "@merle" not in page.text
        assert "does not show whom they know" in page.text
    far = await make.account("jay", domain="far.example")
    assert "far.example knows all" in (await stranger.get(f"/@{far.username}@far.example/followers")).text


async def test_members_follow_from_lists_of_people(db, join, signed_in, stands):
    wren, robin, merle = await signed_in("wren"), await join("robin"), await join("merle")
    me = (await accounts.member_named(db, "wren")).account_id
    async with db.begin() as tx:
        for follower in (me, merle.account_id):
            await accounts.follow(tx, follower=follower, followed=robin.account_id)
        await accounts.follow(tx, follower=merle.account_id, followed=me)
    page = await wren.get("/@robin/followers")
    assert "Follows you" in page.text
    assert f"/people/{me}" not in [form.action for form in page.forms]
    page = await wren.submit(f"/people/{merle.account_id}", press="follow")
    assert "You follow them now" in page.text
    assert (await stands(merle.account_id)).following
    page = await wren.submit(f"/people/{merle.account_id}", press="unfollow")
    assert not (await stands(merle.account_id)).following


async def test_who_one_knows_among_followers(db, join, signed_in):
    wren, robin = await signed_in("wren"), await join("robin")
    me = (await accounts.member_named(db, "wren")).account_id
    for name, words in (("merle", "Followed by merle, whom you follow"), ("dunn", "and 1 other whom you follow")):
        friend = await join(name)
        async with db.begin() as tx:
            await accounts.follow(tx, follower=me, followed=friend.account_id)
            await accounts.follow(tx, follower=friend.account_id, followed=robin.account_id)
        assert words in (await wren.get("/@robin")).text


async def test_moved_featured_and_proved(site, db, join, make):
    robin, next_one = await join("robin"), await join("robin2")
    line = '[{"name":"Web","value":"x","html":"x","verified_at":1772496000000}]'
    proved = await make.account("jay", fields=line)
    async with db.begin() as tx:
        await featured.feature(tx, robin.account_id, "Hedge")
        await accounts.move(tx, robin.account_id, to=next_one.account_id)
    stranger = site.browser()
    page = await stranger.get("/@robin")
    assert "uses another account now" in page.text
    assert 'href="/@robin2"' in page.body
    assert 'href="/@robin/tagged/hedge"' in page.body
    assert "Checked on 3 March 2026" in (await stranger.get(f"/@{proved.username}")).text


async def test_options_of_a_follow(join, signed_in, stands):
    wren, robin = await signed_in("wren"), await join("robin")
    act = f"/people/{robin.account_id}"
    page = await wren.get("/@robin")
    assert "Notify me" not in page.text
    await wren.submit(act, act="follow")
    await wren.submit(act, act="notify")
    assert (await stands(robin.account_id)).notify
    await wren.submit(act, act="unboosts")
    await wren.submit(act, act="endorse")
    held = await stands(robin.account_id)
    assert (held.notify, held.boosts, held.endorsed) == (True, False, True)
    assert "@robin" in (await wren.get("/@wren/about")).text
    await wren.get("/@robin")
    for word in ("unnotify", "boosts", "unendorse"):
        await wren.submit(act, act=word)
    held = await stands(robin.account_id)
    assert (held.notify, held.boosts, held.endorsed) == (False, True, False)


async def test_mutes_for_a_while_and_keeps_a_note(join, signed_in, stands):
    wren, robin = await signed_in("wren"), await join("robin")
    act = f"/people/{robin.account_id}"
    page = await wren.get("/@robin")
    form = dict(pair for one in page.forms if one.action == act for pair in one.fields)
    page = await wren.post(act, {"token": form["token"], "act": "mute", "duration": "3600", "back": "/@robin"})
    page = await wren.led(page)
    held = await stands(robin.account_id)
    assert held.muting
    assert held.mute_expires_at is not None
    assert not held.muting_notifications  # the box was not ticked
    assert "Muted until" in page.text
    words = {"token": form["token"], "act": "note", "note": f"met at the hedge {EVIL}", "back": "/@robin"}
    page = await wren.led(await wren.post(act, words))
    assert "Your note, which only you see" in page.text
    assert EVIL in page.text
    assert (await wren.post(act, words | {"note": "x" * 2001})).status == 422
    assert (await wren.post(act, words | {"duration": "-1", "act": "mute"})).status == 303


async def test_hides_a_server_after_saying_what_it_costs(db, make, join, signed_in, stands):
    wren, robin = await signed_in("wren"), await join("robin")
    me = (await accounts.member_named(db, "wren")).account_id
    far = await make.account("jay", domain="far.example")
    async with db.begin() as tx:
        await accounts.follow(tx, follower=far.id, followed=me)
    page = await wren.get(f"/people/{far.id}/server")
    assert "You lose 1 follower there." in page.text
    page = await wren.submit(f"/people/{far.id}", press="hide_server")
    assert "You hide everything from far.example" in page.text
    assert (await stands(far.id)).domain_blocking
    await wren.submit(f"/people/{far.id}", act="show_server")
    assert not (await stands(far.id)).domain_blocking
    assert (await wren.get(f"/people/{robin.account_id}/server")).status == 404
    token = dict((await wren.get("/@robin")).forms[-1].fields)["token"]
    act = {"token": token, "act": "hide_server"}
    assert (await wren.post(f"/people/{robin.account_id}", act)).status == 404


async def test_says_on_which_lists_somebody_is(db, join, signed_in):
    wren, robin = await signed_in("wren"), await join("robin")
    me = (await accounts.member_named(db, "wren")).account_id
    at = f"/people/{robin.account_id}/lists"
    assert "no list yet" in (await wren.get(at)).text
    async with db.begin() as tx:
        one = await lists.make_list(tx, me, title=f"Hedge {EVIL}")
        two = await lists.make_list(tx, me, title="Wood")
    await wren.get(at)
    page = await wren.submit(at, **{"lists[]": str(one.id)})
    assert page.status == 404  # not followed: nobody is told more
    await wren.get("/@robin")
    await wren.submit(f"/people/{robin.account_id}", act="follow")
    await wren.get(at)
    await wren.submit(at, **{"lists[]": str(one.id)})
    assert [each.id for each in await lists.lists_with(db, me, member=robin.account_id)] == [one.id]
    page = await wren.get(at)
    assert EVIL in page.text
    await wren.submit(at, **{"lists[]": str(two.id)})
    assert [each.id for each in await lists.lists_with(db, me, member=robin.account_id)] == [two.id]
    assert (await wren.get("/people/5/lists")).status == 404


async def test_strangers_sign_in_first(site, join):
    robin = await join("robin")
    for part in ("lists", "server"):
        assert "/auth/sign_in" in (await site.browser().get(f"/people/{robin.account_id}/{part}")).location
