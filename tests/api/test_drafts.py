"""Drafts on the server, and threads in one request."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from sqlalchemy import text

from api.kit.driver import call
from api.posting import STATUSES, Posting
from dunnock import media
from dunnock.api.mastodon import wire
from dunnock.foundation.clock import DAY, HOUR, iso, now_ms
from dunnock.foundation.db import Sql

PATH = "/api/v1/dunnock/drafts"
THREADS = "/api/v1/dunnock/threads"
FILE = '{"original":{"path":"a.png","width":4,"height":3,"bytes":5,"mime":"image/png"}}'
MISSING = (404, {"error": "Record not found"})


@pytest.fixture
async def people(db):
    return Posting(db)


@pytest.fixture
async def anna(make):
    return await make.member("anna")


@pytest.fixture
async def bob(make):
    return await make.member("bob")


async def keep(people, who, **form):
    answer = await people.ask("POST", PATH, who, json=form)
    assert answer.status == 200, answer
    return answer.json


async def test_keep_show_change_throw_away(people, anna, bob, events):
    made = await keep(people, anna, status="half a tho")
    params = {
        "text": "half a tho", "poll": None, "media_ids": None, "sensitive": None, "spoiler_text": None,
        "visibility": None, "in_reply_to_id": None, "language": None, "application_id": None, "scheduled_at": None,
        "idempotency": None, "with_rate_limit": False, "quoted_status_id": None, "quote_approval_policy": None,
        "reply_policy": None,
    }  # fmt: skip
    assert made == {
        "id": made["id"], "version": 1, "updated_at": made["updated_at"], "params": params, "thread": [],
        "media_attachments": [],
    }  # fmt: skip
    assert set(made) == set(wire.Draft.__struct_fields__)
    assert await people.get(PATH, anna) == [made]
    assert await people.get(f"{PATH}/{made['id']}", anna) == made
    changed = await people.ask("PUT", f"{PATH}/{made['id']}", anna, json={"status": "half a thought", "version": 1})
    assert changed.json == made | {
        "version": 2,
        "updated_at": changed.json["updated_at"],
        "params": params | {"text": "half a thought"},
    }
    # The same again changes nothing, not even the version.
    same = await people.ask("PUT", f"{PATH}/{made['id']}", anna, json={"status": "half a thought", "version": 2})
    assert same.json == changed.json
    for method in ("GET", "PUT", "DELETE"):
        form = {"status": "mine", "version": 2} if method == "PUT" else None
        answer = await people.ask(method, f"{PATH}/{made['id']}", bob, json=form)
        assert (answer.status, answer.json) == MISSING
    assert await people.get(PATH, bob) == []
    gone = await people.ask("DELETE", f"{PATH}/{made['id']}", anna)
    assert (gone.status, gone.json) == (200, {})
    assert await people.get(PATH, anna) == []
    assert await events() == []


@pytest.mark.both_engines
async def test_two_devices_overwrite_nothing(people, anna):
    made = await keep(people, anna, status="one")
    at = f"{PATH}/{made['id']}"
    answers = await asyncio.gather(
        *[people.ask("PUT", at, anna, json={"status": f"device {number}", "version": 1}) for number in range(3)]
    )
    assert sorted(answer.status for answer in answers) == [200, 409, 409]
    (won,) = [answer.json for answer in answers if answer.status == 200]
    for answer in answers:
        if answer.status == 409:
            assert answer.json == {"error": "The draft was changed elsewhere meanwhile", "draft": won}
    blind = await people.ask("PUT", at, anna, json={"status": "blind"})
    assert (blind.status, blind.json) == (422, {"error": "Validation failed: Version can't be blank"})
    assert await people.get(at, anna) == won


async def test_everything_a_post_carries_and_a_thread(people, anna, make):
    picture, second = await make.media(anna, files=FILE), await make.media(anna, state="processing")
    poll = {"options": ["a"], "expires_in": None, "multiple": True, "hide_totals": False}
    made = await keep(
        people, anna, status="", spoiler_text="w", visibility="private", language="de", sensitive=False,
        in_reply_to_id="77", quoted_status_id="78", quote_approval_policy="nobody", reply_policy="followers",
        media_ids=[str(picture.id)], poll=poll,
        thread=[{"status": "and then"}, {"status": "", "media_ids": [str(second.id)]}],
    )  # fmt: skip
    told = made["params"]
    assert [told[name] for name in ("quoted_status_id", "quote_approval_policy", "reply_policy")] == [
        "78",
        "nobody",
        "followers",
    ]
    assert (told["text"], told["spoiler_text"], told["visibility"], told["language"]) == ("", "w", "private", "de")
    assert (told["sensitive"], told["in_reply_to_id"], told["media_ids"]) == (False, "77", [str(picture.id)])
    assert told["poll"] == poll
    assert [part["text"] for part in made["thread"]] == ["and then", ""]
    assert [one["id"] for one in made["media_attachments"]] == [str(picture.id), str(second.id)]
    # By form, with indexes and without.
    raw = b"status=one&thread[0][status]=two&thread[1][status]=three&poll[options][]=a&poll[options][]=b"
    answer = await people.ask("POST", PATH, anna, raw=raw, kind="application/x-www-form-urlencoded")
    assert [part["text"] for part in answer.json["thread"]] == ["two", "three"]
    assert answer.json["params"]["poll"]["options"] == ["a", "b"]


@pytest.mark.parametrize(
    "form",
    [
        {"status": "x" * 5_001},
        {"status": "x", "visibility": "all"},
        {"status": "x", "language": "klingonese"},
        {"status": "x", "media_ids": ["1"]},
        {"status": "x", "quote_approval_policy": "some"},
        {"status": "x", "reply_policy": "some"},
        {"status": "x", "media_ids": ["1", "2", "3", "4", "5"]},
        {"status": "x", "poll": {"options": list("abcde")}},
        {"status": "x", "thread": [{"status": "y"}] * 25},
        {"status": "x", "thread": [{"status": "é" * 5_000}] * 24, "spoiler_text": "y"},
        {"status": {"x": 1}},
        {"status": "x", "thread": "y"},
    ],
)
async def test_nonsense_is_not_kept(people, anna, form):
    answer = await people.ask("POST", PATH, anna, json=form)
    assert answer.status == 422, answer
    assert await people.get(PATH, anna) == []


@pytest.mark.both_engines
async def test_there_is_a_limit(people, anna):
    await people.many(
        "INSERT INTO drafts (id, account_id, version, parts, updated_at) VALUES (:id, :by, 1, :parts, 1)",
        [{"id": people.db.new_id(), "by": anna.id, "parts": '[{"text":"x"}]'} for _ in range(200)],
    )
    answer = await people.ask("POST", PATH, anna, json={"status": "x"})
    says = "Validation failed: You have exceeded the limit of 200 drafts"
    assert (answer.status, answer.json) == (422, {"error": says})
    assert len(await people.get(f"{PATH}?limit=100", anna)) == 80
    assert "link" in (await people.ask("GET", PATH, anna)).headers


async def test_publishing_ends_the_draft_with_the_post(people, anna, bob, make):
    picture = await make.media(anna, files=FILE)
    made = await keep(people, anna, status="draft", media_ids=[str(picture.id)])
    form = {"status": "done", "media_ids": [str(picture.id)], "draft_id": made["id"]}
    assert (await people.ask("POST", STATUSES, bob, json={"status": "x", "draft_id": made["id"]})).status == 404
    # What is refused leaves the draft.
    assert (await people.ask("POST", STATUSES, anna, json=form | {"status": "x" * 501})).status == 422
    assert len(await people.get(PATH, anna)) == 1
    answers = await asyncio.gather(*[people.ask("POST", STATUSES, anna, json=form) for _ in range(3)])
    assert sorted(answer.status for answer in answers) == [200, 404, 404]
    assert await people.get(PATH, anna) == []
    assert await people.db.value(Sql(text("SELECT count(*) FROM posts"))) == 1
    assert await people.db.value(Sql(text("SELECT count(*) FROM media_holds"))) == 0


async def test_scheduling_ends_the_draft_too(people, anna, make):
    picture = await make.media(anna, files=FILE)
    made = await keep(people, anna, status="draft", media_ids=[str(picture.id)])
    form = {"media_ids": [str(picture.id)], "draft_id": made["id"], "scheduled_at": iso(now_ms() + HOUR)}
    assert "scheduled_at" in await people.publish(anna, "later", **form)
    assert await people.get(PATH, anna) == []
    await media.remove_unused(people.db, now=now_ms() + 30 * DAY)
    assert await media.find(people.db, [picture.id])


async def test_media_of_drafts_are_kept_as_long_as_they_are(people, anna, make):
    picture, other = await make.media(anna, files=FILE), await make.media(anna, files=FILE)
    made = await keep(people, anna, status="x", media_ids=[str(picture.id), str(other.id)])
    await media.remove_unused(people.db, now=now_ms() + 30 * DAY)
    assert len(await media.find(people.db, [picture.id, other.id])) == 2
    form = {"status": "x", "media_ids": [str(picture.id)], "version": 1}
    assert (await people.ask("PUT", f"{PATH}/{made['id']}", anna, json=form)).json["version"] == 2
    await media.remove_unused(people.db, now=now_ms() + DAY + HOUR)
    assert list(await media.find(people.db, [picture.id, other.id])) == [picture.id]
    # Its owner may post it without the draft, or remove it.
    async with people.db.begin() as tx:
        await media.remove(tx, picture.id, by=anna.id)
    assert (await people.get(f"{PATH}/{made['id']}", anna))["media_attachments"] == []


async def test_a_key_makes_one_draft(people, anna, bob):
    async def ask(who, status="half"):
        body, key = msgspec.json.encode({"status": status}), (("idempotency-key", "k"),)
        return await call(people.app, "POST", PATH, body, kind="application/json", token=f"{who.id}", headers=key)

    answers = await asyncio.gather(*[ask(anna) for _ in range(4)])
    assert {answer.status for answer in answers} == {200}
    assert len({answer.json["id"] for answer in answers}) == len(await people.get(PATH, anna)) == 1
    assert (await ask(bob)).json["id"] != answers[0].json["id"]
    # The same key for the post that becomes of it is another matter.
    body = msgspec.json.encode({"status": "whole", "draft_id": answers[0].json["id"]})
    key = (("idempotency-key", "k"),)
    for _ in range(2):
        made = await call(people.app, "POST", STATUSES, body, kind="application/json", token=f"{anna.id}", headers=key)
        assert (made.status, made.json["content"]) == (200, "<p>whole</p>")
    assert (await ask(anna)).status == 404


async def thread(people, who, *forms, key=None, **more):
    headers = (("idempotency-key", key),) if key else ()
    body = msgspec.json.encode({"posts": list(forms)} | more)
    return await call(people.app, "POST", THREADS, body, kind="application/json", token=f"{who.id}", headers=headers)


async def test_a_thread_is_one_act(people, anna, bob, make):
    parent = await make.post(bob)
    picture = await make.media(anna, files=FILE)
    answer = await thread(
        people, anna,
        {"status": "one", "visibility": "unlisted", "in_reply_to_id": str(parent.id)},
        {"status": "two", "media_ids": [str(picture.id)]},
        {"status": "three", "visibility": "private", "in_reply_to_id": str(parent.id)},
    )  # fmt: skip
    assert answer.status == 200, answer
    one, two, three = answer.json
    assert [part["content"] for part in answer.json] == ["<p>one</p>", "<p>two</p>", "<p>three</p>"]
    assert [part["in_reply_to_id"] for part in answer.json] == [str(parent.id), one["id"], two["id"]]
    assert [part["visibility"] for part in answer.json] == ["unlisted", "unlisted", "private"]
    assert int(one["id"]) < int(two["id"]) < int(three["id"])
    assert [part["replies_count"] for part in answer.json] == [1, 0, 0]  # a private answer is not told of
    context = await people.get(f"{STATUSES}/{one['id']}/context", anna)
    assert [part["id"] for part in context["descendants"]] == [two["id"], three["id"]]
    assert [part["id"] for part in context["ancestors"]] == [str(parent.id)]


async def test_all_of_a_thread_or_nothing(people, anna, events):
    for forms, status in (
        ([], 422),
        ([{"status": "x"}] * 26, 422),
        ([{"status": "one"}, {"status": ""}], 422),
        ([{"status": "one"}, {"status": "x", "media_ids": ["5"]}], 422),
        ([{"status": "one"}, {"status": "x", "scheduled_at": iso(now_ms() + HOUR)}], 422),
        ([{"status": "one", "in_reply_to_id": "5"}, {"status": "two"}], 404),
    ):
        answer = await thread(people, anna, *forms)
        assert answer.status == status, forms
        assert set(answer.json) == {"error"}
    assert (await thread(people, anna, {"status": "one"}, draft_id="5")).status == 404
    assert await events() == []
    assert await people.db.value(Sql(text("SELECT count(*) FROM posts"))) == 0


async def test_a_key_makes_one_thread(people, anna):
    draft = await keep(people, anna, status="one", thread=[{"status": "two"}])
    forms = ({"status": "one"}, {"status": "two"})
    answers = await asyncio.gather(*[thread(people, anna, *forms, key="k", draft_id=draft["id"]) for _ in range(4)])
    assert {answer.status for answer in answers} == {200}
    assert len({tuple(one["id"] for one in answer.json) for answer in answers}) == 1
    assert await people.db.value(Sql(text("SELECT count(*) FROM posts"))) == 2
    assert await people.get(PATH, anna) == []
