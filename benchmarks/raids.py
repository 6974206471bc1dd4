"""What holding strangers back, looking for floods and rules of staff add to a post: microseconds of CPU, on a SQLite file.

    .venv/bin/python benchmarks/raids.py [--times 2000]

`hold_back` is measured in its transaction for posts that address nobody, somebody who is not quiet, and somebody who is (a
stranger's, held). `look_for_flood` is measured for a member whom nobody floods, and over a flood of 400 posts. Rules: how long
folding 270 letters takes, and `meet_post` of such a post that meets none, with no rule, one, and ten. Targets: 20 us more for an
ordinary post, 300 us for a stranger's post in a flood, 300 us for all of integrity.
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
from sqlalchemy import text

from dunnock import notifications, posts
from dunnock.app.build import House, build
from dunnock.app.settings import load
from dunnock.foundation.db import Sql
from dunnock.integrity import raids, rules
from dunnock.integrity.floods import look_for_flood
from dunnock.integrity.marks import marks_of_post
from dunnock.integrity.observe import see_post
from dunnock.integrity.rules.meet import meet_post
from dunnock.integrity.store import observations
from dunnock.posts.hold import hold_back

_MEMBER, _FLOOD = 1, 400
_SAID = {
    "ASCII": ("Nobody wants you here and you know it, so leave this place now. " * 5)[:270],
    "German": ("Über den Dächern läuft das Gespräch längst, sagt die Bürgermeisterin. " * 5)[:270],
    "Japanese": ("これらのサーバーから集団攻撃がありました。知らない人が書いたものは保留されます。" * 8)[:270],
}


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
        await _time("look: raided nobody", times, lambda: raids.look_for_raiders(tx, _MEMBER, by=stranger))
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
    await _rules(house, post, times)
    await house.close()


async def _rules(house: House, post: posts.Post, times: int) -> None:
    """A post of 270 letters that meets no rule."""
    db = house.db
    for called, words in _SAID.items():
        begun = time.process_time()
        for _ in range(times):
            posts.folded(words)
        print(f"fold, {called:<20} {(time.process_time() - begun) / times * 1e6:8.1f} us")
    event = posts.PostPublished(post.id, post.author_id, "public")
    async with db.begin() as tx:
        await tx.run(Sql(text("UPDATE posts SET text = :words WHERE id = :the")), words=_SAID["ASCII"], the=post.id)
        await tx.run(Sql(text("UPDATE posts SET visibility = 'public' WHERE id = :the")), the=post.id)
        for number in (0, 1, 10):
            while len(await tx.all(rules.store.IN_FORCE, now=tx.now, most=50)) < number:
                await tx.run(
                    rules.store.ADD, id=(rule := tx.new_id()), name="x", effect="review", version=1, made_by=_MEMBER,
                    condition=f'all(kind = post, age_days < 9000, text has "cheap pills {rule}")', expires_at=2**60,
                )  # fmt: skip
                await tx.run(rules.store.SET_STATE, the=rule, new_state="live", who=_MEMBER, ended=None)
            await _time(f"rules: {number}", times, lambda: meet_post(tx, event))
        await _time("see_post", times, lambda: see_post(tx, event))


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
