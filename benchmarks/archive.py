"""A release of many posts written and checked, and a long log of staff gone through: how long, and with how much memory.

    .venv/bin/python benchmarks/archive.py [--posts 1000000] [--entries 1000000] [--authors 2000] [--postgresql URL]

Rows are written straight into an empty database: SQLite in a folder of its own, or the PostgreSQL that is named. Then the
commands run as people run them, and the kernel says what they used. Targets: 1,000,000 posts within 60 s, 512 MB of memory at
any size; 1,000,000 entries of the log within 30 s.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import data

from dunnock.foundation.db import Db, Sql, insert_into, metadata, open_db
from dunnock.foundation.ids import id_at
from dunnock.moderation.chain import START, link

_DECISION, _FIRST, _BATCH = id_at(data.START), 1_000, 5_000
_Rows = Iterable[dict[str, Any]]


async def fill(db: Db, *, authors: int, posts: int, entries: int) -> None:
    """Suspended `authors` who wrote so many posts together, and so many entries of the log."""
    ids = range(_FIRST, _FIRST + authors)
    mo = {"id": 1, "username": "mo", "username_key": "mo", "created_at": data.START, "standing": "active"}
    people = ({**mo, "id": n, "username": f"net{n}", "username_key": f"net{n}", "standing": "suspended"} for n in ids)
    await _write(db, "accounts", iter([mo]))
    await _write(db, "accounts", people)
    await _write(db, "account_counts", ({"account_id": n} for n in ids))
    decision = {"id": _DECISION, "action": "suspend", "by_account_id": 1, "subjects": authors, "facts": "One network"}
    await _write(db, "decisions", iter([decision]))
    subject = {"decision_id": _DECISION, "kind": "account", "was": "{}", "applied_at": data.START}
    await _write(db, "decision_subjects", ({**subject, "subject_id": n} for n in ids))
    await _write(db, "posts", _posts(authors, posts))
    last = await _write(db, "staff_log", _log(entries))
    await _write(db, "staff_log_end", iter([{"id": 1, "number": last["number"], "hash": last["hash"]}]))


def _posts(authors: int, posts: int) -> Iterator[dict[str, Any]]:
    pick = random.Random(7)
    for n in range(posts):
        an_id = id_at(data.START + n * 10, n)
        said = " ".join(pick.choices(data.WORDS, k=pick.randint(8, 30)))
        yield {
            "id": an_id,
            "author_id": _FIRST + n % authors,
            "text": f"{said} @person{n % 997} https://link.example/{n} #{pick.choice(data.WORDS)}",
            "visibility": "public",
            "language": "en",
            "thread_id": an_id,
            "hashtags": '["train"]',
            "created_at": data.START + n * 10,
        }


def _log(entries: int) -> Iterator[dict[str, Any]]:
    before = START
    for n in range(1, entries + 1):
        at = data.START + n * 1_000
        entry = (id_at(at, n), at, 1, "account.suspend", "account", n, f"@net{n}", '{"decision":"77"}')
        before = link(n, before, entry)
        names = ("id", "at", "by_account_id", "act", "subject_kind", "subject_id", "subject", "details")
        yield {**dict(zip(names, entry, strict=True)), "number": n, "hash": before}


async def _write(db: Db, name: str, rows: _Rows) -> dict[str, Any]:
    """Write rows; the last of them."""
    statement: Sql | None = None
    some: Sequence[dict[str, Any]] = ()
    for some in _batches(iter(rows)):
        statement = statement or insert_into(metadata.tables[name], *some[0])
        async with db.begin() as tx:
            await tx.many(statement, some)
    return some[-1]


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while some := list(islice(rows, _BATCH)):
        yield some


async def prepare(url: str, folder: Path, asked: argparse.Namespace) -> None:
    """A database full of it."""
    _run(folder, "migrate")
    db = await open_db(url)
    started = time.monotonic()
    await fill(db, authors=asked.authors, posts=asked.posts, entries=asked.entries)
    await db.close()
    print(f"filled in {time.monotonic() - started:.0f} s", flush=True)


def _run(folder: Path, *words: str) -> tuple[float, float, float]:
    """One command: seconds, seconds of CPU, MB of memory at most."""
    started = time.monotonic()
    command = [sys.executable, "-m", "dunnock", *words, "--data", str(folder / "data")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{words} failed")
    return time.monotonic() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    """Measure."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--posts", type=int, default=1_000_000)
    options.add_argument("--entries", type=int, default=1_000_000)
    options.add_argument("--authors", type=int, default=2_000)
    options.add_argument("--postgresql", default="")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data").mkdir()
        url = asked.postgresql or f"sqlite:///{folder / 'data' / 'dunnock.db'}"
        os.environ["DUNNOCK_DATABASE_URL"] = url
        asyncio.run(prepare(url, folder, asked))
        to = str(folder / "release")
        for what, words in (
            (f"export of {asked.posts:,} posts", ("archive", "export", str(_DECISION), "--to", to, "--title", "Net")),
            ("verify", ("archive", "verify", to)),
            ("verify --database", ("archive", "verify", to, "--database")),
            (f"audit-log verify, {asked.entries:,} entries", ("audit-log", "verify")),
        ):
            wall, cpu, memory = _run(folder, *words)
            print(f"{what:42} {wall:7.1f} s {cpu:7.1f} s CPU {memory:6.0f} MB", flush=True)


if __name__ == "__main__":
    main()
