"""What members do with posts and people by the buttons on pages."""

from __future__ import annotations

import pytest
from sqlalchemy import bindparam, select

from dunnock import accounts, posts
from dunnock.foundation.db import Sql
from dunnock.posts.tables import interactions as table


@pytest.fixture
def id_of(db):
    async def found(name):
        return (await accounts.member_named(db, name)).account_id

    return found


DONE = Sql(
    select(table.c.favourite_id, table.c.boost_id, table.c.bookmark_id).where(
        table.c.account_id == bindparam("who"), table.c.post_id == bindparam("post")
    )
)


async def did(db, reader, post):
    """Which of favourite, boost and bookmark hold."""
    row = await db.one(DONE, who=reader, post=post.id)
    return [act is not None for act in row or (None, None, None)]


@pytest.mark.both_engines
async def test_each_button_does_and_takes_back(db, write, signed_in, id_of, join):
    await join("robin")
    wren = await signed_in("wren")
    me, post = await id_of("wren"), await write("robin", "a song")
    page = await wren.get(f"/@robin/{post.id}")
    assert page.status == 200
    for at, act in enumerate(("favourite", "boost", "bookmark")):
        page = await wren.submit(f"/posts/{post.id}", act=act, follow=False)
        assert page.location == f"/@robin/{post.id}#post-{post.id}"
        await wren.led(page)
        assert (await did(db, me, post))[at]
    assert wren.page.body.count('aria-pressed="true"') == 3
    for act in ("unfavourite", "unboost", "unbookmark"):
        await wren.submit(f"/posts/{post.id}", act=act)
    assert not any(await did(db, me, post))
    assert (await wren.submit(f"/posts/{post.id}", act="nonsense")).status == 404


async def test_strangers_have_no_buttons(site, write, join):
    await join("robin")
    post = await write("robin", "a song")
    page = await site.browser().get(f"/@robin/{post.id}")
    assert f"/posts/{post.id}" not in page.body


async def test_where_a_form_leads_back_to(write, signed_in, join):
    """SC-126: only ever a path of this site."""
    await join("robin")
    wren = await signed_in("wren")
    post = await write("robin", "a song")
    await wren.get(f"/@robin/{post.id}")
    page = await wren.submit(f"/posts/{post.id}", act="favourite", back="//evil.example/", follow=False)
    assert page.location == f"/#post-{post.id}"


async def test_own_posts_are_edited_pinned_and_deleted(db, write, signed_in):
    wren = await signed_in("wren")
    post = await write("wren", "a sonk")
    await wren.get(f"/@wren/{post.id}")
    await wren.submit(f"/posts/{post.id}", act="pin")
    assert "Unpin from profile" in wren.page.body
    await wren.follow(f"/posts/{post.id}/edit")
    page = await wren.submit(f"/posts/{post.id}/edit", text="a song")
    assert "a song" in page.text
    page = await wren.follow(f"/posts/{post.id}/edit")
    page = await wren.submit(f"/posts/{post.id}/edit", text="x" * 600)
    assert page.status == 422
    await wren.follow(f"/posts/{post.id}/delete")
    page = await wren.submit(f"/posts/{post.id}/delete")
    assert "Your post is deleted." in page.text
    assert await posts.find_living(db, post.id) is None


async def test_others_posts_are_not(write, signed_in, join):
    await join("robin")
    wren = await signed_in("wren")
    post = await write("robin", "a song")
    for path in (f"/posts/{post.id}/edit", f"/posts/{post.id}/delete", "/posts/1/edit", f"/posts/{2**63}/delete"):
        assert (await wren.get(path)).status == 404


async def test_a_vote(db, site, signed_in, join, id_of):
    await join("robin")
    wren = await signed_in("wren")
    draft = posts.Draft(text="Tea?", poll=posts.PollDraft(options=("yes", "no"), expires_in=3600))
    async with db.begin() as tx:
        post = await posts.publish(tx, draft, author_id=await id_of("robin"), app_id=None, settings=site.settings)
    await wren.get(f"/@robin/{post.id}")
    page = await wren.submit(f"/posts/{post.id}/vote", **{"choices[]": "1"})
    assert "Your vote is counted." in page.text
    assert (await posts.polls_of(db, [post.id]))[post.id].tallies == (0, 1)
    assert f"/posts/{post.id}/vote" not in page.body  # once is all


async def test_people(db, signed_in, join, id_of):
    await join("robin")
    wren = await signed_in("wren")
    me, robin = await id_of("wren"), await id_of("robin")

    async def relation():
        return (await accounts.relationships(db, me, [robin]))[0]

    await wren.get("/@robin")
    assert "You follow them now." in (await wren.submit(f"/people/{robin}", act="follow")).text
    assert (await relation()).following
    await wren.submit(f"/people/{robin}", act="mute")
    assert (await relation()).muting
    await wren.submit(f"/people/{robin}", act="unmute")
    await wren.submit(f"/people/{robin}", act="block")
    now = await relation()
    assert (now.blocking, now.following) == (True, False)
    await wren.submit(f"/people/{robin}", act="unblock")
    assert not (await relation()).blocking
    assert "/people/" not in (await wren.get("/@wren")).body


async def test_new_posts_are_counted_for_open_pages(db, signed_in, join, write, id_of):
    await join("robin")
    wren = await signed_in("wren")
    async with db.begin() as tx:
        await accounts.follow(tx, follower=await id_of("wren"), followed=await id_of("robin"))
    first = await write("robin", "one")
    page = await wren.get("/")
    assert f'data-after="{first.id}"' in page.body
    await write("robin", "two")
    await write("robin", "three")
    page = await wren.get(f"/home/new?after={first.id}")
    assert page.body == '{"count":2,"words":"2 new posts","unread":0,"unread_words":"0 unread"}'


async def test_only_pages_of_members_have_the_script(site, signed_in):
    wren = await signed_in("wren", "owner")
    for path, there in (("/", True), ("/explore", True), ("/settings/account", False), ("/admin", False)):
        page = await wren.get(path)
        assert ("app-" in page.body) is ("script-src" in page.headers["content-security-policy"]) is there, path
    page = await site.browser().get("/")
    assert "script" not in page.headers["content-security-policy"]


@pytest.mark.both_engines
async def test_from_another_server_to_what_is_meant(site, signed_in, join, write):
    await join("robin")
    post = await write("robin", "a song")
    wren = await signed_in("wren")
    ways = {
        "acct:robin@127.0.0.1:8000": "/@robin",
        "http://127.0.0.1:8000/users/robin": "/@robin",
        f"http://127.0.0.1:8000/@robin/{post.id}": f"/@robin/{post.id}",
    }
    for uri, path in ways.items():
        assert (await wren.get(f"/authorize_interaction?uri={uri}")).location == path
    for uri in ("", "nonsense", "acct:nobody@127.0.0.1:8000", "http://127.0.0.1:8000/about", "http://10.0.0.1/x"):
        assert (await wren.get(f"/authorize_interaction?uri={uri}")).status == 404, uri
    page = await site.browser().get("/authorize_interaction?uri=acct:robin@127.0.0.1:8000")
    assert page.location.startswith("/auth/sign_in?next=")
