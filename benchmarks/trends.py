"""The refresh of trends on a server with a million acts a day: CPU-seconds of each, on SQLite.

    .venv/bin/python benchmarks/trends.py [--acts 1000000] [--accounts 50000]

A day of acts, drawn by Zipf's law: four of ten are posts with a hashtag (20,000 hashtags), the others favourites of 50,000 posts.
Timed is what the server does of itself: `RefreshTrends` (each five minutes), and reading all three lists anew (each minute).
Target: both together at most one CPU-second a minute.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from itertools import accumulate
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from dunnock.accounts.tables import accounts
from dunnock.app import migrate
from dunnock.discovery import RefreshTrends, Trends, refresh_trends
from dunnock.foundation.clock import DAY, HOUR, MINUTE, now_ms
from dunnock.foundation.db import Db, insert_once, open_db
from dunnock.foundation.ids import id_at
from dunnock.posts.tables import hashtag_posts, hashtags, interactions, posts

CHUNK = 5_000
HASHTAGS, TALKED_OF = 20_000, 50_000
REFRESH_EVERY = 5  # minutes


def post_row(post_id: int, author: int) -> dict[str, Any]:
    """A public post."""
    return {
        "id": post_id,
        "author_id": author,
        "text": "",
        "html": "",
        "visibility": "public",
        "thread_id": post_id,
        "created_at": post_id >> 16,
    }


async def fill(db: Db, acts: int, people: int) -> None:
    """Accounts with a past, and a day of acts until now."""
    pick = random.Random(1)
    start = now_ms() - DAY + MINUTE
    add_post = insert_once(posts, "id", "author_id", "text", "html", "visibility", "thread_id", "created_at")
    add_use = insert_once(hashtag_posts, "hashtag_id", "post_id")
    add_favourite = insert_once(interactions, "account_id", "post_id", "favourite_id")
    async with db.begin(durable=False) as tx:
        await tx.many(
            insert_once(accounts, "id", "username", "username_key", "created_at", "discoverable"),
            [
                {"id": n, "username": f"p{n}", "username_key": f"p{n}", "created_at": 1, "discoverable": True}
                for n in range(1, people + 1)
            ],
        )
        await tx.many(
            insert_once(hashtags, "id", "key", "name"),
            [{"id": n, "key": f"t{n}", "name": f"t{n}"} for n in range(1, HASHTAGS + 1)],
        )
        await tx.many(add_post, [post_row(id_at(start - 3 * DAY, n), n) for n in range(1, people + 1)])
        talked_of = [id_at(start - HOUR + n * (DAY // TALKED_OF), 1) for n in range(TALKED_OF)]
        await tx.many(add_post, [post_row(one, pick.randint(1, people)) for one in talked_of])
    tag_sums = list(accumulate(1 / (rank + 3) for rank in range(HASHTAGS)))
    post_sums = list(accumulate(1 / (rank + 3) for rank in range(TALKED_OF)))
    pick.shuffle(talked_of)
    uses = acts * 4 // 10
    for first in range(0, uses, CHUNK):
        number = min(CHUNK, uses - first)
        ids = [id_at(start + (first + n) * DAY // uses, 2) for n in range(number)]
        tags = pick.choices(range(1, HASHTAGS + 1), cum_weights=tag_sums, k=number)
        async with db.begin(durable=False) as tx:
            await tx.many(add_post, [post_row(one, pick.randint(1, people)) for one in ids])
            await tx.many(add_use, [{"hashtag_id": tag, "post_id": one} for tag, one in zip(tags, ids, strict=True)])
    favourites = acts - uses
    for first in range(0, favourites, CHUNK):
        number = min(CHUNK, favourites - first)
        chosen = pick.choices(talked_of, cum_weights=post_sums, k=number)
        async with db.begin(durable=False) as tx:
            await tx.many(
                add_favourite,
                [
                    {
                        "account_id": pick.randint(1, people),
                        "post_id": post_id,
                        "favourite_id": id_at(start + (first + n) * DAY // favourites, 3),
                    }
                    for n, post_id in enumerate(chosen)
                ],
            )


async def timed(what: str, does: Callable[[], Awaitable[object]]) -> float:
    """CPU-seconds of all threads of this process."""
    before = time.process_time()
    await does()
    spent = time.process_time() - before
    print(f"{what:32} {spent:8.2f} CPU-s", flush=True)
    return spent


async def run(acts: int, people: int) -> None:
    """Fill, refresh twice (the first closes the hours of a week), read."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/trends.db"
        await migrate.bring_up_to_date(url)
        db = await open_db(url)
        try:
            await timed("filled", lambda: fill(db, acts, people))
            await timed("the first refresh", lambda: refresh_trends(db, RefreshTrends()))
            refresh = await timed("a refresh", lambda: refresh_trends(db, RefreshTrends()))
            read = 0.0
            for kind in ("tags", "posts", "links"):
                read += await timed(f"reading {kind} anew", getattr(Trends(db), kind))
            print(f"{refresh / REFRESH_EVERY + read:.2f} CPU-s a minute at {acts:,} acts a day, {people:,} accounts")
        finally:
            await db.close()


def main() -> None:
    """Read the arguments, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--acts", type=int, default=1_000_000)
    parser.add_argument("--accounts", type=int, default=50_000)
    given = parser.parse_args()
    asyncio.run(run(given.acts, given.accounts))


if __name__ == "__main__":
    main()
