"""One decision about a network: carried out, then taken back, with all that follows from it; how long that takes.

    .venv/bin/python benchmarks/decisions.py [--accounts 173750]

Accounts of a case on a SQLite file; the jobs of the decision and the reactions to its events run as in a server. All rows of
accounts are compared before and after. Target: 173,750 accounts (Twitter, June 2020: 23,750 core and 150,000 amplifiers) in at
most 10 minutes each way on 2 cores.
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
from dunnock.foundation.clock import now_ms

_STAFF = (("mo", "moderator"), ("ada", "admin"))


def fill(path: Path, accounts: int) -> None:
    """A server with staff, and a case with so many accounts in it: one in eight core, the others amplifiers."""
    data.build(path, people=100, posts=1_000)
    conn = sqlite3.connect(path)
    first = 1_000_000
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
    conn.commit()
    conn.close()


def fingerprint(path: Path) -> str:
    """All rows of accounts."""
    seen = hashlib.sha256()
    conn = sqlite3.connect(path)
    for row in conn.execute("SELECT * FROM accounts ORDER BY id"):
        seen.update(repr(row).encode())
    conn.close()
    return seen.hexdigest()


async def measure(folder: Path, accounts: int) -> None:
    """Decide, agree, carry out, take back."""
    path = folder / "dunnock.db"
    fill(path, accounts)
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
    print(f"rows of accounts as before {fingerprint(path) == before!s:>8}")
    print(f"memory at most             {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MiB")


def main() -> None:
    """Measure."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--accounts", type=int, default=173_750)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), asked.accounts))


if __name__ == "__main__":
    main()
