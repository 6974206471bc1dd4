"""Whole requests with everything wrong: each gets its documented error in JSON, and nothing is half-made."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
import struct
import tempfile
import zlib
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
import structlog
from PIL import Image

from api.consistency import faults
from api.kit.driver import Answer, call
from dunnock import accounts
from dunnock.accounts.command_token import token_by_command
from dunnock.accounts.member import State
from dunnock.accounts.sign_up import end_everything
from dunnock.app import logs
from dunnock.app.build import build
from dunnock.app.settings import load

pytestmark = pytest.mark.both_engines  # what is wrong with a value is for each engine to say

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
PASSWORD = "canary-password-4711"
CANARY = "canary0815"
BIGGEST = 2**63 - 1


class House:
    """A whole server in this process, and members who ask it for things."""

    def __init__(self, house: Any, spool: Any, said: io.BytesIO) -> None:
        self.house, self.db, self.spool, self.said = house, house.db, spool, said
        self.files = house.settings.media

    async def member(self, name: str, scopes: str = "read write follow", *, locked: bool = False) -> Person:
        made = await accounts.create_member(
            self.db, username=name, email=f"{name}.{CANARY}@mail.example", password=PASSWORD, locked=locked
        )
        return Person(self, await token_by_command(self.db, made, scopes=scopes), made)

    async def ask(self, method: str, path: str, body: Any = b"", kind: str | None = None, **more: Any) -> Answer:
        """One request; the answer is checked for what every answer under /api must be."""
        if isinstance(body, dict):
            body, kind = (
                (json.dumps(body).encode(), kind) if kind == JSON else (urlencode(body, doseq=True).encode(), FORM)
            )
        answer = await call(self.house.edge, method, path, body, kind=kind, chunk=65536, **more)
        assert answer.status < 500, answer
        assert answer.headers["content-type"].startswith("application/json"), answer
        assert answer.headers["x-content-type-options"] == "nosniff"
        if answer.status >= 400:
            assert isinstance(answer.json["error"], str)
            assert "Traceback" not in answer.body.decode()
        assert not list(self.spool.iterdir()), "a temporary file is left"
        return answer

    async def rows(self, table: str) -> int:
        return int(await self.scalar(f"SELECT count(*) FROM {table}"))

    async def scalar(self, statement: str) -> Any:
        from sqlalchemy import text

        from dunnock.foundation.db import Sql

        return await self.db.value(Sql(text(statement)))


class Person:
    """A member with a token."""

    def __init__(self, server: House, token: str, made: Any) -> None:
        self.server, self.token, self.id, self.member_id = server, token, made.account_id, made.id

    async def ask(self, method: str, path: str, body: Any = b"", kind: str | None = None, **more: Any) -> Answer:
        return await self.server.ask(method, path, body, kind, token=self.token, **more)

    async def post(self, text: str = "words", **form: Any) -> str:
        answer = await self.ask("POST", "/api/v1/statuses", {"status": text, **form})
        assert answer.status == 200, answer
        return str(answer.json["id"])


@pytest.fixture
async def server(database_url, tmp_path, monkeypatch):
    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spool))
    said = io.BytesIO()
    with monkeypatch.context() as patch:
        patch.setattr("sys.stderr", SimpleNamespace(buffer=said, isatty=lambda: False))
        logs.set_up("debug")
    structlog.configure(cache_logger_on_first_use=False)
    settings = load(tmp_path, environ={}, flags={"database_url": database_url, "dev": True})
    house = await build(settings)
    made = House(house, spool, said)
    try:
        yield made
        assert await faults(house.db) == []
        log = said.getvalue().decode()
        assert '"level":"error"' not in log, log
        assert CANARY not in log
        assert PASSWORD not in log
    finally:
        await house.close()
        logging.getLogger().handlers.clear()
        structlog.reset_defaults()


@pytest.fixture
async def alice(server) -> Person:
    return await server.member("alice")


@pytest.fixture
async def bob(server) -> Person:
    return await server.member("bob")


def multipart(*parts: tuple[str, bytes], boundary: str = "XX") -> tuple[bytes, str]:
    """A body of parts given as (header lines after the name, content)."""
    body = b"".join(
        b"--%b\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n" % (boundary.encode(), head.encode(), content)
        for head, content in parts
    )
    return body + b"--%b--\r\n" % boundary.encode(), f"multipart/form-data; boundary={boundary}"


def picture(content: bytes, name: str = "a.png") -> tuple[bytes, str]:
    return multipart((f'name="file"; filename="{name}"', content))


def image(kind: str = "PNG", size: tuple[int, int] = (8, 8)) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", size, (1, 2, 3)).save(held, kind)
    return held.getvalue()


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bomb(width: int, height: int) -> bytes:
    """A PNG that claims to be huge; its data is a megabyte of zeroes, packed."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(bytes(1 << 20)))
        + _chunk(b"IEND", b"")
    )


# --- bodies ---------------------------------------------------------------------------------------------------------

BROKEN = {
    "json-cut": (b'{"status": "a', JSON, 400),
    "json-nothing": (b"}", JSON, 400),
    "json-list": (b'["status"]', JSON, 400),
    "json-text": (b'"status"', JSON, 400),
    "json-bad-utf8": (b'{"status": "\xff\xfe"}', JSON, 400),
    "json-lone-surrogate": (b'{"status": "\\ud800"}', JSON, 400),
    "json-nul": (b'{"status": "a\\u0000b"}', JSON, 422),
    "json-deep-lists": (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", JSON, 400),
    "json-deep-objects": (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, JSON, 400),
    "json-nan": (b'{"status": NaN}', JSON, 400),
    "json-utf16": ('{"status": "a"}'.encode("utf-16"), JSON, 400),
    "json-object-for-text": (b'{"status": {"a": 1}}', JSON, 422),
    "json-list-for-text": (b'{"status": ["a"]}', JSON, 422),
    "json-huge-id": (b'{"status": "a", "in_reply_to_id": ' + b"9" * 5_000 + b"}", JSON, (400, 404)),
    "json-huge-text-number": (b'{"status": ' + b"9" * 5_000 + b"}", JSON, (400, 422)),
    "json-media-of-nonsense": (b'{"status": "a", "media_ids": [{"a": [1]}]}', JSON, 404),
    "form-bad-utf8": (b"status=%ff%fe", FORM, 400),
    "form-raw-bytes": (b"status=\xff", FORM, 400),
    "form-nul": (b"status=a%00b", FORM, 422),
    "form-deep": (b"a" + b"[b]" * 500 + b"=1", FORM, 400),
    "form-two-ways": (b"status[a]=1&status[]=2", FORM, 400),
    "form-keys": (b"&".join(b"k%d=1" % number for number in range(10_000)), FORM, 400),
    "form-half-escape": (b"status=%", FORM, 200),
    "form-huge-index": (
        b"status=a&media_attributes[" + b"9" * 5_000 + b"][id]=1&media_ids[" + b"9" * 5_000 + b"]=1",
        FORM,
        (200, 400, 404, 422),
    ),
    "multipart-no-boundary": (b"status=a", "multipart/form-data", 400),
    "multipart-odd-boundary": (b"--\r\n", 'multipart/form-data; boundary=""', 400),
    "multipart-nothing-of-it": (b"status=a", "multipart/form-data; boundary=XX", 400),
    "multipart-cut": (
        b'--XX\r\nContent-Disposition: form-data; name="status"\r\n\r\na',
        "multipart/form-data; boundary=XX",
        400,
    ),
    "multipart-cut-file": (
        b'--XX\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + bytes(300_000),
        "multipart/form-data; boundary=XX",
        400,
    ),
    "multipart-bad-head": (b"--XX\r\nnonsense\r\n\r\na\r\n--XX--\r\n", "multipart/form-data; boundary=XX", 400),
    "multipart-bad-utf8": (
        b'--XX\r\nContent-Disposition: form-data; name="status"\r\n\r\n\xff\r\n--XX--\r\n',
        "multipart/form-data; boundary=XX",
        400,
    ),
    "xml": (b"<status>a</status>", "application/xml", 415),
    "text": (b"status=a", "text/plain", 415),
    "no-type": (b"status=a", None, 415),
    "type-of-nonsense": (b"status=a", ";;;=\xe9", 415),
    "json-too-large": (b'{"status": "' + b"a" * (1 << 20) + b'"}', JSON, 413),
    "form-too-large": (b"status=" + b"a" * (1 << 20), FORM, 413),
}


@pytest.mark.parametrize("case", BROKEN)
async def test_a_broken_body_is_refused(server, alice, case):
    body, kind, status = BROKEN[case]
    answer = await alice.ask("POST", "/api/v1/statuses", body, kind)
    assert answer.status in (status if isinstance(status, tuple) else (status,)), answer
    assert await server.rows("posts") == (1 if answer.status == 200 else 0)


async def test_a_body_is_refused_by_its_announced_or_real_length(server, alice):
    for length, body in ((10**12, b"{}"), (-5, b"{}"), ("x", b"{}"), ("9" * 5000, b"{}")):
        answer = await alice.ask("POST", "/api/v1/statuses", body, JSON, headers=(("Content-Length", str(length)),))
        assert answer.status in {400, 413}, (length, answer)
    twice = (("Content-Length", "2"), ("Content-Length", "3"))
    assert (await alice.ask("POST", "/api/v1/statuses", b"{}", JSON, headers=twice)).status == 400
    packed = (("Content-Encoding", "gzip"),)
    assert (await alice.ask("POST", "/api/v1/statuses", b"{}", JSON, headers=packed)).status == 415


async def test_an_upload_over_the_limit_is_refused_and_leaves_nothing(server, alice):
    limit = server.house.settings.media_bytes
    body, kind = picture(bytes(limit + 1))
    answer = await alice.ask("POST", "/api/v2/media", body, kind, headers=(("Transfer-Encoding", "chunked"),))
    assert answer.status == 413
    body, kind = multipart(*[(f'name="file{number}"; filename="a"', b"a") for number in range(50)])
    assert (await alice.ask("POST", "/api/v2/media", body, kind)).status == 400
    body, kind = multipart(*[(f'name="k{number}"', b"a") for number in range(10_000)])
    assert (await alice.ask("POST", "/api/v2/media", body, kind)).status == 400
    body, kind = multipart(('name="description"', b"a" * (1 << 20) + b"a"))
    assert (await alice.ask("POST", "/api/v2/media", body, kind)).status == 413
    assert await server.rows("media") == 0


# --- parameters -----------------------------------------------------------------------------------------------------

WRONG = {
    "nothing": ({}, 422),
    "blanks": ({"status": " \n\u200b "}, (200, 422)),
    "long": ({"status": "a" * 100_000}, 422),
    "long-marks": ({"status": "e" + "\u0301" * 50_000}, 422),
    "long-warning": ({"status": "a", "spoiler_text": "a" * 100_000}, 422),
    "visibility": ({"status": "a", "visibility": "everyone"}, 422),
    "language": ({"status": "a", "language": "x" * 1000}, (200, 422)),
    "reply-to-nobody": ({"status": "a", "in_reply_to_id": "5"}, 404),
    "reply-to-nonsense": ({"status": "a", "in_reply_to_id": "abc"}, 404),
    "reply-to-zero": ({"status": "a", "in_reply_to_id": "0"}, 404),
    "reply-to-2^63": ({"status": "a", "in_reply_to_id": str(2**63)}, 404),
    "media-of-nobody": ({"status": "a", "media_ids[]": "5"}, 422),
    "too-many-media": ({"status": "a", "media_ids[]": [str(number) for number in range(1, 500)]}, 422),
    "media-of-nonsense": ({"status": "a", "media_ids[]": "abc"}, 404),
    "scheduled for no time": ({"status": "a", "scheduled_at": "soon"}, 422),
    "a poll of one option": ({"status": "a", "poll": {"options": ["a"], "expires_in": 600}}, 422),
    "many-mentions": ({"status": " ".join(f"@b{number}" for number in range(150))}, (200, 422)),
}


@pytest.mark.parametrize("case", WRONG)
async def test_a_wrong_post_is_refused(server, alice, case):
    form, status = WRONG[case]
    answer = await alice.ask("POST", "/api/v1/statuses", form)
    assert answer.status in (status if isinstance(status, tuple) else (status,)), answer
    made = await server.rows("posts")
    assert made == (1 if answer.status == 200 else 0)
    assert await server.rows("event_log") >= made


async def test_a_wrong_profile_is_refused_whole(server, alice):
    path = "/api/v1/accounts/update_credentials"
    before = (await alice.ask("GET", "/api/v1/accounts/verify_credentials")).json
    for wrong in (
        {"note": "a" * 100_001},
        {"display_name": "a" * 100_001},
        {"display_name": "new", "note": "a" * 501},
        {"display_name": "new", "source[privacy]": "everyone"},
        {"display_name": "new", "source[language]": "nonsense language"},
        {"display_name": "new", "fields_attributes[0][name]": "a" * 1000, "fields_attributes[0][value]": "b"},
        {"display_name": "new", **{f"fields_attributes[{n}][name]": str(n) for n in range(900)}},
        {"display_name": "n\0w"},
    ):
        answer = await alice.ask("PATCH", path, wrong)
        assert answer.status == 422, (list(wrong), answer)
    for content in (b"", b"<svg/>", bomb(50_000, 50_000), b"\xff\xd8\xff" + bytes(100)):
        body, kind = multipart(('name="display_name"', b"new"), ('name="avatar"; filename="a.png"', content))
        answer = await alice.ask("PATCH", path, body, kind)
        assert answer.status == 422, answer
    assert (await alice.ask("GET", "/api/v1/accounts/verify_credentials")).json == before
    assert await server.rows("personas") == 0


NO_IDS = [
    "0",
    "-1",
    str(2**63),
    str(2**64),
    "9" * 25,
    "9" * 5_000,
    "abc",
    "1.5",
    "1e3",
    "0x10",
    "+5",
    "1_0",
    "%31%00",
    "%EF%BC%95",
    "5%20",
    "..%2F5",
    "null",
    "%F0%9F%90%A6",
    "5",
    str(BIGGEST),
]
WITH_ID = [
    ("GET", "/api/v1/statuses/{}"),
    ("DELETE", "/api/v1/statuses/{}"),
    ("PUT", "/api/v1/statuses/{}"),
    ("GET", "/api/v1/statuses/{}/context"),
    ("GET", "/api/v1/statuses/{}/source"),
    ("GET", "/api/v1/statuses/{}/history"),
    ("GET", "/api/v1/statuses/{}/favourited_by"),
    ("GET", "/api/v1/statuses/{}/reblogged_by"),
    *[
        ("POST", f"/api/v1/statuses/{{}}/{act}")
        for act in (
            "favourite",
            "unfavourite",
            "reblog",
            "unreblog",
            "bookmark",
            "unbookmark",
            "pin",
            "unpin",
            "mute",
            "unmute",
        )
    ],
    ("GET", "/api/v1/accounts/{}"),
    ("GET", "/api/v1/accounts/{}/statuses"),
    ("GET", "/api/v1/accounts/{}/followers"),
    *[
        ("POST", f"/api/v1/accounts/{{}}/{act}")
        for act in ("follow", "unfollow", "block", "unblock", "mute", "unmute", "note", "remove_from_followers")
    ],
    ("POST", "/api/v1/follow_requests/{}/authorize"),
    ("POST", "/api/v1/follow_requests/{}/reject"),
    ("GET", "/api/v1/media/{}"),
    ("PUT", "/api/v1/media/{}"),
    ("DELETE", "/api/v1/media/{}"),
    ("GET", "/api/v1/lists/{}"),
    ("DELETE", "/api/v1/lists/{}"),
    ("GET", "/api/v1/timelines/list/{}"),
    ("GET", "/api/v1/notifications/{}"),
]


async def test_what_is_no_id_of_anything_is_missing(server, alice):
    rows = await server.rows("event_log")
    for method, path in WITH_ID:
        for wrong in NO_IDS:
            body = {"status": "a", "title": "a", "description": "a"} if method == "PUT" else b""
            answer = await alice.ask(method, path.format(wrong), body)
            assert answer.status == 404, (method, path, wrong, answer)
    assert await server.rows("event_log") == rows


async def test_nonsense_in_a_query_is_left_out(alice):
    made = await alice.post()
    for query in (
        "limit=abc",
        "limit=-1",
        "limit=" + "9" * 5000,
        "max_id=abc",
        "max_id=-5",
        "since_id=" + "9" * 30,
        "min_id=1.5",
        "limit[]=5",
        "limit[a][b]=5",
        "local=%E2%9C%93",
        "max_id[]=1&max_id[]=2",
        "limit=1e400",
    ):
        for path in ("/api/v1/timelines/home", "/api/v1/timelines/public", f"/api/v1/accounts/{alice.id}/statuses"):
            answer = await alice.ask("GET", f"{path}?{query}")
            assert answer.status == 200, (query, answer)
            assert query == "limit=0" or [one["id"] for one in answer.json] in ([made], [])
    for query in ("limit=%ff", "a=1&" * 2000):
        assert (await alice.ask("GET", f"/api/v1/timelines/public?{query}")).status == 400


async def test_searching_for_strange_things_finds_nothing(alice):
    for asked in (
        "%00",
        "%25%25%25",
        "'; DROP TABLE posts; --",
        "a" * 5_000,
        "@" * 500,
        "#" * 500,
        "\\",
        "_",
        "%",
        "\U0010ffff",
    ):
        for path in ("/api/v2/search", "/api/v1/accounts/search", "/api/v1/accounts/lookup"):
            name = "acct" if path.endswith("lookup") else "q"
            answer = await alice.ask("GET", f"{path}?{urlencode({name: asked})}")
            assert answer.status in {200, 404, 422}, answer


# --- what one may not see ----------------------------------------------------------------------------------------------


async def test_a_private_post_of_somebody_else_is_like_none(server, alice, bob):
    """SC-048, SC-053: the same answer as for a missing one, at every door, and nothing is done."""
    gone = await alice.post()
    assert (await alice.ask("DELETE", f"/api/v1/statuses/{gone}")).status == 200
    hidden = [await alice.post(CANARY, visibility="private"), await alice.post(CANARY, visibility="direct"), gone]
    rows = await server.rows("event_log")
    for method, path in WITH_ID:
        if "/statuses/" not in path:
            continue
        body = {"status": "mine now"} if method == "PUT" else b""
        for who in (bob, None):
            ask = server.ask if who is None else who.ask
            missing = await ask(method, path.format(12345), body)
            for one in hidden:
                answer = await ask(method, path.format(one), body)
                assert (answer.status, answer.body) == (missing.status, missing.body), (path, answer)
                assert answer.status in {404, 401}
    for one in hidden:
        assert (await bob.ask("POST", "/api/v1/statuses", {"status": "re", "in_reply_to_id": one})).status == 404
        assert (await bob.ask("GET", f"/api/v1/statuses?id[]={one}")).json == []
    assert await server.rows("event_log") == rows
    assert await server.rows("interactions") == 0


async def test_posts_of_others_are_not_changed(alice, bob):
    made = await alice.post("hers")
    for method, path, body in (
        ("PUT", "", {"status": "mine"}),
        ("DELETE", "", b""),
        ("POST", "/pin", b""),
    ):
        answer = await bob.ask(method, f"/api/v1/statuses/{made}{path}", body)
        assert answer.status in {403, 404, 422}, answer
    assert "hers" in (await bob.ask("GET", f"/api/v1/statuses/{made}")).json["content"]


async def test_media_of_somebody_else_is_like_none(server, alice, bob):
    """SC-062: neither seen, changed, removed nor attached; nor are ids of other things."""
    taken = (await alice.ask("POST", "/api/v2/media", *picture(image()))).json["id"]
    for method, body in (("GET", b""), ("PUT", {"description": "mine"}), ("DELETE", b"")):
        missing = await bob.ask(method, "/api/v1/media/12345", body)
        answer = await bob.ask(method, f"/api/v1/media/{taken}", body)
        assert (answer.status, answer.body) == (404, missing.body)
    own = await bob.post()
    for wrong in (taken, own, str(bob.id)):
        answer = await bob.ask("POST", "/api/v1/statuses", {"status": "a", "media_ids[]": wrong})
        assert answer.status == 422, answer
        answer = await bob.ask("PUT", f"/api/v1/statuses/{own}", {"status": "a", "media_ids[]": wrong})
        assert answer.status == 422, answer
    assert await server.rows("posts") == 1
    hers = await alice.post(**{"media_ids[]": taken})
    again = await alice.ask("POST", "/api/v1/statuses", {"status": "a", "media_ids[]": taken})
    assert again.status == 422
    assert (await alice.ask("DELETE", f"/api/v1/media/{taken}")).status in {404, 422}
    assert len((await alice.ask("GET", f"/api/v1/statuses/{hers}")).json["media_attachments"]) == 1


# --- tokens ---------------------------------------------------------------------------------------------------------

MINE = "/api/v1/accounts/verify_credentials"


async def test_a_token_that_is_none_is_refused(server, alice):
    forged = [
        "",
        "x",
        alice.token[:-1],
        alice.token + "x",
        alice.token.swapcase(),
        alice.token[::-1],
        f" {alice.token} {alice.token}",
        "a" * 60_000,
        "' OR 1=1 --",
        f"{alice.token}\t{CANARY}",
        "null",
        "undefined",
    ]
    values = [f"Bearer {one}" for one in forged]
    values += [
        "Bearer",
        "Basic YWxpY2U6cHc=",
        "Basic \xff",
        "Digest x",
        "",
        "\xff\xfe",
        f"Token {alice.token}",
        alice.token,
    ]
    for value in values:
        headers = (("Authorization", value),)
        answer = await server.ask("GET", MINE, headers=headers)
        assert answer.status == 401, (value[:40], answer)
        assert answer.headers["www-authenticate"].startswith("Bearer")
        answer = await server.ask("POST", "/api/v1/statuses", {"status": "a"}, headers=headers)
        assert answer.status == 401
        if value.startswith("Bearer "):  # open to all, but what claims to be a token must be one
            assert (await server.ask("GET", "/api/v1/timelines/public", headers=headers)).status == 401
    for spelt in ("bearer", "BEARER", "Bearer  "):
        assert (await server.ask("GET", MINE, headers=(("Authorization", f"{spelt} {alice.token}"),))).status == 200
    assert (await server.ask("GET", f"{MINE}?access_token={alice.token}")).status == 401
    assert await server.rows("posts") == 0


async def test_a_revoked_token_and_a_barred_member_are_refused(server, alice, bob):
    assert (await alice.ask("GET", MINE)).status == 200
    app = (
        await server.ask("POST", "/api/v1/apps", {"client_name": "Other", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob"})
    ).json
    form = {"token": alice.token, "client_id": app["client_id"], "client_secret": app["client_secret"]}
    await server.ask("POST", "/oauth/revoke", form)
    assert (await alice.ask("GET", MINE)).status == 200  # another app can't end it
    async with server.db.begin() as tx:
        await end_everything(tx, alice.member_id)
    assert (await alice.ask("GET", MINE)).status == 401
    assert (await alice.ask("GET", "/api/v1/timelines/home")).status == 401
    async with server.db.begin() as tx:
        await accounts.change_state(tx, bob.member_id, State.DISABLED)
    refused = await bob.ask("GET", MINE)
    assert (refused.status, refused.json["error"]) == (403, "Your login is currently disabled")


NEEDS = [
    ("GET", "/api/v1/timelines/home", "read:statuses"),
    ("GET", "/api/v1/notifications", "read:notifications"),
    ("GET", "/api/v1/bookmarks", "read:bookmarks"),
    ("GET", "/api/v1/favourites", "read:favourites"),
    ("GET", "/api/v1/follow_requests", "read:follows"),
    ("GET", "/api/v1/lists", "read:lists"),
    ("GET", "/api/v1/blocks", "read:blocks"),
    ("GET", "/api/v1/mutes", "read:mutes"),
    ("POST", "/api/v1/statuses", "write:statuses"),
    ("POST", "/api/v2/media", "write:media"),
    ("PATCH", "/api/v1/accounts/update_credentials", "write:accounts"),
    ("POST", "/api/v1/lists", "write:lists"),
    ("POST", "/api/v1/markers", "write:statuses"),
    ("POST", "/api/v1/notifications/clear", "write:notifications"),
]


async def test_a_token_without_the_scope_is_refused(server):
    every = sorted({scope for _, _, scope in NEEDS})
    for method, path, scope in NEEDS:
        name = f"m{abs(hash((method, path))) % 10**9}"
        person = await server.member(name, " ".join(one for one in every if one != scope))
        answer = await person.ask(method, path)
        assert answer.status == 403, (path, answer)
    rows = [await server.rows(table) for table in ("posts", "media", "lists")]
    assert rows == [0, 0, 0]


async def test_nobody_gets_in_where_a_member_is_needed(server):
    document = (await server.ask("GET", "/api/openapi.json")).json
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if {} in operation.get("security", [{}]):
                continue
            asked = re.sub(r"\{\w+\}", "5", path)
            answer = await server.ask(method.upper(), asked)
            staff = "/admin/" in path  # where Mastodon's documentation has 403
            assert answer.status == (403 if staff else 401), (method, asked, answer)


# --- twice, and at once -----------------------------------------------------------------------------------------------


async def test_a_replayed_key_gives_the_same_post(server, alice, bob):
    async def publish(who: Person, key: str, text: str = "once") -> Answer:
        return await who.ask("POST", "/api/v1/statuses", {"status": text}, headers=(("Idempotency-Key", key),))

    one, two = await publish(alice, "k"), await publish(alice, "k", "other words")
    assert one.json["id"] == two.json["id"]
    many = await asyncio.gather(*[publish(alice, "k" * 5_000) for _ in range(10)])
    assert len({answer.json["id"] for answer in many}) == 1
    assert (await publish(bob, "k")).json["id"] != one.json["id"]  # a key is its author's own
    assert await server.rows("posts") == 3
    await alice.ask("DELETE", f"/api/v1/statuses/{one.json['id']}")
    assert (await publish(alice, "k")).status == 404
    refused = await publish(alice, "bad", "a" * 1000)
    assert refused.status == 422
    assert (await publish(alice, "bad")).status == 200  # what was refused used no key up


async def test_doing_the_same_at_once_is_doing_it_once(server, alice, bob):
    made = await alice.post()
    locked = await server.member("locked", locked=True)
    for path in (
        f"/api/v1/statuses/{made}/favourite",
        f"/api/v1/statuses/{made}/bookmark",
        f"/api/v1/statuses/{made}/reblog",
        f"/api/v1/accounts/{alice.id}/follow",
        f"/api/v1/accounts/{locked.id}/follow",
        f"/api/v1/accounts/{alice.id}/mute",
    ):
        for answer in await asyncio.gather(*[bob.ask("POST", path) for _ in range(8)]):
            assert answer.status == 200, answer
    shown = (await bob.ask("GET", f"/api/v1/statuses/{made}")).json
    assert (shown["favourites_count"], shown["reblogs_count"]) == (1, 1)
    assert (await bob.ask("GET", f"/api/v1/accounts/{alice.id}")).json["followers_count"] == 1
    assert await server.rows("follows") == 2
    for path in (f"statuses/{made}/unfavourite", f"statuses/{made}/unreblog", f"accounts/{alice.id}/unfollow"):
        for answer in await asyncio.gather(*[bob.ask("POST", f"/api/v1/{path}") for _ in range(8)]):
            assert answer.status == 200, answer
    shown = (await bob.ask("GET", f"/api/v1/statuses/{made}")).json
    assert (shown["favourites_count"], shown["reblogs_count"]) == (0, 0)


async def test_changes_against_each_other_end_in_one_of_them(server, alice, bob):
    locked = await server.member("locked", locked=True)
    for round_ in range(6):
        made = await alice.post(f"round {round_}")
        path = f"/api/v1/statuses/{made}"
        await asyncio.gather(
            alice.ask("PUT", path, {"status": "edited #tag @bob"}),
            alice.ask("DELETE", path),
            bob.ask("POST", f"{path}/favourite"),
            bob.ask("POST", f"{path}/reblog"),
            bob.ask("POST", "/api/v1/statuses", {"status": "re", "in_reply_to_id": made}),
            bob.ask("POST", f"{path}/unreblog"),
            alice.ask("POST", f"{path}/pin"),
        )
        assert (await bob.ask("GET", path)).status == 404
        await bob.ask("POST", f"/api/v1/accounts/{locked.id}/follow")
        await asyncio.gather(
            locked.ask("POST", f"/api/v1/follow_requests/{bob.id}/authorize"),
            bob.ask("POST", f"/api/v1/accounts/{locked.id}/unfollow"),
            locked.ask("POST", f"/api/v1/follow_requests/{bob.id}/reject"),
            locked.ask("POST", f"/api/v1/accounts/{bob.id}/block"),
            bob.ask("POST", f"/api/v1/accounts/{locked.id}/follow"),
            locked.ask("POST", f"/api/v1/accounts/{bob.id}/unblock"),
        )
        assert await faults(server.db) == [], round_


async def test_one_picture_goes_into_one_post(server, alice):
    taken = (await alice.ask("POST", "/api/v2/media", *picture(image()))).json["id"]
    form = {"status": "a", "media_ids[]": taken}
    answers = await asyncio.gather(
        *[alice.ask("POST", "/api/v1/statuses", form) for _ in range(6)], alice.ask("DELETE", f"/api/v1/media/{taken}")
    )
    assert sorted(answer.status for answer in answers[:6]).count(200) <= 1
    assert await server.rows("posts") == [answer.status for answer in answers[:6]].count(200)


# --- pictures ----------------------------------------------------------------------------------------------------------

EVIL = {
    "bomb": bomb(50_000, 50_000),
    "wide-bomb": bomb(2**31 - 1, 1),
    "no-extent": bomb(0, 0),
    "short-of-data": bomb(3_000, 3_000),
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<html><script>alert(1)</script></html>",
    "activity": b'{"@context":"https://www.w3.org/ns/activitystreams","type":"Person","id":"https://evil.example/a"}',
    "nothing": b"",
    "cut-png": image()[:40],
    "cut-jpeg": image("JPEG", (64, 64))[:300],
    "jpeg-head-only": b"\xff\xd8\xff\xe0",
    "gif-head-only": b"GIF89a",
    "webp-head-only": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    "avif-head-only": b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run\n",
    "pdf": b"%PDF-1.4\n",
    "zip": b"PK\x03\x04" + bytes(100),
    "bmp": image("BMP"),
    "tiff": image("TIFF"),
}


@pytest.mark.parametrize("path", ["/api/v1/media", "/api/v2/media"])
async def test_what_is_no_picture_is_refused_and_leaves_nothing(server, alice, path):
    for name, content in EVIL.items():
        answer = await alice.ask("POST", path, *picture(content, f"{name}.png"))
        assert answer.status == 422, (name, answer)
    for parts in ((), (('name="file"', b"text"),), (('name="file"; filename=""', b""),)):
        answer = await alice.ask("POST", path, *multipart(*parts))
        assert answer.status == 422, answer
    assert (await alice.ask("POST", path, {"file": "http://127.0.0.1/a.png"})).status == 422
    assert await server.rows("media") == 0
    assert _files(server) == []


async def test_a_film_that_is_none_fails_and_leaves_nothing(server, alice):
    film = picture(b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", "a.mp4")
    assert (await alice.ask("POST", "/api/v1/media", *film)).status == 422
    assert await server.rows("media") == 0
    assert _files(server) == []


async def test_a_picture_that_is_something_else_too_is_made_anew(server, alice):
    """SC-003, SC-004, SC-008, SC-009: only pixels come through, with a fixed type that nobody sniffs."""
    evil = b'<script>alert(1)</script>{"@context":"https://www.w3.org/ns/activitystreams"}PK\x05\x06' + bytes(18)
    for name, content, claimed in (
        ("evil.html", image("JPEG", (64, 64)) + evil, "text/html"),
        ("evil.json", image("PNG", (64, 64)) + evil, "application/activity+json"),
        ("../../../etc/passwd", image("GIF", (64, 64)) + evil, "application/x-sh"),
        ("a\u202egnp.exe", image("WEBP", (64, 64)) + evil, "image/svg+xml"),
    ):
        head = f'name="file"; filename="{name}"\r\nContent-Type: {claimed}'
        answer = await alice.ask("POST", "/api/v1/media", *multipart((head, content)))
        assert answer.status == 200, answer
        for url in (answer.json["url"], answer.json["preview_url"]):
            path = url.removeprefix(server.house.settings.public_url)
            for accepted in ("*/*", "application/activity+json", "text/html"):
                file = await call(server.house.edge, "GET", path, headers=(("Accept", accepted),))
                assert file.status == 200
                assert file.headers["content-type"] in {
                    "image/jpeg",
                    "image/png",
                    "image/gif",
                    "image/webp",
                    "image/avif",
                }
                assert file.headers["x-content-type-options"] == "nosniff"
                assert "sandbox" in file.headers["content-security-policy"]
                assert b"<script" not in file.body
                assert b"activitystreams" not in file.body
    assert all(not file.is_symlink() for file in _files(server))


async def test_only_stored_files_are_served(server):
    for path in (
        "/media/",
        "/media/x",
        "/media/..%2f..%2fdunnock.db",
        "/media/../dunnock.db",
        "/media/%2e%2e/lock",
        f"/media/{'a' * 64}.png",
        f"/media/{'a' * 64}.html",
        f"/media/{'a' * 64}.json",
        "/media/a%00.png",
    ):
        answer = await call(server.house.edge, "GET", path)
        assert answer.status == 404, (path, answer)
        assert b"SQLite" not in answer.body


def _files(server: House) -> list[Any]:
    return [file for file in server.files.rglob("*") if file.is_file()] if server.files.exists() else []


# --- web pages and addresses ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/%2F%2Fevil.example",
        "/web/%2F%2Fevil.example",
        "/web//evil.example",
        "/\\evil.example",
        "/%5Cevil.example",
        "/%09/evil.example",
        "/web/https://evil.example",
        "/@alice//evil.example",
        "/auth/sign_in?next=//evil.example",
        "/auth/sign_in?next=https://evil.example",
        "/auth/sign_in?next=/%5Cevil.example",
        "/oauth/authorize?redirect_uri=https://evil.example",
        "/oauth/authorize?client_id=x&response_type=code&redirect_uri=https://evil.example",
        "//evil.example/%2e%2e",
        "/authorize_interaction?uri=https://evil.example",
        "/share?text=a",
        "/%0d%0aLocation:%20https://evil.example",
    ],
)
async def test_no_page_leads_away(server, path):
    """SC-126."""
    answer = await call(
        server.house.edge, "GET", path, headers=(("Host", "evil.example"), ("X-Forwarded-Host", "evil.example"))
    )
    assert answer.status < 500, answer
    where = answer.headers.get("location", "")
    assert where == "" or (where.startswith("/") and where[1:2] not in {"/", "\\"}), answer
    assert "evil.example" not in where.partition("?")[0]
