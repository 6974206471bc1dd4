"""Who may open which stream, and what is said to those who may not."""

from __future__ import annotations

import base64

import pytest

from api.kit.driver import call
from api.streaming.town import KEY, PATH, masked
from dunnock.api.streaming import frames, hub
from dunnock.api.streaming.channels import PATHS

WITH = {"hashtag": "?tag=x", "hashtag/local": "?tag=x"}


async def test_health_is_for_everybody(town):
    answer = await call(town.house.edge, "GET", f"{PATH}/health")
    assert (answer.status, answer.body, answer.headers["content-type"]) == (200, b"OK", "text/plain")


@pytest.mark.parametrize("path", PATHS)
async def test_no_token_and_bad_tokens(town, path):
    for upgrade in (False, True):
        for token, says in ((None, "Missing access token"), ("never-was", "Invalid access token")):
            ear = await town.open(f"{PATH}/{path}", token, upgrade=upgrade)
            assert (ear.answer.status, ear.answer.json) == (401, {"error": says})
            assert ear.answer.headers["access-control-allow-origin"] == "*"


async def test_the_token_of_an_app_hears_nothing(town):
    token = await town.token(None, "read")
    for path in ("/user", "/public", "?stream=public"):
        ear = await town.open(f"{PATH}{path}", token)
        assert (ear.answer.status, ear.answer.json) == (401, {"error": "Invalid access token"})


@pytest.mark.parametrize("state", ["pending", "disabled"])
async def test_who_is_shut_out_hears_nothing(town, state):
    ann = await town.member(state=state)
    assert (await town.open(f"{PATH}/user", ann.token)).answer.status == {"pending": 403, "disabled": 403}[state]


async def test_scopes_are_looked_at_for_every_stream(town):
    """SC-115."""
    ann = await town.member()
    a_list = await town.make.list(ann)
    for path in PATHS:
        query = WITH.get(path, f"?list={a_list.id}")
        enough = "read:notifications" if path == "user/notification" else "read:statuses"
        too_little = [one for one in ("read:statuses", "read:notifications", "write", "profile") if one != enough]
        for scopes, status in ((("read",), 200), ((enough,), 200), (too_little, 401)):
            ear = await town.open(f"{PATH}/{path}{query}", await town.token(ann, *scopes))
            assert ear.answer.status == status, (path, scopes)
            if status == 401:
                assert ear.answer.json == {"error": "Access token does not have the required scopes"}
            else:
                ear.line.close()
            token = await town.token(ann, *scopes)
            ear = await town.open(f"{PATH}{query}&stream={PATHS[path]}&access_token={token}", upgrade=True)
            assert ear.answer.status == 101
            says = {"error": "Access token does not have the required scopes", "status": 401}
            assert ear.said() == ([says] if status == 401 else []), (path, scopes)


async def test_where_a_token_may_stand(town):
    ann = await town.member()
    for path, token, headers in (
        (f"{PATH}?access_token={ann.token}", None, ()),
        (PATH, ann.token, ()),
        (f"{PATH}/", ann.token, ()),
        (PATH, None, (("Sec-WebSocket-Protocol", ann.token),)),
        (f"{PATH}/user", None, (("Sec-WebSocket-Protocol", f"{ann.token}, other"),)),
        (f"{PATH}?access_token=never-was", ann.token, ()),  # the header counts, as for Mastodon
    ):
        ear = await town.open(path, token, upgrade=True, headers=headers)
        assert ear.answer.status == 101, (path, headers)
        assert ear.answer.headers.get("sec-websocket-protocol") == (ann.token if headers else None)
    assert (await town.open(f"{PATH}/user?access_token={ann.token}")).answer.status == 200


async def test_the_handshake(town):
    ann = await town.member()
    ear = await town.open(PATH, ann.token, upgrade=True)
    said = ear.answer.headers
    assert (said["upgrade"], said["connection"]) == ("websocket", "Upgrade")
    assert said["sec-websocket-accept"].encode() == frames.accept_key(KEY.encode())
    assert "sec-websocket-extensions" not in said
    asked = (("Connection", "Upgrade"), ("Upgrade", "WebSocket"))
    answer = await town.open(
        PATH, ann.token, headers=(*asked, ("Sec-WebSocket-Version", "8"), ("Sec-WebSocket-Key", KEY))
    )
    assert answer.answer.status == 426
    for key in ("", "short", base64.b64encode(b"x" * 17).decode(), "ü" * 24):
        ear = await town.open(
            PATH, ann.token, headers=(*asked, ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", key))
        )
        assert ear.answer.status == 400


async def test_the_head_of_server_sent_events(town):
    ann = await town.member()
    ear = await town.events(ann, "user")
    said = ear.answer.headers
    assert said["content-type"] == "text/event-stream"
    assert "no-store" in said["cache-control"]
    assert said["access-control-allow-origin"] == "*"
    assert bytes(ear.line.sent) == b"3\r\n:)\n\r\n"
    ear.taker.beat()
    assert bytes(ear.line.sent).endswith(b"7\r\n:thump\n\r\n")


async def test_what_is_no_stream(town):
    ann, bob = await town.member(), await town.member()
    theirs = await town.make.list(bob)
    for path, status, says in (
        ("", 404, "Not Found"),
        ("?stream=everything", 400, "Unknown stream type"),
        ("/hashtag", 400, "Missing tag name parameter"),
        ("/hashtag?tag=", 400, "Missing tag name parameter"),
        ("/hashtag/local?tag=%20", 400, "Missing tag name parameter"),
        (f"/hashtag?tag={'x' * 300}", 400, "Missing tag name parameter"),
        ("/list", 400, "Missing list name parameter"),
        ("/list?list=", 400, "Missing list name parameter"),
        ("/list?list=x", 401, "Not authorized to stream this list"),
        ("/list?list=99", 401, "Not authorized to stream this list"),
        (f"/list?list={theirs.id}", 401, "Not authorized to stream this list"),
    ):
        ear = await town.open(f"{PATH}{path}", ann.token)
        assert (ear.answer.status, ear.answer.json) == (status, {"error": says}), path
    assert (await town.open(f"{PATH}/everything", ann.token)).answer.status == 404
    ear = await town.socket(ann)
    for message, said in (
        ({"type": "subscribe", "stream": "everything"}, {"error": "Unknown stream type", "status": 400}),
        ({"type": "subscribe"}, {"error": "Unknown stream type", "status": 400}),
        ({"type": "subscribe", "stream": "hashtag"}, {"error": "Missing tag name parameter", "status": 400}),
        ({"type": "subscribe", "stream": "list"}, {"error": "Missing list name parameter", "status": 400}),
        (
            {"type": "subscribe", "stream": "list", "list": str(theirs.id)},
            {"error": "Not authorized to stream this list", "status": 401},
        ),
        ({"type": "unsubscribe", "stream": "everything"}, {"error": "Unknown stream type", "status": 400}),
    ):
        await ear.send(message)
        assert ear.said() == [said], message
        ear.line.sent.clear()
    for nonsense in (
        b"",
        b"{",
        b"[]",
        b"7",
        b'"x"',
        b'{"type":"dance"}',
        b"[" * 3000,
        b'{"type":["subscribe"],"stream":{}}',
    ):
        await ear.send(nonsense)
        assert ear.said() == []
        assert ear.closed is None


async def test_breaking_the_protocol_ends_the_socket(town):
    ann = await town.member()
    for data, code in (
        (masked(b"x", frames.BINARY), 1003),
        (masked(b"\xff"), 1007),
        (b"\x81\x01x", 1002),  # not masked
        (b"\xc1\x80abcd", 1002),  # an extension that nobody agreed on
        (masked(b"x", 5), 1002),
        (masked(b"x", 0), 1002),  # goes on with nothing
        (masked(b"x", last=False) + masked(b"y"), 1002),
        (masked(b"x" * 200, frames.PING), 1002),
        (masked(b"x" * 5000), 1009),
        (b"\x81\xff" + b"\0" * 12, 1009),
        (masked(b"x" * 4000, last=False) + masked(b"y" * 4000, 0), 1009),
        (masked((1000).to_bytes(2) + b"bye", frames.CLOSE), 1000),
        (masked(b"", frames.CLOSE), 1000),
        (masked((1005).to_bytes(2), frames.CLOSE), 1002),
    ):
        ear = await town.socket(ann)
        ear.taker.data_received(data)
        assert ear.closed == code, data[:20]
    assert not town.hub.watches.accounts


async def test_messages_in_pieces(town):
    ann = await town.member()
    ear = await town.socket(ann)
    whole = b'{"type":"subscribe","stream":"nonsense"}'
    sent = masked(whole[:9], last=False) + masked(b"still there?", frames.PING) + masked(whole[9:], 0)
    for at in range(len(sent)):
        ear.taker.data_received(sent[at : at + 1])
    await town.settle()
    assert (frames.PONG, b"still there?") in ear._frames()
    assert [one["status"] for one in ear.said()] == [400]


async def test_pings(town):
    ann = await town.member()
    ear = await town.socket(ann)
    ear.taker.beat()
    assert (frames.PING, b"") in ear._frames()
    ear.taker.data_received(masked(b"", frames.PONG))
    ear.taker.beat()
    assert ear.closed is None
    ear.taker.beat()  # no answer came
    assert ear.line.aborted
    assert town.hub.counts.dropped["silent"] == 1


async def test_who_reads_too_slowly_is_dropped(town):
    ann = await town.member()
    slow, quick = await town.socket(ann, "user"), await town.socket(ann, "user")
    slow.line.waiting = 100_000
    one = await town.post(ann, "one")
    assert slow.heard() == quick.heard() == [("update", one)]
    slow.line.waiting = 600_000
    two = await town.post(ann, "two")
    assert slow.line.aborted
    assert quick.heard() == [("update", two)]
    slow = await town.socket(ann, "user")
    slow.line.waiting = 1
    for _ in range(1_001):
        slow.taker.write(b"x")
    assert slow.line.aborted
    assert town.hub.counts.dropped["slow"] == 2


async def test_too_many_of_everything(town, monkeypatch):
    monkeypatch.setattr(hub, "PER_MEMBER", 3)
    monkeypatch.setattr(hub, "PER_ADDRESS", 4)
    town.hub._limits = True
    ann, bob = await town.member(), await town.member()
    ears = [await town.socket(ann) for _ in range(3)]
    ear = await town.open(PATH, ann.token, upgrade=True)
    assert (ear.answer.status, ear.answer.json) == (429, {"error": "Too many streams are open"})
    assert "retry-after" in ear.answer.headers
    ears.append(await town.socket(bob))
    assert (await town.open(PATH, bob.token, upgrade=True)).answer.status == 429
    ears[0].line.close()
    ear = await town.socket(ann)
    for number in range(100):
        await ear.subscribe("hashtag", tag=f"x{number}")
    assert ear.said() == []
    await ear.subscribe("public")
    assert ear.said() == [{"error": "Too many subscriptions", "status": 429}]
    ear.taker.data_received(masked(b'{"type":"subscribe","stream":"list","list":"9"}') * 200)
    assert ear.line.aborted
    for one in ears:
        one.line.close()
    assert (town.hub._addresses, town.hub.watches.accounts) == ({}, {})
    assert not town.hub.watches._open
