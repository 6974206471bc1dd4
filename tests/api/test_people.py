"""Suggestions and the directory through whole requests."""

from __future__ import annotations

import pytest

from api.finders import Finders
from dunnock import accounts
from dunnock.posts.tables import interactions

SUGGESTIONS, OLD, DIRECTORY = "/api/v2/suggestions", "/api/v1/suggestions", "/api/v1/directory"


@pytest.fixture
async def people(db):
    return Finders(db)


async def names(people, path, who=None):
    return [one["acct"] for one in await people.get(path, who)]


async def test_friends_of_friends_come_first_then_the_most_followed(people, make):
    me, friend, other = await make.member("me"), await make.member("friend"), await make.member("other")
    near, nearer, famous = await make.account("near"), await make.account("nearer"), await make.account("famous")
    for follower, followed in (
        (me, friend), (me, other), (friend, near), (friend, nearer), (other, nearer), (near, famous), (nearer, famous),
        (famous, me), (friend, me), (friend, other),
    ):  # fmt: skip
        await make.follow(follower, followed)
    got = await people.get(SUGGESTIONS, me)
    assert [(one["source"], one["sources"], one["account"]["acct"]) for one in got] == [
        ("past_interactions", ["friends_of_friends", "most_followed"], "nearer"),
        ("past_interactions", ["friends_of_friends", "most_followed"], "near"),
        ("past_interactions", ["most_interactions", "most_followed"], "famous"),
    ]
    assert set(got[0]) == {"source", "sources", "account", "reasons"}
    assert got[2]["reasons"] == ["follows_you", "most_followed"]
    assert got[0]["account"]["followers_count"] == 2
    assert await names(people, OLD, me) == ["nearer", "near", "famous"]
    assert await names(people, f"{OLD}?limit=1&offset=1", me) == ["near"]
    assert (await people.ask("DELETE", f"{OLD}/{nearer.id}", me)).json == {}
    assert (await people.ask("DELETE", f"{OLD}/{nearer.id}", me)).json == {}, "twice is once"
    assert await names(people, OLD, me) == ["near", "famous"]
    assert "nearer" in await names(people, OLD, near), "what one dismissed others still get"


async def test_whom_those_like_who_like_what_one_likes(people, make):
    me, friends, author = await make.member("me"), [await make.member() for _ in range(2)], await make.account("author")
    for one in await make.post(author), await make.post(author):
        for n, who in enumerate([me, *friends]):
            await make.row(interactions, account_id=who.id, post_id=one.id, favourite_id=one.id + n)
    for one in friends:
        await make.follow(me, one)
    (got,) = await people.get(SUGGESTIONS, me)
    assert (got["source"], got["sources"], got["reasons"]) == (
        "past_interactions",
        ["similar_to_recently_followed"],
        ["liked_alike"],
    )
    assert got["account"]["acct"] == "author"


async def test_who_is_never_suggested(people, make):
    me, friend = await make.member("me"), await make.member("friend")
    await make.follow(me, friend)
    left_out = {
        "limited": await make.account(standing="limited"),
        "suspended": await make.account(standing="suspended"),
        "hidden": await make.account(discoverable=False),
        "blocked": await make.account(),
        "blocking": await make.account(),
        "muted": await make.account(),
        "requested": await make.account(locked=True),
        "hidden server": await make.account(domain="far.example"),
    }
    fine = await make.account("fine")
    for one in [*left_out.values(), fine]:
        await make.follow(friend, one)
    await make.block(me, left_out["blocked"])
    await make.block(left_out["blocking"], me)
    await make.mute(me, left_out["muted"])
    await make.follow(me, left_out["requested"], requested=True)
    await make.domain_block(me, "far.example")
    assert await names(people, OLD, me) == ["fine"]
    await people.do(accounts.change_settings, fine.id, discoverable=False)
    assert await names(people, OLD, me) == []


async def test_friends_who_hide_whom_they_follow_tell_nothing(people, make):
    me, friend, unknown = await make.member("me"), await make.member(hide_collections=True), await make.account()
    await make.follow(me, friend)
    await make.follow(friend, unknown)
    got = await people.get(SUGGESTIONS, me)
    assert [one["sources"] for one in got] == [["most_followed"]]


async def test_refusals(people, make):
    me = await make.member()
    for path in (SUGGESTIONS, OLD):
        assert (await people.ask("GET", path)).status == 401
        assert (await people.ask("GET", path, me, "write")).status == 403
        assert (await people.ask("GET", f"{path}?limit=many&offset=-4", me)).status == 200
    answer = await people.ask("DELETE", f"{OLD}/999", me)
    assert (answer.status, answer.json) == (200, {}), "as documented: nothing to remove is no error"
    assert (await people.ask("DELETE", f"{OLD}/1")).status == 401
    assert (await people.ask("DELETE", f"{OLD}/1", me, "read:lists")).status == 403


@pytest.mark.both_engines
async def test_directory(people, make):
    first, second = await make.member("first"), await make.member("second")
    await make.account("far", domain="far.example")
    await make.member("hidden", discoverable=False)
    await make.account("limited", standing="limited")
    assert await names(people, f"{DIRECTORY}?order=new") == ["far@far.example", "second", "first"]
    assert await names(people, f"{DIRECTORY}?order=new&local=true") == ["second", "first"]
    assert await names(people, f"{DIRECTORY}?order=new&limit=1&offset=1") == ["second"]
    assert await names(people, f"{DIRECTORY}?order=odd&limit=0") == []
    await make.block(second, first)
    assert await names(people, f"{DIRECTORY}?order=new", second) == ["far@far.example", "second"]
    assert await names(people, f"{DIRECTORY}?order=new&offset=1", second) == ["second"]
    await people.do(accounts.count_posts, first.id, 1, last_post_at=1_700_000_000_000)
    people.given["people"]._spoil(("active",))
    assert (await names(people, DIRECTORY))[0] == "first"
