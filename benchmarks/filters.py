"""CPU time of a home page of 20 for members with more and fewer filters, as benchmarks/reads.py measures it.

.venv/bin/python benchmarks/filters.py [--rounds 2000]
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

import data

from dunnock import filters
from dunnock.accounts.viewers import Viewers
from dunnock.accounts.views import AccountViews
from dunnock.api.mastodon.render import Render
from dunnock.api.mastodon.timelines import HomeParams, Timelines
from dunnock.feeds import Feeds
from dunnock.filters import KeywordChange
from dunnock.foundation.db import open_db
from dunnock.posts.views import PostViews

PEOPLE = 100
KEYWORDS = (0, 1, 50, 1_000)


async def measure(rounds: int) -> None:
    """Build, warm up, measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        data.build(path, people=PEOPLE)
        db = await open_db(f"sqlite:///{path}")
        accounts, viewers = AccountViews(db), Viewers(db)
        posts = PostViews(db, accounts)
        feeds = Feeds(db, accounts, posts, viewers)
        reads = Timelines(db, feeds, Render(db, accounts, posts, viewers, public_url="http://127.0.0.1:8000"))
        params = HomeParams(limit=20)
        print(f"{'keywords':>8}{'us CPU a page':>15}{'us the first time':>19}")
        for number, most in enumerate(KEYWORDS):
            viewer = 2 + number
            await reads.home(viewer, params)
            if most:
                words = [KeywordChange(keyword=f"seldom{one} word") for one in range(most)]
                async with db.begin() as tx:
                    await filters.make_filter(tx, viewer, title="some", contexts=("home",), keywords=words)
            cpu = time.process_time()
            await reads.home(viewer, params)
            first = time.process_time() - cpu
            cpu = time.process_time()
            for _ in range(rounds):
                await reads.home(viewer, params)
            print(f"{most:>8}{(time.process_time() - cpu) / rounds * 1e6:>15.1f}{first * 1e6:>19.1f}")
        await db.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2000)
    asyncio.run(measure(parser.parse_args().rounds))
