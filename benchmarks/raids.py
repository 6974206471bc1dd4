"""What holding strangers back and looking for floods add to a post: microseconds of CPU, on a SQLite file.

    .venv/bin/python benchmarks/raids.py [--times 2000]

`hold_back` is measured in its transaction for posts that address nobody, somebody who is not quiet, and somebody who is (a
stranger's, held). `look_for_flood` is measured for a member whom nobody floods, and over a flood of 400 posts. Targets: 20 us
more for an ordinary post, 300 us for a stranger's post in a flood.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import data
import msgspec

from dunnock import notifications, posts
from dunnock.app.build import build
from dunnock.app.settings import load
from dunnock.integrity.floods import look_for_flood
from dunnock.integrity.marks import marks_of_post
from dunnock.integrity.store import observations
from dunnock.posts.hold import hold_back

_MEMBER, _FLOOD = 1, 400


async def measure(folder: Path, times: int) -> None:
    """Print a line for each."""
    path = folder / "dunnock.db"
    data.build(path, people=100, posts=1_000)
    conn = sqlite3.connect(path)
    post_id, stranger = conn.execute("SELECT id, author_id FROM posts WHERE author_id != 1 ORDER BY id DESC").fetchone()
    conn.execute("DELETE FROM follows WHERE follower_id = 1 AND followed_id = ?", (stranger,))
    conn.commit()
    conn.close()
    house = await build(load(folder, environ={}, flags={"dev": True}))
    db = house.db
    async with db.begin() as tx:
        post = await posts.find_living(tx, post_id)
        assert post is not None
        alone = msgspec.structs.replace(post, mentions=(), reply_to_author_id=None)
        to_her = msgspec.structs.replace(post, mentions=(_MEMBER,), reply_to_author_id=_MEMBER)
        await _time("addresses nobody", times, lambda: hold_back(tx, alone))
        await _time("to who is not quiet", times, lambda: hold_back(tx, to_her))
        await notifications.begin_quiet_time(tx, _MEMBER, hours=1)
        await _time("to who is quiet", times, lambda: hold_back(tx, to_her))
        await notifications.end_quiet_time(tx, _MEMBER)
        await _time("look: no flood", times, lambda: look_for_flood(tx, _MEMBER))
        spent = 0.0
        for number in range(_FLOOD):
            marks = marks_of_post(f"nobody wants you here, go away now, number {number % 7}")
            await tx.run(
                observations.ADD, id=tx.new_id(), account_id=2 + number % 90, act=1, target_id=_MEMBER, object_id=None,
                marks=marks,
            )  # fmt: skip
            begun = time.process_time()
            await look_for_flood(tx, _MEMBER)
            spent += time.process_time() - begun
        print(f"look: each of a flood      {spent / _FLOOD * 1e6:8.1f} us")
    await house.close()


async def _time(called: str, times: int, do: Callable[[], Awaitable[None]]) -> None:
    begun = time.process_time()
    for _ in range(times):
        await do()
    print(f"{called:<26} {(time.process_time() - begun) / times * 1e6:8.1f} us")


def main() -> None:
    """Measure."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--times", type=int, default=2_000)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), asked.times))


if __name__ == "__main__":
    main()
