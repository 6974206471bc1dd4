"""What open streams cost: memory for each, and how long after its commit a post is heard.

    .venv/bin/python benchmarks/streams.py [--sockets 1000] [--follow 50] [--posts 200]

A server is started on a free port of this machine. Every socket belongs to a member of its own, who follows `--follow`
others and hears the home feed; then as many more are opened by the same members. Memory is the proportional set size of
the server's processes (/proc/PID/smaps_rollup), taken before and after. Latency is taken by the one client here: from
the moment that the server answered the post (its commit is on the disk then) until the event was read; and from sending
the post, which holds the commit too.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import data
import sqlalchemy

from server import cpu_of, free_port, running

KEY = base64.b64encode(os.urandom(16)).decode()


def tokens_of(path: Path, people: int) -> list[str]:
    """A member with a token for each account."""
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    table = data.metadata.tables
    tokens = [f"bench-{number:05d}" for number in range(1, people + 1)]
    with engine.begin() as conn:
        conn.execute(
            table["apps"].insert(),
            {"id": 1, "client_id": "bench", "secret_digest": "", "name": "Bench", "redirect_uris": "", "scopes": "read",
             "created_at": data.START},
        )  # fmt: skip
        conn.execute(
            table["members"].insert(),
            [{"id": number, "account_id": number, "email": f"{number}@bench.example", "created_at": data.START,
              "email_key": f"{number}@bench.example", "password_hash": "!"} for number in range(1, people + 1)],
        )  # fmt: skip
        conn.execute(
            table["tokens"].insert(),
            [{"id": number, "digest": hashlib.sha256(raw.encode()).hexdigest(), "app_id": 1, "member_id": number,
              "account_id": number, "scopes": "read write", "created_at": data.START}
             for number, raw in enumerate(tokens, 1)],
        )  # fmt: skip
    engine.dispose()
    return tokens


def memory_of(pid: int) -> tuple[int, int]:
    """Proportional and resident set size in KB."""
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in {"Pss", "Rss"}:
            found[name] = int(rest.split()[0])
    return found["Pss"], found["Rss"]


class Ear(asyncio.Protocol):
    """One WebSocket, read only as far as counting needs: when each text message came."""

    def __init__(self, path: str, token: str, port: int) -> None:
        self.path, self.token, self.port = path, token, port
        self.open = asyncio.get_running_loop().create_future()
        self.heard: list[float] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        self.transport = transport
        assert isinstance(transport, asyncio.Transport)
        transport.write(
            f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\nAuthorization: Bearer {self.token}\r\n\r\n".encode()
        )

    def data_received(self, received: bytes) -> None:
        """The answer, then events."""
        if not self.open.done():
            if not received.startswith(b"HTTP/1.1 101"):
                raise SystemExit(received[:300])
            self.open.set_result(None)
            return
        if b'"event":"update"' in received:
            self.heard.append(time.perf_counter())


async def open_many(port: int, tokens: list[str], path: str) -> list[Ear]:
    """One socket for each token, some at a time."""
    loop = asyncio.get_running_loop()
    made: list[Ear] = []
    for at in range(0, len(tokens), 50):
        some = [Ear(path, token, port) for token in tokens[at : at + 50]]
        for one in some:
            await loop.create_connection(lambda one=one: one, "127.0.0.1", port)
        await asyncio.gather(*[one.open for one in some])
        made += some
    return made


def post(port: int, token: str, number: int) -> tuple[float, float]:
    """When it was sent, and when it was answered."""
    conn = http.client.HTTPConnection("127.0.0.1", port)
    begun = time.perf_counter()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    conn.request("POST", "/api/v1/statuses", json.dumps({"status": f"heard {number} #bench"}), headers)
    answer = conn.getresponse()
    answer.read()
    if answer.status != 200:
        raise SystemExit(answer.status)
    return begun, time.perf_counter()


def spread(values: list[float]) -> str:
    """Median, 95th and 99th of a hundred, worst, in ms."""
    parts = statistics.quantiles(values, n=100)
    marks = zip(("median", "p95", "p99", "worst"), (parts[49], parts[94], parts[98], max(values)), strict=True)
    return "  ".join(f"{name} {value * 1000:.2f}" for name, value in marks) + " ms"


async def measure(pid: int, port: int, tokens: list[str], posts: int) -> None:
    """Open, weigh, post, listen."""
    for number, token in enumerate(tokens[:20]):
        await asyncio.to_thread(post, port, token, number)  # what a server that did something anyhow has loaded
    before = memory_of(pid)
    print(f"{'before':<28}{before[0] / 1024:8.1f} MB PSS {before[1] / 1024:8.1f} MB RSS")
    sockets: list[Ear] = []
    for path in ("/api/v1/streaming?stream=user", "/api/v1/streaming?stream=user"):
        sockets += await open_many(port, tokens, path)
        await asyncio.sleep(2)
        now = memory_of(pid)
        more = now[0] - before[0]
        print(
            f"{len(sockets):>6} sockets{'':<14}{now[0] / 1024:8.1f} MB PSS {now[1] / 1024:8.1f} MB RSS: "
            f"{more / 1024:.1f} MB more, {more / len(sockets):.2f} KB each"
        )
    cpu = cpu_of(pid)
    after_answer: list[float] = []
    after_sending: list[float] = []
    reached = 0
    for number in range(posts):
        for one in sockets:
            one.heard.clear()
        begun, answered = await asyncio.to_thread(post, port, tokens[1 + number % (len(tokens) - 1)], number)
        await asyncio.sleep(0.15)
        for one in sockets:
            for heard in one.heard:
                after_answer.append(max(0.0, heard - answered))
                after_sending.append(heard - begun)
                reached += 1
    print(
        f"{posts} posts, heard by {reached / posts:.0f} sockets each; {(cpu_of(pid) - cpu) / posts * 1000:.2f} ms CPU a post"
    )
    print(f"after the answer   {spread(after_answer)}")
    print(f"after sending it   {spread(after_sending)}")
    now = memory_of(pid)
    print(f"{'afterwards':<28}{now[0] / 1024:8.1f} MB PSS {now[1] / 1024:8.1f} MB RSS")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--follow", type=int, default=50)
    parser.add_argument("--posts", type=int, default=100)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        dunnock = [sys.executable, "-P", "-m", "dunnock"]
        subprocess.run([*dunnock, "migrate", "--data", folder], check=True, stdout=subprocess.DEVNULL)
        path = Path(folder) / "dunnock.db"
        data.build(path, people=given.sockets, follow=given.follow)
        tokens = tokens_of(path, given.sockets)
        port = free_port()
        with running([*dunnock, "up", "--dev", "--data", folder, "--port", str(port)], port) as pid:
            asyncio.run(measure(pid, port, tokens, given.posts))


if __name__ == "__main__":
    main()
