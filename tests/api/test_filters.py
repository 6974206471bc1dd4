"""Filters through whole requests, and what Status says of them."""

from __future__ import annotations

import re

import msgspec
import pytest

from api.readers import Readers
from dunnock.foundation.clock import now_ms

V1, V2 = "/api/v1/filters", "/api/v2/filters"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
ALL = ["home", "notifications", "public", "thread", "account"]


@pytest.fixture
async def people(db):
    return Readers(db)


@pytest.mark.both_engines
async def test_make_show_change_delete(people, make):
    me, other = await make.member(), await make.member()
    made = (await people.ask("POST", V2, me, json={"title": "Birds", "context": ["home"]})).json
    assert made == {
        "id": made["id"], "title": "Birds", "context": ["home"], "expires_at": None, "filter_action": "warn",
        "keywords": [], "statuses": [],
    }  # fmt: skip
    second = (
        await people.ask(
            "POST", V2, me,
            json={
                "title": "Cats", "context": ALL, "filter_action": "blur", "expires_in": 3600,
                "keywords_attributes": [{"keyword": "cat"}, {"keyword": "kit", "whole_word": False}, {"keyword": ""}],
            },
        )
    ).json  # fmt: skip
    assert TIME.fullmatch(second["expires_at"])
    words = second["keywords"]
    assert second | {"expires_at": None} == {
        "id": second["id"], "title": "Cats", "context": ALL, "expires_at": None, "filter_action": "blur",
        "keywords": [
            {"id": words[0]["id"], "keyword": "cat", "whole_word": True},
            {"id": words[1]["id"], "keyword": "kit", "whole_word": False},
        ],
        "statuses": [],
    }  # fmt: skip
    assert await people.get(V2, me) == [made, second]
    assert await people.get(V2, other) == []
    for method in ("PUT", "PATCH"):
        answer = await people.ask(method, f"{V2}/{made['id']}", me, form={"title": method, "context[]": "public"})
        assert answer.json == made | {"title": method, "context": ["public"]}
    assert await people.get(f"{V2}/{second['id']}", me) == second
    answer = await people.ask("PUT", f"{V2}/{second['id']}", me, json={"expires_in": None})
    assert answer.json == second | {"expires_at": None}
    answer = await people.ask("DELETE", f"{V2}/{made['id']}", me)
    assert (answer.status, answer.json) == (200, {})
    assert (await people.ask("GET", f"{V2}/{made['id']}", me)).status == 404


def nested(kind: str, pairs: list[tuple[str, str]]) -> dict:
    """The same parameters in another encoding."""
    if kind == "multipart":
        parts = "".join(
            f'--b\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in pairs
        )
        return {"raw": f"{parts}--b--\r\n".encode(), "kind": "multipart/form-data; boundary=b"}
    return {"form": pairs}


@pytest.mark.parametrize("kind", ["json", "form", "multipart", "numbered"])
async def test_keywords_change_with_their_filter_in_every_encoding(people, make, kind):
    me = await make.member()
    made = (
        await people.ask(
            "POST", V2, me,
            json={"title": "a", "context": ["home"], "keywords_attributes": [{"keyword": k} for k in ("x", "y", "z")]},
        )
    ).json  # fmt: skip
    x, y, z = [one["id"] for one in made["keywords"]]
    if kind == "json":
        changes = [
            {"id": x, "keyword": "changed"},
            {"id": y, "_destroy": True},
            {"id": z},
            {"keyword": "new", "whole_word": False},
        ]
        given = {"json": {"keywords_attributes": changes}}
    else:
        rows = [
            [("id", x), ("keyword", "changed")],
            [("id", y), ("_destroy", "1")],
            [("id", z), ("keyword", "z"), ("_destroy", "false")],
            [("keyword", "new"), ("whole_word", "false")],
        ]
        numbered = kind == "numbered"
        given = nested(
            kind,
            [
                (f"keywords_attributes[{number if numbered else ''}][{name}]", value)
                for number, row in enumerate(rows)
                for name, value in row
            ],
        )
    answer = await people.ask("PUT", f"{V2}/{made['id']}", me, **given)
    assert answer.status == 200, answer
    assert [(one["keyword"], one["whole_word"]) for one in answer.json["keywords"]] == [
        ("changed", True), ("z", True), ("new", False),
    ]  # fmt: skip
    assert [one["id"] for one in answer.json["keywords"]][:2] == [x, z]


async def test_refusals(people, make):
    """SC-087: every stored text has a limit."""
    me, other = await make.member(), await make.member()
    made = await people.post(V2, me, title="mine", **{"context[]": "home", "keywords_attributes[][keyword]": "cat"})
    one, word = f"{V2}/{made['id']}", made["keywords"][0]["id"]
    bad_context = "Validation failed: Context None or invalid context supplied"
    for method, path, form, status, says in (
        ("POST", V2, {"context": ["home"]}, 422, "Validation failed: Title can't be blank"),
        ("POST", V2, {"title": "x"}, 422,
         "Validation failed: Context can't be blank, Context None or invalid context supplied"),
        ("POST", V2, {"title": "x", "context": ["nowhere"]}, 422, bad_context),
        ("POST", V2, {"title": "x", "context": ["home"], "filter_action": "burn"}, 422,
         "Validation failed: Filter action is not included in the list"),
        ("POST", V2, {"title": "x" * 257, "context": ["home"]}, 422,
         "Validation failed: Title is too long (maximum is 256 characters)"),
        ("POST", V2, {"title": "x", "context": ["home"], "keywords_attributes": [{"keyword": "x" * 513}]}, 422,
         "Validation failed: Keyword is too long (maximum is 512 characters)"),
        ("PUT", one, {"title": ""}, 422, "Validation failed: Title can't be blank"),
        ("PUT", one, {"keywords_attributes": [{"id": "1", "keyword": "x"}]}, 404, "Record not found"),
        ("PUT", one, {"keywords_attributes": [{"id": "nonsense"}]}, 404, "Record not found"),
        ("POST", f"{one}/keywords", {"keyword": " "}, 422, "Validation failed: Keyword can't be blank"),
        ("POST", f"{one}/keywords", {}, 422, "Validation failed: Keyword can't be blank"),
        ("PUT", f"{V2}/keywords/{word}", {"keyword": ""}, 422, "Validation failed: Keyword can't be blank"),
        ("POST", f"{one}/statuses", {"status_id": "1"}, 422, "Validation failed: Status must exist"),
        ("POST", f"{one}/statuses", {}, 422, "Validation failed: Status must exist"),
        ("GET", f"{V2}/1", None, 404, "Record not found"),
        ("GET", f"{V2}/keywords/1", None, 404, "Record not found"),
        ("GET", f"{V2}/statuses/1", None, 404, "Record not found"),
        ("GET", f"{V1}/1", None, 404, "Record not found"),
        ("POST", V1, {"phrase": "x"}, 422,
         "Validation failed: Context can't be blank, Context None or invalid context supplied"),
        ("POST", V1, {"context": ["home"]}, 422, "Validation failed: Phrase can't be blank"),
        ("PUT", f"{V1}/{word}", {"phrase": " "}, 422, "Validation failed: Phrase can't be blank"),
    ):  # fmt: skip
        answer = await people.ask(method, path, me, json=form)
        assert (answer.status, answer.json) == (status, {"error": says}), (method, path, form)
    assert await people.get(V2, me) == [made]
    for method, path in (
        ("GET", one), ("PUT", one), ("DELETE", one), ("GET", f"{one}/keywords"), ("POST", f"{one}/keywords"),
        ("GET", f"{V2}/keywords/{word}"), ("PUT", f"{V2}/keywords/{word}"), ("DELETE", f"{V2}/keywords/{word}"),
        ("GET", f"{one}/statuses"), ("POST", f"{one}/statuses"), ("GET", f"{V1}/{word}"), ("DELETE", f"{V1}/{word}"),
    ):  # fmt: skip
        body = None if method in ("GET", "DELETE") else {"keyword": "x", "title": "x", "status_id": "1"}
        assert (await people.ask(method, path, other, json=body)).status == 404, (method, path)
    assert (await people.ask("GET", V2, me, "read:statuses")).status == 403
    assert (await people.ask("POST", V2, me, "read", json={"title": "x"})).status == 403
    assert (await people.ask("GET", V2)).status == 401


@pytest.mark.both_engines
async def test_keywords_and_statuses_one_by_one(people, make):
    me, other = await make.member(), await make.member()
    made = await people.post(V2, me, title="a", **{"context[]": "home"})
    at = f"{V2}/{made['id']}"
    word = await people.post(f"{at}/keywords", me, keyword="cat", whole_word="false")
    assert word == {"id": word["id"], "keyword": "cat", "whole_word": False}
    assert await people.get(f"{at}/keywords", me) == [word]
    for method in ("PUT", "PATCH"):
        answer = await people.ask(method, f"{V2}/keywords/{word['id']}", me, form={"keyword": method})
        assert answer.json == word | {"keyword": method}
    assert (await people.get(f"{V2}/keywords/{word['id']}", me))["keyword"] == "PATCH"
    post = await make.post(other)
    status = await people.post(f"{at}/statuses", me, status_id=post.id)
    assert status == {"id": status["id"], "status_id": str(post.id)}
    answer = await people.ask("POST", f"{at}/statuses", me, form={"status_id": post.id})
    assert (answer.status, answer.json) == (422, {"error": "Validation failed: Status has already been taken"})
    assert await people.get(f"{at}/statuses", me) == [status]
    assert await people.get(f"{V2}/statuses/{status['id']}", me) == status
    shown = await people.get(at, me)
    assert (len(shown["keywords"]), shown["statuses"]) == (1, [status])
    for path in (f"{V2}/keywords/{word['id']}", f"{V2}/statuses/{status['id']}"):
        answer = await people.ask("DELETE", path, me)
        assert (answer.status, answer.json) == (200, {})
        assert (await people.ask("GET", path, me)).status == 404
    assert await people.get(V2, me) == [made]


@pytest.mark.both_engines
async def test_as_before_mastodon_4(people, make):
    me = await make.member()
    made = await people.post(V1, me, phrase="cat", **{"context[]": "home"})
    assert made == {
        "id": made["id"], "phrase": "cat", "context": ["home"], "expires_at": None, "irreversible": False,
        "whole_word": False,
    }  # fmt: skip
    assert await people.get(V1, me) == [made]
    (group,) = await people.get(V2, me)
    assert (group["title"], group["filter_action"]) == ("cat", "warn")
    assert group["keywords"] == [{"id": made["id"], "keyword": "cat", "whole_word": False}]
    for method in ("PUT", "PATCH"):
        answer = await people.ask(
            method, f"{V1}/{made['id']}", me,
            json={"phrase": "dog", "context": ["public"], "irreversible": True, "whole_word": False, "expires_in": 60},
        )  # fmt: skip
        assert answer.json | {"expires_at": None} == made | {
            "phrase": "dog", "context": ["public"], "irreversible": True, "whole_word": False,
        }  # fmt: skip
        assert TIME.fullmatch(answer.json["expires_at"])
    (group,) = await people.get(V2, me)
    assert (group["title"], group["filter_action"]) == ("dog", "hide")
    await people.post(f"{V2}/{group['id']}/keywords", me, keyword="bird")
    answer = await people.ask("PUT", f"{V1}/{made['id']}", me, json={"phrase": "dog", "irreversible": False})
    assert answer.status == 422
    assert answer.json["error"].startswith("These parameters cannot be changed from this application")
    assert [one["phrase"] for one in await people.get(V1, me)] == ["dog", "bird"]
    for one in await people.get(V1, me):
        answer = await people.ask("DELETE", f"{V1}/{one['id']}", me)
        assert (answer.status, answer.json) == (200, {})
    assert await people.get(V2, me) == []


async def filtered(people, viewer, *ids):
    raw = await people.render.statuses(ids, viewer.id)
    return [one["filtered"] for one in msgspec.json.decode(raw)]


async def test_what_status_says(people, make):
    me, other = await make.member(), await make.member()
    mine = await make.post(me, "my cat")
    post = await make.post(other, "Cats! A Cat.")
    boost = await make.boost(other, post)
    mine_boosted = await make.boost(other, mine)
    ids = (post.id, boost.id, mine.id, mine_boosted.id)
    assert await filtered(people, me, *ids) == [[], [], [], []]
    made = await people.post(V2, me, title="t", expires_in=60, **{"context[]": "home"})
    await people.post(f"{V2}/{made['id']}/keywords", me, keyword="cat")
    group = {key: made[key] for key in ("id", "title", "context", "expires_at", "filter_action")}
    result = {"filter": group, "keyword_matches": ["Cat"], "status_matches": None}
    assert await filtered(people, me, *ids) == [[result], [result], [], []]
    whole = msgspec.json.decode(await people.render.status(boost.id, me.id))
    assert whole["filtered"] == whole["reblog"]["filtered"] == [result]
    assert (whole["favourited"], whole["content"]) == (False, "<p>Cats! A Cat.</p>")
    assert await filtered(people, other, post.id) == [[]]
    assert "filtered" not in msgspec.json.decode(await people.render.status(post.id, None))
    # A post, or one boost of it alone.
    await people.post(f"{V2}/{made['id']}/statuses", me, status_id=boost.id)
    hit = result | {"status_matches": [str(boost.id)]}
    assert await filtered(people, me, *ids) == [[result | {"status_matches": []}], [hit], [], []]
    second = await people.post(V2, me, title="u", filter_action="hide", **{"context[]": "public"})
    await people.post(f"{V2}/{second['id']}/statuses", me, status_id=post.id)
    found = await filtered(people, me, post.id)
    assert [(one["filter"]["filter_action"], one["keyword_matches"], one["status_matches"]) for one in found[0]] == [
        ("warn", ["Cat"], []), ("hide", None, [str(post.id)]),
    ]  # fmt: skip


async def test_a_filter_stops_when_its_time_is_over(people, make, monkeypatch):
    me, other = await make.member(), await make.member()
    post = await make.post(other, "a cat")
    await people.post(
        V2, me, title="t", expires_in=60, **{"context[]": "home", "keywords_attributes[][keyword]": "cat"}
    )
    assert len((await filtered(people, me, post.id))[0]) == 1
    later = now_ms() + 60_001
    monkeypatch.setattr("dunnock.filters.views.now_ms", lambda: later)
    assert await filtered(people, me, post.id) == [[]]
    assert len(await people.get(V2, me)) == 1
    await people.post(
        V2, me, title="over", expires_in=0, **{"context[]": "home", "keywords_attributes[][keyword]": "a"}
    )
    assert await filtered(people, me, post.id) == [[]]
