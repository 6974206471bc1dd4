"""Statuses over whole requests, as clients send them."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import pytest

from dunnock import media
from dunnock.accounts.viewers import Viewers
from dunnock.accounts.views import AccountViews
from dunnock.api.kit import Caller, EdgeSettings, build_edge
from dunnock.api.mastodon import statuses, statuses_actions
from dunnock.api.mastodon.render import Render
from dunnock.foundation.settings import Settings
from dunnock.integrity.money import Destinations
from dunnock.media import MediaStore
from dunnock.posts.views import PostViews

_spec = importlib.util.spec_from_file_location("kit_driver", Path(__file__).parent / "kit" / "driver.py")
driver = importlib.util.module_from_spec(_spec)
sys.modules["kit_driver"] = driver
_spec.loader.exec_module(driver)

URL = "https://here.example"
FILE = {"path": "a.png", "width": 4, "height": 3, "bytes": 5, "mime": "image/png"}
FILES = msgspec.json.encode({"original": FILE, "small": FILE}).decode()
S = "/api/v1/statuses"


class Client:
    """Requests of people: the token is the account's name, `name:scope` for a token with one scope only."""

    def __init__(self, app):
        self.app = app

    async def ask(self, method, path, who=None, form=None, headers=(), **more):
        body = b"" if form is None else msgspec.json.encode(form)
        kind = None if form is None else "application/json"
        if "raw" in more:
            body, kind = more["raw"], more["kind"]
        return await driver.call(self.app, method, path, body, kind=kind, token=who, headers=headers)

    async def post(self, who, text="hello", **form):
        answer = await self.ask("POST", S, who, {"status": text, **form})
        assert answer.status == 200, answer
        return answer.json


@pytest.fixture
async def people(make):
    app = await make.app()
    return app, {name: await make.member(name) for name in ("anna", "bob", "eve")}


@pytest.fixture
async def client(db, people, tmp_path):
    app, members = people
    settings = Settings(data=tmp_path, public_url=URL)

    async def authenticate(token: bytes):
        name, _, scope = token.decode().partition("=")
        member = members.get(name)
        if member is None:
            return None
        scopes = frozenset([scope]) if scope else frozenset({"read", "write"})
        return Caller(member.id, app.id, member.member_id, member.id, scopes)

    render = Render(db, views := AccountViews(db), PostViews(db, views), Viewers(db), public_url=URL)
    edge = build_edge(
        [*statuses.HANDLERS, *statuses_actions.HANDLERS],
        authenticate=authenticate,
        settings=EdgeSettings(rate_limits=False),
        given={
            "db": db,
            "settings": settings,
            "render": render,
            "media_store": MediaStore.local(tmp_path),
            "destinations": Destinations(db),
        },
    )
    return Client(edge)


async def test_publish_and_show(client, people):
    made = await client.post("anna", "hi @bob #tag", visibility="private", spoiler_text="w", language="de")
    assert made["visibility"] == "private"
    assert (made["spoiler_text"], made["sensitive"], made["language"]) == ("w", True, "de")
    assert [one["acct"] for one in made["mentions"]] == ["bob"]
    assert made["application"]["name"] == "Test app"
    assert made["id"].isdigit()
    shown = await client.ask("GET", f"{S}/{made['id']}", "bob")
    assert shown.json["content"] == made["content"]
    source = await client.ask("GET", f"{S}/{made['id']}/source", "anna")
    assert source.json == {"id": made["id"], "text": "hi @bob #tag", "spoiler_text": "w"}
    card = await client.ask("GET", f"{S}/{made['id']}/card", "bob")
    assert card.json == {}


async def test_three_encodings(client):
    raw = urlencode([("status", "form"), ("sensitive", "1"), ("media_ids[]", "")]).encode()
    made = await client.ask("POST", S, "anna", raw=raw, kind="application/x-www-form-urlencoded")
    assert (made.status, made.json["sensitive"]) == (200, True)
    raw = b'--x\r\nContent-Disposition: form-data; name="status"\r\n\r\nmultipart\r\n--x--\r\n'
    made = await client.ask("POST", S, "anna", raw=raw, kind="multipart/form-data; boundary=x")
    assert (made.status, made.json["content"]) == (200, "<p>multipart</p>")


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({}, 422),
        ({"status": ""}, 422),
        ({"status": "x" * 100_000}, 422),
        ({"status": {"a": 1}}, 422),
        ({"status": ["x"]}, 422),
        ({"status": "x", "visibility": "everyone"}, 422),
        ({"status": "x", "visibility": "followers"}, 422),
        ({"status": "x", "language": "xx-nonsense"}, 422),
        ({"status": "x", "in_reply_to_id": "nonsense"}, 404),
        ({"status": "x", "in_reply_to_id": "123"}, 404),
        ({"status": "x", "media_ids": ["1", "2", "3", "4", "5"]}, 422),
        ({"status": "x", "media_ids": ["99"]}, 422),
        ({"status": "x", "scheduled_at": "soon"}, 422),
        ({"status": "", "scheduled_at": "2099-01-01T00:00:00Z"}, 422),
        ({"status": "x", "draft_id": "5"}, 404),
        ({"status": "x", "poll": {"options": ["a", "b"], "expires_in": 30}}, 422),
        ({"status": "x", "quoted_status_id": "5"}, 404),
        ({"status": "x", "quoted_status_id": "nonsense"}, 404),
        ({"status": "x", "quote_approval_policy": "friends"}, 422),
        ({"status": "x", "reply_policy": "friends"}, 422),
    ],
)
async def test_bad_input_is_refused_in_json(client, events, form, status):
    answer = await client.ask("POST", S, "anna", form)
    assert answer.status == status
    assert set(answer.json) == {"error"}
    assert await events() == []


async def test_surrogates_in_json_are_refused(client):
    raw = b'{"status": "\\ud800"}'
    assert (await client.ask("POST", S, "anna", raw=raw, kind="application/json")).status in {400, 422}


async def test_an_idempotency_key_makes_one_post(client, events):
    key = (("Idempotency-Key", "k-1"),)
    answers = await asyncio.gather(*[client.ask("POST", S, "anna", {"status": "once"}, key) for _ in range(6)])
    assert {answer.status for answer in answers} == {200}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert len(await events()) == 1


WRITES = [
    ("POST", "/favourite"),
    ("POST", "/unfavourite"),
    ("POST", "/reblog"),
    ("POST", "/unreblog"),
    ("POST", "/bookmark"),
    ("POST", "/unbookmark"),
    ("POST", "/pin"),
    ("POST", "/unpin"),
    ("POST", "/mute"),
    ("POST", "/unmute"),
    ("DELETE", ""),
    ("PUT", ""),
]
READS = ["", "/context", "/history", "/source", "/card", "/favourited_by", "/reblogged_by"]


async def test_hidden_and_absent_answer_alike(client, events):
    """SC-048, SC-053: 404 with one body, before any action, whatever language the client likes."""
    hidden = (await client.post("anna", visibility="private"))["id"]
    direct = (await client.post("anna", visibility="direct"))["id"]
    seen = len(await events())
    paths = [(method, tail) for method, tail in WRITES] + [("GET", tail) for tail in READS]
    for method, tail in paths:
        form = {"status": "mine now"} if method == "PUT" else None
        answers = {
            (answer.status, answer.body)
            for an_id in (hidden, direct, "12345", "0", "9" * 19)
            for language in ("en", "xx;q=9,'--")
            for answer in [
                await client.ask(method, f"{S}/{an_id}{tail}", "eve", form, (("Accept-Language", language),))
            ]
        }
        assert answers == {(404, b'{"error":"Record not found"}')}, (method, tail, answers)
    assert len(await events()) == seen
    assert (await client.ask("GET", f"{S}?id[]={hidden}&id[]={direct}", "eve")).json == []


@pytest.mark.parametrize(("method", "tail"), WRITES)
async def test_writes_need_their_scope(client, method, tail):
    post = (await client.post("anna"))["id"]
    assert (await client.ask(method, f"{S}/{post}{tail}")).status == 401
    assert (await client.ask(method, f"{S}/{post}{tail}", "nobody")).status == 401
    assert (await client.ask(method, f"{S}/{post}{tail}", "anna=read")).status == 403


async def test_others_posts_are_not_ones_own(client):
    post = (await client.post("anna"))["id"]
    assert (await client.ask("DELETE", f"{S}/{post}", "eve")).status == 404
    assert (await client.ask("PUT", f"{S}/{post}", "eve", {"status": "x"})).status == 404
    assert (await client.ask("POST", f"{S}/{post}/pin", "eve")).status == 422


async def test_favourite_and_bookmark(client):
    post = (await client.post("anna"))["id"]
    for act, undo, field in (
        ("favourite", "unfavourite", "favourited"),
        ("bookmark", "unbookmark", "bookmarked"),
        ("mute", "unmute", "muted"),
    ):
        for _ in range(2):
            done = (await client.ask("POST", f"{S}/{post}/{act}", "bob")).json
            assert (done["id"], done[field]) == (post, True)
        if act == "favourite":
            assert done["favourites_count"] == 1
        assert (await client.ask("POST", f"{S}/{post}/{undo}", "bob")).json[field] is False
    assert (await client.ask("POST", f"{S}/{post}/pin", "anna")).json["pinned"] is True
    assert (await client.ask("POST", f"{S}/{post}/unpin", "anna")).json["pinned"] is False


async def test_boosts_are_wrappers(client):
    """Client API, pitfall 17."""
    post = (await client.post("anna"))["id"]
    wrapper = (await client.ask("POST", f"{S}/{post}/reblog", "bob", {"visibility": "unlisted"})).json
    assert wrapper["id"] != post
    assert (wrapper["reblog"]["id"], wrapper["visibility"]) == (post, "unlisted")
    assert (wrapper["reblog"]["reblogs_count"], wrapper["reblog"]["reblogged"]) == (1, True)
    assert (await client.ask("POST", f"{S}/{post}/reblog", "bob")).json["id"] == wrapper["id"]
    assert (await client.ask("POST", f"{S}/{wrapper['id']}/favourite", "eve")).json["id"] == post
    undone = (await client.ask("POST", f"{S}/{wrapper['id']}/unreblog", "bob")).json
    assert (undone["id"], undone["reblogged"], undone["reblogs_count"]) == (post, False, 0)
    direct = (await client.post("anna", "@bob", visibility="direct"))["id"]
    assert (await client.ask("POST", f"{S}/{direct}/reblog", "bob")).status == 422


async def test_people_come_in_pages_by_link(client):
    post = (await client.post("anna"))["id"]
    for who in ("anna", "bob", "eve"):
        await client.ask("POST", f"{S}/{post}/favourite", who)
        await client.ask("POST", f"{S}/{post}/reblog", who)
    for tail in ("favourited_by", "reblogged_by"):
        page = await client.ask("GET", f"{S}/{post}/{tail}?limit=2")
        assert [one["username"] for one in page.json] == ["eve", "bob"]
        following = page.headers["link"].split(">")[0].removeprefix(f"<{URL}")
        assert [one["username"] for one in (await client.ask("GET", following)).json] == ["anna"]
        last = await client.ask("GET", f"{S}/{post}/{tail}?max_id=1")
        assert last.json == []
        assert "link" not in last.headers


async def test_context(client):
    first = (await client.post("anna"))["id"]
    second = (await client.post("bob", in_reply_to_id=first))["id"]
    third = (await client.post("anna", in_reply_to_id=second, visibility="private"))["id"]
    whole = (await client.ask("GET", f"{S}/{second}/context", "anna")).json
    assert [[one["id"] for one in whole[part]] for part in ("ancestors", "descendants")] == [[first], [third]]
    assert (await client.ask("GET", f"{S}/{first}/context")).json["descendants"][0]["id"] == second
    assert len((await client.ask("GET", f"{S}/{first}/context")).json["descendants"]) == 1


async def test_edit_and_history(client):
    post = (await client.post("anna", "one"))["id"]
    edited = await client.ask("PUT", f"{S}/{post}", "anna", {"status": "two", "spoiler_text": "w", "sensitive": True})
    assert edited.status == 200
    assert (edited.json["content"], edited.json["edited_at"] is None) == ("<p>two</p>", False)
    versions = (await client.ask("GET", f"{S}/{post}/history")).json
    assert [one["content"] for one in versions] == ["<p>one</p>", "<p>two</p>"]
    assert versions[0]["account"]["username"] == "anna"
    assert versions[0]["created_at"] == edited.json["created_at"]
    assert {"sensitive", "spoiler_text", "media_attachments", "emojis"} <= set(versions[0])
    assert (await client.ask("PUT", f"{S}/{post}", "anna", {"status": ""})).status == 422


async def test_pictures_in_edits_and_history(client, make, people):
    _, members = people
    file = {"path": "a.png", "width": 4, "height": 3, "bytes": 5, "mime": "image/png"}
    files = msgspec.json.encode({"original": file, "small": file}).decode()
    one, theirs = await make.media(members["anna"], files=files), await make.media(members["bob"], files=files)
    assert (await client.ask("POST", S, "anna", {"status": "x", "media_ids": [str(theirs.id)]})).status == 422
    post = await client.post("anna", "", media_ids=[str(one.id)])
    assert [one["id"] for one in post["media_attachments"]] == [str(one.id)]
    words = [{"id": str(one.id), "description": "a cat", "focus": "0.5,-0.5"}]
    form = {"status": "", "media_ids": [str(one.id)], "media_attributes": words}
    edited = await client.ask("PUT", f"{S}/{post['id']}", "anna", form)
    assert edited.json["media_attachments"][0]["description"] == "a cat"
    form["media_attributes"] = [{"id": str(one.id), "focus": "2,nonsense"}]
    assert (await client.ask("PUT", f"{S}/{post['id']}", "anna", form)).status == 422
    await client.ask("PUT", f"{S}/{post['id']}", "anna", {"status": "no picture"})
    versions = (await client.ask("GET", f"{S}/{post['id']}/history")).json
    assert [[then["description"] for then in one["media_attachments"]] for one in versions] == [[None], ["a cat"], []]


async def test_delete_with_its_media(client, make, people, db):
    _, members = people
    pictures = [await make.media(members["anna"], files=FILES) for _ in range(3)]
    for query, kept in (("", True), ("?delete_media=false", True), ("?delete_media=true", False)):
        ids = [str(one.id) for one in pictures[:2]]
        post = await client.post("anna", "x", media_ids=ids)
        # The second only in an earlier version.
        await client.ask("PUT", f"{S}/{post['id']}", "anna", {"status": "y", "media_ids": ids[:1]})
        gone = await client.ask("DELETE", f"{S}/{post['id']}{query}", "anna")
        assert (gone.status, len(gone.json["media_attachments"])) == (200, 1)
        left = await media.find(db, [one.id for one in pictures])
        assert len(left) == (3 if kept else 1)
        assert all(one.post_id is None for one in left.values())


async def test_delete_gives_the_text_back(client):
    post = (await client.post("anna", "text <as> written"))["id"]
    gone = await client.ask("DELETE", f"{S}/{post}", "anna")
    assert (gone.status, gone.json["text"], gone.json["id"]) == (200, "text <as> written", post)
    assert (await client.ask("GET", f"{S}/{post}", "anna")).status == 404
    assert (await client.ask("DELETE", f"{S}/{post}", "anna")).status == 404


async def test_several_at_once(client):
    made = [(await client.post("anna", f"{n}"))["id"] for n in range(3)]
    query = "&".join(f"id[]={one}" for one in (made[2], made[0], "77", "nonsense"))
    assert [one["id"] for one in (await client.ask("GET", f"{S}?{query}")).json] == [made[2], made[0]]
    assert (await client.ask("GET", S)).json == []
