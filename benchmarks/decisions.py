"""One decision about a network: carried out, then taken back, with all that follows from it; how long that takes.

    .venv/bin/python benchmarks/decisions.py [--accounts 173750] [--acts 10]

Accounts of a case on a SQLite file, each of which liked, followed and answered so many of 100 people; the jobs of the decision
and the reactions to its events run as in a server. All rows of accounts and all counts are compared before and after; in between
the people must have no likes, followers and answers left. Target: 173,750 accounts (Twitter, June 2020: 23,750 core and 150,000
amplifiers) in at most 10 minutes each way on 2 cores.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import resource
import sqlite3
import tempfile
import time
from pathlib import Path

import data

from dunnock import moderation
from dunnock.app.build import build
from dunnock.app.settings import load
from dunnock.foundation.clock import HOUR, now_ms
from dunnock.foundation.ids import id_at

_STAFF = (("mo", "moderator"), ("ada", "admin"))


_FIRST = 1_000_000
_COUNTS = (  # (counter's table, its key, counter, where the facts are, whom they are about)
    ("post_counts", "post_id", "favourites", "interactions", "post_id"),
    ("post_counts", "post_id", "replies", "posts", "reply_to_id"),
    ("account_counts", "account_id", "followers", "follows", "followed_id"),
    ("account_counts", "account_id", "following", "follows", "follower_id"),
)
_LEFT = (
    "SELECT (SELECT sum(followers) FROM account_counts) + (SELECT sum(favourites) + sum(replies) FROM post_counts) "
    "- (SELECT count(*) FROM posts JOIN accounts a ON a.id = author_id WHERE reply_to_id IS NOT NULL "
    "AND visibility IN ('public', 'unlisted') AND a.standing = 'active')"
)


def fill(path: Path, accounts: int, acts: int) -> None:
    """A server with staff, and a case with so many accounts in it: one in eight core, the others amplifiers."""
    data.build(path, people=100, posts=1_000)
    conn = sqlite3.connect(path)
    first = _FIRST
    conn.executemany(
        "INSERT INTO accounts (id, username, username_key, created_at) VALUES (?, ?, ?, 1)",
        ((first + one, f"net{one}", f"net{one}") for one in range(accounts)),
    )
    conn.executemany("INSERT INTO account_counts (account_id) VALUES (?)", ((first + one,) for one in range(accounts)))
    for number, (_, role) in enumerate(_STAFF, 1):
        conn.execute("UPDATE members SET role = ? WHERE account_id = ?", (role, number))
        conn.execute(
            "INSERT INTO members (id, account_id, email, email_key, password_hash, role, state, created_at) "
            "SELECT ?, ?, ?, ?, '!', ?, 'active', 1 WHERE NOT EXISTS (SELECT 1 FROM members WHERE account_id = ?)",
            (900 + number, number, f"{number}@x.example", f"{number}@x.example", role, number),
        )
    conn.execute("INSERT INTO cases (id, title, opened_by, updated_at) VALUES (1, 'Network', 1, 1)")
    conn.executemany(
        "INSERT INTO case_subjects (case_id, kind, subject_id, role, by_account_id, at) VALUES (1, 'account', ?, ?, 1, 1)",
        ((first + one, "amplifier" if one % 8 else "core") for one in range(accounts)),
    )
    _act(conn, accounts, acts)
    conn.commit()
    conn.close()


def _act(conn: sqlite3.Connection, accounts: int, acts: int) -> None:
    """Likes, follows and answers of the network, and the counts that they make; nobody else does anything."""
    liked = [row[0] for row in conn.execute("SELECT id FROM posts WHERE boost_of_id IS NULL ORDER BY id LIMIT 500")]
    conn.execute("DELETE FROM interactions")
    conn.execute("DELETE FROM follows")
    numbers = [(one, at, liked[(one * 7 + at) % len(liked)]) for one in range(accounts) for at in range(acts)]
    begun = id_at(now_ms() - HOUR)
    conn.executemany(
        "INSERT INTO interactions (account_id, post_id, favourite_id) VALUES (?, ?, ?)",
        ((_FIRST + one, post, begun + one * acts + at) for one, at, post in numbers),
    )
    conn.executemany(
        "INSERT INTO follows (follower_id, followed_id, id) VALUES (?, ?, ?)",
        ((_FIRST + one, (one * 7 + at) % 100 + 1, begun + one * acts + at) for one, at, _ in numbers),
    )
    conn.executemany(
        "INSERT INTO posts (id, author_id, visibility, thread_id, created_at, reply_to_id) VALUES (?, ?, 'public', ?, 1, ?)",
        ((begun + one * acts + at, _FIRST + one, post, post) for one, at, post in numbers),
    )
    conn.execute("INSERT INTO post_counts (post_id) SELECT id FROM posts WHERE author_id >= ?", (_FIRST,))
    for table, key, counter, facts, about in _COUNTS:
        answers = "WHERE visibility IN ('public', 'unlisted')" if facts == "posts" else ""
        sums = f"SELECT {about} AS the, count(*) AS n FROM {facts} {answers} GROUP BY 1"
        conn.execute(f"UPDATE {table} SET {counter} = n FROM ({sums}) WHERE {key} = the")


def left(path: Path) -> int:
    """How many likes, follows and answers are counted that nobody made who is there."""
    conn = sqlite3.connect(path)
    (found,) = conn.execute(_LEFT).fetchone()
    conn.close()
    return int(found)


def fingerprint(path: Path) -> str:
    """All rows of accounts, and all counts."""
    seen = hashlib.sha256()
    conn = sqlite3.connect(path)
    for table in ("accounts", "account_counts", "post_counts"):
        for row in conn.execute(f"SELECT * FROM {table} ORDER BY 1"):
            seen.update(repr(row).encode())
    conn.close()
    return seen.hexdigest()


async def measure(folder: Path, accounts: int, acts: int) -> None:
    """Decide, agree, carry out, take back."""
    path = folder / "dunnock.db"
    fill(path, accounts, acts)
    before = fingerprint(path)
    house = await build(load(folder, environ={}, flags={"dev": True}))
    await house.reactions.prepare()
    db = house.db

    async def settled() -> None:
        await house.jobs.settle(within_s=3_600)
        await house.reactions.settle(within_s=3_600)

    started = time.monotonic()
    async with db.begin() as tx:
        decided = await moderation.decide(tx, moderation.Judgement(action="suspend", case_id=1), by=1)
    await house.jobs.settle(within_s=3_600)
    print(f"gathered {accounts:,} accounts   {time.monotonic() - started:8.1f} s")
    (request,) = await moderation.open_requests(db, by=2)
    started = time.monotonic()
    async with db.begin() as tx:
        await moderation.approve_request(tx, request.id, request.digest, by=2, signed_in_at=now_ms())
    await settled()
    print(f"carried out, all followed  {time.monotonic() - started:8.1f} s")
    print(f"counted that is not there  {left(path):8}")
    started = time.monotonic()
    asked = None
    async with db.begin() as tx:
        asked = await moderation.undo(tx, decided.id, by=1)
    if asked is not None:
        undo = await moderation.show_request(db, asked, by=2)
        async with db.begin() as tx:
            await moderation.approve_request(tx, undo.id, undo.digest, by=2, signed_in_at=now_ms())
    await settled()
    print(f"taken back, all followed   {time.monotonic() - started:8.1f} s")
    await house.close()
    print(f"rows, counts as before     {fingerprint(path) == before!s:>8}")
    print(f"memory at most             {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MiB")


def main() -> None:
    """Measure."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--accounts", type=int, default=173_750)
    options.add_argument("--acts", type=int, default=10)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), asked.accounts, asked.acts))


if __name__ == "__main__":
    main()
