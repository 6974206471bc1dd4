"""Broken and hostile HTTP over a bare socket: the server refuses or hangs up, and goes on serving everybody else."""

from __future__ import annotations

import contextlib
import socket
import time

import pytest

from dunnock.app.line import HEAD_SECONDS

HOST = b"Host: a.example\r\n"
PATH = b"/api/v1/instance"


def speak(server, *pieces: bytes, pause_s: float = 0.0, wait_s: float = 5.0, hang_up: bool = True) -> bytes:
    """Send the pieces; everything that comes back until the server hangs up or is silent for `wait_s`."""
    heard = b""
    with socket.create_connection(("127.0.0.1", server.port), timeout=wait_s) as line, contextlib.suppress(OSError):
        for piece in pieces:
            line.sendall(piece)
            time.sleep(pause_s)
        if hang_up:
            line.shutdown(socket.SHUT_WR)
        while got := line.recv(65536):
            heard += got
    return heard


def statuses(heard: bytes) -> list[int]:
    return [int(part[:3]) for part in heard.split(b"HTTP/1.1 ")[1:]]


@pytest.fixture
def wire(small_server):
    yield small_server
    assert small_server.call("GET", "/api/v1/instance").status_code == 200


BROKEN = {
    "nothing of HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),
    "an empty line": b"\r\n\r\n\r\n",
    "odd version": b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
    "HTTP/2 without asking": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "space in a header's name": b"GET / HTTP/1.1\r\nHo st: a\r\n\r\n",
    "no colon": b"GET / HTTP/1.1\r\nHost a\r\n\r\n",
    "NUL in a header": b"GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n",
    "NUL in the path": b"GET /api\0/v1/instance HTTP/1.1\r\n" + HOST + b"\r\n",
    "bare CR": b"GET / HTTP/1.1\rHost: a\r\r",
    "two lengths": b"POST /oauth/token HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "length of nonsense": b"POST /oauth/token HTTP/1.1\r\n" + HOST + b"Content-Length: 2x\r\n\r\n{}",
    "length below nothing": b"POST /oauth/token HTTP/1.1\r\n" + HOST + b"Content-Length: -2\r\n\r\n{}",
    "length beyond all": b"POST /oauth/token HTTP/1.1\r\n" + HOST + b"Content-Length: " + b"9" * 100 + b"\r\n\r\n{}",
    "lengths in a list": b"POST /oauth/token HTTP/1.1\r\n" + HOST + b"Content-Length: 2, 3\r\n\r\n{}",
    "broken chunks": b"POST /oauth/token HTTP/1.1\r\n"
    + HOST
    + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "huge chunk": b"POST /oauth/token HTTP/1.1\r\n"
    + HOST
    + b"Transfer-Encoding: chunked\r\n\r\n"
    + b"f" * 30
    + b"\r\n",
    "unknown coding": b"POST /oauth/token HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: cow\r\n\r\n{}",
    "method of nonsense": b"G\xc3\x8bT / HTTP/1.1\r\n" + HOST + b"\r\n",
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_requests_are_refused(wire, case):
    found = statuses(speak(wire, BROKEN[case]))
    assert all(400 <= status < 500 or status == 501 for status in found), found


@pytest.mark.parametrize(
    "heads",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        b"Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n",
        b"Transfer-Encoding : chunked\r\nContent-Length: 4\r\n",
        b"Transfer-Encoding:\x0bchunked\r\nContent-Length: 4\r\n",
        b"Content-Length: 4\r\nContent-Length: 50\r\n",
        b"Content-Length: +4\r\n",
    ],
)
def test_no_request_is_smuggled_in_the_body_of_another(wire, heads):
    """What two servers could read in two ways is refused, and nothing that follows on the line is taken for a request."""
    inner = b"GET /api/v1/custom_emojis?smuggled HTTP/1.1\r\n" + HOST + b"\r\n"
    outer = b"POST /oauth/token HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n" + heads + b"\r\n"
    found = statuses(speak(wire, outer + b"0\r\n\r\n" + inner))
    assert len(found) <= 1, found
    assert all(400 <= status < 500 for status in found), found


def test_more_headers_than_anybody_needs_are_refused(wire):
    begun = b"GET " + PATH + b" HTTP/1.1\r\n" + HOST
    for bomb in (b"X: " + b"a" * 5_000_000 + b"\r\n", b"".join(b"X-%d: a\r\n" % number for number in range(200_000))):
        pieces = [bomb[at : at + 65536] for at in range(0, len(bomb), 65536)]
        found = statuses(speak(wire, begun, *pieces, b"\r\n"))
        assert found in ([], [400], [431]), found
    found = statuses(speak(wire, b"GET /" + b"a" * 5_000_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n"))
    assert found in ([], [400], [414]), found


def test_a_line_that_sends_slowly_is_hung_up(wire):
    """Slow heads and silence are bounded, and others are served meanwhile."""
    whole = b"GET " + PATH + b" HTTP/1.1\r\n" + HOST + b"\r\n"
    starts = [b"", b"GET " + PATH + b" HT", whole[:-2], whole + b"GET", whole + b"\r\n"]
    drips = [b"\r\n", b" ", b"X: a\r\n", b"T", b"\r\n"]
    lines = {number: socket.create_connection(("127.0.0.1", wire.port), timeout=20) for number in range(40)}
    for number, line in lines.items():
        line.sendall(starts[number % len(starts)])
    deadline = time.monotonic() + HEAD_SECONDS + 8
    while lines and time.monotonic() < deadline:
        for number, line in list(lines.items()):
            try:
                line.settimeout(0.01)
                with contextlib.suppress(TimeoutError):
                    if not line.recv(65536):
                        raise ConnectionError
                if number > len(starts):  # the first ones are silent
                    line.sendall(drips[number % len(drips)])
            except OSError:
                lines.pop(number).close()
        assert wire.call("GET", "/api/v1/instance").elapsed.total_seconds() < 2
        time.sleep(0.5)
    assert {number % len(starts) for number in lines} == set()


def test_a_slow_answer_is_not_cut_short(small_server):
    """Only heads have to hurry: a large upload may take its time."""
    person = small_server.join("slow")
    rest = b'--X\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + b"no picture\r\n--X--\r\n"
    head = (
        f"POST /api/v2/media HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {person.token}\r\n"
        f"Content-Type: multipart/form-data; boundary=X\r\nContent-Length: {len(rest)}\r\n\r\n"
    ).encode()
    pause_s = (HEAD_SECONDS + 1) / 4
    heard = speak(
        small_server,
        head,
        *[rest[at : at + 30] for at in range(0, len(rest), 30)],
        pause_s=pause_s,
        hang_up=False,
        wait_s=2,
    )
    assert statuses(heard) == [422], heard


def test_old_and_hurried_clients_are_served(wire):
    assert b" 200 OK" in speak(wire, b"GET " + PATH + b" HTTP/1.0\r\n\r\n").splitlines()[0]
    one = b"GET " + PATH + b" HTTP/1.1\r\n" + HOST + b"\r\n"
    assert statuses(speak(wire, one * 20, hang_up=False, wait_s=1)) == [200] * 20
    assert statuses(speak(wire, *[bytes([byte]) for byte in one], hang_up=False, wait_s=1)) == [200]
    post = b"POST /oauth/token HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    found = statuses(speak(wire, (post + one) * 5, hang_up=False, wait_s=1))
    assert [status == 200 for status in found] == [False, True] * 5
    assert all(400 <= status < 500 for status in found[::2])


def test_a_line_does_not_become_a_websocket_anywhere(wire):
    asked = (
        b"GET %b HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: %b\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    for path, to in ((PATH, b"websocket"), (b"/", b"websocket"), (PATH, b"h2c"), (b"/media/x", b"websocket")):
        found = statuses(speak(wire, asked % (path, to)))
        assert 101 not in found
        assert all(status < 500 for status in found)


def test_a_client_that_leaves_midway_harms_nobody(wire):
    person = wire.join("leaver")
    head = (
        f"POST /api/v2/media HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {person.token}\r\n"
        "Content-Type: multipart/form-data; boundary=X\r\nContent-Length: 1000000\r\n\r\n"
        '--X\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    ).encode()
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", wire.port)) as line:
            line.sendall(head + bytes(100_000))
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", wire.port)) as line:
            line.sendall(b"GET /api/v2/instance HTTP/1.1\r\n" + HOST + b"\r\n")
    assert person.call("GET", "/api/v1/accounts/verify_credentials").status_code == 200


def test_odd_targets_do_not_slip_past_the_rules(wire):
    for target in (
        b"http://evil.example/api/v1/instance",
        b"//api/v1/timelines/home",
        b"/api/v1/../v1/timelines/home",
        b"/api/v1/timelines/home/",
        b"/%61pi/v1/timelines/home",
        b"/api;x/v1/timelines/home",
        b"*",
        b"/api/v1/timelines/home%00",
        b"/api/v1/timelines/%2e%2e/timelines/home",
        b"/\xff\xfe",
    ):
        found = statuses(speak(wire, b"GET " + target + b" HTTP/1.1\r\n" + HOST + b"\r\n"))
        assert all(status == 200 if target.endswith(b"instance") else 400 <= status < 500 for status in found), (
            target,
            found,
        )
    for method in (b"TRACE", b"CONNECT", b"PROPFIND", b"QUERY", b"BREW"):
        found = statuses(speak(wire, method + b" " + PATH + b" HTTP/1.1\r\n" + HOST + b"\r\n"))
        assert all(400 <= status < 500 for status in found), (method, found)


def test_what_a_client_says_of_its_address_is_not_believed(own_server):
    """SC-121, SC-122: the limit is the peer's whatever headers it sends."""
    server = own_server(DUNNOCK_DEV="0")

    def left(**headers: str) -> int:
        answer = server.call(
            "GET", "/api/v1/instance", headers={key.replace("_", "-"): value for key, value in headers.items()}
        )
        return int(answer.headers["X-RateLimit-Remaining"])

    before = left()
    seen = [
        left(**{name: f"198.51.100.{number}"})
        for number, name in enumerate(
            (
                "X_Forwarded_For",
                "X_Real_IP",
                "Forwarded",
                "True_Client_IP",
                "CF_Connecting_IP",
                "X_Client_IP",
                "X_Forwarded_For",
                "Client_IP",
            )
        )
    ]
    assert seen == list(range(before - 1, before - 1 - len(seen), -1))
    statuses_ = [
        server.call(
            "POST",
            "/api/v1/apps",
            data={"client_name": "a", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob"},
            headers={"X-Forwarded-For": f"198.51.100.{number}", "Authorization": f"Bearer invented{number}"},
        ).status_code
        for number in range(8)
    ]
    assert 429 in statuses_
    limited = server.call("POST", "/api/v1/apps", headers={"X-Forwarded-For": "198.51.100.77, 127.0.0.1"})
    assert limited.status_code == 429
    assert limited.json()["error"]
    assert "T" in limited.headers["X-RateLimit-Reset"]
