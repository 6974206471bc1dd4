"""What clients of every kind rely on: encodings of bodies, Link headers, CORS, errors."""

from __future__ import annotations

import json
import re

import pytest
import requests

from stories.pictures import picture
from stories.running import Server

STATUSES = "/api/v1/statuses"
CREDENTIALS = "/api/v1/accounts/update_credentials"


def says_error(answer: requests.Response, status: int) -> None:
    """The answer is an error as clients read it: JSON, and readable from any page."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    assert isinstance(answer.json()["error"], str)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert "Link" in answer.headers["access-control-expose-headers"]


@pytest.mark.parametrize("encoding", ["json", "urlencoded", "multipart"])
def test_a_post_in_each_encoding(small_server, encoding):
    ann = small_server.join("ann")
    media = []
    for path in ("/api/v1/media", "/api/v2/media"):
        file = {"file": ("a.png", picture(), "image/png")}
        sent = ann.call("POST", path, files=file, data={"description": "grey", "focus": "0.1,0.2"})
        assert sent.status_code in {200, 202}, sent.text
        media.append(sent.json()["id"])
    pairs = [("status", "été ☀"), ("visibility", "unlisted"), ("sensitive", "true"), ("language", "fr")]
    pairs += [("media_ids[]", one) for one in media]
    body = {
        "json": {"json": dict(pairs[:4]) | {"sensitive": True, "media_ids": media}},
        "urlencoded": {"data": pairs},
        "multipart": {"files": [(name, (None, value)) for name, value in pairs]},
    }[encoding]
    answer = ann.call("POST", STATUSES, **body)
    assert answer.status_code == 200, answer.text
    post = answer.json()
    assert (post["visibility"], post["sensitive"], post["language"]) == ("unlisted", True, "fr")
    assert "été ☀" in post["content"]
    assert [one["id"] for one in post["media_attachments"]] == media
    assert [one["meta"]["focus"] for one in post["media_attachments"]] == [{"x": 0.1, "y": 0.2}] * 2
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", post["created_at"])


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
@pytest.mark.parametrize("encoding", ["json", "urlencoded", "multipart", "by number"])
def test_a_profile_in_each_encoding(small_server, encoding, method):
    ann = small_server.join("ann")
    fields = [("One", "first"), ("Two", "second")]
    pairs = [("display_name", "Änne"), ("bot", "1"), ("source[privacy]", "private"), ("source[sensitive]", "on")]
    parts = [
        (number, *part) for number, pair in enumerate(fields) for part in zip(("name", "value"), pair, strict=True)
    ]
    nested = [(f"fields_attributes[][{key}]", value) for _, key, value in parts]
    numbered = [(f"fields_attributes[{number}][{key}]", value) for number, key, value in parts]
    avatar = ("avatar", ("a.png", picture(), "image/png"))
    body = {
        "json": {
            "json": {
                "display_name": "Änne", "bot": True, "source": {"privacy": "private", "sensitive": True},
                "fields_attributes": [{"name": name, "value": value} for name, value in fields],
            }
        },
        "urlencoded": {"data": pairs + nested},
        "multipart": {"files": [*((name, (None, value)) for name, value in pairs + nested), avatar]},
        "by number": {"data": pairs + numbered},
    }[encoding]  # fmt: skip
    answer = ann.call(method, CREDENTIALS, **body)
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    assert (changed["display_name"], changed["bot"]) == ("Änne", True)
    assert (changed["source"]["privacy"], changed["source"]["sensitive"]) == ("private", True)
    assert [(one["name"], one["value"]) for one in changed["source"]["fields"]] == fields


def test_a_single_id_where_several_are_meant(small_server):
    ann, bob = small_server.join("ann"), small_server.join("bob")
    for query in (f"id={bob.id}", f"id[]={bob.id}", f"id%5B%5D={bob.id}"):
        answer = ann.call("GET", f"/api/v1/accounts/relationships?{query}")
        assert [one["id"] for one in answer.json()] == [bob.id], query


def test_a_delete_with_a_body_or_a_query(small_server):
    ann, bob = small_server.join("ann"), small_server.join("bob")
    ann.api.account_follow(bob.id)
    shelf = ann.api.list_create("Shelf").id
    path = f"/api/v1/lists/{shelf}/accounts"
    member = {"account_ids[]": bob.id}
    for given in ({"json": {"account_ids": [bob.id]}}, {"data": member}, {"params": member}):
        assert ann.call("POST", path, json={"account_ids": [bob.id]}).status_code == 200
        assert [one["id"] for one in ann.call("GET", path).json()] == [bob.id]
        assert ann.call("DELETE", path, **given).status_code == 200, given
        assert ann.call("GET", path).json() == []
    for given in ({"json": {"domain": "bad.example"}}, {"params": {"domain": "bad.example"}}):
        ann.call("POST", "/api/v1/domain_blocks", data={"domain": "bad.example"})
        assert ann.call("DELETE", "/api/v1/domain_blocks", **given).status_code == 200, given
        assert ann.call("GET", "/api/v1/domain_blocks").json() == []


def test_links_lead_through_a_list_and_keep_what_was_asked(small_server):
    ann = small_server.join("ann")
    posts = [ann.call("POST", STATUSES, data={"status": f"{number}"}).json()["id"] for number in range(7)][::-1]
    ann.call("POST", STATUSES, data={"status": "a reply", "in_reply_to_id": posts[0], "visibility": "direct"})
    answer = small_server.call("GET", f"/api/v1/accounts/{ann.id}/statuses?limit=3&exclude_replies=true")
    seen = []
    while answer.json():
        seen += [one["id"] for one in answer.json()]
        link = answer.links
        assert link["prev"]["url"].startswith(small_server.url)
        assert "min_id=" in link["prev"]["url"]
        if "next" not in link:
            break
        assert {"limit=3", "exclude_replies=true"} <= set(link["next"]["url"].partition("?")[2].split("&"))
        answer = requests.get(link["next"]["url"], timeout=20)
    assert seen == posts
    empty = small_server.call("GET", f"/api/v1/accounts/{ann.id}/statuses?max_id={posts[-1]}")
    assert empty.json() == []
    assert "next" not in empty.links
    for path in ("followers", "following"):
        answer = small_server.call("GET", f"/api/v1/accounts/{ann.id}/{path}?limit=9999")
        assert answer.status_code == 200


def test_errors_are_json_and_readable_everywhere(small_server):
    ann, bob = small_server.join("ann"), small_server.join("bob")
    post = ann.call("POST", STATUSES, data={"status": "mine"}).json()["id"]
    call = small_server.call
    says_error(call("GET", "/api/v1/timelines/home"), 401)
    says_error(call("GET", "/api/v1/timelines/home", "forged"), 401)
    says_error(call("GET", "/api/v1/timelines/public", "forged"), 401)
    says_error(call("POST", STATUSES, small_server.app_token, data={"status": "no member"}), 422)
    reader = small_server.dunnock("members", "token", ann.name, "--scopes", "read").split()[-1]
    says_error(call("POST", STATUSES, reader, data={"status": "may not"}), 403)
    says_error(call("GET", "/api/v1/statuses/1"), 404)
    says_error(call("GET", "/api/v1/statuses/words"), 404)
    says_error(call("GET", "/api/v1/no/such/thing"), 404)
    says_error(bob.call("DELETE", f"{STATUSES}/{post}"), 404)
    says_error(bob.call("PUT", f"{STATUSES}/{post}", data={"status": "theirs"}), 404)
    says_error(ann.call("POST", STATUSES), 422)
    says_error(ann.call("POST", STATUSES, data={"status": "x" * 501}), 422)
    says_error(ann.call("POST", STATUSES, data={"status": "x" * 100_000}), 422)
    says_error(ann.call("POST", STATUSES, data={"status": "x", "visibility": "everybody"}), 422)
    says_error(ann.call("POST", STATUSES, json={"status": "x", "media_ids": ["1"]}), 422)
    says_error(ann.call("POST", STATUSES, json={"status": "x", "in_reply_to_id": "1"}), 404)
    says_error(ann.call("POST", "/api/v2/media"), 422)
    says_error(ann.call("POST", "/api/v2/media", files={"file": ("a.png", b"no picture", "image/png")}), 422)
    says_error(ann.call("POST", "/api/v2/media", files={"file": ("a.png", b"\0" * (17 << 20), "image/png")}), 413)
    says_error(ann.call("POST", STATUSES, data=b"x" * (3 << 20), headers={"Content-Type": "application/json"}), 413)
    a_json, a_form = "application/json", "multipart/form-data; boundary=x"
    for body, kind in ((b"{broken", a_json), (b"\xff\xfe", a_json), (b"--x", a_form)):
        answer = ann.call("POST", STATUSES, data=body, headers={"Content-Type": kind})
        assert answer.status_code in {400, 422}, kind
        says_error(answer, answer.status_code)
    bad = {"username": "bad name", "email": "x", "password": "y"}
    answer = call("POST", "/api/v1/accounts", small_server.app_token, data=bad)
    says_error(answer, 422)
    assert {"username", "email", "password"} <= set(answer.json()["details"])
    assert json.loads(call("POST", "/oauth/token", data={"grant_type": "password"}).text)["error"]
    assert call("GET", f"/api/v1/accounts/{ann.id}").json()["statuses_count"] == 1  # nothing was half made


def test_pages_elsewhere_may_ask(small_server):
    asked = {
        "Origin": "https://elk.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, idempotency-key, content-type",
    }
    for path in (STATUSES, "/oauth/token", "/oauth/revoke", "/.well-known/webfinger", "/nodeinfo/2.0"):
        answer = small_server.call("OPTIONS", path, headers=asked)
        assert answer.status_code in {200, 204}, path
        assert answer.headers["access-control-allow-origin"] == "*", path
        allowed = answer.headers["access-control-allow-headers"].lower()
        assert allowed == "*" or {"authorization", "idempotency-key", "content-type"} <= set(
            re.split(r",\s*", allowed)
        ), path
    assert (
        "access-control-allow-origin"
        not in small_server.call("GET", "/auth/sign_in", headers={"Origin": "https://elk.example"}).headers
    )


def test_limits_are_told(own_server):
    server: Server = own_server(DUNNOCK_SIGN_UP="open", DUNNOCK_DEV="0")
    answer = None
    for _ in range(400):
        answer = server.call(
            "POST", "/api/v1/apps", data={"client_name": "x", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob"}
        )
        if answer.status_code != 200:
            break
    says_error(answer, 429)
    assert re.match(r"\d{4}-\d\d-\d\dT", answer.headers["X-RateLimit-Reset"])
