"""CPU time of the whole server per request, over HTTP: the real process, its web server, its commits and its reactions.

    .venv/bin/python benchmarks/server.py [--rounds 1000] [--people 100]

A server is started on a free port with made-up people and posts; one client asks, one request after the other.
CPU is that of the server's process tree (/proc), for writes until it is quiet again. `floor` is the same client
against a bare ASGI app that sends 40 KB, in the same run: compare ratios, not milliseconds of different machines.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import data
import sqlalchemy

from dunnock.foundation.clock import HOUR
from dunnock.foundation.ids import id_at

TICK = os.sysconf("SC_CLK_TCK")
FLOOR = """
import uvicorn
BODY = b'x' * 40_000
async def app(scope, receive, send):
    if scope['type'] != 'http':
        return
    await send({'type': 'http.response.start', 'status': 200, 'headers': [(b'content-length', b'40000')]})
    await send({'type': 'http.response.body', 'body': BODY})
uvicorn.run(app, port=%d, log_level='error', access_log=False)
"""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def cpu_of(root: int) -> float:
    """CPU seconds of a process and all below it, ended ones included."""
    stats = {}
    for name in (one.name for one in Path("/proc").iterdir()):
        if name.isdigit():
            try:
                fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            stats[int(name)] = (int(fields[1]), sum(map(int, fields[11:15])))
    total, todo = 0, [root]
    while todo:
        pid = todo.pop()
        total += stats.get(pid, (0, 0))[1]
        todo += [child for child, (parent, _) in stats.items() if parent == pid]
    return total / TICK


@contextmanager
def running(command: list[str], port: int) -> Iterator[int]:
    """A server that answers on `port`; its process id."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def fill(path: Path, people: int) -> list[str]:
    """People, posts, follows and a token for each of the first fifty; the tokens."""
    data.build(path, people=people)
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    table = data.metadata.tables
    tokens = [f"bench-{number:04d}" for number in range(1, min(people, 50) + 1)]
    with engine.begin() as conn:
        conn.execute(
            table["apps"].insert(),
            {"id": 1, "client_id": "bench", "secret_digest": "", "name": "Bench", "redirect_uris": "", "scopes": "read",
             "created_at": data.START},
        )  # fmt: skip
        for number, raw in enumerate(tokens, 1):
            conn.execute(
                table["members"].insert(),
                {"id": number, "account_id": number, "email": f"{number}@bench.example", "created_at": data.START,
                 "email_key": f"{number}@bench.example", "password_hash": "!"},
            )  # fmt: skip
            conn.execute(
                table["tokens"].insert(),
                {"id": number, "digest": hashlib.sha256(raw.encode()).hexdigest(), "app_id": 1, "member_id": number,
                 "account_id": number, "scopes": "read write", "created_at": data.START},
            )  # fmt: skip
        conn.execute(table["notifications"].insert(), list(told(conn, len(tokens), people)))
    engine.dispose()
    return tokens


def told(conn: sqlalchemy.Connection, members: int, people: int) -> Iterator[dict[str, object]]:
    """Forty notifications for each of the first members: favourites, boosts and follows (in groups), mentions."""
    table = data.metadata.tables
    posts = table["posts"].c
    newest = sqlalchemy.select(posts.id).where(posts.boost_of_id.is_(None), posts.visibility == "public")
    others = [row[0] for row in conn.execute(newest.order_by(posts.id.desc()).limit(500))]
    number = 0
    for member in range(1, members + 1):
        own = [row[0] for row in conn.execute(newest.where(posts.author_id == member).limit(10))]
        if not own:
            continue
        for turn in range(40):
            number += 1
            kind = ("favourite", "boost", "mention", "favourite", "follow")[turn % 5]
            about = 0 if kind == "follow" else others[number % 500] if kind == "mention" else own[turn // 10 % len(own)]
            at = data.START + number * 1000
            yield {
                "id": id_at(at, number % 60_000), "account_id": member, "kind": kind, "post_id": about, "created_at": at,
                "from_id": 1 + (member + 1 + turn) % people, "bucket": 0 if kind == "mention" else data.START // HOUR,
                "head": kind == "mention" or turn == 39 or turn % 10 in (6, 8),  # the last of its group
            }  # fmt: skip


def measure(pid: int, port: int, requests: list[tuple[str, str, str, str]]) -> tuple[float, int]:
    """(CPU ms a request, bytes of the last answer)."""
    conn = http.client.HTTPConnection("127.0.0.1", port)

    def ask(method: str, path: str, token: str, body: str) -> int:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if body:
            headers["Content-Type"] = "application/json"
        conn.request(method, path, body or None, headers)
        answer = conn.getresponse()
        size = len(answer.read())
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status}")
        return size

    for one in requests[:50]:
        ask(*one)
    begun, size = cpu_of(pid), 0
    for one in requests:
        size = ask(*one)
    time.sleep(0.5)  # what a write caused is done by then
    return (cpu_of(pid) - begun) / len(requests) * 1000, size


def scenarios(
    tokens: list[str], posts: list[int], rounds: int
) -> Iterator[tuple[str, list[tuple[str, str, str, str]]]]:
    """(name, requests)."""
    turn = [(number, tokens[number % len(tokens)]) for number in range(rounds)]

    def reads(path: str) -> list[tuple[str, str, str, str]]:
        return [("GET", path.format(post=posts[n % len(posts)], account=1 + n % 50), token, "") for n, token in turn]

    yield "home, 20 posts", reads("/api/v1/timelines/home?limit=20")
    yield "home, 40 posts", reads("/api/v1/timelines/home?limit=40")
    yield "public, 20 posts", reads("/api/v1/timelines/public?limit=20")
    yield "an account's posts", reads("/api/v1/accounts/{account}/statuses?limit=20")
    yield "search, a word", reads("/api/v2/search?q=garden&type=statuses&limit=20&resolve=false")
    yield "search, accounts", reads("/api/v2/search?q=person0000&type=accounts&limit=20&resolve=false")
    yield "one post", reads("/api/v1/statuses/{post}")
    yield "its thread", reads("/api/v1/statuses/{post}/context")
    yield "notifications, 20", reads("/api/v1/notifications?limit=20")
    yield "notification groups, 20", reads("/api/v2/notifications?limit=20")
    yield "instance v2", [("GET", "/api/v2/instance", "", "") for _ in turn]
    acts = [  # each member and post once: liking twice does nothing
        (
            "POST",
            f"/api/v1/statuses/{posts[n % len(posts)]}/favourite",
            tokens[(n + n // len(posts)) % len(tokens)],
            "{}",
        )
        for n in range(rounds)
    ]
    yield "favourite, all effects", acts
    said = [json.dumps({"status": f"load {n} {' '.join(data.WORDS[:12])} #openclub"}) for n, _ in turn]
    yield "post, all effects", [("POST", "/api/v1/statuses", token, said[n]) for n, token in turn]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--people", type=int, default=100)
    given = parser.parse_args()
    port = free_port()
    with running([sys.executable, "-c", FLOOR % port], port) as pid:
        floor, _ = measure(pid, port, [("GET", "/", "", "")] * given.rounds)
    print(f"{'floor: bare ASGI, 40 KB':<28}{floor:>8.3f} ms")
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        dunnock = [sys.executable, "-P", "-m", "dunnock"]
        subprocess.run([*dunnock, "migrate", "--data", folder], check=True, stdout=subprocess.DEVNULL)
        tokens = fill(here / "dunnock.db", given.people)
        posts = data.some_posts(here / "dunnock.db", 500)
        port = free_port()
        with running([*dunnock, "up", "--dev", "--data", folder, "--port", str(port)], port) as pid:
            for name, requests in scenarios(tokens, posts, given.rounds):
                cost, size = measure(pid, port, requests)
                print(f"{name:<28}{cost:>8.3f} ms{cost / floor:>8.2f} x floor{size:>9} bytes")


if __name__ == "__main__":
    main()
