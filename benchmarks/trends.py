"""The refresh of trends on a server with a million acts a day: CPU-seconds of each, on SQLite.

    .venv/bin/python benchmarks/trends.py [--acts 1000000] [--accounts 50000] [--follows 1000000] [--new]

A day of acts, drawn by Zipf's law: four of ten are posts with a hashtag (20,000 hashtags that were as busy in the week before,
and 300 that are new and busy for three hours each), the others favourites of 50,000 posts, most within hours. Accounts have a
past. Timed is what the server does of itself: `RefreshTrends` and reading all three lists anew (both each five minutes), what
ten favourites cost a minute that are taken back from the strongest post, and `RefreshVouching` every six hours: half of whom
somebody follows are drawn by Zipf's law, too. Target: all together at most one CPU-second a minute. `--new`: no hashtag is known
from before, so that each is a surprise.
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

from sqlalchemy import select

from dunnock.accounts.tables import account_counts, accounts, follows, members
from dunnock.app import migrate
from dunnock.discovery import RefreshTrends, RefreshVouching, Trends, refresh_trends, refresh_vouching
from dunnock.discovery.tables import tag_hours, vouched
from dunnock.discovery.vouching import VOUCH_EVERY_MS
from dunnock.foundation.clock import DAY, HOUR, MINUTE, now_ms
from dunnock.foundation.db import Db, Sql, insert_once, open_db
from dunnock.foundation.ids import id_at
from dunnock.posts.events import PostUnfavourited
from dunnock.posts.tables import hashtag_posts, hashtags, interactions, posts

CHUNK = 5_000
VOUCHED = Sql(select(vouched.c.account_id))
HASHTAGS, TALKED_OF = 20_000, 50_000
NEWS, NEWS_LAST = 300, 3 * HOUR
BLOCK = 2_500  # posts
LIKED_FOR = 4 / 24  # of a day, on average
REFRESH_EVERY = 5  # minutes
TAKEN_BACK = 10  # a minute: of 700 acts


def post_row(post_id: int, author: int) -> dict[str, Any]:
    """A public post."""
    return {
        "id": post_id,
        "author_id": author,
        "text": "",
        "html": "",
        "visibility": "public",
        "language": ("en", "de", "ja")[author % 3],
        "thread_id": post_id,
        "created_at": post_id >> 16,
    }


async def fill(db: Db, acts: int, people: int, *, known: bool) -> None:
    """Accounts with a past, and a day of acts until now; `known`: hashtags have a past, too."""
    pick = random.Random(1)
    start = now_ms() - DAY + MINUTE
    add_post = insert_once(
        posts, "id", "author_id", "text", "html", "visibility", "language", "thread_id", "created_at"
    )
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
            insert_once(account_counts, "account_id", "posts", "last_post_at"),
            [{"account_id": n, "posts": 100, "last_post_at": start} for n in range(1, people + 1)],
        )
        await tx.many(
            insert_once(hashtags, "id", "key", "name"),
            [{"id": n, "key": f"t{n}", "name": f"t{n}"} for n in range(1, HASHTAGS + NEWS + 1)],
        )
        await tx.many(add_post, [post_row(id_at(start - 3 * DAY, n), n) for n in range(1, people + 1)])
        talked_of = [id_at(start - HOUR + n * (DAY // TALKED_OF), 1) for n in range(TALKED_OF)]
        await tx.many(add_post, [post_row(one, pick.randint(1, people)) for one in talked_of])
    tag_sums = list(accumulate(1 / (rank + 3) for rank in range(HASHTAGS)))
    post_sums = list(accumulate(1 / (rank + 3) for rank in range(BLOCK)))
    ranks = [pick.sample(range(BLOCK), BLOCK) for _ in range(TALKED_OF // BLOCK)]
    uses = acts * 4 // 10
    news = [(HASHTAGS + 1 + n, pick.randrange(0, DAY - NEWS_LAST)) for n in range(NEWS)]
    if known:
        await remember(db, start, uses, tag_sums)
    for first in range(0, uses, CHUNK):
        number = min(CHUNK, uses - first)
        ids = [id_at(start + (first + n) * DAY // uses, 2) for n in range(number)]
        tags = pick.choices(range(1, HASHTAGS + 1), cum_weights=tag_sums, k=number)
        at = first * DAY // uses
        fresh = [tag for tag, begins in news if begins <= at < begins + NEWS_LAST]
        tags = [pick.choice(fresh) if fresh and pick.random() < 0.1 else tag for tag in tags]
        async with db.begin(durable=False) as tx:
            await tx.many(add_post, [post_row(one, pick.randint(1, people)) for one in ids])
            await tx.many(add_use, [{"hashtag_id": tag, "post_id": one} for tag, one in zip(tags, ids, strict=True)])
    favourites = acts - uses
    for first in range(0, favourites, CHUNK):
        number = min(CHUNK, favourites - first)
        # Written some hours before, sooner rather than later; a few of those of that time are liked by most.
        at = [
            (first + n) / favourites * TALKED_OF - pick.expovariate(1 / (LIKED_FOR * TALKED_OF)) for n in range(number)
        ]
        blocks = [max(0, int(one)) // BLOCK for one in at]
        places = pick.choices(range(BLOCK), cum_weights=post_sums, k=number)
        chosen = [talked_of[of * BLOCK + ranks[of][place]] for of, place in zip(blocks, places, strict=True)]
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


async def acquaint(db: Db, people: int, follows_made: int) -> None:
    """Who follows whom, since some days; the first account is the owner's."""
    pick = random.Random(2)
    sums = list(accumulate(1 / (rank + 3) for rank in range(people)))
    add = insert_once(follows, "follower_id", "followed_id", "id")
    async with db.begin(durable=False) as tx:
        await tx.run(
            insert_once(members, "id", "account_id", "email", "email_key", "password_hash", "role", "created_at"),
            id=1, account_id=1, email="a@b.example", email_key="a@b.example", password_hash="!", role="owner", created_at=1,
        )  # fmt: skip
    for first in range(0, follows_made, CHUNK):
        number = min(CHUNK, follows_made - first)
        known = pick.choices(range(1, people + 1), cum_weights=sums, k=number // 2)
        whom = [*known, *[pick.randint(1, people) for _ in range(number - len(known))]]
        rows = [
            {"follower_id": pick.randint(1, people), "followed_id": one, "id": id_at(now_ms() - 9 * DAY, first + n)}
            for n, one in enumerate(whom)
        ]
        async with db.begin(durable=False) as tx:
            await tx.many(add, [row for row in rows if row["follower_id"] != row["followed_id"]])


async def remember(db: Db, start: int, uses: int, sums: list[float]) -> None:
    """The hours of the week before, in which each hashtag was as busy as on this day."""
    for tag in range(1, HASHTAGS + 1):
        each = round(uses / 24 * (sums[tag - 1] - (sums[tag - 2] if tag > 1 else 0)) / sums[-1])
        if not each:
            break
        hours = range(start // HOUR - 7 * 24, start // HOUR)
        async with db.begin(durable=False) as tx:
            await tx.many(
                insert_once(tag_hours, "hashtag_id", "hour", "accounts"),
                [{"hashtag_id": tag, "hour": hour, "accounts": each} for hour in hours],
            )


async def timed(what: str, does: Callable[[], Awaitable[object]]) -> float:
    """CPU-seconds of all threads of this process."""
    before = time.process_time()
    await does()
    spent = time.process_time() - before
    print(f"{what:32} {spent:8.2f} CPU-s", flush=True)
    return spent


async def run(acts: int, people: int, follows_made: int, *, known: bool) -> None:
    """Fill, refresh twice (the first closes the hours of a week), read."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/trends.db"
        await migrate.bring_up_to_date(url)
        db = await open_db(url, timeout_s=3600)  # a loaded machine takes its time to fill it
        try:
            await timed("filled", lambda: fill(db, acts, people, known=known))
            await timed("who follows whom", lambda: acquaint(db, people, follows_made))
            vouching = await timed("who vouches for whom", lambda: refresh_vouching(db, RefreshVouching()))
            print(f"{len(await db.all(VOUCHED)):,} of {people:,} are vouched for")
            trends = Trends(db)
            await timed("the first refresh", lambda: refresh_trends(db, RefreshTrends()))
            for kind in ("tags", "posts", "links"):
                await timed(f"reading {kind} first", getattr(trends, kind))
            refresh = await timed("a refresh", lambda: refresh_trends(db, RefreshTrends()))
            read = 0.0
            for kind in ("tags", "posts", "links"):
                read += await timed(f"reading {kind} anew", getattr(trends, kind))
            strongest = (await trends.posts())[0]

            async def take_back() -> None:
                for _ in range(TAKEN_BACK):
                    async with db.begin() as tx:
                        await tx.record(PostUnfavourited(post_id=strongest, by=0))
                    await trends.posts()

            taken = await timed(f"{TAKEN_BACK} favourites taken back", take_back)
            minute = (refresh + read) / REFRESH_EVERY + taken + vouching * MINUTE / VOUCH_EVERY_MS
            print(f"{minute:.2f} CPU-s a minute at {acts:,} acts a day, {people:,} accounts")
        finally:
            await db.close()


def main() -> None:
    """Read the arguments, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--acts", type=int, default=1_000_000)
    parser.add_argument("--accounts", type=int, default=50_000)
    parser.add_argument("--follows", type=int, default=1_000_000)
    parser.add_argument("--new", action="store_true")
    given = parser.parse_args()
    asyncio.run(run(given.acts, given.accounts, given.follows, known=not given.new))


if __name__ == "__main__":
    main()
