"""What looking for stopped pictures adds to a post: microseconds of CPU, on a SQLite file.

    .venv/bin/python benchmarks/stopped_media.py [--times 2000] [--stopped 10000] [--files 100000]

Measured in a transaction: the column that says whether anything is stopped (the author is read with and without it), and what a
post with one picture costs while nothing is stopped, and while 10,000 pictures are: in the post's own path (`stopped_among`) and
in the reaction afterwards. Target: 100 us more for any post while nothing is stopped. Then how long a new stop looks through
100,000 files that were posted before it, and the longest time for which nothing else is done meanwhile. Target: 250 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import data
from sqlalchemy import Table

from dunnock import media, posts
from dunnock.app.build import build
from dunnock.app.settings import load
from dunnock.foundation.db import Db, Sql, Tx, insert_into
from dunnock.integrity.stopped_media import looking_back, meet
from dunnock.media import store as media_store
from dunnock.media.tables import media as table
from dunnock.posts.store import posts as store

_AUTHOR = 2


async def measure(folder: Path, times: int, stopped: int, files: int) -> None:
    """Print a line for each."""
    data.build(folder / "dunnock.db", people=100, posts=1_000)
    house = await build(load(folder, environ={}, flags={"dev": True}))
    db, rng = house.db, random.Random(1)
    async with db.begin() as tx:
        shown = await _picture(tx, f"{rng.getrandbits(256):064x}")
        post_id = int(await tx.value(Sql(posts_table().select().order_by(posts_table().c.id.desc()).limit(1))))
        event = posts.PostPublished(post_id, _AUTHOR, "public")
        await _time("the author is read, with the column", times, lambda: store.find_author(tx, _AUTHOR))
        await _time("the column by itself", times, lambda: tx.value(media_store.ANY_STOP))
        await _time("reaction, nothing is stopped", times, lambda: meet.look_at_post(tx, event))
        for _ in range(stopped):
            await media.stop_prints(
                tx, [f"{rng.getrandbits(256):064x}"], effect="limit", why="x", by=_AUTHOR, until=None, tells=False
            )
        await _time("the column, with stops", times, lambda: tx.value(media_store.ANY_STOP))
        await _time(f"a picture among {stopped:,} stops", min(times, 500), lambda: media.stopped_among(tx, [shown]))
        stop_id = await media.stop_prints(
            tx, [f"{rng.getrandbits(256):064x}"], effect="limit", why="x", by=_AUTHOR, until=None, tells=False
        )
    assert stop_id is not None
    await _fill(db, files, post_id)
    waited, done = 0.0, asyncio.Event()

    async def wait() -> None:
        nonlocal waited
        while not done.is_set():
            begun = time.monotonic()
            await asyncio.sleep(0.001)
            waited = max(waited, time.monotonic() - begun)

    waiting = asyncio.create_task(wait())
    before, begun = time.process_time(), time.monotonic()
    await looking_back.look_back(db, looking_back.LookBack(stop_id=stop_id, below=2**63 - 1))
    took, cpu = time.monotonic() - begun, time.process_time() - before
    done.set()
    await waiting
    print(f"{files:,} files looked through: {took:.1f} s, {cpu:.1f} s of CPU; nothing else for {waited * 1000:.0f} ms")
    await house.close()


async def _fill(db: Db, files: int, post_id: int) -> None:
    """So many pictures of one post, each with a print of its own."""
    rng = random.Random(2)
    file = media.File(path="a.webp", width=100, height=100, bytes=9, mime="image/webp")
    row = {"account_id": _AUTHOR, "post_id": post_id, "kind": "image", "state": "ready", "created_at": 1}
    for at in range(0, files, 5_000):
        shown = [
            media.Picture(original=file, prints=(f"{rng.getrandbits(256):064x}",))
            for _ in range(min(5_000, files - at))
        ]
        async with db.begin() as tx:
            rows = [row | {"id": tx.new_id(), "files": media.write_picture(one)} for one in shown]
            await tx.many(insert_into(table, "id", "files", *row), rows)


def posts_table() -> Table:
    """The posts, for one id."""
    return table.metadata.tables["posts"]


async def _picture(tx: Tx, told: str) -> media.Media:
    file = media.File(path="a.webp", width=100, height=100, bytes=9, mime="image/webp")
    return media.Media(tx.new_id(), _AUTHOR, None, "image", "ready", media.Picture(original=file, prints=(told,)))


async def _time(called: str, times: int, do: Callable[[], Awaitable[object]]) -> None:
    for _ in range(20):
        await do()
    before = time.process_time()
    for _ in range(times):
        await do()
    print(f"{called}: {(time.process_time() - before) / times * 1e6:.1f} us")


def main() -> None:
    """Measure in a folder that is thrown away."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=2_000)
    parser.add_argument("--stopped", type=int, default=10_000)
    parser.add_argument("--files", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), asked.times, asked.stopped, asked.files))


if __name__ == "__main__":
    main()
