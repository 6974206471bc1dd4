"""CPU time of the hot reads, from decoded parameters to finished bytes, without the web server.

    .venv/bin/python benchmarks/reads.py [--people 100] [--rounds 2000]

Prints microseconds a page and its ratio to encoding the same page with json.dumps, measured in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import data

from dunnock import discovery
from dunnock.accounts.viewers import Viewers
from dunnock.accounts.views import AccountViews
from dunnock.api.mastodon.render import Render
from dunnock.api.mastodon.search import Searching, SearchParams
from dunnock.api.mastodon.timelines import AccountParams, ContextParams, HomeParams, PublicParams, Timelines
from dunnock.feeds import Feeds
from dunnock.foundation.db import open_db
from dunnock.foundation.ids import id_at
from dunnock.foundation.settings import Settings
from dunnock.posts.views import PostViews


async def measure(people: int, rounds: int) -> None:
    """Build, warm up, measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        data.build(path, people=people)
        db = await open_db(f"sqlite:///{path}")
        accounts, viewers = AccountViews(db), Viewers(db)
        posts = PostViews(db, accounts)
        feeds = Feeds(db, accounts, posts, viewers)
        render = Render(db, accounts, posts, viewers, public_url="http://127.0.0.1:8000")
        reads = Timelines(db, feeds, render)
        searching = Searching(db, feeds, render, Settings(data=path, public_url="http://127.0.0.1:8000"))
        await discovery.index_backlog(db, discovery.IndexBacklog())

        async def find(viewer: int, **asked: Any) -> tuple[bytes, bytes]:
            return await searching.answer(viewer, SearchParams(**asked)), b""

        some = id_at(data.START + 100_000, 100)
        deep = id_at(data.START + 2_000_000, 0)
        cases: list[tuple[str, Callable[[int], Awaitable[tuple[bytes, bytes]]]]] = [
            (f"home, 20 posts, {people - 1} follows", lambda _: reads.home(1, HomeParams(limit=20))),
            ("home, 20 posts, 12 follows", lambda n: reads.home(2 + n % 40, HomeParams(limit=20))),
            ("home, 40 posts, 12 follows", lambda n: reads.home(2 + n % 40, HomeParams(limit=40))),
            ("home far down, 20 posts", lambda n: reads.home(1, HomeParams(limit=20, max_id=deep + n))),
            ("public, 20 posts", lambda n: reads.public(2 + n % 40, PublicParams(limit=20))),
            ("an account's posts", lambda n: reads.account(2 + n % 40, AccountParams(limit=20), 1 + n % people)),
            ("search, a word, 20 posts", lambda n: find(2 + n % 40, q=data.WORDS[n % 16], type="statuses")),
            ("search, two words, 20 posts", lambda n: find(2, q=f"{data.WORDS[n % 16]} bird", type="statuses")),
            ("search, accounts, 20", lambda n: find(2 + n % 40, q=f"person000{n % 10}", type="accounts")),
            ("search, everything", lambda n: find(2 + n % 40, q=data.WORDS[n % 16])),
            ("one post", lambda n: reads.status(2 + n % 40, ContextParams(), some)),
        ]
        print(f"{'read':<34}{'us CPU':>9}{'bytes':>9}{'of json.dumps':>15}")
        for name, read in cases:
            for number in range(50):
                body, _ = await read(number)
            gc.collect()
            gc.freeze()
            cpu = time.process_time()
            for number in range(rounds):
                body, _ = await read(number)
            ours = (time.process_time() - cpu) / rounds
            tree = json.loads(body)
            cpu = time.process_time()
            for _ in range(rounds // 10):
                json.dumps(tree)
            dumps = (time.process_time() - cpu) / (rounds // 10)
            print(f"{name:<34}{ours * 1e6:>9.1f}{len(body):>9}{ours / dumps:>15.2f}")
        await db.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=2000)
    given = parser.parse_args()
    asyncio.run(measure(given.people, given.rounds))
