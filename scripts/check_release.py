"""Is a release exactly what was decided? A second opinion: it shares no code with the program that wrote the release.

    .venv/bin/python scripts/check_release.py FOLDER DATABASE_FILE

Reads the SQLite database of the server and the files of the release, and compares: accounts that the decisions are in force
for, and accounts that are published; posts that were for everybody, and posts that are published; each network by itself.
Ends with exit code 1 when anything differs.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import json
import sqlite3
import sys
from collections import Counter
from pathlib import Path
from typing import Any

KNOWN = 5_000


def rows(path: Path) -> list[dict[str, str]]:
    """A table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def in_force(conn: sqlite3.Connection, decision: str) -> set[int]:
    """Accounts that a decision holds for."""
    query = (
        "SELECT subject_id FROM decision_subjects WHERE decision_id = ? AND kind = 'account' "
        "AND applied_at IS NOT NULL AND reversed_at IS NULL"
    )
    return {row[0] for row in conn.execute(query, (int(decision),))}


def check(folder: Path, conn: sqlite3.Connection) -> list[str]:
    """What differs, in words."""
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
    wrong = [
        f"{name}: another SHA-256"
        for name, about in manifest["files"].items()
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != about["sha256"]
    ]
    (key,) = conn.execute("SELECT key FROM releases WHERE id = ?", (int(manifest["release"]),)).fetchone()
    followers = dict(conn.execute("SELECT account_id, followers FROM account_counts"))

    def called(account: int) -> str:
        if followers.get(account, 0) >= KNOWN:
            return str(account)
        return hmac.new(bytes.fromhex(key), f"account:{account}".encode(), hashlib.sha256).hexdigest()

    networks = {one: in_force(conn, one) for one in manifest["decisions"]}
    actioned = set[int]().union(*networks.values())
    published = [row["userid"] for row in rows(next(folder.glob("*_users_*.csv")))]
    if Counter(map(called, actioned)) != Counter(published):
        wrong.append("the published accounts are not the actioned accounts")
    if len(published) != manifest["counts"]["accounts"]:
        wrong.append("the manifest counts other accounts than are published")
    parts = rows(folder / "networks.csv")
    for one, members in networks.items():
        if {called(account) for account in members} != {row["userid"] for row in parts if row["decision"] == one}:
            wrong.append(f"network {one} is not who decision {one} is in force for")
    tweets = [row for path in sorted(folder.glob("*_tweets_*.csv")) for row in rows(path)]
    written = Counter(
        (str(post), called(author))
        for post, author in conn.execute(
            "SELECT id, author_id FROM posts WHERE deleted_at IS NULL AND visibility IN ('public', 'unlisted')"
        )
        if author in actioned
    )
    if written != Counter((row["tweetid"], row["userid"]) for row in tweets):
        wrong.append("the published posts are not their public posts")
    print(
        f"actioned {len(actioned)}, published {len(published)}, posts {sum(written.values())}, published {len(tweets)}"
    )
    return wrong


def main() -> None:
    """Check, and say what differs."""
    folder, database = Path(sys.argv[1]), Path(sys.argv[2])
    conn = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    if wrong := check(folder, conn):
        sys.exit("; ".join(wrong))


if __name__ == "__main__":
    main()
