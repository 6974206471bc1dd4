"""What drills are played with: other servers, and a clock that is put forward."""

from __future__ import annotations

import http.client
import json
import runpy
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from dunnock.cli.drills import later
from dunnock.cli.drills.peers import peers
from dunnock.federation.signatures import Request, read, verify
from dunnock.foundation.clock import DAY, SECOND, now_ms


def test_the_whole_program_has_a_later_clock(monkeypatch):
    seen = []
    monkeypatch.setattr(time, "time_ns", time.time_ns)
    monkeypatch.setattr(time, "time", time.time)
    monkeypatch.setattr(sys, "argv", ["later", str(DAY // SECOND), "worker"])
    monkeypatch.setattr(runpy, "run_module", lambda name, **_: seen.append((name, sys.argv[1:], now_ms(), time.time())))
    before = now_ms()
    later.main()
    ((name, arguments, at, rough),) = seen
    assert (name, arguments) == ("dunnock", ["worker"])
    assert DAY <= at - before < DAY + 60 * SECOND
    assert rough == pytest.approx(at / SECOND, abs=5)


@pytest.fixture
def inbox():
    """A server that keeps what it is sent."""
    got = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(202)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield SimpleNamespace(url=f"http://127.0.0.1:{server.server_address[1]}", got=got)
    server.shutdown()
    server.server_close()


def ask(domain, method, path, body=None):
    connection = http.client.HTTPConnection(domain, timeout=10)
    connection.request(method, path, body, {"content-type": "application/activity+json"})
    answer = connection.getresponse()
    told = answer.read()
    connection.close()
    return answer.status, json.loads(told) if told else None


def test_another_server_is_asked_for_people_lets_them_be_followed_and_signs(inbox):
    with peers(inbox, 2) as (one, other):
        assert one.domain.partition(":")[0] != other.domain.partition(":")[0]
        wren = one.joins("wren", summary="By the sea")
        _, found = ask(one.domain, "GET", f"/.well-known/webfinger?resource=acct:wren@{one.domain}")
        assert found["links"][0]["href"] == wren.uri
        status, actor = ask(one.domain, "GET", "/users/wren")
        assert (status, actor["id"], actor["summary"]) == (200, wren.uri, "By the sea")
        assert ask(one.domain, "GET", "/users/nobody")[0] == 404
        follow = {"id": "http://here/1", "type": "Follow", "actor": "http://here/me", "object": wren.uri}
        assert ask(one.domain, "POST", "/users/wren/inbox", json.dumps(follow))[0] == 202
        assert one.posts(wren, "Look", tag="sea") == 202
        key_of_another = ask(other.domain, "GET", "/users/" + other.joins("owl").name)[1]["publicKey"]["publicKeyPem"]
    told = {json.loads(body)["type"]: (path, headers, body) for path, headers, body in inbox.got}
    assert json.loads(told["Accept"][2])["object"] == follow
    note = json.loads(told["Create"][2])["object"]
    assert note["tag"][0]["name"] == "#sea"
    assert note["attributedTo"] == wren.uri
    path, headers, body = told["Create"]
    request = Request("POST", "http", path, headers, body)
    claim = read(request, now_ms=now_ms())
    assert claim.key_id == actor["publicKey"]["id"]
    assert verify(claim, load_pem_public_key(actor["publicKey"]["publicKeyPem"].encode()))
    assert not verify(claim, load_pem_public_key(key_of_another.encode()))
