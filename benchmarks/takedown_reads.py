"""What is still read of a network right after it was taken down, and how long until nothing is.

    .venv/bin/python benchmarks/takedown_reads.py [--accounts 10000]

Accounts of a case that wrote most of what there is, made a hashtag, a post and a page trends, and answered, liked, boosted and followed
others; one reader follows them all and has a stream open. Every read is made once before, so that all that is kept in memory is warm.
Then one decision suspends them, and each read is made again at once, before any reaction to the decision ran. Target: gone at the
next read, at most 1 s. Of counts the next read is told beside what it should be.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import data

from dunnock import discovery, moderation
from dunnock.app.build import House, build
from dunnock.app.settings import load
from dunnock.foundation.clock import now_ms

_ORGANIC = 100
_STAFF = ("moderator", "admin")
_PATIENCE_S = 30.0
_IDS = re.compile(rb'"acct":"person(\d{5})"')
_LINKS = re.compile(rb"/@person(\d{5})")


def fill(path: Path, accounts: int) -> None:
    """100 people and the network, 3 posts each; a case about the network; the reader is number 1."""
    data.build(path, people=_ORGANIC + accounts, posts=3 * accounts)
    conn = sqlite3.connect(path)
    conn.execute("UPDATE posts SET hashtags = '[\"train\"]' WHERE id % 3 = 0")
    conn.execute("INSERT INTO hashtags (id, key, name) VALUES (1, 'train', 'train')")
    conn.execute("INSERT INTO hashtag_posts (hashtag_id, post_id) SELECT 1, id FROM posts WHERE id % 3 = 0")
    conn.execute("UPDATE accounts SET indexable = 1")
    for number, role in enumerate(_STAFF, 2):
        conn.execute(
            "INSERT INTO members (id, account_id, email, email_key, password_hash, role, state, created_at) "
            "VALUES (?, ?, ?, ?, '!', ?, 'active', 1)",
            (900 + number, number, f"{number}@x.example", f"{number}@x.example", role),
        )
    conn.execute(
        "INSERT INTO members (id, account_id, email, email_key, password_hash, role, state, created_at) "
        "VALUES (901, 1, 'r@x.example', 'r@x.example', '!', 'member', 'active', 1)"
    )
    conn.execute("INSERT INTO cases (id, title, opened_by, updated_at) VALUES (1, 'Network', 2, 1)")
    conn.executemany(
        "INSERT INTO case_subjects (case_id, kind, subject_id, by_account_id, at) VALUES (1, 'account', ?, 2, 1)",
        ((number,) for number in range(_ORGANIC + 1, _ORGANIC + accounts + 1)),
    )
    conn.commit()
    conn.close()


async def ask(house: House, path: str, token: str) -> tuple[int, bytes, float]:
    """One GET: status, body, seconds."""
    where, _, query = path.partition("?")
    headers = [(b"host", b"127.0.0.1:8000"), (b"authorization", f"Bearer {token}".encode())]
    if "/api/" not in path:
        headers.pop()
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "path": where,
        "raw_path": where.encode(), "query_string": query.encode(), "headers": headers, "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000), "root_path": "", "state": {},
    }  # fmt: skip
    body, status = b"", 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal body, status
        status = message.get("status", status)
        body += message.get("body", b"")

    started = time.monotonic()
    await house.edge(scope, receive, send)
    return status, body, time.monotonic() - started


def left(body: bytes) -> int:
    """How often somebody of the network is in an answer."""
    names = [*_IDS.findall(body), *_LINKS.findall(body)]
    return sum(int(number) > _ORGANIC for number in names)


def enter(folder: Path) -> str:
    """A token of the reader."""
    command = [sys.executable, "-m", "dunnock", "members", "token", "person00001", "--data", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1]


async def measure(folder: Path, token: str) -> bool:
    """Read, decide, read; whether all was gone at the next read within a second."""
    path = folder / "dunnock.db"
    house = await build(load(folder, environ={}, flags={"dev": True}))
    await house.reactions.prepare()
    db = house.db
    for _ in range(200):
        await discovery.index_backlog(db, discovery.IndexBacklog())
    conn = sqlite3.connect(path)
    (post,) = conn.execute("SELECT max(id) FROM posts WHERE author_id > ?", (_ORGANIC,)).fetchone()
    (author,) = conn.execute("SELECT author_id FROM posts WHERE id = ?", (post,)).fetchone()
    conn.close()
    reads = (
        "/api/v1/timelines/home?limit=40", "/api/v1/timelines/public?limit=40", "/api/v1/timelines/tag/train?limit=40",
        "/api/v2/search?q=garden&limit=20", "/api/v2/search?q=person0&type=accounts", f"/api/v1/statuses/{post}",
        f"/api/v1/accounts/{author}/statuses", "/api/v1/accounts/1/following?limit=80",
        "/api/v1/directory?limit=40", f"/@person{author:05d}", f"/@person{author:05d}/{post}", "/tags/train",
    )  # fmt: skip
    before = {one: left((await ask(house, one, token))[1]) for one in reads}
    if not all(before.values()):
        sys.exit(f"nothing of the network is read there: {[one for one, number in before.items() if not number]}")
    async with db.begin() as tx:
        await moderation.decide(tx, moderation.Judgement(action="suspend", case_id=1), by=2)
    await house.jobs.settle(within_s=3_600)
    (request,) = await moderation.open_requests(db, by=3)
    async with db.begin() as tx:
        await moderation.approve_request(tx, request.id, request.digest, by=3, signed_in_at=now_ms())
    started = time.monotonic()
    await house.jobs.settle(within_s=3_600)
    print(f"suspended in {time.monotonic() - started:.1f} s")
    well = True
    for one in reads:
        status, body, took = await ask(house, one, token)
        first, until = left(body), time.monotonic() + _PATIENCE_S
        begun = time.monotonic()
        while left(body) and time.monotonic() < until:
            await house.reactions.settle(within_s=_PATIENCE_S)
            status, body, _ = await ask(house, one, token)
        gone = took if first == 0 else time.monotonic() - begun
        well = well and first == 0 and took <= 1
        print(f"{one:48} {status}  before {before[one]:4}  next read {first:4}  gone after {gone * 1000:7.1f} ms")
    await house.close()
    return well


def main() -> None:
    """Measure; exit code 1 when anything was left."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--accounts", type=int, default=10_000)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder) / "dunnock.db", asked.accounts)
        if not asyncio.run(measure(Path(folder), enter(Path(folder)))):
            sys.exit("something of it was still read")


if __name__ == "__main__":
    main()
