"""Conversations through whole requests."""

from __future__ import annotations

import re

import pytest

from api.people import URL
from api.readers import Readers
from dunnock import accounts, posts

PATH = "/api/v1/conversations"


@pytest.fixture
async def people(db):
    made = Readers(db)
    await made.reactions.prepare()
    return made


async def say(people, author, to, **draft):
    draft = posts.Draft(text=f"hi @{to.username}", **{"visibility": "direct"} | draft)
    return await people.do(posts.publish, draft, author_id=author.id, app_id=None, settings=people.settings)


async def test_show_read_unread_remove(people, make):
    anna, bob, eve = await make.member("anna"), await make.member("bob"), await make.member("eve")
    post = await say(people, anna, bob)
    (one,) = await people.get(PATH, bob)
    assert list(one) == ["id", "unread", "accounts", "last_status"]
    assert (one["id"].isdigit(), one["unread"]) == (True, True)
    assert [an["username"] for an in one["accounts"]] == ["anna"]
    assert (one["last_status"]["id"], one["last_status"]["visibility"]) == (str(post.id), "direct")
    assert one["last_status"]["account"]["id"] == str(anna.id)
    assert one["last_status"]["filtered"] == []
    assert await people.get(PATH, eve) == []
    assert (await people.get(PATH, anna))[0]["unread"] is False
    assert await people.post(f"{PATH}/{one['id']}/read", bob) == one | {"unread": False}
    assert await people.get(PATH, bob) == [one | {"unread": False}]
    assert await people.post(f"{PATH}/{one['id']}/unread", bob) == one
    for method, path in (("POST", "/read"), ("POST", "/unread"), ("DELETE", "")):
        for who, an_id in ((eve, one["id"]), (bob, 1)):
            answer = await people.ask(method, f"{PATH}/{an_id}{path}", who)
            assert (answer.status, answer.json) == (404, {"error": "Record not found"})
    assert (await people.ask("POST", f"{PATH}/{one['id']}/read", bob, "read write:statuses")).status == 403
    assert (await people.ask("GET", PATH, bob, "write")).status == 403
    assert (await people.ask("GET", PATH)).status == 401
    answer = await people.ask("DELETE", f"{PATH}/{one['id']}", bob)
    assert (answer.status, answer.json) == (200, {})
    assert await people.get(PATH, bob) == []


async def test_pages_go_by_the_last_post(people, make):
    anna, bob = await make.member("anna"), await make.member("bob")
    made = [str((await say(people, anna, bob)).id) for _ in range(5)][::-1]
    first = await people.ask("GET", f"{PATH}?limit=2", bob)
    assert [one["last_status"]["id"] for one in first.json] == made[:2]
    link = first.headers["link"]
    assert link == (
        f'<{URL}{PATH}?limit=2&max_id={made[1]}>; rel="next", <{URL}{PATH}?limit=2&min_id={made[0]}>; rel="prev"'
    )
    second = await people.get(re.search(rf'<{URL}([^>]*)>; rel="next"', link)[1], bob)
    assert [one["last_status"]["id"] for one in second] == made[2:4]
    assert len(await people.get(f"{PATH}?max_id={made[3]}", bob)) == 1


@pytest.mark.both_engines
async def test_alone_and_hidden(people, make):
    anna, bob = await make.member("anna"), await make.member("bob")
    await people.do(
        posts.publish, posts.Draft(text="note", visibility="direct"), author_id=anna.id, app_id=None,
        settings=people.settings,
    )  # fmt: skip
    (alone,) = await people.get(PATH, anna)
    assert [one["id"] for one in alone["accounts"]] == [str(anna.id)]
    await say(people, anna, bob)
    await people.do(accounts.block, anna.id, target=bob.id)
    (left,) = await people.get(PATH, bob)
    assert left["last_status"] is None
    assert [one["id"] for one in left["accounts"]] == [str(anna.id)]


async def test_what_can_not_be_shown_is_not_the_last(people, make):
    anna, bob = await make.member("anna"), await make.member("bob")
    first = await say(people, anna, bob)
    second = await say(people, bob, anna, reply_to_id=first.id)
    await say(people, anna, bob, reply_to_id=second.id)
    last = await say(people, anna, bob, reply_to_id=second.id)
    async with people.db.begin() as tx:  # and no reaction heard of it yet
        await posts.delete(tx, last.id, by=anna.id)
    (one,) = await people.get(PATH, bob)
    assert last.id > int(one["last_status"]["id"]) > second.id
    await people.do(accounts.block, anna.id, target=bob.id)
    (one,) = await people.get(PATH, bob)
    assert one["last_status"]["id"] == str(second.id)
