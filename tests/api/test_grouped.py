"""Grouped notifications through whole requests: exact JSON, pages, one group, putting away."""

from __future__ import annotations

import re

import pytest

from api.people import URL
from api.readers import Readers
from dunnock import accounts, posts
from dunnock.foundation.clock import HOUR, iso
from dunnock.notifications.tables import notifications as table

V1, V2, ALPHA = "/api/v1/notifications", "/api/v2/notifications", "/api/v2_alpha/notifications"


@pytest.fixture
async def people(db):
    made = Readers(db)
    await made.reactions.prepare()
    return made


async def publish(people, author, text="hello", **draft):
    return await people.do(
        posts.publish, posts.Draft(text=text, **draft), author_id=author.id, app_id=None, settings=people.settings
    )


async def liked(people, make, me, *, by=10):
    """A post of `me` with `by` favourites and one boost, a mention and two follows; (post, fans, mention)."""
    post = await publish(people, me)
    fans = [await make.member() for _ in range(by)]
    for one in fans:
        await people.do(posts.favourite, post.id, by=one.id)
    await people.do(posts.boost, post.id, by=fans[0].id)
    mention = await publish(people, fans[1], "@me hi")
    for one in fans[:2]:
        await people.do(accounts.follow, follower=one.id, followed=me.id)
    return post, fans, mention


async def test_a_page_is_exactly_what_clients_expect(people, make):
    me = await make.member("me")
    post, fans, mention = await liked(people, make, me)
    singles = await people.get(V1, me)
    got = await people.get(V2, me)
    assert list(got) == ["accounts", "statuses", "notification_groups"]
    hour = str(mention.id >> 16)
    assert int(hour) // HOUR
    follow, said, boost, favourite = got["notification_groups"]
    bucket = favourite["group_key"].rpartition("-")[2]

    def ids(kind):
        return [one["id"] for one in singles if one["type"] == kind]

    assert favourite == {
        "group_key": f"favourite-{post.id}-{bucket}",
        "notifications_count": 10,
        "type": "favourite",
        "most_recent_notification_id": int(ids("favourite")[0]),
        "page_min_id": ids("favourite")[-1],
        "page_max_id": ids("favourite")[0],
        "latest_page_notification_at": next(one["created_at"] for one in singles if one["type"] == "favourite"),
        "sample_account_ids": [str(one.id) for one in fans[:1:-1]],
        "status_id": str(post.id),
    }
    assert boost["group_key"] == f"reblog-{post.id}-{bucket}"
    assert (boost["notifications_count"], boost["sample_account_ids"]) == (1, [str(fans[0].id)])
    assert said == {
        "group_key": f"ungrouped-{ids('mention')[0]}",
        "notifications_count": 1,
        "type": "mention",
        "most_recent_notification_id": int(ids("mention")[0]),
        "page_min_id": ids("mention")[0],
        "page_max_id": ids("mention")[0],
        "latest_page_notification_at": iso(mention.id >> 16),
        "sample_account_ids": [str(fans[1].id)],
        "status_id": str(mention.id),
    }
    assert follow["group_key"] == f"follow-{bucket}"
    assert (follow["notifications_count"], follow["type"]) == (2, "follow")
    assert "status_id" not in follow
    assert {one["group_key"] for one in singles} == {one["group_key"] for one in got["notification_groups"]}
    assert [one["id"] for one in got["statuses"]] == [str(mention.id), str(post.id)]
    assert got["statuses"][1] == singles[-1]["status"]
    assert {one["id"] for one in got["accounts"]} == {str(one.id) for one in fans}
    assert got["accounts"][0] == singles[0]["account"]
    for path in (V2, ALPHA):
        one = await people.get(f"{path}/{favourite['group_key']}", me)
        assert one["notification_groups"] == [
            {name: value for name, value in favourite.items() if not name.startswith(("page_", "latest_"))}
        ]
        assert [status["id"] for status in one["statuses"]] == [str(post.id)]
    assert await people.get(ALPHA, me) == got


async def test_partial_accounts(people, make):
    me = await make.member("me")
    await liked(people, make, me)
    got = await people.get(f"{V2}?expand_accounts=partial_avatars", me)
    assert list(got) == ["accounts", "partial_accounts", "statuses", "notification_groups"]
    whole = {one["id"]: one for one in (await people.get(f"{V2}?expand_accounts=full", me))["accounts"]}
    firsts = {one["sample_account_ids"][0] for one in got["notification_groups"]}
    assert {one["id"] for one in got["accounts"]} == firsts
    assert all(one == whole[one["id"]] for one in got["accounts"])
    rest = {an_id for one in got["notification_groups"] for an_id in one["sample_account_ids"]} - firsts
    assert {one["id"] for one in got["partial_accounts"]} == rest
    names = ("id", "acct", "locked", "bot", "url", "avatar", "avatar_static")
    assert all(one == {name: whole[one["id"]][name] for name in names} for one in got["partial_accounts"])
    answer = await people.ask("GET", f"{V2}?expand_accounts=none", me)
    assert (answer.status, answer.json["error"]) == (
        400, "Invalid value for 'expand_accounts': 'none', allowed values are 'full' and 'partial_avatars'",
    )  # fmt: skip


@pytest.mark.both_engines
async def test_what_is_to_be_grouped_is_for_the_client_to_say(people, make):
    me = await make.member("me")
    post, fans, _ = await liked(people, make, me, by=3)

    async def got(query):
        page = await people.get(f"{V2}?{query}", me)
        return [(one["type"], one["notifications_count"]) for one in page["notification_groups"]]

    every = [("follow", 2), ("mention", 1), ("reblog", 1), ("favourite", 3)]
    assert await got("") == await got("grouped_types[]=favourite&grouped_types[]=follow") == every
    assert await got("grouped_types[]=follow") == [*every[:3], ("favourite", 1), ("favourite", 1), ("favourite", 1)]
    assert await got("grouped_types[]=mention&types[]=favourite") == [("favourite", 1)] * 3
    assert await got("types[]=favourite") == every[3:]
    assert await got("exclude_types[]=favourite&exclude_types[]=mention") == [every[0], every[2]]
    assert await got("types[]=nonsense") == []
    assert await got(f"account_id={fans[1].id}&types[]=mention&types[]=follow") == [("follow", 2), ("mention", 1)]
    single = (await people.get(f"{V2}?grouped_types[]=follow&types[]=favourite&limit=1", me))["notification_groups"][0]
    assert single["group_key"] == f"ungrouped-{single['page_max_id']}"
    again = await people.get(f"{V2}/{single['group_key']}", me)
    assert again["notification_groups"][0]["group_key"] == single["group_key"]
    assert again["notification_groups"][0]["status_id"] == str(post.id)


@pytest.mark.both_engines
async def test_links_lead_through_all_groups_while_new_ones_arrive(people, make):
    me, fan = await make.member("me"), await make.member()
    mine = [await publish(people, me) for _ in range(7)]
    for one in mine:
        await people.do(posts.favourite, one.id, by=fan.id)
    path, seen, pages, first_prev = f"{V2}?limit=2&types[]=favourite&types[]=mention", [], 0, ""
    while path:
        answer = await people.ask("GET", path, me)
        pages += 1
        seen += [(one["status_id"], one["notifications_count"]) for one in answer.json["notification_groups"]]
        link = answer.headers.get("link", "")
        following = re.search(rf'<{URL}([^>]*)>; rel="next"', link)
        first_prev = first_prev or re.search(rf'<{URL}([^>]*)>; rel="prev"', link)[1]
        path = following[1] if following else ""
        if pages == 1:
            assert "types" in path
            assert "until_id" in path
        await people.do(posts.favourite, mine[0].id, by=(await make.member()).id)  # the one at the very end grows
        await people.do(posts.favourite, mine[5].id, by=(await make.member()).id)
    assert seen == [(str(one.id), 1) for one in reversed(mine)]
    assert pages == 5
    new = await people.get(first_prev, me)
    assert [one["status_id"] for one in new["notification_groups"]] == [str(mine[5].id), str(mine[0].id)]


async def test_who_is_in_a_group(people, make):
    me, other = await make.member("me"), await make.member()
    _, fans, _ = await liked(people, make, me)
    groups = (await people.get(V2, me))["notification_groups"]
    path = f"{V2}/{groups[-1]['group_key']}/accounts"
    answer = await people.ask("GET", f"{path}?limit=4", me, "read:notifications")
    got, seen = answer, []
    while True:
        seen += [one["id"] for one in got.json]
        following = re.search(rf'<{URL}([^>]*)>; rel="next"', got.headers.get("link", ""))
        if following is None:
            break
        got = await people.ask("GET", following[1], me, "write:notifications")
    assert seen == [str(one.id) for one in reversed(fans)]
    assert await people.get(path, other) == []
    assert [one["id"] for one in await people.get(f"{V2}/{groups[1]['group_key']}/accounts", me)] == [str(fans[1].id)]
    assert (await people.ask("GET", f"{V2}/nonsense/accounts", me)).status == 404


@pytest.mark.both_engines
async def test_put_away_and_count(people, make):
    me, other = await make.member("me"), await make.member()
    await liked(people, make, me, by=3)
    groups = (await people.get(V2, me))["notification_groups"]
    assert await people.get(f"{V2}/unread_count", me) == await people.get(f"{ALPHA}/unread_count", me) == {"count": 4}
    assert await people.get(f"{V2}/unread_count?limit=2", me) == {"count": 2}
    assert await people.get(f"{V2}/unread_count?types[]=favourite&grouped_types[]=follow", me) == {"count": 3}
    read = {"notifications": {"last_read_id": groups[1]["page_max_id"]}}
    await people.ask("POST", "/api/v1/markers", me, json=read)
    assert await people.get(f"{V2}/unread_count", me) == {"count": 1}
    favourites = groups[-1]["group_key"]
    for wrong in ("nonsense", "favourite-1-x", "ungrouped-5", "mention-5-6", "favourite-1"):
        assert (await people.ask("GET", f"{V2}/{wrong}", me)).status == 404
        assert await people.post(f"{V2}/{wrong}/dismiss", me) == {}
    assert (await people.ask("GET", f"{V2}/{favourites}", other)).status == 404
    assert await people.post(f"{V2}/{favourites}/dismiss", other) == {}
    assert len((await people.get(V2, me))["notification_groups"]) == 4
    assert await people.post(f"{V2}/{favourites}/dismiss", me) == {}
    assert (await people.ask("GET", f"{V2}/{favourites}", me)).status == 404
    assert await people.post(f"{ALPHA}/{groups[1]['group_key']}/dismiss", me) == {}
    got = await people.get(V2, me)
    assert [one["type"] for one in got["notification_groups"]] == ["follow", "reblog"]
    assert await people.post(f"{V2}/clear", me) == {}
    assert await people.get(V2, me) == {"accounts": [], "statuses": [], "notification_groups": []}


async def test_a_head_that_is_put_away_or_taken_back_leaves_the_group(people, make):
    me = await make.member("me")
    post, fans, _ = await liked(people, make, me, by=4)

    async def favourites():
        (group,) = (await people.get(f"{V2}?types[]=favourite", me))["notification_groups"]
        return group["notifications_count"], group["sample_account_ids"]

    singles = await people.get(f"{V1}?types[]=favourite", me)
    await people.post(f"{V1}/{singles[0]['id']}/dismiss", me)
    assert await favourites() == (3, [str(one.id) for one in fans[2::-1]])
    await people.do(posts.unfavourite, post.id, by=fans[2].id)
    assert await favourites() == (2, [str(one.id) for one in fans[1::-1]])
    await people.do(accounts.block, me.id, target=fans[1].id)
    assert await favourites() == (1, [str(fans[0].id)])
    await people.do(posts.delete, post.id, by=me.id)
    assert (await people.get(f"{V2}?types[]=favourite", me))["notification_groups"] == []


async def test_hidden_groups_are_left_out_and_the_page_is_full(people, make, db):
    me, bob = await make.member("me"), await make.member()
    shown = []
    for number in range(12):
        hidden = number % 2
        post = await make.post(bob, visibility="followers" if hidden else "public")
        row = await make.row(
            table, id=db.new_id(), account_id=me.id, kind="mention", from_id=bob.id, post_id=post.id, created_at=number
        )
        if not hidden:
            shown.append(str(row.id))
        else:
            assert (await people.ask("GET", f"{V2}/ungrouped-{row.id}", me)).status == 404
    got = await people.get(f"{V2}?limit=4", me)
    assert [one["page_max_id"] for one in got["notification_groups"]] == shown[::-1][:4]
    up = await people.get(f"{V2}?limit=4&min_id=1", me)
    assert [one["page_max_id"] for one in up["notification_groups"]] == shown[:4][::-1]


async def test_a_page_costs_a_fixed_number_of_queries(people, make, db, monkeypatch):
    me = await make.member("me")
    asked: list[object] = []
    plain = db.all

    async def counting(sql, **params):
        asked.append(sql)
        return await plain(sql, **params)

    async def cost():
        fresh = Readers(db)
        asked.clear()
        monkeypatch.setattr(db, "all", counting)
        got = await fresh.get(V2, me)
        monkeypatch.undo()
        return len(got["notification_groups"]), len(asked)

    await liked(people, make, me, by=2)
    few, queries = await cost()
    for _ in range(5):
        await liked(people, make, me, by=5)
    many, more_queries = await cost()
    assert (few, many) == (4, 19)
    assert more_queries == queries
