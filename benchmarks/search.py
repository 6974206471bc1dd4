"""Search over a million posts: how soon a page is found, how many bytes the index takes, on both engines.

    .venv/bin/python benchmarks/search.py [--posts 1000000] [--engine sqlite|postgresql]

Texts of 6 to 24 words drawn by Zipf's law from 60,000 (so that one word stands in most posts and most words in a few), by 2,000
authors, a third of whom agreed to be found. What is timed is `discovery.search_posts` to the ids of a page: CPU of this process
and of PostgreSQL's (which says the same on a machine that is busy; 0 for PostgreSQL's where there is no /proc), and wall-clock,
as a reader waits; what an engine keeps is counted beside the posts themselves. Target: p95 at most 10 ms, at most 150 bytes a
post, and a post that was written, changed or deleted right within 100 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from itertools import accumulate
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import asyncpg
from sqlalchemy import text

import services
from dunnock.accounts.tables import accounts
from dunnock.app import migrate
from dunnock.discovery import marks, search_posts
from dunnock.discovery.index import _BACKLOG, _vector, in_its_half, index_posts
from dunnock.discovery.store import search as store
from dunnock.foundation.db import Db, Sql, insert_once, open_db
from dunnock.foundation.ids import id_at
from dunnock.posts.entries import Span
from dunnock.posts.tables import posts

START = 1_700_000_000_000
AUTHORS = 2_000
VOCABULARY = 60_000
CHUNK = 2_000
_SYLLABLES = ["ba", "ke", "lo", "mi", "nu", "ra", "se", "ti", "vo", "zu", "dar", "fel", "gon", "hil", "jus", "pem"]


def vocabulary() -> list[str]:
    """Words that can be said, the commonest first and shortest."""
    words = []
    for number in range(VOCABULARY):
        rest, word = number, ""
        while not word or rest:
            rest, at = divmod(rest, len(_SYLLABLES))
            word += _SYLLABLES[at]
        words.append(word + ("x" if len(word) < 3 else ""))
    return words


def texts(number: int, words: list[str], pick: random.Random) -> list[list[str]]:
    """So many texts."""
    sums = list(accumulate(1 / (rank + 2.7) for rank in range(len(words))))
    return [pick.choices(words, cum_weights=sums, k=pick.randint(6, 24)) for _ in range(number)]


async def fill(db: Db, number: int, words: list[str]) -> None:
    """The posts and their index, in chunks as an import makes them."""
    pick = random.Random(1)
    add = insert_once(posts, "id", "author_id", "text", "html", "visibility", "thread_id", "created_at")
    async with db.begin() as tx:
        await tx.many(
            insert_once(accounts, "id", "username", "username_key", "created_at", "indexable"),
            [
                {
                    "id": one,
                    "username": f"p{one}",
                    "username_key": f"p{one}",
                    "created_at": START,
                    "indexable": one % 3 == 0,
                }
                for one in range(1, AUTHORS + 1)
            ],
        )
    for first in range(0, number, CHUNK):
        rows, docs = [], []
        for at, said in enumerate(texts(min(CHUNK, number - first), words, pick), first):
            post_id, author = id_at(START + at * 1000), pick.randint(1, AUTHORS)
            found = in_its_half([*said, marks.by(author), *marks.languages("en")], public=author % 3 == 0)
            rows.append(
                {
                    "id": post_id,
                    "author_id": author,
                    "text": "",
                    "html": "",
                    "visibility": "public",
                    "thread_id": post_id,
                    "created_at": START + at * 1000,
                }
            )
            docs.append({"id": post_id, "words": " ".join(found), "vector": _vector(found, post_id)})
        async with db.begin(durable=False) as tx:
            await tx.many(add, rows)
            await tx.many(store.ADD, docs)
        if first % (CHUNK * 50) == 0:
            print(f"\r{first:,} posts", end="", file=sys.stderr, flush=True)
    print("\r", end="", file=sys.stderr)


def queries(words: list[str], pick: random.Random, number: int) -> list[tuple[str, str]]:
    """What people type, of each kind as many."""
    common, some, rare = words[:50], words[200:3_000], words[20_000:]
    kinds = {
        "a common word": lambda: pick.choice(common),
        "a word": lambda: pick.choice(some),
        "a rare word": lambda: pick.choice(rare),
        "two words": lambda: f"{pick.choice(common)} {pick.choice(some)}",
        "two rare words": lambda: f"{pick.choice(rare)} {pick.choice(rare)}",
        "a phrase": lambda: f'"{pick.choice(common)} {pick.choice(common)}"',
        "one but not another": lambda: f"{pick.choice(some)} -{pick.choice(common)}",
        "either": lambda: f"{pick.choice(some)} OR {pick.choice(rare)}",
        "from": lambda: f"from:p{pick.randint(1, AUTHORS)} {pick.choice(common)}",
        "before": lambda: f"{pick.choice(some)} before:2023-11-20",
        "nothing": lambda: "qqqqq",
    }
    return [(kind, make()) for kind, make in kinds.items() for _ in range(number)]


_BACKENDS = "SELECT pid FROM pg_stat_activity WHERE application_name = 'dunnock' AND datname = current_database()"


def cpu_ms(backends: list[int]) -> float:
    """What this thread and PostgreSQL's processes took so far."""
    ran = [Path(f"/proc/{one}/schedstat") for one in backends]
    return time.thread_time() * 1000 + sum(int(one.read_text().split()[0]) / 1e6 for one in ran if one.exists())


async def measure(db: Db, words: list[str], number: int) -> None:
    """Print what the ids of a page take: CPU, and time."""
    pick = random.Random(2)
    asked = queries(words, pick, number)
    for _, typed in asked[:: max(1, number // 10)]:
        await (await search_posts(db, typed, viewer_id=3, domain="here.example")).ids(Span(), 40)
    backends = [] if db.engine == "sqlite" else [row[0] for row in await db.all(Sql(text(_BACKENDS)))]
    took: dict[str, list[tuple[float, float]]] = {}
    for kind, typed in asked:
        began, spent = time.perf_counter(), cpu_ms(backends)
        found = await (await search_posts(db, typed, viewer_id=3, domain="here.example")).ids(Span(), 40)
        took.setdefault(kind, []).append((cpu_ms(backends) - spent, (time.perf_counter() - began) * 1000))
        assert found or kind not in {"a common word", "a word"}, typed
    took["all"] = [one for times in took.values() for one in times]
    for kind, times in took.items():
        cpu, wall = zip(*times, strict=True)
        print(
            f"  {kind:22} CPU p50 {statistics.median(cpu):6.2f}   p95 {statistics.quantiles(cpu, n=20)[-1]:6.2f}"
            f"   time p50 {statistics.median(wall):6.2f}   p95 {statistics.quantiles(wall, n=20)[-1]:6.2f} ms"
        )


async def measure_changes(db: Db, number: int) -> None:
    """Print how long it takes until a post that was written, changed or deleted is found as it is now: index and search."""
    add = insert_once(posts, "id", "author_id", "text", "html", "visibility", "thread_id", "created_at")
    edit = Sql(text("UPDATE posts SET text = :text WHERE id = :id"))
    delete = Sql(text("UPDATE posts SET deleted_at = 1 WHERE id = :id"))
    newest = (await db.value(Sql(text("SELECT max(post_id) FROM search_docs")))) >> 16

    async def changed(sql: Sql, word: str, there: list[int], **values: Any) -> float:
        began = time.perf_counter()
        async with db.begin() as tx:
            await tx.run(sql, **values)
            await index_posts(tx, [values["id"]])
        found = await (await search_posts(db, word, viewer_id=5, domain="here.example")).ids(Span(), 40)
        assert found == there, (word, found)
        return (time.perf_counter() - began) * 1000

    took: dict[str, list[float]] = {"new": [], "changed": [], "deleted": []}
    for n in range(number):
        an_id = id_at(newest + 1000 * (n + 1))
        row = {"author_id": 3, "html": "", "visibility": "public", "thread_id": an_id, "created_at": an_id >> 16}
        took["new"].append(await changed(add, f"first{n}", [an_id], id=an_id, text=f"first{n} of some words", **row))
        took["changed"].append(await changed(edit, f"second{n}", [an_id], id=an_id, text=f"second{n} of other words"))
        assert not await (await search_posts(db, f"first{n}", viewer_id=5, domain="here.example")).ids(Span(), 40)
        took["deleted"].append(await changed(delete, f"second{n}", [], id=an_id))
    for kind, times in took.items():
        p95 = statistics.quantiles(times, n=20)[-1]
        print(f"  {kind + ' post right in':22} p50 {statistics.median(times):7.2f}   p95 {p95:7.2f} ms")


async def vacuum(url: str) -> None:
    """What PostgreSQL does by itself some minutes after so much was written."""
    conn = await asyncpg.connect(url)
    await conn.execute("VACUUM ANALYZE search_docs")
    await conn.close()


_LITE_BYTES = "SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'search_index%'"


async def run(engine: str, number: int, asked: int) -> None:
    """One engine."""
    words = vocabulary()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/search.db" if engine == "sqlite" else services.postgres("search", durable=True)
        await migrate.bring_up_to_date(url)
        db = await open_db(url, timeout_s=60)  # thousands are written at once, on a machine that may be busy
        try:
            began = os.times()
            await fill(db, number, words)
            async with db.begin() as tx:
                await tx.run(store.NOTE_PROGRESS, name=_BACKLOG, below=0)
            ended = os.times()
            print(f"{engine}: {number:,} posts, written in {ended.user - began.user:.0f} CPU-s of this process")
            if engine == "postgresql":
                await vacuum(url)
                size = await db.value(Sql(text("SELECT pg_relation_size('ix_search_docs_words')")))
                held = await db.value(Sql(text("SELECT pg_table_size('search_docs')")))
            else:
                size = await db.value(Sql(text(_LITE_BYTES)))
                held = await db.value(Sql(text("SELECT sum(pgsize) FROM dbstat WHERE name = 'search_docs'")))
            print(f"  index {size / number:.0f} bytes a post, its words {held / number:.0f}")
            await measure(db, words, asked)
            await measure_changes(db, asked)
        finally:
            await db.close()
    print(f"  memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MiB at most")


def main() -> None:
    """Read the arguments, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=60, help="of each kind")
    parser.add_argument("--engine", choices=["sqlite", "postgresql"])
    given = parser.parse_args()
    services.begin()
    try:
        for engine in [given.engine] if given.engine else ["sqlite", "postgresql"]:
            asyncio.run(run(engine, given.posts, given.queries))
    finally:
        services.end()


if __name__ == "__main__":
    main()
