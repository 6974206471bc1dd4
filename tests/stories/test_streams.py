"""Streams of a running server: with Mastodon.py, with a WebSocket client, over several processes, across a kill and a stop."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from mastodon import StreamListener
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

import services
from stories.running import STOPS_WITHIN_S, Person, Server, until

WITHIN_S = 10
STREAMING = "/api/v1/streaming"


class Heard(StreamListener):
    """Puts (event, id) of all that comes in a queue."""

    def __init__(self) -> None:
        self.come: queue.Queue[tuple[str, str]] = queue.Queue()
        self.aborted = threading.Event()

    def on_update(self, status: Any) -> None:
        self.come.put(("update", str(status.id)))

    def on_status_update(self, status: Any) -> None:
        self.come.put(("status.update", str(status.id)))

    def on_delete(self, status_id: Any) -> None:
        self.come.put(("delete", str(status_id)))

    def on_notification(self, notification: Any) -> None:
        self.come.put((notification.type, str(notification.account.id)))

    def on_abort(self, err: Any) -> None:
        self.aborted.set()

    def next(self) -> tuple[str, str]:
        return self.come.get(timeout=WITHIN_S)


@contextlib.contextmanager
def listening(start: Any, *given: Any, **named: Any) -> Iterator[Heard]:
    """Mastodon.py's listener on one stream, once that is open."""
    heard = Heard()
    handle = start(*given, listener=heard, run_async=True, timeout=30, **named)
    try:
        for _ in range(WITHIN_S * 50):
            if handle.is_receiving() and handle.connection is not None:
                break
            threading.Event().wait(0.02)
        assert handle.is_receiving()
        yield heard
    finally:
        handle.closed = True  # what ends from now on is no error
        if handle.connection is not None:
            handle.connection.raw.shutdown()  # closing alone waits for the reading thread, and may wait for ever
        handle.close()


@contextlib.contextmanager
def socket_of(server: Server, person: Person, query: str = "", **named: Any) -> Iterator[ClientConnection]:
    """A WebSocket of a client that says no User-Agent."""
    named = {"additional_headers": {"Authorization": f"Bearer {person.token}"}} | named
    with connect(
        f"ws://127.0.0.1:{server.port}{STREAMING}{query}", user_agent_header=None, open_timeout=WITHIN_S, **named
    ) as ws:
        yield ws


def told(ws: ClientConnection) -> tuple[list[str], str, str]:
    """Stream, event and id of the next message."""
    message = json.loads(ws.recv(timeout=WITHIN_S))
    payload = message["payload"]
    return message["stream"], message["event"], payload if message["event"] == "delete" else json.loads(payload)["id"]


def test_with_mastodon_py(server):
    ann, bob = server.join("ann"), server.join("bob")
    bob.api.account_follow(ann.id)
    assert bob.api.stream_healthy()
    with (
        listening(bob.api.stream_user) as home,
        listening(bob.api.stream_hashtag, "Birds") as tag,
        listening(bob.api.stream_public, local=True) as public,
        listening(ann.api.stream_user) as mine,
    ):
        one = str(ann.api.status_post("hello #birds").id)
        assert [each.next() for each in (home, tag, public, mine)] == [("update", one)] * 4
        ann.api.status_update(one, "hello again #birds")
        assert [each.next() for each in (home, tag, public, mine)] == [("status.update", one)] * 4
        bob.api.status_favourite(one)
        assert mine.next() == ("favourite", bob.id)
        secret = str(ann.api.status_post("for followers", visibility="private").id)
        assert home.next() == ("update", secret)
        ann.api.status_delete(one)
        assert [each.next() for each in (home, tag, public)] == [("delete", one)] * 3
        assert public.come.empty()
        assert tag.come.empty()


def test_with_a_websocket(server):
    ann, bob = server.join("ann"), server.join("bob")
    bob.api.account_follow(ann.id)
    a_list = str(bob.api.list_create("Birds").id)
    bob.api.list_accounts_add(a_list, [ann.id])
    by_query = socket_of(server, bob, f"?access_token={bob.token}&stream=user", additional_headers={})
    by_subprotocol = socket_of(server, bob, "/", additional_headers={}, subprotocols=[bob.token])
    with by_query as home, by_subprotocol as many:
        assert many.subprotocol == bob.token
        for asked in (
            {"stream": "list", "list": a_list},
            {"stream": "hashtag", "tag": "X"},
            {"stream": "list", "list": "1"},
        ):
            many.send(json.dumps({"type": "subscribe", **asked}))
        assert json.loads(many.recv(timeout=WITHIN_S)) == {"error": "Not authorized to stream this list", "status": 401}
        one = str(ann.api.status_post("a line with \N{SPARKLES}\n" * 30 + "#x").id)
        assert told(home) == (["user"], "update", one)
        assert [told(many), told(many)] == [(["list", a_list], "update", one), (["hashtag", "X"], "update", one)]
        many.send(json.dumps({"type": "unsubscribe", "stream": "hashtag", "tag": "x"}))
        pong = many.ping()
        assert pong.wait(WITHIN_S)
        ann.api.status_delete(one)
        assert told(home) == (["user"], "delete", one)
        assert told(many) == (["list", a_list], "delete", one)
        home.send(b"binary")
        with pytest.raises(ConnectionClosed) as closed:
            home.recv(timeout=WITHIN_S)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1003
    assert many.close_code == 1000


def test_revoked_tokens_and_disabled_members(server):
    """SC-113, SC-114: over HTTP, as those who revoke do it."""
    ann = server.join("ann")
    with (
        socket_of(server, ann, "?stream=user") as ws,
        requests.get(
            f"{server.url}{STREAMING}/user",
            headers={"Authorization": f"Bearer {ann.token}"},
            stream=True,
            timeout=WITHIN_S,
        ) as events,
    ):
        lines = events.iter_lines()
        assert next(lines) == b":)"
        client_id, client_secret = server.app
        form = {"client_id": client_id, "client_secret": client_secret, "token": ann.token}
        assert server.call("POST", "/oauth/revoke", data=form).status_code == 200
        with pytest.raises(ConnectionClosed) as closed:
            ws.recv(timeout=WITHIN_S)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008
        assert list(lines) == []
    for path in ("", "/user"):
        assert server.call("GET", STREAMING + path, ann.token).status_code in {404, 401}


@pytest.mark.parametrize("where", ["sqlite", "postgresql", "redis"])
def test_several_processes(own_server, where):
    """Whoever is connected to whichever process hears of what is posted through any."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    more = {} if where == "sqlite" else {"DUNNOCK_DATABASE_URL": services.postgres(f"streams_{where}_{worker}")}
    if where == "redis":
        more["DUNNOCK_REDIS_URL"] = services.redis(f"streams_{worker}")
    server = own_server(DUNNOCK_SIGN_UP="open", DUNNOCK_WORKERS="2", DUNNOCK_METRICS_TOKEN="watch", **more)
    ann, bob = server.join("ann"), server.join("bob")
    bob.api.account_follow(ann.id)
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket_of(server, bob, "?stream=user")) for _ in range(12)]
        threading.Event().wait(0.3)  # each has subscribed
        for number in range(6):  # each over a connection of its own: the kernel picks the process
            one = ann.call(
                "POST", "/api/v1/statuses", json={"status": f"number {number}"}, headers={"Connection": "close"}
            )
            assert one.status_code == 200
            assert [told(ws) for ws in sockets] == [(["user"], "update", one.json()["id"])] * 12
        code, took = server.stop()
        assert code == 0
        assert took < STOPS_WITHIN_S
        for ws in sockets:
            with pytest.raises(ConnectionClosed) as closed:
                ws.recv(timeout=WITHIN_S)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1012


def test_a_kill_and_coming_back(own_server):
    server = own_server(DUNNOCK_SIGN_UP="open")
    ann = server.join("ann")
    with socket_of(server, ann, "?stream=user") as ws:
        one = str(ann.api.status_post("before").id)
        assert told(ws) == (["user"], "update", one)
        server._process.send_signal(signal.SIGKILL)
        server._process.wait(WITHIN_S)
        with pytest.raises(ConnectionClosed):
            ws.recv(timeout=WITHIN_S)
    server.stop()
    server.start()
    with socket_of(server, ann, "?stream=user") as ws:
        two = str(ann.api.status_post("after").id)
        assert told(ws) == (["user"], "update", two)


def test_a_client_that_does_not_read_is_dropped(own_server):
    """Instead of its messages being kept; nobody else notices."""
    server = own_server(DUNNOCK_SIGN_UP="open", DUNNOCK_MAX_POST_LENGTH="100000", DUNNOCK_METRICS_TOKEN="watch")
    ann = server.join("ann")
    with socket.socket() as idle, socket_of(server, ann, "?stream=user", max_size=None) as quick:
        idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        idle.connect(("127.0.0.1", server.port))
        idle.sendall(
            f"GET {STREAMING}?stream=user&access_token={ann.token} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        assert idle.recv(12) == b"HTTP/1.1 101"
        until(lambda: 'dunnock_streams{kind="websocket"} 2.0' in metrics(server))
        for number in range(12):
            one = str(ann.api.status_post(f"{number} " + "word " * 19_000).id)
            assert told(quick) == (["user"], "update", one)
        until(lambda: 'dunnock_streams_dropped_total{why="slow"} 1.0' in metrics(server))
        assert 'dunnock_streams{kind="websocket"} 1.0' in metrics(server)


def test_a_hasty_client_and_one_that_only_looks(small_server):
    """What is sent before the answer is not lost; HEAD opens nothing."""
    ann = small_server.join("ann")
    frame = b'{"type":"subscribe","stream":"nonsense"}'
    with socket.create_connection(("127.0.0.1", small_server.port), WITHIN_S) as hasty:
        hasty.sendall(
            f"GET {STREAMING} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nAuthorization: Bearer {ann.token}\r\n\r\n".encode()
            + bytes((0x81, 0x80 | len(frame), 0, 0, 0, 0))
            + frame
        )
        come = b""
        while b"Unknown stream type" not in come:
            come += (more := hasty.recv(4096))
            assert more, come
        assert come.startswith(b"HTTP/1.1 101 ")
    looked = ann.call("HEAD", f"{STREAMING}/user")
    assert (looked.status_code, looked.headers["content-type"]) == (200, "text/event-stream")
    assert ann.call("GET", f"{STREAMING}/health").text == "OK"


def metrics(server: Server) -> str:
    return server.call("GET", "/metrics", "watch").text
