"""What feeds show, page by page."""

from __future__ import annotations

import pytest

from dunnock.feeds import Cursor, ListMissing


def ids(page):
    return [entry.id for entry in page.entries]


async def test_home_shows_those_followed_and_oneself_newest_first(house, make):
    me, friend, stranger = await make.member(), await make.account(), await make.account()
    await make.follow(me, friend)
    first = await make.post(friend)
    await make.post(stranger)
    second = await make.post(me)
    boost = await make.boost(friend, await make.post(stranger))
    assert ids(await house.feeds.home(me.id, Cursor())) == [boost.id, second.id, first.id]


async def test_home_leaves_out_replies_to_strangers_and_hidden_boosts(house, make):
    me, friend, other, stranger = [await make.account() for _ in range(4)]
    await make.follow(me, friend)
    await make.follow(me, other, boosts=False)
    question = await make.post(stranger)
    await make.post(friend, reply_to=question)
    shown = await make.post(friend, reply_to=await make.post(other))
    await make.boost(other, question)
    assert shown.id in (found := ids(await house.feeds.home(me.id, Cursor())))
    assert len(found) == 2


async def test_a_direct_post_is_only_for_those_it_addresses(house, make):
    me, friend = await make.account(), await make.account()
    await make.follow(me, friend)
    await make.post(friend, visibility="direct")
    for_me = await make.post(friend, visibility="direct", mentions=(me,))
    assert ids(await house.feeds.home(me.id, Cursor())) == [for_me.id]


async def test_paging_down_up_and_since_reaches_every_post_once(house, make):
    me, friend = await make.account(), await make.account()
    await make.follow(me, friend)
    made = [(await make.post(friend)).id for _ in range(25)][::-1]
    seen, cursor = [], Cursor(limit=7)
    while (page := await house.feeds.home(me.id, cursor)).entries:
        seen += ids(page)
        cursor = Cursor(limit=7, max_id=page.oldest)
    assert seen == made
    seen, cursor = [], Cursor(limit=7, min_id=1)
    while (page := await house.feeds.home(me.id, cursor)).entries:
        seen = ids(page) + seen
        cursor = Cursor(limit=7, min_id=page.newest)
    assert seen == made
    assert ids(await house.feeds.home(me.id, Cursor(limit=3, since_id=made[10]))) == made[:3]
    assert ids(await house.feeds.home(me.id, Cursor(limit=3, min_id=made[10]))) == made[7:10]
    assert ids(await house.feeds.home(me.id, Cursor(limit=40, max_id=made[5], since_id=made[8]))) == made[6:8]


async def test_a_page_is_filled_past_what_is_hidden(house, make):
    me, friend, stranger = [await make.account() for _ in range(3)]
    await make.follow(me, friend)
    question = await make.post(stranger)
    wanted = [(await make.post(friend)).id for _ in range(3)]
    for _ in range(60):
        await make.post(friend, reply_to=question)
    assert ids(await house.feeds.home(me.id, Cursor(limit=3))) == wanted[::-1]


async def test_lists_have_their_own_rules_for_replies(house, make):
    me, one, two, stranger = [await make.account() for _ in range(4)]
    for friend in (one, two):
        await make.follow(me, friend)
    question = await make.post(stranger)
    to_stranger = await make.post(one, reply_to=question)
    to_member = await make.post(one, reply_to=await make.post(two, visibility="unlisted"))
    for replies, wanted in (("list", [to_member.id]), ("none", []), ("followed", [to_member.id])):
        made = await make.list(me, replies, of=(one,), replies=replies)
        if replies == "list":
            await make.row(_members(), list_id=made.id, account_id=two.id, id=1)
        found = ids(await house.feeds.list(me.id, made.id, Cursor()))
        assert [one_id for one_id in found if one_id in (to_stranger.id, to_member.id)] == wanted
    with pytest.raises(ListMissing):
        await house.feeds.list(stranger.id, made.id, Cursor())


def _members():
    from dunnock.feeds.tables import list_members

    return list_members


async def test_an_exclusive_list_takes_its_accounts_out_of_home(house, make):
    me, friend = await make.account(), await make.account()
    await make.follow(me, friend)
    await make.post(friend)
    await make.list(me, of=(friend,), exclusive=True)
    assert ids(await house.feeds.home(me.id, Cursor())) == []


async def test_hashtag_feed_with_any_all_and_none(house, make):
    me = await make.account()
    tagged = {name: (await make.post(me, hashtags=tuple(name))).id for name in ("a", "ab", "abc", "b")}
    hashtag = house.feeds.hashtag
    assert ids(await hashtag(None, "a", Cursor())) == [tagged["abc"], tagged["ab"], tagged["a"]]
    assert ids(await hashtag(None, "a", Cursor(), also=["b"])) == [tagged[n] for n in ("b", "abc", "ab", "a")]
    assert ids(await hashtag(None, "a", Cursor(), every=["b"], without=["c"])) == [tagged["ab"]]
    assert ids(await hashtag(None, "a", Cursor(), every=["never"])) == []
    assert ids(await hashtag(None, "never", Cursor())) == []


async def test_sifted_hashtag_pages_go_on_behind_what_is_left_out(house, make):
    me = await make.account()
    wanted = []
    for number in range(30):
        both = number % 7 == 3
        post = await make.post(me, hashtags=("a", "b") if both else ("a",))
        if both:
            wanted.insert(0, post.id)
    for sift in ({"every": ["b"]}, {"every": ["b"], "without": ["c"]}):
        for limit in (1, 2, 3):
            down, up, cursor = [], [], Cursor(limit)
            while (page := await house.feeds.hashtag(None, "a", cursor, **sift)).entries:
                down += ids(page)
                assert len(page.entries) == limit or page.oldest <= wanted[-1]
                cursor = Cursor(limit, max_id=page.oldest)
            cursor = Cursor(limit, min_id=1)
            while (page := await house.feeds.hashtag(None, "a", cursor, **sift)).entries:
                up = ids(page) + up
                cursor = Cursor(limit, min_id=page.newest)
            assert (down, up) == (wanted, wanted), (sift, limit)
    left = ids(await house.feeds.hashtag(None, "a", Cursor(40), without=["b"]))
    assert len(left) == 30 - len(wanted)


async def test_the_account_feed_shows_each_reader_what_they_may_see(house, make):
    author, follower, addressed, stranger = [await make.account() for _ in range(4)]
    await make.follow(follower, author)
    public = await make.post(author)
    followers = await make.post(author, visibility="followers")
    direct = await make.post(author, visibility="direct", mentions=(addressed,))

    async def seen(viewer):
        return set(ids(await house.feeds.account(viewer and viewer.id, author.id, Cursor())))

    assert await seen(None) == await seen(stranger) == {public.id}
    assert await seen(follower) == {public.id, followers.id}
    assert await seen(addressed) == {public.id, direct.id}
    assert await seen(author) == {public.id, followers.id, direct.id}
    await make.block(author, await make.account())
    blocked = await make.account()
    await make.block(author, blocked)
    assert await seen(blocked) == set()


async def test_favourites_are_paged_by_the_moment_of_the_act(house, make):
    me, author = await make.account(), await make.account()
    posts = [await make.post(author) for _ in range(5)]
    from dunnock.posts.tables import interactions

    for moment, post in enumerate((posts[3], posts[0], posts[4]), start=100):
        await make.row(interactions, account_id=me.id, post_id=post.id, favourite_id=moment)
    page = await house.feeds.kept(me.id, "favourites", Cursor(limit=2))
    assert (ids(page), page.oldest, page.newest) == ([posts[4].id, posts[0].id], 101, 102)
    assert ids(await house.feeds.kept(me.id, "favourites", Cursor(max_id=101))) == [posts[3].id]


async def test_a_home_page_costs_the_same_few_queries_however_many_are_followed(house, make, monkeypatch):
    me = await make.member()
    for _ in range(30):
        friend = await make.account()
        await make.follow(me, friend)
        await make.post(friend)
    asked = []
    original = type(house.db).all

    async def counting(self, sql, **params):
        asked.append(sql)
        return await original(self, sql, **params)

    monkeypatch.setattr(type(house.db), "all", counting)
    await house.feeds.home(me.id, Cursor())
    cold = len(asked)
    asked.clear()
    await house.feeds.home(me.id, Cursor())
    # cold: five for the viewer, one each for exclusive lists and hashtags, two for the merge, posts, accounts; warm: none
    assert (cold, len(asked)) == (11, 0)
