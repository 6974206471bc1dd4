"""Followed hashtags: following them, and what they bring into the home feed."""

from __future__ import annotations

from pathlib import Path

import pytest

from dunnock import posts
from dunnock.accounts import Cursor as Paging
from dunnock.feeds import Cursor, TagsFollowedChanged
from dunnock.feeds.tags import TooManyTags, follow_tag, followed_among, followed_tags, follows_tag, unfollow_tag
from dunnock.foundation.clock import now_ms
from dunnock.foundation.settings import Settings
from dunnock.posts.hashtags import HashtagMissing

SETTINGS = Settings(data=Path(), public_url="http://home.example")


async def do(db, use_case, *args, **more):
    async with db.begin() as tx:
        return await use_case(tx, *args, **more)


async def home(house, viewer, **cursor):
    house.db.sync()
    return [entry.id for entry in (await house.feeds.home(viewer.id, Cursor(**cursor))).entries]


async def publish(db, author, text, **draft):
    draft = posts.Draft(text=text, **{"visibility": "public"} | draft)
    return await do(db, posts.publish, draft, author_id=author.id, app_id=None, settings=SETTINGS)


async def test_following_twice_is_once(db, make, events):
    me, other = await make.member(), await make.member()
    first = await do(db, follow_tag, me.id, "#Cats")
    assert await do(db, follow_tag, me.id, "cÄts") == first
    second = await do(db, follow_tag, me.id, "dogs")
    assert await followed_among(db, me.id, [first.id, second.id]) == {first.id, second.id}
    assert await followed_among(db, other.id, [first.id]) == set()
    page = await followed_tags(db, me.id, Paging(), now=now_ms())
    assert [(one.id, one.name) for one in page.tags] == [(second.id, "dogs"), (first.id, "Cats")]
    for _ in range(2):
        await do(db, unfollow_tag, me.id, first.id)
    assert await events() == [TagsFollowedChanged(account_id=me.id)] * 3
    for bad in ("", "123", "a b", "x\0"):
        with pytest.raises(HashtagMissing):
            await do(db, follow_tag, me.id, bad)


async def test_there_is_a_limit(db, make, monkeypatch):
    me = await make.member()
    monkeypatch.setattr("dunnock.feeds.tags.MOST_TAGS", 1)
    await do(db, follow_tag, me.id, "one")
    await do(db, follow_tag, me.id, "one")
    with pytest.raises(TooManyTags):
        await do(db, follow_tag, me.id, "two")


async def test_public_posts_under_followed_hashtags_are_in_home(house, make):
    db = house.db
    me, friend, stranger, muted = [await make.member() for _ in range(4)]
    limited = await make.member(standing="limited")
    blocker = await make.member()
    await make.follow(me, friend)
    await make.mute(me, muted)
    await make.block(blocker, me)
    before = await publish(db, stranger, "old #cats")
    assert await home(house, me) == []
    await do(db, follow_tag, me.id, "Cats")
    assert await home(house, me) == [before.id]  # what was said before is there too
    shown = [await publish(db, stranger, f"#cats {number}") for number in range(2)]
    both = await publish(db, friend, "#cats and #dogs")
    reply = await publish(db, stranger, "a reply #CATS", reply_to_id=both.id)
    for author, text, draft in (
        (stranger, "no tag", {}),
        (stranger, "#cats quietly", {"visibility": "unlisted"}),
        (stranger, "#cats for followers", {"visibility": "followers"}),
        (muted, "#cats", {}),
        (limited, "#cats", {}),
        (blocker, "#cats", {}),
        (stranger, f"#cats @{muted.username}", {}),
        (stranger, "#dogs", {}),
    ):
        await publish(db, author, text, **draft)
    await do(db, posts.boost, shown[0].id, by=stranger.id)
    assert await home(house, me) == [reply.id, both.id, shown[1].id, shown[0].id, before.id]
    tag = await do(db, follow_tag, me.id, "cats")
    await do(db, unfollow_tag, me.id, tag.id)
    assert await home(house, me) == [both.id]


async def test_edits_move_posts_in_and_out(house, make):
    db = house.db
    me, stranger = await make.member(), await make.member()
    await do(db, follow_tag, me.id, "cats")
    one = await publish(db, stranger, "nothing")
    two = await publish(db, stranger, "#cats")
    assert await home(house, me) == [two.id]
    await do(db, posts.edit, one.id, posts.Changes(text="now #cats"), by=stranger.id, settings=SETTINGS)
    assert await home(house, me) == [two.id, one.id]
    await do(db, posts.edit, two.id, posts.Changes(text="no more"), by=stranger.id, settings=SETTINGS)
    assert await home(house, me) == [one.id]
    await do(db, posts.delete, one.id, by=stranger.id)
    assert await home(house, me) == []


async def test_who_is_on_an_exclusive_list_comes_in_by_hashtag_all_the_same(house, make):
    me, friend = await make.member(), await make.member()
    await make.follow(me, friend)
    await make.list(me, of=(friend,), exclusive=True)
    tagged = await publish(house.db, friend, "#cats")
    await publish(house.db, friend, "none")
    assert await home(house, me) == []
    await do(house.db, follow_tag, me.id, "cats")
    assert await home(house, me) == [tagged.id]


@pytest.mark.parametrize("head", [5, 400])
async def test_paging_reaches_every_post_once_also_below_the_head(house, make, monkeypatch, head):
    monkeypatch.setattr("dunnock.feeds.heads.HEAD", head)
    me, friend, *strangers = [await make.member() for _ in range(5)]
    await make.follow(me, friend)
    made = []
    for number in range(40):
        author = (friend, *strangers)[number % 4]
        made.append((await make.post(author, hashtags=(("a", "b", "c")[number % 3], "d")[: 1 + number % 2])).id)
    await do(house.db, follow_tag, me.id, "a")
    await do(house.db, follow_tag, me.id, "d")
    wanted = [an_id for number, an_id in enumerate(made) if not number % 4 or not number % 3 or number % 2][::-1]
    seen = []
    while found := await home(house, me, limit=7, max_id=seen[-1] if seen else None):
        seen += found
    assert seen == wanted
    up = []
    while found := await home(house, me, limit=7, min_id=up[0] if up else 1):
        up = found + up
    assert up == wanted


async def test_a_page_costs_the_same_however_many_hashtags_are_followed(house, make, monkeypatch):
    me, stranger = await make.member(), await make.member()
    for number in range(30):
        await do(house.db, follow_tag, me.id, f"tag{number}")
        await make.post(stranger, hashtags=(f"tag{number}",))
    asked = []
    original = type(house.db).all

    async def counting(self, sql, **params):
        asked.append(sql)
        return await original(self, sql, **params)

    monkeypatch.setattr(type(house.db), "all", counting)
    assert len(await home(house, me)) == 20
    cold = len(asked)
    asked.clear()
    assert len(await home(house, me)) == 20
    # cold: as without hashtags; for oneself alone the merge has one query fewer, and there is one for the hashtags' posts
    assert (cold, len(asked)) == (11, 0)


async def test_a_head_made_while_its_hashtags_change_is_not_kept(house, make, monkeypatch):
    """What is followed between the reading of the sources and that of their posts is seen at the next look."""
    me, stranger = await make.member(), await make.member()
    post = await publish(house.db, stranger, "#cats")
    original = house.feeds.tags_of_home

    async def late(viewer_id):
        found = await original(viewer_id)
        monkeypatch.undo()
        await do(house.db, follow_tag, me.id, "cats")
        house.db.sync()
        return found

    monkeypatch.setattr(house.feeds, "tags_of_home", late)
    assert await home(house, me) == []
    assert await home(house, me) == [post.id]


async def test_says_whether_a_hashtag_is_followed(db, make):
    me = await make.account()
    await do(db, follow_tag, me.id, "Hedge")
    assert await follows_tag(db, me.id, "hedge")
    assert not await follows_tag(db, me.id, "wood")
    assert not await follows_tag(db, (await make.account()).id, "hedge")
