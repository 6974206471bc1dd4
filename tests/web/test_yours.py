"""What is a member's own: lists, followed hashtags, bookmarks, conversations, notifications, requests to follow."""

from __future__ import annotations

import re

import pytest

from dunnock import accounts, notifications, posts
from dunnock.feeds import conversations, lists, tags
from dunnock.notifications.reactions import on_act
from dunnock.posts.entries import Span
from web.conftest import PASSWORD

EVIL = "<script>alert(1)</script>"
OWN = (
    "/home",
    "/bookmarks",
    "/favourites",
    "/lists",
    "/followed_tags",
    "/conversations",
    "/notifications",
    "/notifications/mentions",
    "/notifications/requests",
    "/follow_requests",
    "/scheduled",
    "/drafts",
    "/settings/notifications",
    "/settings/filters",
    "/settings/safety",
    "/reports",
)


@pytest.fixture
def me(db):
    async def found(name):
        return (await accounts.member_named(db, name)).account_id

    return found


@pytest.fixture
def befriend(db):
    async def follows(follower, followed):
        async with db.begin() as tx:
            await accounts.follow(tx, follower=follower, followed=followed)

    return follows


async def test_strangers_are_led_to_sign_in(site, signed_in):
    stranger, wren = site.browser(), await signed_in("wren")
    for path in OWN:
        page = await stranger.get(path)
        assert page.status == 303, path
        assert page.location.startswith("/auth/sign_in"), path
        page = await wren.follow(path)
        assert page.status == 200, path
        assert page.headers["cache-control"] == "private, no-store", path


async def test_a_list_from_making_to_deleting(db, join, publish, signed_in, *, me, befriend):
    robin, browser = await join("robin"), await signed_in("wren")
    await publish(robin, "From robin")
    await browser.get("/lists")
    page = await browser.submit("/lists", title="  ")
    assert page.status == 422
    assert "can't be blank" in page.text
    page = await browser.submit("/lists", title=EVIL, exclusive="1", replies="none")
    (made,) = await lists.lists_of(db, await me("wren"))
    assert (made.title, made.exclusive, made.replies) == (EVIL, True, "none")
    at = f"/lists/{made.id}"
    page = await browser.get(f"{at}/edit?q=robin")
    assert "Nobody you follow is called that" in page.text, "only whom one follows can be put on a list"
    await befriend(await me("wren"), robin.account_id)
    await browser.get(f"{at}/edit?q=robin")
    page = await browser.submit(f"{at}/add")
    assert "@robin" in page.text
    assert "From robin" in (await browser.get(at)).text
    assert EVIL in (await browser.get("/")).text, "a tab of Home"
    await browser.get(f"{at}/edit")
    assert EVIL in (await browser.submit(f"{at}/edit", exclusive=None)).text
    assert "Nobody yet" in (await browser.submit(f"{at}/remove")).text
    page = await browser.submit(f"{at}/delete")
    assert "The list is deleted" in page.text
    assert await lists.lists_of(db, await me("wren")) == []
    assert (await browser.get(at)).status == 404


async def test_lists_of_others_are_missing(db, join, signed_in):
    robin, browser = await join("robin"), await signed_in("wren")
    async with db.begin() as tx:
        made = await lists.make_list(tx, robin.account_id, title="Private")
    await browser.get("/lists")
    token = browser.page.forms[-1].fields
    for path in (f"/lists/{made.id}", f"/lists/{made.id}/edit"):
        assert (await browser.get(path)).status == 404
    for path in ("edit", "delete", "add", "remove"):
        page = await browser.post(f"/lists/{made.id}/{path}", [*token, ("account_id", str(robin.account_id))])
        assert page.status == 404, path
    assert len(await lists.lists_of(db, robin.account_id)) == 1


async def test_hashtags_are_followed_and_unfollowed(db, signed_in, me):
    browser = await signed_in("wren")
    await browser.get("/followed_tags")
    page = await browser.submit("/followed_tags", name="#Hedge")
    assert "#Hedge" in page.text
    form = next(one for one in page.forms if ("act", "unfollow") in one.fields)
    await browser.led(await browser.post("/followed_tags", form.fields))
    assert (await tags.followed_tags(db, await me("wren"), accounts.Cursor(), now=0)).tags == ()
    page = await browser.submit("/followed_tags", name="no tag!")
    assert page.status == 404


async def test_bookmarks_and_favourites_are_kept_apart(db, join, publish, signed_in, me):
    robin, browser = await join("robin"), await signed_in("wren")
    one, two = await publish(robin, "to read later"), await publish(robin, "how nice")
    async with db.begin() as tx:
        await posts.bookmark(tx, one.id, by=await me("wren"))
        await posts.favourite(tx, two.id, by=await me("wren"))
    page = await browser.get("/bookmarks")
    assert "to read later" in page.text
    assert "how nice" not in page.text
    page = await browser.get("/favourites")
    assert "how nice" in page.text
    assert "to read later" not in page.text


async def test_conversations_are_read_and_taken_off(db, join, publish, signed_in, me):
    robin, browser = await join("robin"), await signed_in("wren")
    made = await publish(robin, "@wren psst", visibility="direct")
    async with db.begin() as tx:
        await conversations.settle_conversations(tx, made.id)
    page = await browser.get("/conversations")
    assert "psst" in page.text
    assert "New" in page.text
    page = await browser.submit("/conversations", press="read")
    (held,) = await conversations.conversations(db, await me("wren"), accounts.Cursor())
    assert not held.unread
    page = await browser.submit("/conversations", press="remove")
    assert "No conversations yet" in page.text
    token = page.forms[0].fields
    for act, number in (("read", held.id), ("shred", held.id), ("read", "x")):
        page = await browser.post("/conversations", [*token, ("conversation_id", str(number)), ("act", act)])
        assert page.status == 404, (act, number)


@pytest.fixture
def tell(db, events):
    """Has notifications made of everything that happened."""

    async def told():
        for event in await events():
            async with db.begin() as tx:
                await on_act(tx, event)

    return told


async def test_notifications_are_read_and_put_away(db, join, publish, signed_in, *, me, befriend, tell):
    browser, robin, merle = await signed_in("wren"), await join("robin"), await join("merle")
    wren = await me("wren")
    mine = await publish(await accounts.member_named(db, "wren"), "My words")
    await publish(robin, f"@wren look {EVIL}")
    for fan in (robin, merle):
        await befriend(fan.account_id, wren)
        async with db.begin() as tx:
            await posts.favourite(tx, mine.id, by=fan.account_id)
    await tell()
    page = await browser.get("/notifications")
    assert f"@wren look {EVIL}" in page.text
    assert "and 1 other marked your post as a favourite" in page.text
    assert "and 1 other followed you" in page.text
    assert page.text.count("Put away") == 3
    page = await browser.submit("/notifications/read")
    assert "Mark all as read" not in page.text
    assert await notifications.unread(db, wren) == 0
    page = await browser.get("/notifications/mentions")
    assert "look" in page.text
    assert "favourite" not in page.text.partition("<main")[2]
    await browser.submit("/notifications/dismiss")
    assert "look" not in (await browser.get("/notifications")).text
    page = await browser.submit("/notifications/clear")
    assert "Nothing new" in page.text


async def test_hidden_posts_are_not_shown_with_notifications(db, join, publish, signed_in, *, me, tell):
    browser, robin = await signed_in("wren"), await join("robin")
    made = await publish(robin, "@wren secret")
    await tell()
    assert "secret" in (await browser.get("/notifications")).text
    async with db.begin() as tx:
        await accounts.block(tx, robin.account_id, target=await me("wren"))
    assert made.id
    assert "secret" not in (await browser.get("/notifications")).text


async def test_requests_are_let_through_or_sent_away(db, join, publish, signed_in, *, me, tell):
    browser = await signed_in("wren")
    for name in ("robin", "merle"):
        await publish(await join(name), f"@wren hello from {name}", visibility="direct")
    await tell()
    page = await browser.get("/notifications/requests")
    assert "hello from robin" in page.text
    assert "hello from merle" in page.text
    assert "hear from them" in (await browser.submit("/notifications/requests", press="accept")).text
    assert "sent away" in (await browser.submit("/notifications/requests", press="dismiss")).text
    assert "Nobody waits" in browser.page.text
    assert await notifications.request_page(db, await me("wren"), Span()) == []


@pytest.fixture
async def quiet(db, publish, signed_in, me):
    """Wren's browser, in a quiet time, and a post of hers."""
    browser = await signed_in("wren")
    async with db.begin() as tx:
        await notifications.begin_quiet_time(tx, await me("wren"), hours=1)
    return browser, await publish(await accounts.member_named(db, "wren"), "What I think")


async def test_held_answers_are_read_and_let_through_one_by_one(db, join, publish, quiet, *, tell):
    browser, mine = quiet
    robin = await join("robin")
    first, second = [
        await publish(robin, f"@wren answer {word}", reply_to_id=mine.id) for word in ("number one", "number two")
    ]
    await tell()
    page = await browser.get("/notifications/requests")
    assert "number one" not in page.text
    page = await browser.follow(re.search(r"/notifications/requests/\d+", page.body)[0])
    assert page.text.index("number two") < page.text.index("number one")
    page = await browser.led(await browser.post(
        "/notifications/requests",
        {**dict(page.forms[-1].fields), "act": "one"},
    ))  # fmt: skip
    assert "You see it now" in page.text
    await tell()
    assert (await posts.find_visible(db, first.id, None)).id == first.id
    with pytest.raises(posts.PostMissing):
        await posts.find_visible(db, second.id, None)
    seen = (await browser.get("/notifications")).text
    assert "number one" in seen
    assert "number two" not in seen
    third = await publish(robin, "@wren answer number three", reply_to_id=mine.id)
    with pytest.raises(posts.PostMissing):
        await posts.find_visible(db, third.id, None)


async def test_all_requests_are_answered_at_once(db, join, publish, quiet, *, tell, me):
    browser, mine = quiet
    for name in ("robin", "merle", "finch"):
        await publish(await join(name), f"@wren hello from {name}", reply_to_id=mine.id)
    await tell()
    page = await browser.get("/notifications/requests")
    assert "All at once" in page.text
    await publish(await join("late"), "@wren hello from late", reply_to_id=mine.id)
    await tell()
    form = next(one for one in page.forms if ("act", "dismiss_all") in one.buttons)
    page = await browser.led(await browser.post(form.action, {**dict(form.fields), "act": "dismiss_all"}))
    assert "hello from merle" not in page.text
    assert "hello from late" in page.text, "what came after the page was opened still waits"
    assert len(await notifications.request_page(db, await me("wren"), Span())) == 1


async def test_who_sends_what_hurts_is_blocked_or_reported(db, join, publish, signed_in, *, me, tell):
    browser, robin = await signed_in("wren"), await join("robin")
    post = await publish(robin, "@wren something nasty", visibility="direct")
    await tell()
    page = await browser.get("/notifications/requests")
    report = f"/report/{robin.account_id}?post={post.id}"
    assert f'href="{report}"' in page.body
    assert "something nasty" in (await browser.get(report)).text
    await browser.get("/notifications/requests")
    page = await browser.submit("/notifications/requests", press="block")
    assert "neither of you sees the other" in page.text
    assert "Nobody waits" in page.text
    (relation,) = await accounts.relationships(db, await me("wren"), [robin.account_id])
    assert relation.blocking


async def test_people_who_ask_to_follow_are_answered(db, join, signed_in, me, befriend):
    browser, robin, merle = await signed_in("wren"), await join("robin"), await join("merle")
    async with db.begin() as tx:
        await accounts.change_settings(tx, await me("wren"), locked=True)
    for one in (robin, merle):
        await befriend(one.account_id, await me("wren"))
    await browser.get("/follow_requests")
    assert "They follow you now" in (await browser.submit("/follow_requests", press="accept")).text
    assert "are not told" in (await browser.submit("/follow_requests", press="reject")).text
    assert "Nobody asks" in browser.page.text
    assert len((await accounts.followers(db, await me("wren"), accounts.Cursor())).ids) == 1


async def test_the_safety_page_says_how_it_is(db, signed_in, me):
    browser = await signed_in("wren")
    page = await browser.get("/settings/safety")
    for words in (
        "who learns your password is in",
        "1 is signed in",
        "0 may use",
        "Everybody can follow you",
        "They wait",
    ):
        assert words in page.text, words
    async with db.begin() as tx:
        await accounts.change_settings(tx, await me("wren"), locked=True)
        await notifications.change_policy(tx, await me("wren"), {"private_mentions": "drop"})
    page = await browser.get("/settings/safety")
    assert "You decide who may follow you" in page.text
    assert "You are not told of them" in page.text


async def test_what_was_not_me(db, site, join, signed_in, me):
    browser = await signed_in("wren")
    other = site.browser()
    await other.get("/auth/sign_in")
    await other.submit("/auth/sign_in", login="wren", password=PASSWORD)
    member = await accounts.member_named(db, "wren")
    async with db.begin() as tx:
        app, _ = await accounts.register_app(tx, name="Sparrow <app>", redirect_uris=["https://app.example/"])
        await accounts.make_token(tx, app, scopes="read", member_id=member.id, account_id=member.account_id)
        await accounts.change_profile(
            tx, member.account_id, public_url="http://127.0.0.1:8000", display_name="Jenny", by_member_id=member.id
        )
    await accounts.change_password(db, member.id, old=None, new="eight wrens in a hedge", keep_session=None)
    await browser.get("/auth/sign_in")
    await browser.submit("/auth/sign_in", login="wren", password="eight wrens in a hedge")
    await other.get("/auth/sign_in")
    await other.submit("/auth/sign_in", login="wren", password="eight wrens in a hedge")
    page = await browser.get("/settings/safety")
    assert page.text.count("Signed in: A browser") == 4
    for words in ("Password changed", "An app was let in: Sparrow <app>", "Name changed: Jenny"):
        assert words in page.text, words
    page = await browser.submit("/settings/safety")
    assert "Now choose a new password" in page.text
    assert [one.action for one in page.forms][-2:] == ["/settings/account", "/settings/account/email"]
    assert (await other.get("/settings/safety")).location.startswith("/auth/sign_in")
    assert len(await accounts.sessions_of(db, member.id)) == 1
    assert await accounts.apps_of(db, member.id) == []


async def test_quiet_time(db, join, publish, signed_in, *, me, befriend, tell):
    browser, robin, merle = await signed_in("wren"), await join("robin"), await join("merle")
    await befriend(await me("wren"), merle.account_id)
    await browser.get("/settings/safety")
    page = await browser.submit("/settings/safety/quiet", hours="8")
    assert "It is quiet now" in page.text
    await publish(robin, "@wren from a stranger")
    await publish(merle, "@wren from a friend")
    await tell()
    page = await browser.get("/notifications")
    assert "from a friend" in page.text
    assert "from a stranger" not in page.text
    assert "from a stranger" in (await browser.get("/notifications/requests")).text
    await browser.get("/settings/safety")
    page = await browser.submit("/settings/safety/quiet")
    assert "Make it quiet" in page.text
    assert (await notifications.quiet_of(db, await me("wren"))).until is None
    await publish(robin, "@wren once more")
    await tell()
    assert "once more" in (await browser.get("/notifications")).text
    await browser.get("/settings/safety")
    assert (await browser.submit("/settings/safety/quiet", hours="169")).status == 422


async def test_short_addresses_lead_to_the_settings(site, signed_in):
    wren = await signed_in("wren")
    for path, to in (("/settings", "/settings/profile"), ("/.well-known/change-password", "/settings/account")):
        page = await wren.get(path)
        assert (page.status, page.headers["location"]) == (303, to), path
