"""Whole requests through the demo app: bodies, queries, refusals, CORS, the lane."""

from __future__ import annotations

import re

import msgspec
import pytest

from api.kit.demo import HANDLERS, app, authenticate, demo
from api.kit.driver import Answer, call
from dunnock.api.kit import EdgeSettings, Limits, ScopeUndeclared, build_edge

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
MULTI = "multipart/form-data; boundary=bb"


def multipart(*parts: tuple[str, str | bytes, str | None]) -> bytes:
    out = b""
    for name, value, filename in parts:
        data = value if isinstance(value, bytes) else value.encode()
        extra = f'; filename="{filename}"\r\nContent-Type: image/png' if filename is not None else ""
        out += f'--bb\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n'.encode() + data + b"\r\n"
    return out + b"--bb--\r\n"


async def publish(body: bytes, kind: str, query: str = "") -> Answer:
    return await call(app, "POST", "/api/v1/statuses" + query, body, kind=kind, token="anna")


async def test_three_encodings_say_the_same():
    wanted = {
        "status": "hé + you",
        "media_ids": [3, 4],
        "sensitive": True,
        "poll": {"options": ["a", "b"], "expires_in": 60, "multiple": False},
        "in_reply_to_id": None,
    }
    as_json = {
        "status": "hé + you",
        "media_ids": ["3", 4],
        "sensitive": 1,
        "unknown": [],
        "poll": {"options": ["a", "b"], "expires_in": "60", "multiple": "0"},
        "in_reply_to_id": "",
    }
    answers = [
        await publish(msgspec.json.encode(as_json), JSON),
        await publish(
            b"status=h%C3%A9+%2B+you&media_ids[]=3&media_ids%5B%5D=4&sensitive=on&poll[options][]=a&poll[options][]=b"
            b"&poll[expires_in]=60&poll[multiple]=false&in_reply_to_id=",
            FORM,
        ),
        await publish(
            multipart(
                ("status", "hé + you", None),
                ("media_ids[0]", "3", None),
                ("media_ids[1]", "4", None),
                ("sensitive", "true", None),
                ("poll[options][]", "a", None),
                ("poll[options][]", "b", None),
                ("poll[expires_in]", "60", None),
            ),
            MULTI,
        ),
        await publish(
            b"media_ids[]=3&media_ids[]=4&poll[options][]=a&poll[options][]=b&poll[expires_in]=60",
            FORM,
            "?status=h%C3%A9+%2B+you&sensitive=1&media_ids[]=99",
        ),
    ]
    for answer in answers:
        assert answer.status == 200, answer.body
        assert answer.json["form"] == wanted
        assert answer.json["unset"] is True


async def test_texts_of_booleans():
    """False for the documented words, whatever their case (Python writes `False`); true for all others, as in Rails."""
    for said, meant in (
        *((text, False) for text in ("0", "f", "F", "false", "False", "FALSE", "off", "OFF")),
        *((text, True) for text in ("1", "t", "true", "on", "yes", "no")),
    ):
        answer = await publish(b"status=x&sensitive=" + said.encode(), FORM)
        assert answer.json["form"]["sensitive"] is meant, said


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (b"", FORM, []),
        (b"", "", []),
        (b"{}", JSON, []),
        (b"null", JSON, []),
        (b"media_ids=7", FORM, [7]),
        (b'{"media_ids":"7"}', JSON, [7]),
        (b'{"media_ids":{"1":"8","0":"7","-99999999999999999999999":"9"}}', JSON, [8, 7, 9]),
        (b"media_ids[]=", FORM, []),
        (b'{"media_ids":null}', JSON, []),
        (b"media_ids[10]=9&media_ids[9]=8", FORM, [9, 8]),
    ],
)
async def test_lists_come_in_many_ways(body, kind, expected):
    assert (await publish(body, kind)).json["form"]["media_ids"] == expected


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", JSON, 400),
        (b"[1]", JSON, 400),
        (b'{"status":"\xff"}', JSON, 400),
        (b'{"a":' + b"[" * 50 + b"]" * 50 + b"}", JSON, 400),
        (b"[" * 500_000, JSON, 400),
        (b"status=%ff", FORM, 400),
        (b"a[b][c][d][e][f][g][h][i][j]=1", FORM, 400),
        (b"&".join([b"a=1"] * 1001), FORM, 400),
        (b"a=1&a[b]=2", FORM, 400),
        (b"status=x%00y", FORM, 422),
        (b'{"status":"\\u0000"}', JSON, 422),
        (b"in_reply_to_id=abc", FORM, 404),
        (b"in_reply_to_id=99999999999999999999", FORM, 404),
        (b'{"in_reply_to_id":-1}', JSON, 404),
        (b'{"status":{"a":1}}', JSON, 422),
        (b'{"poll":"x"}', JSON, 422),
        (b"poll[expires_in]=soon", FORM, 422),
        (b"poll[expires_in]=9223372036854775808", FORM, 422),
        (b'{"poll":{"expires_in":123456789012345678901234567890}}', JSON, 422),
        (b"poll[expires_in]=" + b"9" * 5000, FORM, 422),
        (b"hello", "text/plain", 415),
        (b"hello", "", 415),
        (b"--bb\r\nnonsense", MULTI, 400),
        (b"--bb", MULTI, 400),
        (b"x", "multipart/form-data", 400),
        (multipart(("status", b"\xff", None)), MULTI, 400),
        (multipart(("status", "x", None))[:-10], MULTI, 400),
        (multipart(*[("a", "b", None)] * 1001), MULTI, 400),
        (multipart(("status", b"x" * 2**20 + b"y", None)), MULTI, 413),
        (b"status=" + b"x" * 2**20, FORM, 413),
        (multipart(*[("a", b"x", "f")] * 9), MULTI, 400),
    ],
)
async def test_broken_bodies_are_refused_in_json(body, kind, status):
    answer = await publish(body, kind)
    assert answer.status == status, answer.body
    assert list(answer.json) == ["error"]
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_framing_that_two_servers_could_read_differently_is_refused():
    for headers in (
        (("content-length", "3"), ("content-length", "4")),
        (("content-length", "-3"),),
        (("content-type", FORM),) * 2,
    ):
        assert (await call(app, "POST", "/api/v1/statuses", b"a=1", token="anna", headers=headers)).status == 400
    gzip = (("content-encoding", "gzip"), ("content-type", JSON))
    assert (await call(app, "POST", "/api/v1/statuses", b"a=1", token="anna", headers=gzip)).status == 415
    announced = (("content-length", str(2**21)), ("content-type", JSON))
    assert (await call(app, "POST", "/api/v1/statuses", b"{}", token="anna", headers=announced)).status == 413


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_profile_with_picture_and_rows(method, tmp_path):
    app = demo(EdgeSettings(rate_limits=False, limits=Limits(spool=tmp_path, upload_bytes=300_000)))
    body = multipart(
        ("fields_attributes[][name]", "a", None),
        ("fields_attributes[][value]", "1", None),
        ("fields_attributes[][name]", "b", None),
        ("avatar", b"\x89PNG" * 50_000, "me.png"),
        ("source[privacy]", "private", None),
        ("locked", "0", None),
    )
    answer = await call(app, method, "/api/v1/profile", body, kind=MULTI, token="anna", chunk=65536)
    assert answer.json["form"] == {
        "locked": False,
        "avatar": None,
        "fields_attributes": [{"name": "a", "value": "1"}, {"name": "b", "value": ""}],
        "source": {"privacy": "private", "sensitive": None},
    }
    avatar = answer.json["avatar"]
    assert (avatar["there"], avatar["filename"], avatar["size"], avatar["type"]) == (
        True,
        "me.png",
        200_000,
        "image/png",
    )
    assert list(tmp_path.iterdir()) == []
    big = multipart(("avatar", b"x" * 300_001, "me.png"))
    assert (await call(app, method, "/api/v1/profile", big, kind=MULTI, token="anna")).status == 413
    boom = multipart(("avatar", b"x", "boom.png"))
    assert (await call(app, method, "/api/v1/profile", boom, kind=MULTI, token="anna")).status == 500
    cut = multipart(("avatar", b"x" * 1000, "me.png"))[:-20]
    assert (await call(app, method, "/api/v1/profile", cut, kind=MULTI, token="anna")).status == 400
    assert list(tmp_path.iterdir()) == []


async def test_an_upload_cannot_be_forged_from_json():
    body = b'{"avatar":{"path":"/etc/passwd","filename":"a","size":1,"claimed_type":"x"}}'
    answer = await call(app, "PATCH", "/api/v1/profile", body, kind=JSON, token="anna")
    assert (answer.status, answer.json["avatar"]) == (200, None)


async def test_a_file_may_come_as_a_data_url(tmp_path):
    app = demo(EdgeSettings(rate_limits=False, limits=Limits(spool=tmp_path)))
    body = msgspec.json.encode({"avatar": "data:image/png;base64,iVBORw=="})
    answer = await call(app, "PATCH", "/api/v1/profile", body, kind=JSON, token="anna")
    avatar = answer.json["avatar"]
    assert (avatar["there"], avatar["filename"], avatar["size"], avatar["type"]) == (True, "", 4, "image/png")
    as_form = b"avatar=data%3Aimage%2Fgif%3Bcharset%3Dx%3Bbase64%2CR0lG"
    answer = await call(app, "PATCH", "/api/v1/profile", as_form, kind=FORM, token="anna")
    assert (answer.json["avatar"]["size"], answer.json["avatar"]["type"]) == (3, "image/gif")
    for other in ("data:image/png;base64", "/etc/passwd", "data:,text"):
        body = msgspec.json.encode({"avatar": other})
        assert (await call(app, "PATCH", "/api/v1/profile", body, kind=JSON, token="anna")).json["avatar"] is None
    broken = msgspec.json.encode({"avatar": "data:image/png;base64,%%%"})
    assert (await call(app, "PATCH", "/api/v1/profile", broken, kind=JSON, token="anna")).status == 400
    assert list(tmp_path.iterdir()) == []


async def test_a_stranger_uploads_nothing(tmp_path):
    app = demo(EdgeSettings(limits=Limits(spool=tmp_path / "missing")))
    body = multipart(("avatar", b"x", "me.png"))
    assert (await call(app, "PATCH", "/api/v1/profile", body, kind=MULTI)).status == 401


async def test_delete_takes_a_body_or_a_query():
    for body, kind, query in (
        (b"account_ids[]=1&account_ids[]=2", FORM, ""),
        (b'{"account_ids":["1","2"]}', JSON, ""),
        (b"", None, "?account_ids[]=1&account_ids[]=2"),
    ):
        answer = await call(app, "DELETE", "/api/v1/lists/9/accounts" + query, body, kind=kind, token="anna")
        assert answer.json == {"list": 9, "ids": [1, 2]}
    missing = await call(app, "DELETE", "/api/v1/lists/9/accounts", token="anna")
    assert missing.status == 422


@pytest.mark.parametrize(
    ("query", "limit", "rest"),
    [
        ("", 20, {}),
        ("limit=7", 7, {}),
        ("limit=-7", 7, {}),
        ("limit=900", 40, {}),
        ("limit=zz", 20, {}),
        ("limit=123456789012345678901234567890", 20, {}),
        ("limit=", 20, {}),
        ("max_id=x&min_id=5", 20, {"min_id": 5}),
        ("since_id=99999999999999999999", 20, {}),
        ("local=1", 20, {"local": True}),
        ("id=4", 20, {"id": [4]}),
        ("id[]=4&id[]=no&id[]=5", 20, {"id": [4, 5]}),
        ("types[]=a&types[]=b", 20, {"types": ["a", "b"]}),
        ("types[a][b]=1&limit[]=3", 20, {}),
    ],
)
async def test_queries_forgive(query, limit, rest):
    answer = await call(app, "GET", f"/api/v1/timelines/home?{query}", token="anna")
    assert answer.status == 200, answer.body
    assert answer.json["limit"] == limit
    params = {name: value for name, value in answer.json["params"].items() if value and name != "limit"}
    assert params == rest
    assert answer.headers["link"].startswith("<https://x.test/api/v1/timelines/home?limit=")


@pytest.mark.parametrize(
    ("body", "kind", "given"),
    [
        (b'{"limit": 7, "id": ["4", 5], "types": ["a"]}', JSON, {"limit": 7, "id": [4, 5], "types": ["a"]}),
        (b"limit=7&id[]=4", FORM, {"limit": 7, "id": [4]}),
        (b'{"limit": "zz", "local": true}', "application/json; charset=utf-8", {"local": True}),
        (multipart(("limit", "7", None)), MULTI, {}),  # nobody uploads with a GET
        (b"", JSON, {}),
    ],
)
async def test_a_get_may_say_it_in_a_body(body, kind, given):
    answer = await call(app, "GET", "/api/v1/timelines/home?types=b", body, kind=kind, token="anna")
    assert answer.status == 200, answer.body
    assert {name: value for name, value in answer.json["params"].items() if value} == {"types": ["b"]} | given


async def test_a_broken_body_of_a_get_is_refused():
    answer = await call(app, "GET", "/api/v1/timelines/home", b'{"limit"', kind=JSON, token="anna")
    assert answer.status == 400


@pytest.mark.parametrize(
    ("method", "path", "token", "status", "error"),
    [
        ("GET", "/api/v1/timelines/home", None, 401, "The access token is invalid"),
        ("GET", "/api/v1/timelines/home", "nobody", 401, "The access token is invalid"),
        ("GET", "/api/v1/timelines/home", "app", 422, "This method requires an authenticated user"),
        ("POST", "/api/v1/statuses", "reader", 403, "This action is outside the authorized scopes"),
        ("GET", "/api/v1/statuses/5", "nobody", 401, "The access token is invalid"),
        ("GET", "/api/v1/statuses/5/source", "nobody", 401, "The access token is invalid"),
        ("GET", "/api/v1/statuses/404", None, 404, "Record not found"),
        ("GET", "/api/v1/statuses/404/source", None, 404, "Record not found"),
        ("GET", "/api/v1/statuses/x/source", None, 404, "Record not found"),
        ("GET", "/api/v1/statuses/-5/source", None, 404, "Record not found"),
        ("GET", "/api/v1/statuses/99999999999999999999/source", None, 404, "Record not found"),
        ("GET", "/api/v1/statuses/99999999999999999999", None, 404, "Not Found"),  # the demo has it in the lane only
        ("GET", "/api/v9/nothing", None, 404, "Not Found"),
        ("PUT", "/api/v1/statuses", None, 404, "Not Found"),
        ("GET", "/api/v1/statuses/500", None, 500, "Something went wrong on our end"),
        ("GET", "/api/v1/statuses/500/source", None, 500, "Something went wrong on our end"),
    ],
)
async def test_refusals(method, path, token, status, error):
    answer = await call(app, method, path, token=token)
    assert (answer.status, answer.json) == (status, {"error": error})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "X-Request-Id" in answer.headers["access-control-expose-headers"]
    assert answer.headers["x-request-id"]
    assert ("cache-control" in answer.headers) == (token is not None)
    assert ("www-authenticate" in answer.headers) == (status == 401)


async def test_details_and_oauth_errors():
    answer = await call(app, "GET", "/api/v1/statuses/422/source")
    assert answer.json["details"] == {"username": [{"error": "ERR_TAKEN", "description": "is taken"}]}
    answer = await call(app, "POST", "/oauth/token")
    assert (answer.status, answer.json) == (400, {"error": "invalid_grant", "error_description": "The code is used up"})


async def test_a_bug_is_logged_without_what_people_wrote(capsys):
    await call(app, "GET", "/api/v1/statuses/500/source?secret=1", token="anna")
    logged = capsys.readouterr().out
    assert "RuntimeError" in logged
    assert "show_source" in logged
    assert "private words" not in logged
    assert "secret" not in logged
    assert "anna" not in logged


async def test_an_app_may_name_itself_by_basic():
    answer = await call(app, "POST", "/oauth/token", headers=(("authorization", "Basic YTpi"),))
    assert answer.status == 400
    answer = await call(app, "GET", "/api/v1/timelines/home", headers=(("authorization", "Basic YTpi"),))
    assert answer.status == 401


@pytest.mark.parametrize(
    "path",
    [
        "//api/v1/statuses/5/source",
        "/api//v1/statuses/5/source",
        "/api/v1/statuses/5/source/",
        "/api/v1/x/../statuses/5/source",
        "/api/v1/x/%2e%2e/statuses/5/source",
        "/api/v1/x%2f..%2fstatuses/5/source",
    ],
)
async def test_no_spelling_of_a_path_escapes_the_edge(path):
    """SC-105."""
    answer = await call(app, "GET", path)
    assert answer.status == 404 or "access-control-allow-origin" in answer.headers


async def test_app_token_where_it_is_enough():
    assert (await call(app, "GET", "/api/v1/apps/verify_credentials", token="app")).json == {"app": 1}


async def test_preflight_comes_before_everything():
    for path in ("/api/v1/statuses/5", "/api/nothing", "/oauth/token", "/.well-known/webfinger"):
        asked = (
            ("origin", "https://elk.zone"),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "authorization,x-odd"),
        )
        answer = await call(app, "OPTIONS", path, headers=asked)
        assert (answer.status, answer.body) == (200, b"")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["access-control-allow-headers"] == "authorization,x-odd"
        assert "PATCH" in answer.headers["access-control-allow-methods"]
        assert "access-control-allow-credentials" not in answer.headers
    answer = await call(app, "OPTIONS", "/api/x", headers=(("access-control-request-headers", "a\r\nevil: 1"),))
    assert "evil" not in answer.headers["access-control-allow-headers"]


async def test_oauth_pages_are_not_open_to_other_sites():
    answer = await call(app, "GET", "/oauth/nothing")
    assert (answer.status, answer.json) == (404, {"error": "Not Found"})
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["x-frame-options"] == "DENY"


async def test_the_lane_and_head():
    answer = await call(app, "GET", "/api/v1/statuses/5", token="anna")
    assert answer.body == b'{"id":"5","signed_in":true}'
    assert (await call(app, "GET", "/api/v1/timelines/tag/caf\u00e9")).json == ["café"]
    assert (await call(app, "GET", "/api/v1/timelines/public")).headers["link"] == "<x>"
    assert (await call(app, "HEAD", "/api/v1/timelines/public")).status == 200
    assert (await call(app, "GET", "/api/v1/timelines/tag/a/b")).status == 404


async def test_openapi_tells_encodings_queries_and_scopes():
    answer = await call(app, "GET", "/api/openapi.json")
    told = answer.json
    assert told["info"]["license"]["identifier"] == "AGPL-3.0-or-later"
    publish_status = told["paths"]["/api/v1/statuses"]["post"]
    assert set(publish_status["requestBody"]["content"]) == {FORM, JSON, "multipart/form-data"}
    assert publish_status["security"] == [{"oauth2": ["write:statuses"]}]
    names = {one["name"] for one in told["paths"]["/api/v1/timelines/home"]["get"]["parameters"]}
    assert names == {"limit", "max_id", "since_id", "min_id", "local", "types[]", "id[]"}
    assert told["components"]["schemas"]["ProfileForm"]["properties"]["avatar"]["anyOf"][0]["format"] == "binary"
    references = set(re.findall(rb'"#/components/schemas/(\w+)"', answer.body))
    assert {name.decode() for name in references} <= set(told["components"]["schemas"])
    assert (await call(app, "GET", "/schema")).status == 404


async def test_a_route_that_declares_nothing_stops_the_start():
    from litestar import get

    @get("/api/v1/open")
    async def forgotten() -> None:
        """Say nothing about scopes."""

    with pytest.raises(ScopeUndeclared, match="GET /api/v1/open"):
        build_edge([*HANDLERS, forgotten], authenticate=authenticate)
