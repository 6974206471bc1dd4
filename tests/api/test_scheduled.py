"""Scheduled posts through whole requests, and their going out."""

from __future__ import annotations

import asyncio
import re

import msgspec
import pytest
from sqlalchemy import text

from api.kit.driver import call
from api.people import URL
from api.posting import STATUSES, Posting
from dunnock import media, posts
from dunnock.api.mastodon import wire
from dunnock.api.mastodon.scheduled_statuses import moment_of
from dunnock.foundation.clock import DAY, HOUR, MINUTE, iso, now_ms
from dunnock.foundation.db import Sql
from dunnock.foundation.jobs import Jobs

PATH = "/api/v1/scheduled_statuses"
FILE = '{"original":{"path":"a.png","width":4,"height":3,"bytes":5,"mime":"image/png"}}'
TOO_SOON = {"error": "Validation failed: Scheduled at The scheduled date must be in the future"}


@pytest.fixture
async def people(db):
    return Posting(db)


@pytest.fixture
async def anna(make):
    return await make.member("anna")


@pytest.fixture
async def bob(make):
    return await make.member("bob")


def later(ms=HOUR):
    return iso(now_ms() + ms)


async def due(people):
    """Let all times be past, and the jobs do what is due."""
    await people.run("UPDATE scheduled SET at = :at", at=now_ms() - MINUTE)
    await people.run("UPDATE jobs SET run_at = :at WHERE kind = 'PublishScheduled'", at=now_ms() - MINUTE)
    await jobs(people).settle()


def jobs(people):
    async def publish(db, job):
        await posts.publish_scheduled(db, job, settings=people.settings)

    return Jobs(people.db, {posts.PublishScheduled: publish})


async def published(people):
    rows = await people.db.all(Sql(text("SELECT id, text FROM posts WHERE deleted_at IS NULL ORDER BY id")))
    return [row[1] for row in rows]


async def test_schedule_show_move_delete(people, anna, bob, events):
    at = later()
    made = await people.publish(anna, "later", scheduled_at=at)
    assert made == {
        "id": made["id"],
        "scheduled_at": at,
        "params": {
            "text": "later",
            "poll": None,
            "media_ids": None,
            "sensitive": None,
            "spoiler_text": None,
            "visibility": "public",
            "in_reply_to_id": None,
            "language": None,
            "application_id": "1",
            "scheduled_at": None,
            "idempotency": None,
            "with_rate_limit": False,
            "quoted_status_id": None,
            "quote_approval_policy": "public",
            "reply_policy": "everyone",
        },
        "media_attachments": [],
        "error": None,
    }
    assert set(made) == set(wire.ScheduledStatus.__struct_fields__)
    assert await events() == []
    assert await published(people) == []
    assert await people.get(PATH, anna) == [made]
    assert await people.get(f"{PATH}/{made['id']}", anna) == made
    for method in ("PUT", "PATCH"):
        at = later(2 * DAY)
        answer = await people.ask(method, f"{PATH}/{made['id']}", anna, form={"scheduled_at": at})
        assert (answer.status, answer.json) == (200, made | {"scheduled_at": at})
    assert (await people.ask("PUT", f"{PATH}/{made['id']}", anna, form={})).json["scheduled_at"] == at
    # Of somebody else there is nothing.
    assert await people.get(PATH, bob) == []
    for method in ("GET", "PUT", "DELETE"):
        form = {"scheduled_at": later()} if method == "PUT" else None
        answer = await people.ask(method, f"{PATH}/{made['id']}", bob, form=form)
        assert (answer.status, answer.json) == (404, {"error": "Record not found"})
    gone = await people.ask("DELETE", f"{PATH}/{made['id']}", anna)
    assert (gone.status, gone.json) == (200, {})
    assert (await people.ask("GET", f"{PATH}/{made['id']}", anna)).status == 404
    await due(people)
    assert await published(people) == []


@pytest.mark.both_engines
async def test_everything_a_post_carries(people, anna, make):
    parent, picture = await make.post(anna), await make.media(anna, files=FILE)
    poll = {"options": ["a", "b"], "expires_in": 300, "multiple": True, "hide_totals": False}
    made = await people.publish(
        anna, "later", scheduled_at=later(), spoiler_text="w", visibility="private", language="de", sensitive=True,
        in_reply_to_id=str(parent.id), media_ids=[str(picture.id)], poll=poll,
    )  # fmt: skip
    told = made["params"]
    assert (told["spoiler_text"], told["visibility"], told["language"]) == ("w", "private", "de")
    assert (told["sensitive"], told["in_reply_to_id"], told["poll"]) == (True, str(parent.id), poll)
    assert told["media_ids"] == [str(picture.id)]
    assert [one["id"] for one in made["media_attachments"]] == [str(picture.id)]
    await due(people)
    assert await people.get(PATH, anna) == []
    (shown,) = [one for one in await statuses_of(people, anna) if one["visibility"] == "private"]
    assert (shown["spoiler_text"], shown["language"], shown["in_reply_to_id"]) == ("w", "de", str(parent.id))
    assert [one["id"] for one in shown["media_attachments"]] == [str(picture.id)]
    assert [one["title"] for one in shown["poll"]["options"]] == ["a", "b"]
    assert shown["application"] is None or shown["application"]["name"]


async def statuses_of(people, who):
    rows = await people.db.all(Sql(text("SELECT id FROM posts WHERE deleted_at IS NULL ORDER BY id")))
    query = "&".join(f"id[]={row[0]}" for row in rows)
    return await people.get(f"{STATUSES}?{query}", who)


async def test_too_soon_and_in_the_past(people, anna):
    answer = await people.ask("POST", STATUSES, anna, json={"status": "x", "scheduled_at": later(4 * MINUTE)})
    assert (answer.status, answer.json) == (422, TOO_SOON)
    made = await people.publish(anna, "x", scheduled_at=later(6 * MINUTE))
    answer = await people.ask("PUT", f"{PATH}/{made['id']}", anna, json={"scheduled_at": later(MINUTE)})
    assert (answer.status, answer.json) == (422, TOO_SOON)
    answer = await people.ask("PUT", f"{PATH}/{made['id']}", anna, json={"scheduled_at": "soon"})
    assert (answer.status, answer.json) == (422, {"error": "Record invalid"})
    answer = await people.ask("POST", STATUSES, anna, json={"status": "x", "scheduled_at": "banana"})
    assert (answer.status, answer.json) == (422, {"error": "Record invalid"})
    # A moment in the past is now, as Mastodon has it.
    assert "content" in await people.publish(anna, "now", scheduled_at=later(-HOUR))


@pytest.mark.parametrize(
    ("sent", "ms"),
    [
        ("2030-01-01T00:00:00.000Z", 1_893_456_000_000),
        ("2030-01-01T02:00:00+02:00", 1_893_456_000_000),
        ("2030-01-01 00:00:00", 1_893_456_000_000),
        ("2030-01-01", 1_893_456_000_000),
        ("", None),
        (None, None),
    ],
)
def test_moments(sent, ms):
    assert moment_of(sent) == ms


async def test_what_would_be_refused_is_refused_now(people, anna, bob, make, events):
    theirs = await make.media(bob, files=FILE)
    hidden = await make.post(bob, visibility="direct")
    for form, status in (
        ({"status": ""}, 422),
        ({"status": "x" * 501}, 422),
        ({"status": "x", "visibility": "all"}, 422),
        ({"status": "x", "media_ids": [str(theirs.id)]}, 422),
        ({"status": "x", "in_reply_to_id": str(hidden.id)}, 404),
        ({"status": "x", "poll": {"options": ["a"], "expires_in": 300}}, 422),
    ):
        answer = await people.ask("POST", STATUSES, anna, json=form | {"scheduled_at": later()})
        assert answer.status == status, form
    assert await people.get(PATH, anna) == []
    assert await events() == []


@pytest.mark.both_engines
async def test_limits(people, anna, make):
    day = (now_ms() + 2 * DAY) // DAY * DAY

    async def add(moments):
        await people.many(
            "INSERT INTO scheduled (id, account_id, at, draft) VALUES (:id, :account, :at, :draft)",
            [{"id": people.db.new_id(), "account": anna.id, "at": at, "draft": '{"text":"x"}'} for at in moments],
        )

    await add(day + number for number in range(25))

    async def one(at):
        return await people.ask("POST", STATUSES, anna, json={"status": "x", "scheduled_at": iso(at)})

    refused = await one(day + HOUR)
    says = "Validation failed: You have exceeded the limit of 25 scheduled posts for today"
    assert (refused.status, refused.json) == (422, {"error": says})
    assert (await one(day + DAY)).status == 200
    # One of that day may still be moved within it.
    (first, *_) = await people.get(f"{PATH}?limit=1&max_id={2**62}&min_id=1", anna)
    moved = await people.ask("PUT", f"{PATH}/{first['id']}", anna, json={"scheduled_at": iso(day + HOUR)})
    assert moved.status == 200
    await add(day + (3 + number) * DAY for number in range(274))
    refused = await one(day + 1000 * DAY)
    says = "Validation failed: You have exceeded the limit of 300 scheduled posts"
    assert (refused.status, refused.json) == (422, {"error": says})
    assert (
        await people.ask("POST", STATUSES, await make.member(), json={"status": "x", "scheduled_at": later()})
    ).status == 200


async def test_pages_by_link(people, anna):
    made = [(await people.publish(anna, f"{number}", scheduled_at=later(HOUR + number)))["id"] for number in range(5)]
    page = await people.ask("GET", f"{PATH}?limit=2", anna)
    assert [one["id"] for one in page.json] == made[:2:-1]
    following = re.search(rf'<{URL}({PATH}[^>]*)>; rel="next"', page.headers["link"])[1]
    second = await people.ask("GET", following, anna)
    assert [one["id"] for one in second.json] == made[2:0:-1]
    before = re.search(rf'<{URL}({PATH}[^>]*)>; rel="prev"', second.headers["link"])[1]
    assert [one["id"] for one in (await people.ask("GET", before, anna)).json] == made[:2:-1]


async def test_a_key_makes_one_and_stands_for_the_post_afterwards(people, anna):
    form = {"status": "once", "scheduled_at": later()}

    async def ask():
        body, key = msgspec.json.encode(form), (("idempotency-key", "k-1"),)
        return await call(people.app, "POST", STATUSES, body, kind="application/json", token=f"{anna.id}", headers=key)

    answers = await asyncio.gather(*[ask() for _ in range(4)])
    assert {answer.status for answer in answers} == {200}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert len(await people.get(PATH, anna)) == 1
    await due(people)
    after = await ask()
    assert (after.status, after.json["content"]) == (200, "<p>once</p>")
    assert await published(people) == ["once"]


async def test_it_goes_out_once_however_often_the_job_is_done(people, anna, events):
    made = await people.publish(anna, "once", scheduled_at=later())
    job = posts.PublishScheduled(int(made["id"]))
    await posts.publish_scheduled(people.db, job, settings=people.settings)
    assert await published(people) == []  # not its time yet
    await people.run("UPDATE scheduled SET at = :at", at=now_ms() - MINUTE)
    await asyncio.gather(*[posts.publish_scheduled(people.db, job, settings=people.settings) for _ in range(5)])
    await due(people)
    assert await published(people) == ["once"]
    assert [type(one) for one in await events()] == [posts.PostPublished]


async def test_what_cannot_go_out_stays_with_its_reason(people, anna, bob):
    parent = await people.publish(bob, "to be answered")
    made = await people.publish(anna, "an answer", scheduled_at=later(), in_reply_to_id=parent["id"])
    await people.ask("DELETE", f"{STATUSES}/{parent['id']}", bob)
    await due(people)
    (kept,) = await people.get(PATH, anna)
    assert (kept["id"], kept["error"], kept["params"]["text"]) == (made["id"], "Record not found", "an answer")
    assert await published(people) == []
    await jobs(people).settle()
    # Another time forgets the reason; then it is tried again.
    answer = await people.ask("PUT", f"{PATH}/{made['id']}", anna, json={"scheduled_at": later()})
    assert answer.json["error"] is None
    await due(people)
    assert (await people.get(f"{PATH}/{made['id']}", anna))["error"] == "Record not found"
    assert (await people.ask("DELETE", f"{PATH}/{made['id']}", anna)).status == 200


async def test_its_media_are_kept_and_nobody_elses(people, anna, make):
    picture = await make.media(anna, files=FILE)
    made = await people.publish(anna, "x", scheduled_at=later(), media_ids=[str(picture.id)])
    again = await people.ask("POST", STATUSES, anna, json={"status": "y", "media_ids": [str(picture.id)]})
    assert again.status == 422
    again = {"status": "y", "media_ids": [str(picture.id)], "scheduled_at": later()}
    assert (await people.ask("POST", STATUSES, anna, json=again)).status == 422
    with pytest.raises(media.MediaUnusable):
        async with people.db.begin() as tx:
            await media.remove(tx, picture.id, by=anna.id)
    await media.remove_unused(people.db, now=now_ms() + 30 * DAY)
    assert await media.find(people.db, [picture.id])
    await people.ask("DELETE", f"{PATH}/{made['id']}", anna)
    await media.remove_unused(people.db, now=now_ms() + DAY - MINUTE)  # for a day it may be used for something else
    assert await media.find(people.db, [picture.id])
    await media.remove_unused(people.db, now=now_ms() + DAY + MINUTE)
    assert not await media.find(people.db, [picture.id])


async def test_rights(people, anna):
    made = await people.publish(anna, "x", scheduled_at=later())
    one = f"{PATH}/{made['id']}"
    for method, path, scopes in (
        ("GET", PATH, "write"),
        ("GET", one, "read:accounts"),
        ("PUT", one, "read"),
        ("DELETE", one, "write:media"),
    ):
        assert (await people.ask(method, path, anna, scopes)).status == 403
        assert (await people.ask(method, path)).status == 401
