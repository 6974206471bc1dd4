"""What is still read of a network right after it was taken down, and how long until nothing is.

    .venv/bin/python benchmarks/takedown_reads.py [--accounts 10000]

Accounts of a case that wrote most of what there is, made a hashtag, a post and a page trends, and answered, liked and followed
others; one reader follows them all and has a stream open. Every read is made once before, so that all that is kept in memory is
warm. Then one decision suspends them, and each read is made again at once, before any reaction to the decision ran. Target: gone
at the next read, at most 1 s, from counts of followers, likes and answers too.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import data

from dunnock import discovery, moderation, posts
from dunnock.app.build import House, build
from dunnock.app.settings import load
from dunnock.foundation.clock import DAY, HOUR, MINUTE, now_ms
from dunnock.foundation.ids import id_at

_ORGANIC = 100
_STAFF = ("moderator", "admin")
_PATIENCE_S = 30.0
_LIKED, _TAKE_UP, _PAGE = 50, 40, "lie.example"
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
    _make_trends(conn)
    conn.commit()
    conn.close()


def _make_trends(conn: sqlite3.Connection) -> None:
    """40 of the network take up a hashtag, a page and a post, with time between, and turn to somebody who is not of it."""
    now = now_ms()
    conn.execute("UPDATE account_counts SET posts = 10, last_post_at = ?", (now - DAY,))
    conn.execute("INSERT INTO hashtags (id, key, name) VALUES (2, 'astro', 'astro')")
    conn.execute(
        "INSERT INTO previews (id, link_id, url, state, card, asked_at) VALUES (1, 1, ?, 'ready', ?, ?)",
        (f"https://{_PAGE}/1", '{"title":"A lie"}', now),
    )
    (liked,) = conn.execute("SELECT max(id) FROM posts WHERE author_id = ?", (_LIKED,)).fetchone()
    conn.execute("DELETE FROM follows WHERE followed_id = ? AND follower_id != 1", (_LIKED,))
    conn.execute("UPDATE account_counts SET followers = 41 WHERE account_id = ?", (_LIKED,))
    conn.execute("UPDATE post_counts SET replies = 40, favourites = 40 WHERE post_id = ?", (liked,))
    praised = id_at(now - 4 * HOUR)
    for number in range(_TAKE_UP + 1):
        author = _ORGANIC + 1 + number
        post_id = praised if number == 0 else id_at(now - (190 - 4 * number) * MINUTE)
        answers = (None, None) if number == 0 else (liked, _LIKED)
        conn.execute(
            "INSERT INTO posts (id, author_id, text, html, visibility, thread_id, created_at, hashtags, reply_to_id,"
            " reply_to_author_id) VALUES (?, ?, 'garden #astro', '<p>garden</p>', 'public', ?, ?, '[\"astro\"]', ?, ?)",
            (post_id, author, liked if number else post_id, now, *answers),
        )
        conn.execute("INSERT INTO post_counts (post_id) VALUES (?)", (post_id,))
        conn.execute("INSERT INTO hashtag_posts (hashtag_id, post_id) VALUES (2, ?)", (post_id,))
        conn.execute("INSERT INTO post_previews (post_id, preview_id, link_id) VALUES (?, 1, 1)", (post_id,))
        if number:
            for on, more in ((praised, 2), (liked, 3)):
                conn.execute(
                    "INSERT INTO interactions (account_id, post_id, favourite_id) VALUES (?, ?, ?)",
                    (author, on, post_id + more),
                )
            conn.execute(
                "INSERT INTO follows (id, follower_id, followed_id) VALUES (?, ?, ?)", (post_id + 4, author, _LIKED)
            )


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


def _used(body: bytes) -> int:
    """By how many accounts a hashtag was used, as its history says."""
    return sum(int(day["accounts"]) for day in json.loads(body)["history"])


def _counted(*names: str, others: int = 0) -> Callable[[bytes], int]:
    """How many are counted there besides `others`, who are not of the network."""

    def count(body: bytes) -> int:
        held = json.loads(body)
        return sum(held[name] for name in names) - others

    return count


class Screen:
    """A client with a stream open: what it heard."""

    def __init__(self, house: House, token: str) -> None:
        """Not connected yet."""
        self.house, self.token, self.heard, self.closed = house, token, b"", False

    async def open(self) -> Screen:
        """Itself, hearing the stream of home."""
        headers = [(b"host", b"127.0.0.1:8000"), (b"authorization", f"Bearer {self.token}".encode())]
        scope: dict[str, Any] = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": "/api/v1/streaming/user", "raw_path": b"/api/v1/streaming/user", "query_string": b"",
            "headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000), "root_path": "", "state": {},
        }  # fmt: skip

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message.get("taker") is not None:
                message["taker"].connection_made(self)

        await self.house.edge(scope, receive, send)
        await asyncio.sleep(0.2)
        return self

    async def hears(self, said: str) -> float:
        """Wait until it hears this; how long that took, in seconds."""
        begun = time.monotonic()
        for _ in range(int(_PATIENCE_S * 1000)):
            if said.encode() in self.heard:
                break
            await asyncio.sleep(0.001)
        print(f"{'an open stream hears of it':48} after {(time.monotonic() - begun) * 1000:7.1f} ms")
        return time.monotonic() - begun

    def write(self, data: bytes) -> None:
        """What the server says."""
        self.heard += data

    def get_write_buffer_size(self) -> int:
        """It takes all at once."""
        return 0

    def get_extra_info(self, _: str) -> None:
        """There is no socket."""
        return

    def is_closing(self) -> bool:
        """Is it closed?"""
        return self.closed

    def close(self) -> None:
        """The end."""
        self.closed = True

    abort = close


def enter(folder: Path) -> str:
    """A token of the reader."""
    command = [sys.executable, "-m", "dunnock", "members", "token", "person00001", "--data", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1]


async def _publish(house: House, author_id: int, screen: Screen) -> int:
    """Something new by somebody of the network, which the stream hears; its id."""
    async with house.db.begin() as tx:
        draft = posts.Draft(text="the garden again")
        made = await posts.publish(tx, draft, author_id=author_id, app_id=None, settings=house.settings)
    while str(made.id).encode() not in screen.heard:  # noqa: ASYNC110 (as above)
        await asyncio.sleep(0.001)
    return made.id


async def measure(folder: Path, token: str) -> bool:
    """Read, decide, read; whether all was gone at the next read within a second."""
    path = folder / "dunnock.db"
    house = await build(load(folder, environ={}, flags={"dev": True}))
    await house.reactions.prepare()
    db = house.db
    for _ in range(200):
        await discovery.index_backlog(db, discovery.IndexBacklog())
    await discovery.refresh_trends(db, discovery.RefreshTrends())
    conn = sqlite3.connect(path)
    (liked,) = conn.execute(
        "SELECT max(id) FROM posts WHERE author_id = ? AND reply_to_id IS NULL", (_LIKED,)
    ).fetchone()
    (post,) = conn.execute("SELECT max(id) FROM posts WHERE author_id > ?", (_ORGANIC,)).fetchone()
    (author,) = conn.execute("SELECT author_id FROM posts WHERE id = ?", (post,)).fetchone()
    conn.close()
    names: dict[str, Callable[[bytes], int]] = {
        "/api/v1/trends/tags": lambda body: body.count(b'"name":"astro"'),
        "/api/v1/trends/links": lambda body: body.count(_PAGE.encode()),
        "/api/v1/tags/astro": _used,
        f"/api/v1/statuses/{liked}": _counted("replies_count", "favourites_count"),
        f"/api/v1/accounts/{_LIKED}": _counted("followers_count", others=1),
        "/explore/tags": lambda body: body.count(b"/tags/astro"),
        "/explore/links": lambda body: body.count(_PAGE.encode()),
    }
    reads = (
        *names, "/api/v1/trends/statuses", "/explore",
        "/api/v1/timelines/home?limit=40", "/api/v1/timelines/public?limit=40", "/api/v1/timelines/tag/train?limit=40",
        "/api/v2/search?q=garden&limit=20", "/api/v2/search?q=person0&type=accounts", f"/api/v1/statuses/{post}",
        f"/api/v1/accounts/{author}/statuses", "/api/v1/accounts/1/following?limit=80",
        "/api/v1/directory?limit=40", f"/@person{author:05d}", f"/@person{author:05d}/{post}", "/tags/train",
    )  # fmt: skip
    before = {one: names.get(one, left)((await ask(house, one, token))[1]) for one in reads}
    screen = await Screen(house, token).open()
    news = await _publish(house, author, screen)
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
    well = await screen.hears(f"event: delete\ndata: {news}\n") <= 1
    for one in reads:
        count = names.get(one, left)
        status, body, took = await ask(house, one, token)
        first, until = count(body), time.monotonic() + _PATIENCE_S
        begun = time.monotonic()
        while count(body) and time.monotonic() < until:
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
