"""Hashtags through whole requests."""

from __future__ import annotations

import re

import pytest

from api.people import URL
from api.readers import Readers
from dunnock.foundation.clock import DAY, SECOND, iso_day, now_ms


@pytest.fixture
async def people(db):
    return Readers(db)


async def test_history_counts_uses_and_accounts_of_seven_days(people, make):
    anna, bob, gone = await make.member(), await make.member(), await make.account(standing="suspended")
    today = now_ms() // DAY * DAY
    for author, at in ((anna, today), (anna, today + 1), (bob, today + 2), (gone, today + 3), (bob, today - 1),
                       (anna, today - 6 * DAY), (anna, today - 6 * DAY - 1)):  # fmt: skip
        await make.post(author, hashtags=("Cats",), at=at)
    got = await people.get("/api/v1/tags/cATS")
    assert got["id"].isdigit()
    assert (got["name"], got["url"]) == ("Cats", f"{URL}/tags/cats")
    assert "following" not in got
    assert [(int(day["day"]), day["uses"], day["accounts"]) for day in got["history"]] == [
        ((today - back * DAY) // SECOND, *{0: ("3", "2"), 1: ("1", "1"), 6: ("1", "1")}.get(back, ("0", "0")))
        for back in range(7)
    ]
    mine = await people.get("/api/v1/tags/cats", anna)
    assert (mine["following"], mine["featuring"]) == (False, False)


async def test_a_hashtag_that_nobody_uses_is_one_all_the_same(people):
    got = await people.get("/api/v1/tags/Ünïcode")
    assert (got["name"], got["url"]) == ("Ünïcode", f"{URL}/tags/unicode")
    assert {day["uses"] for day in got["history"]} == {"0"}


@pytest.mark.parametrize("name", ["123", "a b", "a\0b", "#"])
async def test_what_is_no_hashtag_is_missing(people, name):
    assert (await people.ask("GET", f"/api/v1/tags/{name}")).status == 404


async def test_follow_and_unfollow(people, make):
    me, other = await make.member(), await make.member()
    for _ in range(2):
        got = await people.post("/api/v1/tags/Cats/follow", me)
        assert got | {"history": None} == {
            "id": got["id"], "name": "Cats", "url": f"{URL}/tags/cats", "history": None, "following": True,
            "featuring": False,
        }  # fmt: skip
        assert len(got["history"]) == 7
    assert (await people.get("/api/v1/tags/CATS", me))["following"] is True
    assert (await people.get("/api/v1/tags/cats", other))["following"] is False
    assert await people.get("/api/v1/followed_tags", me) == [got]
    for _ in range(2):
        assert await people.post("/api/v1/tags/cats/unfollow", me) == got | {"following": False}
    assert await people.get("/api/v1/followed_tags", me) == []
    never = await people.post("/api/v1/tags/never/unfollow", me)
    assert (never["id"], never["following"]) == ("", False)
    for path in ("/api/v1/tags/123/follow", "/api/v1/tags/a%20b/follow", "/api/v1/tags/123/unfollow",
                 "/api/v1/tags/123/feature", "/api/v1/tags/123/unfeature"):  # fmt: skip
        assert (await people.ask("POST", path, me)).status == 404
    assert (await people.ask("POST", "/api/v1/tags/cats/follow")).status == 401
    assert (await people.ask("POST", "/api/v1/tags/cats/follow", me, "read write:accounts")).status == 403
    assert (await people.ask("POST", "/api/v1/tags/cats/follow", me, "follow")).status == 200


@pytest.mark.both_engines
async def test_followed_tags_are_paged_by_the_follow(people, make):
    me = await make.member()
    names = [f"tag{number}" for number in range(5)]
    for name in names:
        await people.post(f"/api/v1/tags/{name}/follow", me)
    first = await people.ask("GET", "/api/v1/followed_tags?limit=2", me)
    assert [one["name"] for one in first.json] == names[:2:-1]
    following = re.search(rf'<{URL}([^>]*)>; rel="next"', first.headers["link"])
    second = await people.ask("GET", following[1], me)
    assert [one["name"] for one in second.json] == names[2:0:-1]
    before = re.search(rf'<{URL}([^>]*)>; rel="prev"', second.headers["link"])
    assert [one["name"] for one in await people.get(before[1], me)] == names[:2:-1]
    assert (await people.get("/api/v1/followed_tags", me))[0]["following"] is True


async def test_search_says_what_is_followed(people, make):
    me = await make.member()
    await make.post(me, hashtags=("cats", "catsup"))
    await people.post("/api/v1/tags/cats/follow", me)
    await people.post("/api/v1/tags/catsup/feature", me)
    found = (await people.get("/api/v2/search?q=cats&type=hashtags", me))["hashtags"]
    assert [(one["name"], one["following"], one["featuring"]) for one in found] == [
        ("cats", True, False), ("catsup", False, True),
    ]  # fmt: skip
    assert "following" not in (await people.get("/api/v2/search?q=cats&type=hashtags"))["hashtags"][0]


async def test_featured_tags(people, make):
    me, other = await make.member("anna"), await make.member()
    post = await make.post(me, hashtags=("cats",))
    made = await people.post("/api/v1/featured_tags", me, name="#Cats")
    assert made == {
        "id": made["id"], "name": "Cats", "url": f"{URL}/@anna/tagged/cats", "statuses_count": "1",
        "last_status_at": iso_day(post.created_at),
    }  # fmt: skip
    await people.post("/api/v1/featured_tags", me, name="never")
    never = (await people.get("/api/v1/featured_tags", me))[1]
    assert (never["statuses_count"], never["last_status_at"]) == ("0", None)
    for who in (None, other):
        assert await people.get(f"/api/v1/accounts/{me.id}/featured_tags", who) == [made, never]
    assert await people.get("/api/v1/featured_tags", other) == []
    assert (await people.get("/api/v1/tags/cats", me))["featuring"] is True
    for name, says in (
        ("cats", "Validation failed: Name has already been taken"),
        ("123", "Validation failed: Tag is invalid"),
        ("", "Validation failed: Tag is invalid"),
    ):
        answer = await people.ask("POST", "/api/v1/featured_tags", me, form={"name": name})
        assert (answer.status, answer.json) == (422, {"error": says})
    assert (await people.ask("DELETE", f"/api/v1/featured_tags/{made['id']}", other)).status == 404
    answer = await people.ask("DELETE", f"/api/v1/featured_tags/{made['id']}", me)
    assert (answer.status, answer.json) == (200, {})
    assert (await people.ask("DELETE", f"/api/v1/featured_tags/{made['id']}", me)).status == 404
    got = await people.post("/api/v1/tags/Cats/feature", me)
    assert (got["name"], got["featuring"], got["following"]) == ("cats", True, False)
    assert (await people.post("/api/v1/tags/cats/feature", me))["featuring"] is True
    assert (await people.post("/api/v1/tags/cats/unfeature", me))["featuring"] is False
    assert [one["name"] for one in await people.get("/api/v1/featured_tags", me)] == ["never"]
    for number in range(9):
        await people.post("/api/v1/featured_tags", me, name=f"tag{number}")
    answer = await people.ask("POST", "/api/v1/featured_tags", me, form={"name": "more"})
    assert answer.json == {"error": "Validation failed: You have already featured the maximum number of hashtags"}
    assert (await people.ask("GET", "/api/v1/accounts/1/featured_tags")).status == 404


async def test_suggestions(people, make):
    me = await make.member()
    for tags in (("a", "b"), ("a",), ("c",)):
        await make.post(me, hashtags=tags)
    await people.post("/api/v1/featured_tags", me, name="c")
    found = await people.get("/api/v1/featured_tags/suggestions", me)
    assert [(one["name"], one["featuring"], one["history"][0]["uses"]) for one in found] == [
        ("a", False, "2"), ("b", False, "1"),
    ]  # fmt: skip
