"""`dunnock demo`, as a process."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import argon2

from dunnock.foundation.db import open_db
from dunnock.foundation.reactions import Reactions
from dunnock.integrity import reactions as watching
from dunnock.integrity import watch


def run(data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dunnock", "demo", "--data", str(data)], capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip


def test_it_makes_a_living_server_once(tmp_path):
    made = run(tmp_path / "demo")
    assert made.returncode == 0, made.stderr
    conn = sqlite3.connect(tmp_path / "demo" / "dunnock.db")

    def ask(sql: str) -> tuple:
        return conn.execute(sql).fetchone()

    accounts, pictures = ask("SELECT count(*), count(avatar) FROM accounts")
    assert (accounts, pictures) == (101, 41)
    said, replies, boosts = ask("SELECT count(*), count(reply_to_id), count(boost_of_id) FROM posts")
    assert said > 1500
    assert replies > 400
    assert boosts > 200
    assert ask("SELECT count(*) FROM posts WHERE media <> '[]'") == ask("SELECT count(post_id) FROM media")
    assert ask("SELECT count(*) FROM posts p JOIN posts c ON c.reply_to_id = p.id WHERE c.id <= p.id") == (0,)
    assert ask("SELECT count(*) FROM posts WHERE id >> 16 <> created_at") == (0,)
    assert ask("SELECT count(DISTINCT language) >= 5 FROM posts") == (1,)
    days = ask("SELECT (max(created_at) - min(created_at)) / 86400000.0 FROM posts")[0]
    assert 28 < days < 31
    # the counters say what the rows say
    assert ask(
        "SELECT count(*) FROM account_counts c WHERE posts <> (SELECT count(*) FROM posts WHERE author_id = c.account_id)"
        " OR followers <> (SELECT count(*) FROM follows WHERE followed_id = c.account_id)"
    ) == (0,)
    # the campaign: accounts of two days, that posted one hashtag within minutes
    busiest = conn.execute(
        "SELECT count(*), count(DISTINCT author_id), (max(p.created_at) - min(p.created_at)) / 60000,"
        " (max(a.created_at) - min(a.created_at)) / 86400000.0"
        " FROM posts p JOIN accounts a ON a.id = author_id WHERE text LIKE '%#HarbourLights' AND reply_to_id IS NULL"
        " GROUP BY p.created_at / 43200000 ORDER BY 1 DESC LIMIT 1"
    ).fetchone()
    assert busiest[1] == 60
    assert busiest[3] <= 2
    # some people complain about it, and staff have not looked yet
    assert ask("SELECT count(*), count(resolved_at), count(DISTINCT account_id) FROM reports") == (3, 0, 3)
    assert ask("SELECT count(*) FROM reports r JOIN posts p ON r.post_ids = '[' || p.id || ']' WHERE r.id <= p.id") == (
        0,
    )
    assert ask("SELECT count(*) FROM reports r JOIN posts p ON r.post_ids = '[' || p.id || ']'") == (3,)
    password = re.search(r"password +(\S+)", made.stdout)[1]
    role, stored = ask(
        "SELECT role, password_hash FROM members JOIN accounts a ON a.id = account_id WHERE username = 'owner'"
    )
    assert role == "owner"
    assert argon2.PasswordHasher().verify(stored, password)
    assert "./dunnock up --data" in made.stdout
    before = ask("SELECT count(*) FROM posts")
    again = run(tmp_path / "demo")
    assert again.returncode == 1
    assert "has members already" in again.stderr
    assert ask("SELECT count(*) FROM posts") == before
    conn.close()


async def test_the_planted_campaign_is_found(tmp_path):
    """As `dunnock up` does it after the demo: what happened is observed, then the watch looks."""
    made = run(tmp_path / "demo")
    assert made.returncode == 0, made.stderr
    db = await open_db(f"sqlite:///{tmp_path / 'demo' / 'dunnock.db'}")
    try:
        await Reactions(db, watching.HEARS).settle()
        await watch.watch_acts(db, watch.WatchActs())
        conn = sqlite3.connect(tmp_path / "demo" / "dunnock.db")
        planted = {
            row[0]
            for row in conn.execute(
                "SELECT DISTINCT author_id FROM posts WHERE text LIKE '%#HarbourLights' AND boost_of_id IS NULL"
            )
        }
        assert len(planted) == 60
        [(size, case_id)] = conn.execute("SELECT size, case_id FROM clusters WHERE state = 'open'").fetchall()
        found = {row[0] for row in conn.execute("SELECT account_id FROM cluster_members")}
        assert case_id is not None, "it is strong enough for a case of its own"
        assert found <= planted, "nobody else is taken for one of them"
        assert len(found) == size >= 54
        conn.close()
    finally:
        await db.close()
