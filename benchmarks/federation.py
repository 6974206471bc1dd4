"""What federation costs: activities taken in, and activities sent out, per CPU-second of the server.

    .venv/bin/python benchmarks/federation.py [--creates 2000] [--followers 300] [--posts 5]

A server is started on a free port with `--dev`; the other side is a process of its own on 127.0.0.2, whose CPU does not
count. In: Creates by somebody who is followed, signed one by one, verified, kept with all their effects. Out: posts of a
member with many followers, each with an inbox of their own, signed and sent one by one.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, TCPConnector, web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from dunnock.federation.signatures import Signer, sign
from server import cpu_of, free_port

HOST = "127.0.0.2"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
PEM = KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
).decode()  # fmt: skip


def sink(port: int, got: Any, pem: str) -> None:
    """The other side: everybody `/users/NAME` lives here, and every inbox takes everything."""

    async def answer(request: web.Request) -> web.Response:
        if request.method == "POST":
            await request.read()
            with got.get_lock():
                got.value += 1
            return web.Response(status=202)
        if not request.path.startswith("/users/"):
            return web.Response(status=404)
        name = request.path.split("/")[2]
        uri = f"http://{HOST}:{port}/users/{name}"
        return web.json_response(
            {
                "id": uri,
                "type": "Person",
                "preferredUsername": name,
                "inbox": f"{uri}/inbox",
                "followers": f"{uri}/followers",
                "publicKey": {"id": f"{uri}#main-key", "owner": uri, "publicKeyPem": pem},
            },
            content_type="application/activity+json",
        )

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    web.run_app(app, host=HOST, port=port, print=None)


@contextmanager
def running(data: Path, port: int) -> Iterator[int]:
    """The server; its process id."""
    environment = os.environ | {"DUNNOCK_PORT": str(port), "DUNNOCK_DEV": "1", "DUNNOCK_SIGN_UP": "open"}
    process = subprocess.Popen(
        [sys.executable, "-m", "dunnock", "up", "--data", str(data)], stdout=subprocess.PIPE, env=environment
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def ask(port: int, method: str, path: str, form: dict[str, Any], token: str | None = None) -> Any:
    """One request of the API."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    connection.request(method, path, json.dumps(form), headers)
    return json.loads(connection.getresponse().read())


class Crowd:
    """Sends activities to the server's shared inbox, sixteen at a time, all signed beforehand."""

    def __init__(self, port: int, there: int) -> None:
        self.inbox, self.there = f"http://127.0.0.1:{port}/inbox", there

    def signed(self, name: str, activity: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        """The activity's body, and the headers that go with it."""
        uri = f"http://{HOST}:{self.there}/users/{name}"
        body = json.dumps({"actor": uri} | activity).encode()
        headers = sign(Signer(f"{uri}#main-key", KEY), "POST", self.inbox, body=body, now_ms=int(time.time() * 1000))
        return body, headers | {"content-type": "application/activity+json"}

    async def send(self, made: list[tuple[bytes, dict[str, str]]]) -> None:
        """Send them; each must be let in."""
        async with ClientSession(connector=TCPConnector(limit=16)) as session:

            async def one(body: bytes, headers: dict[str, str]) -> None:
                async with session.post(self.inbox, data=body, headers=headers) as answer:
                    assert answer.status == 202, (answer.status, await answer.text())

            await asyncio.gather(*(one(*each) for each in made))


def main() -> None:
    """Print both figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--creates", type=int, default=2_000)
    parser.add_argument("--followers", type=int, default=300)
    parser.add_argument("--posts", type=int, default=5)
    asked = parser.parse_args()
    port, there, got = free_port(), free_port(), multiprocessing.Value("q", 0)
    other = multiprocessing.Process(target=sink, args=(there, got, PEM), daemon=True)
    other.start()
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "data", port) as pid:
        scopes = "read write follow"
        made = {"client_name": "b", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": scopes}
        app = ask(port, "POST", "/api/v1/apps", made)
        own = {name: app[name] for name in ("client_id", "client_secret")}
        own |= {"grant_type": "client_credentials", "scope": scopes}
        theirs = ask(port, "POST", "/oauth/token", own)["access_token"]
        form = {"username": "ann", "email": "ann@bench.example", "password": "a good long one", "agreement": True}
        token = ask(port, "POST", "/api/v1/accounts", form, theirs)["access_token"]
        crowd = Crowd(port, there)
        me = f"http://127.0.0.1:{port}/users/ann"
        uri = f"http://{HOST}:{there}/users/p0"
        follows = [
            crowd.signed(f"p{n}", {"id": f"http://{HOST}:{there}/f/{n}", "type": "Follow", "object": me})
            for n in range(asked.followers)
        ]
        asyncio.run(crowd.send(follows))
        found = ask(port, "GET", f"/api/v2/search?resolve=true&q={uri}", {}, token)["accounts"][0]["id"]
        ask(port, "POST", f"/api/v1/accounts/{found}/follow", {}, token)
        follow = f"{me}/follows/{found}"
        asyncio.run(crowd.send([crowd.signed("p0", {"id": f"{uri}/a", "type": "Accept", "object": follow})]))
        creates = []
        for n in range(asked.creates):
            note = {
                "id": f"{uri}/n/{n}", "type": "Note", "attributedTo": uri, "content": f"<p>number {n}</p>", "to": [PUBLIC],
                "cc": [f"{uri}/followers"], "published": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            }  # fmt: skip
            activity = {"id": f"{uri}/c/{n}", "type": "Create", "object": note, "to": note["to"], "cc": note["cc"]}
            creates.append(crowd.signed("p0", activity))
        time.sleep(3)
        before = cpu_of(pid)
        asyncio.run(crowd.send(creates))
        time.sleep(3)  # what follows from them counts too
        spent = cpu_of(pid) - before
        kept = ask(port, "GET", f"/api/v1/accounts/{found}", {}, token)["statuses_count"]
        assert kept == asked.creates, f"only {kept} are kept"
        print(f"in:  {asked.creates / spent:,.0f} Creates a CPU-second ({spent / asked.creates * 1000:.2f} ms each)")
        start, before, wanted = got.value, cpu_of(pid), asked.posts * asked.followers
        for n in range(asked.posts):
            ask(port, "POST", "/api/v1/statuses", {"status": f"to everybody {n}"}, token)
        began = time.monotonic()
        while got.value - start < wanted and time.monotonic() - began < 120:
            time.sleep(0.05)
        spent, arrived = cpu_of(pid) - before, got.value - start
        each = spent / arrived * 1000
        print(
            f"out: {arrived / spent:,.0f} deliveries a CPU-second ({each:.2f} ms each; {arrived} of {wanted} arrived)"
        )
    other.terminate()


if __name__ == "__main__":
    main()
