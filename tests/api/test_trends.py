"""Trends and their review through whole requests."""

from __future__ import annotations

import re

import pytest

from api.finders import Finders
from api.kit.driver import call
from api.people import URL
from dunnock import discovery
from dunnock.accounts.tables import members
from dunnock.foundation.clock import DAY, HOUR, MINUTE, now_ms
from dunnock.foundation.ids import id_at
from dunnock.posts.tables import interactions
from dunnock.previews.tables import post_previews, previews

TAGS, STATUSES = "/api/v1/trends/tags", "/api/v1/trends/statuses"
ADMIN_TAGS, ADMIN_STATUSES, ALL = "/api/v1/admin/trends/tags", "/api/v1/admin/trends/statuses", "/api/v1/admin/tags"
LINKS, ADMIN_LINKS = "/api/v1/trends/links", "/api/v1/admin/trends/links"
STAFF = "admin:read admin:write"


@pytest.fixture
async def people(db):
    return Finders(db)


@pytest.fixture
async def talk(db, make):
    """Three hashtags and two posts that several people take up; who did."""
    crowd = [await make.member() for _ in range(6)]
    at = now_ms() - 30 * MINUTE
    for number, one in enumerate(crowd):
        tags = ("First", "second", "third")[: 1 + (number < 5) + (number < 4)]
        await make.post(one, hashtags=tags, at=at)
    posts = [await make.post(crowd[0], f"number {number}", at=at) for number in range(2)]
    for number, one in enumerate(crowd[1:]):
        for post in posts[: 1 + (number < 4)]:
            await make.row(interactions, account_id=one.id, post_id=post.id, favourite_id=id_at(at, number))
    await discovery.refresh_trends(db, discovery.RefreshTrends())
    return crowd


async def test_tags(people, talk):
    got = await people.get(TAGS)
    assert [one["name"] for one in got] == ["First", "second", "third"]
    first = got[0]
    assert set(first) == {"id", "name", "url", "history"}
    assert first["url"] == f"{URL}/tags/first"
    assert len(first["history"]) == 7
    assert all(re.fullmatch(r"\d+", value) for day in first["history"] for value in day.values())
    assert sum(int(day["uses"]) for day in first["history"]) == 6
    assert sum(int(day["accounts"]) for day in first["history"]) == 6
    assert await people.get("/api/v1/trends") == got
    assert [one["following"] for one in await people.get(TAGS, talk[0])] == [False] * 3


@pytest.mark.both_engines
async def test_languages(people, make, db):
    at = now_ms() - 30 * MINUTE
    crowd = [await make.member() for _ in range(9)]
    for number, one in enumerate(crowd):
        await make.post(
            one, hashtags=("big",) if number < 5 else ("klein",), language="en" if number < 5 else "de", at=at
        )
    await discovery.refresh_trends(db, discovery.RefreshTrends())

    async def names(query="", who=None, accept=""):
        headers = (("accept-language", accept),) if accept else ()
        answer = await call(people.app, "GET", TAGS + query, token=who and str(who.id), headers=headers)
        return [one["name"] for one in answer.json]

    assert await names() == await names("?language=all") == ["big", "klein"]
    assert await names("?lang=de") == await names("?lang=de-AT") == ["klein", "big"]
    assert await names("?lang=nonsense") == ["big", "klein"]
    assert await names("?language=de") == ["klein"]
    assert await names("?language=fr") == await names("?language=nonsense") == []
    assert await names(accept="xx, de;q=0.8, en;q=0.5") == ["klein", "big"]
    reader = await make.account()
    member = {"email": "a@mail.example", "email_key": "a@mail.example", "password_hash": "!", "created_at": 1}
    await make.row(members, id=reader.id, account_id=reader.id, locale="de", **member)
    assert await names("", reader) == ["klein", "big"]
    assert await names("?lang=en", reader) == ["big", "klein"]
    answer = await people.ask("GET", f"{TAGS}?limit=1&language=de")
    assert answer.headers["link"] == f'<{URL}{TAGS}?limit=1&language=de&offset=1>; rel="next"'


async def test_pages(people, talk):
    answer = await people.ask("GET", f"{TAGS}?limit=2")
    assert [one["name"] for one in answer.json] == ["First", "second"]
    assert answer.headers["link"] == f'<{URL}{TAGS}?limit=2&offset=2>; rel="next"'
    answer = await people.ask("GET", f"{TAGS}?limit=2&offset=2")
    assert [one["name"] for one in answer.json] == ["third"]
    assert answer.headers["link"] == f'<{URL}{TAGS}?limit=2&offset=0>; rel="prev"'
    assert await people.get(f"{TAGS}?offset=-3&limit=many") == await people.get(TAGS)
    assert await people.get(f"{TAGS}?limit=0") == []


async def test_statuses_obey_blocks_and_mutes(people, make, talk):
    got = await people.get(STATUSES)
    assert [(one["content"], one["favourites_count"]) for one in got] == [
        ("<p>number 0</p>", 0), ("<p>number 1</p>", 0),
    ]  # fmt: skip
    assert "favourited" not in got[0]
    reader = await make.member("reader")
    assert [one["favourited"] for one in await people.get(f"{STATUSES}?limit=1", talk[1])] == [True]
    await make.mute(reader, talk[0])
    assert await people.get(STATUSES, reader) == []
    assert (await people.ask("GET", STATUSES, reader, "read:lists")).status == 403


async def test_staff_review_hashtags(people, make, talk):
    moderator = await make.member("moderator", role="moderator")
    got = await people.get(ADMIN_TAGS, moderator, STAFF)
    assert [(one["name"], one["trendable"], one["usable"], one["listable"], one["requires_review"]) for one in got] == [
        ("First", False, True, True, True), ("second", False, True, True, True), ("third", False, True, True, True),
    ]  # fmt: skip
    rejected = (await people.ask("POST", f"{ADMIN_TAGS}/{got[0]['id']}/reject", moderator, STAFF)).json
    assert (rejected["trendable"], rejected["requires_review"]) == (False, False)
    assert [one["name"] for one in await people.get(TAGS)] == ["second", "third"]
    assert [one["name"] for one in await people.get(ADMIN_TAGS, moderator, STAFF)] == ["First", "second", "third"]
    approved = (await people.ask("POST", f"{ADMIN_TAGS}/{got[0]['id']}/approve", moderator, STAFF)).json
    assert approved["trendable"] is True
    assert len(await people.get(TAGS)) == 3


async def test_staff_change_hashtags(people, make, talk):
    moderator = await make.member("moderator", role="moderator")
    listed = await people.get(f"{ALL}?limit=2", moderator, STAFF)
    assert [one["name"] for one in listed] == ["third", "second"]
    path = f"{ALL}/{listed[0]['id']}"
    assert await people.get(path, moderator, STAFF) == listed[0]
    for method in ("PATCH", "PUT"):
        changed = (await people.ask(method, path, moderator, STAFF, form={"listable": "false"})).json
        assert (changed["listable"], changed["usable"], changed["requires_review"]) == (False, True, False)
    assert [one["name"] for one in await people.get(TAGS)] == ["First", "second"]
    assert (await people.ask("PUT", path, moderator, STAFF, json={"display_name": "THIRD"})).json["name"] == "THIRD"
    assert (await people.ask("PUT", path, moderator, STAFF, json={"display_name": "fourth"})).status == 422
    assert (await people.ask("GET", f"{ALL}/99", moderator, STAFF)).status == 404


async def test_staff_review_posts(people, make, talk):
    moderator = await make.member("moderator", role="moderator")
    got = await people.get(ADMIN_STATUSES, moderator, STAFF)
    assert [one["requires_review"] for one in got] == [True, True]
    rejected = (await people.ask("POST", f"{ADMIN_STATUSES}/{got[0]['id']}/reject", moderator, STAFF)).json
    assert (rejected["id"], rejected["requires_review"]) == (got[0]["id"], False)
    assert [one["id"] for one in await people.get(STATUSES)] == [got[1]["id"]]
    assert len(await people.get(ADMIN_STATUSES, moderator, STAFF)) == 2
    await people.ask("POST", f"{ADMIN_STATUSES}/{got[0]['id']}/approve", moderator, STAFF)
    assert len(await people.get(STATUSES)) == 2
    assert (await people.ask("POST", f"{ADMIN_STATUSES}/99/approve", moderator, STAFF)).status == 404


async def test_only_staff(people, make, talk):
    member, moderator = await make.member("mere"), await make.member("moderator", role="moderator")
    for method, path in (
        ("GET", ADMIN_TAGS), ("GET", ADMIN_STATUSES), ("GET", ALL), ("GET", f"{ALL}/1"), ("PUT", f"{ALL}/1"),
        ("POST", f"{ADMIN_TAGS}/1/approve"), ("POST", f"{ADMIN_STATUSES}/1/reject"),
    ):  # fmt: skip
        assert (await people.ask(method, path, member, STAFF)).status == 403, path
        assert (await people.ask(method, path, moderator, "read write")).status == 403, path
        assert (await people.ask(method, path)).status == 403, path


@pytest.mark.both_engines
async def test_nothing_unreviewed_where_the_server_says_so(people, make, talk, db):
    trends = discovery.Trends(db, need_review=lambda: True)
    assert await trends.tags() == []
    assert await trends.posts() == []
    moderator = await make.member("moderator", role="moderator")
    first = (await people.get(ADMIN_TAGS, moderator, STAFF))[0]
    await people.ask("POST", f"{ADMIN_TAGS}/{first['id']}/approve", moderator, STAFF)
    assert [one.tag.name for one in await trends.tags()] == ["First"]


async def link(make, crowd, url, title):
    """A page that everybody of the crowd links to."""
    at = now_ms() - 30 * MINUTE
    preview_id = id_at(at, len(title))
    await make.row(
        previews, id=preview_id, url=url, link_id=preview_id, state="ready", card=f'{{"title":"{title}"}}', asked_at=at
    )
    for one in crowd:
        post = await make.post(one, url, at=at)
        await make.row(post_previews, post_id=post.id, preview_id=preview_id, link_id=preview_id)
    return preview_id


@pytest.mark.both_engines
async def test_links_and_their_review(people, make, talk, db):
    moderator = await make.member("moderator", role="moderator")
    first = await link(make, talk, "https://news.example/one", "First")
    await link(make, talk[:4], "https://blog.example/two", "Second one")
    await link(make, talk[:2], "https://blog.example/three", "Too few know it")
    assert await people.get(LINKS) == []
    await discovery.refresh_trends(db, discovery.RefreshTrends())
    got = await people.get(LINKS)
    assert [(one["url"], one["title"]) for one in got] == [
        ("https://news.example/one", "First"), ("https://blog.example/two", "Second one"),
    ]  # fmt: skip
    assert len(got[0]["history"]) == 7
    assert sum(int(day["accounts"]) for day in got[0]["history"]) == 6
    assert set(got[0]["history"][0]) == {"day", "uses", "accounts"}
    answer = await people.ask("GET", f"{LINKS}?limit=1")
    assert answer.headers["link"] == f'<{URL}{LINKS}?limit=1&offset=1>; rel="next"'
    listed = await people.get(ADMIN_LINKS, moderator, STAFF)
    assert (listed[0]["id"], listed[0]["requires_review"]) == (str(first), True)
    rejected = (await people.ask("POST", f"{ADMIN_LINKS}/{first}/reject", moderator, STAFF)).json
    assert rejected == listed[0] | {"requires_review": False}
    assert [one["title"] for one in await people.get(LINKS)] == ["Second one"]
    publishers = await people.get(f"{ADMIN_LINKS}/publishers", moderator, STAFF)
    assert {one["domain"] for one in publishers} == {"news.example", "blog.example"}
    blog = next(one for one in publishers if one["domain"] == "blog.example")
    assert blog == {
        "id": blog["id"], "domain": "blog.example", "trendable": None, "reviewed_at": None, "requested_review_at": None,
        "requires_review": True,
    }  # fmt: skip
    path = f"{ADMIN_LINKS}/publishers/{blog['id']}"
    refused = (await people.ask("POST", f"{path}/reject", moderator, STAFF)).json
    assert (refused["trendable"], refused["requires_review"]) == (False, False)
    assert await people.get(LINKS) == []
    await people.ask("POST", f"{path}/approve", moderator, STAFF)
    await people.ask("POST", f"{ADMIN_LINKS}/{first}/approve", moderator, STAFF)
    assert len(await people.get(LINKS)) == 2
    for where in (f"{ADMIN_LINKS}/99/approve", f"{ADMIN_LINKS}/publishers/99/reject"):
        assert (await people.ask("POST", where, moderator, STAFF)).status == 404
        assert (await people.ask("POST", where, talk[0], STAFF)).status == 403


async def test_why_a_hashtag_is_a_trend_and_what_is_held_back(people, make, db):
    for number in range(12):
        one = await make.member()
        if number < 3:
            await make.post(one, visibility="unlisted", at=now_ms() - 3 * DAY)
        tag = "Hedge" if number < 3 else "miracle"
        await make.post(one, hashtags=(tag,), at=now_ms() - (60 - number) * MINUTE)
    await discovery.refresh_trends(db, discovery.RefreshTrends())
    why = await people.get("/api/v1/dunnock/trends/tags/hedge")
    assert {key: why[key] for key in ("name", "listed", "held_because", "accounts", "effective", "communities")} == {
        "name": "Hedge", "listed": True, "held_because": None, "accounts": 3, "effective": 3.0, "communities": 3,
    }  # fmt: skip
    assert len(why["first"]) == 3
    why = await people.get("/api/v1/dunnock/trends/tags/miracle")
    assert (why["listed"], why["held_because"], why["without_past"]) == (False, "unknown_accounts", 9)
    assert (why["unvouched"], why["together"]) == (0, 0)
    (held,) = await people.get("/api/v1/dunnock/trends/held")
    assert (held["kind"], held["because"], held["accounts"], held["effective"]) == ("tag", "unknown_accounts", 9, 0.0)
    assert (await people.ask("GET", "/api/v1/dunnock/trends/tags/nothing")).status == 404


async def test_why_a_post_and_a_page_are_trends(people, make, db):
    author, *fans = [await make.member() for _ in range(4)]
    for one in (author, *fans):
        await make.post(one, visibility="unlisted", at=now_ms() - 3 * DAY)
    post = await make.post(author, "good", at=now_ms() - HOUR)
    for number, one in enumerate(fans):
        at = id_at(now_ms() - (30 - number) * MINUTE, number)
        await make.row(interactions, account_id=one.id, post_id=post.id, favourite_id=at)
    preview_id = id_at(now_ms() - HOUR, 1)
    url = "https://far.example/page"
    await make.row(
        previews, id=preview_id, url=url, link_id=preview_id, state="ready", card='{"title":"P"}', asked_at=now_ms()
    )
    for number, one in enumerate(fans):
        linking = await make.post(one, at=now_ms() - (20 - number) * MINUTE)
        await make.row(post_previews, post_id=linking.id, preview_id=preview_id, link_id=preview_id)
    await discovery.refresh_trends(db, discovery.RefreshTrends())
    for path, name in ((f"statuses/{post.id}", str(post.id)), (f"links?url={url}", url)):
        why = await people.get(f"/api/v1/dunnock/trends/{path}")
        assert (why["name"], why["listed"], why["accounts"], why["effective"]) == (name, True, 3, 3.0)
        assert [one["account_id"] for one in why["first"]] == [str(one.id) for one in fans]
    for path in ("statuses/99", "links?url=https://far.example/other", "links"):
        assert (await people.ask("GET", f"/api/v1/dunnock/trends/{path}")).status == 404
    await make.block(author, fans[0])
    assert (await people.ask("GET", f"/api/v1/dunnock/trends/statuses/{post.id}", fans[0])).status == 404
