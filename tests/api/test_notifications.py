"""Notifications and markers through whole requests."""

from __future__ import annotations

import re

import pytest

from api.people import URL
from api.readers import Readers
from dunnock import accounts, discovery, posts
from dunnock.foundation.clock import iso
from dunnock.notifications.tables import notifications as table

PATH = "/api/v1/notifications"


@pytest.fixture
async def people(db):
    made = Readers(db)
    await made.reactions.prepare()
    return made


async def publish(people, author, text="hello", **draft):
    return await people.do(
        posts.publish, posts.Draft(text=text, **draft), author_id=author.id, app_id=None, settings=people.settings
    )


async def test_every_type_is_called_as_clients_know_it(people, make):
    me, other = await make.member("me", locked=True, role="admin"), await make.member("other")
    mine = await publish(people, me)
    theirs = await publish(people, other)
    await people.do(accounts.follow, follower=me.id, followed=other.id, notify=True)
    await people.do(posts.boost, theirs.id, by=me.id)
    edited = posts.Changes(text="other words")
    await people.do(posts.edit, theirs.id, edited, by=other.id, settings=people.settings)
    await people.do(posts.favourite, mine.id, by=other.id)
    await people.do(posts.boost, mine.id, by=other.id)
    await publish(people, other, "@me hi")
    await publish(people, other, "news")
    await people.do(accounts.follow, follower=other.id, followed=me.id)
    async with people.db.begin() as tx:
        await tx.record(accounts.MemberSignedUp(member_id=other.member_id, account_id=other.id, state="active"))
    await people.settle()
    got = await people.get(PATH, me)
    assert [one["type"] for one in got] == [
        "admin.sign_up", "follow_request", "status", "mention", "reblog", "favourite", "update",
    ]  # fmt: skip
    assert [one["id"] for one in got] == sorted((one["id"] for one in got), key=int, reverse=True)
    for one in got:
        assert one["account"]["username"] == "other"
        if one["type"] == "admin.sign_up":
            assert re.fullmatch(r"admin\.sign_up-\d{6}", one["group_key"])
        elif one["type"] in {"favourite", "reblog"}:
            assert re.fullmatch(rf"{one['type']}-{mine.id}-\d{{6}}", one["group_key"])
        else:
            assert one["group_key"] == f"ungrouped-{one['id']}"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", one["created_at"])
        assert ("status" in one) == (one["type"] not in {"admin.sign_up", "follow_request"})
    assert got[4]["status"]["id"] == str(mine.id)
    assert got[4]["status"]["favourited"] is False
    assert got[2]["status"]["content"] == "<p>news</p>"
    await people.do(accounts.accept_follow, me.id, follower=other.id)
    got = await people.get(PATH, me)
    assert got[0]["type"] == "follow"
    assert await people.get(f"{PATH}/{got[0]['id']}", me) == got[0]


@pytest.mark.both_engines
async def test_filters(people, make):
    me, bob, carl = await make.member("me"), await make.member(), await make.member()
    mine = await publish(people, me)
    for one in (bob, carl):
        await people.do(posts.favourite, mine.id, by=one.id)
        await people.do(accounts.follow, follower=one.id, followed=me.id)

    async def got(query):
        return [(one["type"], one["account"]["id"]) for one in await people.get(f"{PATH}?{query}", me)]

    b, c = str(bob.id), str(carl.id)
    assert await got("") == [("follow", c), ("favourite", c), ("follow", b), ("favourite", b)]
    assert await got("types[]=follow") == [("follow", c), ("follow", b)]
    assert await got("exclude_types[]=follow&exclude_types[]=poll") == [("favourite", c), ("favourite", b)]
    assert await got("types[]=follow&types[]=favourite&exclude_types[]=follow") == [("favourite", c), ("favourite", b)]
    assert await got("types[]=poll") == []
    assert await got(f"account_id={b}&types=follow") == [("follow", b)]
    assert await got("limit=0") == []


async def test_pages_have_no_end_and_no_hole(people, make, db):
    me, bob = await make.member(), await make.member()
    ids = []
    for number in range(25):
        one = await make.account()
        row = await make.row(
            table, id=db.new_id(), account_id=me.id, kind="follow", from_id=one.id, post_id=0, created_at=number
        )
        ids.append(str(row.id))
    ids.reverse()
    path, seen = f"{PATH}?limit=10&types[]=follow", []
    while path:
        answer = await people.ask("GET", path, me)
        seen += [one["id"] for one in answer.json]
        following = re.search(rf'<{URL}([^>]*)>; rel="next"', answer.headers.get("link", ""))
        assert "types" in path
        path = following[1] if following else ""
    assert seen == ids
    assert [one["id"] for one in await people.get(f"{PATH}?min_id={ids[20]}&limit=3", me)] == ids[17:20]
    assert [one["id"] for one in await people.get(f"{PATH}?since_id={ids[20]}&limit=3", me)] == ids[:3]
    assert [one["id"] for one in await people.get(f"{PATH}?max_id={ids[20]}&limit=3", me)] == ids[21:24]
    assert len(await people.get(f"{PATH}?limit=-5", me)) == 5
    assert await people.get(PATH, bob) == []


async def test_a_page_costs_a_fixed_number_of_queries(people, make, db, monkeypatch):
    me = await make.member()
    others = [await make.member() for _ in range(30)]
    mine = [await publish(people, me) for _ in range(10)]
    asked: list[object] = []
    plain = db.all

    async def counting(sql, **params):
        asked.append(sql)
        return await plain(sql, **params)

    async def cost():
        fresh = Readers(db)  # nothing in memory
        asked.clear()
        monkeypatch.setattr(db, "all", counting)
        got = await fresh.get(f"{PATH}?limit=80", me)
        monkeypatch.undo()
        return len(got), len(asked)

    await people.do(posts.favourite, mine[0].id, by=others[0].id)
    few, queries = await cost()
    for number, one in enumerate(others):
        await people.do(posts.favourite, mine[number % 10].id, by=one.id)
        await people.do(accounts.follow, follower=one.id, followed=me.id)
    many, more_queries = await cost()
    assert (few, many) == (1, 60)
    assert more_queries == queries


async def test_what_is_hidden_is_left_out_and_the_page_is_full_all_the_same(people, make, db):
    me, bob = await make.member(), await make.member()
    seen = []
    for number in range(12):
        hidden = number % 2
        post = await make.post(bob, visibility="followers" if hidden else "public")
        row = await make.row(
            table, id=db.new_id(), account_id=me.id, kind="mention", from_id=bob.id, post_id=post.id, created_at=number
        )
        if not hidden:
            seen.append(str(row.id))
        else:
            assert (await people.ask("GET", f"{PATH}/{row.id}", me)).status == 404
    got = await people.get(f"{PATH}?limit=4", me)
    assert [one["id"] for one in got] == seen[::-1][:4]
    assert [one["id"] for one in await people.get(f"{PATH}?limit=4&min_id=1", me)] == seen[:4][::-1]


@pytest.mark.both_engines
async def test_dismiss_clear_and_count(people, make):
    me, bob = await make.member(), await make.member()
    mine = await publish(people, me)
    await people.do(posts.favourite, mine.id, by=bob.id)
    await people.do(posts.boost, mine.id, by=bob.id)
    await people.do(accounts.follow, follower=bob.id, followed=me.id)
    follow, boost, favourite = await people.get(PATH, me)
    assert await people.get(f"{PATH}/unread_count", me) == {"count": 3}
    assert await people.get(f"{PATH}/unread_count?limit=2", me) == {"count": 2}
    assert await people.get(f"{PATH}/unread_count?types[]=follow", me) == {"count": 1}
    await people.ask("POST", "/api/v1/markers", me, json={"notifications": {"last_read_id": boost["id"]}})
    assert await people.get(f"{PATH}/unread_count", me) == {"count": 1}
    answer = await people.ask("POST", f"{PATH}/{boost['id']}/dismiss", bob)
    assert (answer.status, answer.json) == (404, {"error": "Record not found"})
    assert await people.post(f"{PATH}/{boost['id']}/dismiss", me) == {}
    assert (await people.ask("GET", f"{PATH}/{boost['id']}", me)).status == 404
    assert await people.get(PATH, me) == [follow, favourite]
    assert await people.post(f"{PATH}/clear", me) == {}
    assert await people.get(PATH, me) == []
    assert await people.get(f"{PATH}/unread_count", me) == {"count": 0}


async def test_other_spellings_of_putting_away(people, make):
    me, bob = await make.member(), await make.member()
    mine = [await publish(people, me) for _ in range(6)]
    for one in mine:
        await people.do(posts.favourite, one.id, by=bob.id)
    ids = [one["id"] for one in await people.get(PATH, me)]

    async def left():
        return [one["id"] for one in await people.get(PATH, me)]

    assert (await people.ask("DELETE", f"{PATH}/{ids[0]}", me)).json == {}
    assert await left() == ids[1:]
    answer = await people.ask("DELETE", f"{PATH}/{ids[0]}", me)
    assert (answer.status, answer.json) == (404, {"error": "Record not found"})
    assert (await people.ask("DELETE", f"{PATH}/{ids[1]}", bob)).status == 404
    assert (await people.ask("POST", f"{PATH}/dismiss?id={ids[1]}", me)).json == {}
    assert await people.post(f"{PATH}/dismiss", me, id=ids[2]) == {}
    assert await left() == ids[3:]
    for wrong in ("", "?id=", "?id=x", f"?id={ids[2]}"):
        assert (await people.ask("POST", f"{PATH}/dismiss{wrong}", me)).status == 404
    several = f"{PATH}/destroy_multiple?ids[]={ids[3]}&ids[]={ids[4]}&ids[]=7"
    assert (await people.ask("DELETE", several, bob)).json == {}
    assert await left() == ids[3:]
    assert (await people.ask("DELETE", several, me)).json == {}
    assert (await people.ask("DELETE", f"{PATH}/destroy_multiple", me)).json == {}
    assert await left() == ids[5:]
    for method, path in (("DELETE", f"/{ids[5]}"), ("POST", f"/dismiss?id={ids[5]}"), ("DELETE", "/destroy_multiple")):
        assert (await people.ask(method, PATH + path, me, "read")).status == 403
        assert (await people.ask(method, PATH + path)).status == 401


@pytest.mark.both_engines
async def test_lost_follows_are_told(people, make):
    me, friend, fan = (
        await make.member(),
        await make.account(domain="far.example"),
        await make.account(domain="far.example"),
    )
    await make.follow(me, friend)
    await make.follow(fan, me)
    await make.follow(friend, me)
    await people.do(accounts.block_domain, me.id, domain="far.example")
    (got,) = await people.get(PATH, me)
    assert got["type"] == "severed_relationships"
    assert got["account"]["id"] == str(me.id)
    assert got["group_key"] == f"ungrouped-{got['id']}"
    assert "status" not in got
    event = got["event"]
    assert event == {
        "id": event["id"], "type": "user_domain_block", "purged": False, "target_name": "far.example",
        "followers_count": 2, "following_count": 1, "created_at": got["created_at"],
    }  # fmt: skip
    assert await people.get(f"{PATH}/{got['id']}", me) == got
    await people.do(accounts.block_domain, me.id, domain="elsewhere.example")  # nobody was lost
    assert len(await people.get(PATH, me)) == 1


async def test_scopes(people, make):
    me = await make.member()
    assert (await people.ask("GET", PATH)).status == 401
    assert (await people.ask("GET", PATH, me, "read:statuses")).status == 403
    assert (await people.ask("GET", PATH, me, "read:notifications")).status == 200
    assert (await people.ask("POST", f"{PATH}/clear", me, "read")).status == 403
    assert (await people.ask("GET", f"{PATH}/99999999999999999999", me)).status == 404
    assert (await people.ask("GET", f"{PATH}/nonsense", me)).status == 404


@pytest.mark.both_engines
async def test_markers(people, make, db):
    me, other = await make.member(), await make.member()
    path = "/api/v1/markers"
    asked = "?timeline[]=home&timeline[]=notifications&timeline[]=other"
    assert await people.get(path + asked, me) == {}
    answer = await people.ask("POST", path, me, form={"home[last_read_id]": "103194548672408537"})
    moved = answer.json["home"]
    assert (moved["last_read_id"], moved["version"]) == ("103194548672408537", 0)
    answer = await people.ask(
        "POST", path, me, json={"home": {"last_read_id": 7}, "notifications": {"last_read_id": "8"}}
    )
    assert {name: (one["last_read_id"], one["version"]) for name, one in answer.json.items()} == {
        "home": ("7", 1), "notifications": ("8", 0),
    }  # fmt: skip
    assert await people.get(path + asked, me) == answer.json
    assert list(await people.get(f"{path}?timeline[]=home", me)) == ["home"]
    assert await people.get(path, me) == {}
    assert await people.get(path + asked, other) == {}
    assert len(answer.json["home"]["updated_at"]) == len(iso(0))
    assert (await people.ask("POST", path, me, json={"home": {"last_read_id": "x"}})).status == 404
    assert (await people.ask("POST", path, me, json={})).json == {}


async def test_markers_moved_at_once_are_a_conflict(people, make, monkeypatch):
    from dunnock import notifications

    async def moved(*_):
        raise notifications.MarkerMoved

    monkeypatch.setattr(notifications, "move_markers", moved)
    answer = await people.ask("POST", "/api/v1/markers", await make.member(), json={"home": {"last_read_id": "1"}})
    assert (answer.status, answer.json) == (409, {"error": "Conflict during update, please try again"})


async def test_collections(people, make):
    """Whoever is put into one is told, and of its changes; not when they leave it, or it is deleted."""
    me, other, third = await make.member("me"), await make.member("other"), await make.member("third")

    async def heard(who=me):
        return [(one["type"], one["collection"]["name"]) for one in await people.get(PATH, who)]

    named = discovery.CollectionChanges(name="Nice")
    made = await people.do(discovery.make_collection, named, by=other.id, members=[me.id, other.id])
    (told,) = await people.get(PATH, me)
    assert (told["type"], told["account"]["username"]) == ("added_to_collection", "other")
    assert told["collection"]["id"] == str(made.id)
    assert {"uri", "name", "items", "item_count", "tag"} <= set(told["collection"])
    assert await people.get(PATH, other) == [], "nobody is told of what they do themselves"
    for name in ("Nicer", "Nicest"):
        await people.do(discovery.change_collection, made.id, discovery.CollectionChanges(name=name), by=other.id)
    await people.do(discovery.add_to_collection, made.id, account=third.id, by=other.id)
    assert await heard() == [("collection_update", "Nicest"), ("added_to_collection", "Nicest")]
    assert await heard(third) == [("added_to_collection", "Nicest")]
    groups = (await people.get("/api/v2/notifications", me))["notification_groups"]
    assert [(one["type"], one["collection"]["name"]) for one in groups] == await heard()
    assert all("fallback" not in one for one in await people.get(PATH, me)), "an app that does not say what it can"
    for path in (PATH, "/api/v2/notifications"):
        answer = await people.get(f"{path}?supported_types[]=mention&supported_types[]=collection_update", me)
        shown = answer if path == PATH else answer["notification_groups"]
        assert [one.get("fallback", {}).get("title") for one in shown] == [None, "other added you to a collection"]
    assert set(shown[1]["fallback"]) == {"title", "summary", "details"}
    an_id = (await people.get(PATH, me))[1]["id"]
    assert "fallback" in await people.get(f"{PATH}/{an_id}?supported_types[]=mention", me)
    await people.do(discovery.leave_collection, made.id, made.items[0].id, by=me.id)
    assert await heard() == []
    assert await heard(third) == [("added_to_collection", "Nicest")], "who stays is told no more by that"
    await people.do(accounts.block, third.id, target=other.id)
    assert await heard(third) == []
    await people.do(accounts.unblock, third.id, target=other.id)
    await people.do(discovery.delete_collection, made.id, by=other.id)
    assert await heard(third) == []
