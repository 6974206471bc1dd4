"""CPU time of the web app's pages over HTTP, for strangers and members, in two languages; and their bytes.

    .venv/bin/python benchmarks/pages.py [--rounds 500] [--people 100]

As benchmarks/server.py: the whole process tree, one request after the other, beside a bare ASGI app in the same run.
Budgets: a profile with 20 posts at most 2 ms, a post at most 1 ms, 20 posts at most 30 kB gzip.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import http.client
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import data
import sqlalchemy

from server import FLOOR, cpu_of, fill, free_port, running

COOKIE = "bench-session"


def sign_in(path: Path) -> None:
    """A browser's session of the first member."""
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    now = int(time.time() * 1000)
    with engine.begin() as conn:
        conn.execute(
            data.metadata.tables["sessions"].insert(),
            {"id": 1, "token_digest": hashlib.sha256(COOKIE.encode()).hexdigest(), "member_id": 1, "client": "Bench",
             "created_at": now, "seen_at": now, "proven_at": now},
        )  # fmt: skip
        conn.execute(sqlalchemy.update(data.metadata.tables["members"]).values(locale=""))
    engine.dispose()


def measure(pid: int, port: int, paths: list[str], headers: dict[str, str]) -> tuple[float, int, int]:
    """(CPU ms a request, bytes of the last answer, its bytes with gzip)."""
    conn = http.client.HTTPConnection("127.0.0.1", port)

    def ask(path: str) -> bytes:
        conn.request("GET", path, headers=headers)
        answer = conn.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status}")
        return body

    for path in paths[:50]:
        body = ask(path)
    begun = cpu_of(pid)
    for path in paths:
        body = ask(path)
    return (cpu_of(pid) - begun) / len(paths) * 1000, len(body), len(gzip.compress(body, 6))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--people", type=int, default=100)
    given = parser.parse_args()
    turn = range(given.rounds)
    port = free_port()
    with running([sys.executable, "-c", FLOOR % port], port) as pid:
        floor, *_ = measure(pid, port, ["/" for _ in turn], {})
    print(f"{'floor: bare ASGI, 40 KB':<34}{floor:>8.3f} ms")
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder) / "dunnock.db"
        dunnock = [sys.executable, "-P", "-m", "dunnock"]
        subprocess.run([*dunnock, "migrate", "--data", folder], check=True, stdout=subprocess.DEVNULL)
        fill(here, given.people)
        sign_in(here)
        posts = data.some_posts(here, 500)
        engine = sqlalchemy.create_engine(f"sqlite:///{here}")
        with engine.begin() as conn:
            table = data.metadata.tables["posts"]
            authors = dict(conn.execute(sqlalchemy.select(table.c.id, table.c.author_id)).all())
        engine.dispose()
        profiles = [f"/@person{1 + n % 50:05d}" for n in turn]
        single = [f"/@person{authors[posts[n % len(posts)]]:05d}/{posts[n % len(posts)]}" for n in turn]
        port = free_port()
        with running([*dunnock, "up", "--dev", "--data", folder, "--port", str(port)], port) as pid:
            for who, headers in (
                ("stranger", {}),
                ("stranger, Arabic", {"accept-language": "ar"}),
                ("member", {"cookie": f"dunnock={COOKIE}"}),
            ):
                cases = {"profile, 20 posts": profiles, "post": single, "explore": ["/explore" for _ in turn]}
                if who == "member":
                    cases |= {"home, 20 posts": ["/" for _ in turn], "notifications": ["/notifications" for _ in turn]}
                for name, paths in cases.items():
                    cost, size, packed = measure(pid, port, paths, headers)
                    shown = f"{name} ({who})"
                    print(f"{shown:<34}{cost:>8.3f} ms{cost / floor:>8.2f} x floor{size:>9} bytes{packed:>8} gzip")


if __name__ == "__main__":
    main()
