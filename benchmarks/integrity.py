"""What all of integrity adds to a post, part by part and as a sum, and how many posts it takes in a CPU-second.

    .venv/bin/python benchmarks/integrity.py [--posts 3000] [--rules 5] [--acts 100000]

On a SQLite file, in the process of the server, microseconds of CPU. The post's own path: whether it is held back from
somebody (raids), whether it shows or leads to what is stopped. Afterwards: every reaction of integrity to `PostPublished` that
the server has, for as many different posts (every second an answer; a hashtag, a link, words of their own), with some rules in
force: each by itself for one half, and for the other all of them as the worker has them: read from the event log, batch by
batch, committed; and, for comparison, where each post comes alone, as on a quiet server. Then the watch, as it runs each
minute, over the acts of a day, as many as it ever looks at. Targets: 300 us a post with the worker's part in a stream, 2,000
posts a CPU-second with the watch of their minute, memory that does not grow with the history. Exit code 1 where one is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import data

from dunnock import posts, text
from dunnock.app.build import build
from dunnock.app.settings import load
from dunnock.app.subscriptions import HEARS, TOGETHER
from dunnock.foundation.db import Db, Tx
from dunnock.foundation.ids import id_at
from dunnock.foundation.reactions import BATCH, Reactions, in_batches
from dunnock.integrity import money, rules, watch
from dunnock.integrity.marks import marks_of_boost, marks_of_post
from dunnock.integrity.store import observations
from dunnock.media import store as media_store
from dunnock.posts.hold import hold_back

_PEOPLE, _QUIET = 2_000, 200
_MOST_US, _LEAST_A_SECOND = 300.0, 2_000.0
_HEARS = [one for some in TOGETHER for one in some if one in HEARS[posts.PostPublished]]
_WORDS = data.WORDS


def write_words(path: Path, number: int) -> list[tuple[int, int]]:
    """Give the newest posts words of their own; their ids and authors, the oldest first."""
    rng = random.Random(1)
    with sqlite3.connect(path) as conn:
        told = conn.execute(
            "SELECT id, author_id FROM posts WHERE boost_of_id IS NULL ORDER BY id DESC LIMIT ?", (number,)
        ).fetchall()
        for at, (post_id, _) in enumerate(told):
            words = " ".join(rng.choices(_WORDS, k=30))
            tag = rng.choice(_WORDS)
            said = f"{words} https://news{rng.randrange(400)}.example/{rng.randrange(9_000)} #{tag}"
            shown = text.render(text.parse(said), mention_url={}, tag_url="https://dunnock.example/tags/{}".format)
            answered = told[at + 1 + rng.randrange(5)] if at % 2 and at + 6 < len(told) else (None, None)
            conn.execute(
                "UPDATE posts SET text = ?, html = ?, hashtags = ?, visibility = 'public', reply_to_id = ?, "
                "reply_to_author_id = ? WHERE id = ?",
                (said, shown, f'["{tag}"]', *answered, post_id),
            )
    conn.close()
    return told[::-1]


async def put_rules(tx: Tx, number: int) -> None:
    """Rules that look at words and age, and that nothing here meets."""
    for _ in range(number):
        rule = tx.new_id()
        await tx.run(
            rules.store.ADD, id=rule, name="x", effect="review", version=1, made_by=1, expires_at=2**60,
            condition=f'all(kind = post, age_days < 9000, text has "cheap pills {rule}")',
        )  # fmt: skip
        await tx.run(rules.store.SET_STATE, the=rule, new_state="live", who=1, ended=None)


async def own_path(db: Db, found: Sequence[posts.Post]) -> float:
    """What is asked while the author waits."""
    screen = await money.Destinations(db).fresh()
    spent = 0.0
    async with db.begin() as tx:
        spent += await told("held back from somebody?", found, lambda post: hold_back(tx, post))
        spent += await told("are pictures stopped?", found, lambda _: tx.value(media_store.ANY_STOP))

        async def leads(post: posts.Post) -> None:
            screen(
                posts.Candidate(
                    author_id=post.author_id, post_id=post.id, text=post.text or "", warning="", visibility="public",
                    language=None, reply_to_id=None, mentions=(), hashtags=(), links=(), media=(),
                )
            )  # fmt: skip

        spent += await told("leads to what is stopped?", found, leads)
    return spent


async def afterwards(db: Db, found: Sequence[posts.Post]) -> float:
    """Every reaction to a post that was published: each by itself, and all of them as the worker has them."""
    half = len(found) // 2
    async with db.begin() as tx:
        for does in _HEARS:
            begun = time.process_time()
            for first in range(0, half, BATCH):
                batch = [event_of(post) for post in found[first : min(first + BATCH, half)]]
                if isinstance(does, in_batches):
                    await does.at_once(tx, batch)
                else:
                    for event in batch:
                        await does(tx, event)
            say(f"{does.__module__.removeprefix('dunnock.integrity.')}.{does.__name__}", begun, half)
    worker = Reactions(db, {posts.PostPublished: _HEARS}, TOGETHER)
    await worker.prepare()
    await as_the_worker(db, worker, found[half : half + _QUIET], at_once=1)
    return await as_the_worker(db, worker, found[half + _QUIET :], at_once=len(found))


async def as_the_worker(db: Db, worker: Reactions, found: Sequence[posts.Post], *, at_once: int) -> float:
    """From the event log, with all that it takes to do it once; so many come at the same time."""
    spent = 0.0
    for first in range(0, len(found), at_once):
        some = found[first : first + at_once]
        async with db.begin() as tx:
            for post in some:
                await tx.record(event_of(post))
        begun = time.process_time()
        await worker.settle()
        spent += time.process_time() - begun
    return said(f"the worker, {'each alone' if at_once == 1 else 'in a stream'}", spent, len(found))


def event_of(post: posts.Post) -> posts.PostPublished:
    """That it was published."""
    return posts.PostPublished(
        post.id, post.author_id, "public", reply_to_id=post.reply_to_id, reply_to_author_id=post.reply_to_author_id
    )


async def told(called: str, found: Sequence[posts.Post], do: Callable[[posts.Post], Awaitable[object]]) -> float:
    """Microseconds of CPU a post."""
    begun = time.process_time()
    for post in found:
        await do(post)
    return say(called, begun, len(found))


def say(called: str, begun: float, number: int) -> float:
    """Print and return microseconds of CPU for each of `number` since `begun`."""
    return said(called, time.process_time() - begun, number)


def said(called: str, seconds: float, number: int) -> float:
    """Print and return the microseconds of each of `number`."""
    spent = seconds / number * 1e6
    print(f"{called:<34} {spent:8.1f} us")
    return spent


async def a_day(db: Db, number: int, people: int) -> None:
    """Acts of the last day, of people who have nothing to do with each other, and a ring of thirty."""
    rng, now = random.Random(2), int(time.time() * 1000)
    for start in range(0, number, 10_000):
        rows = []
        for at in range(start, min(start + 10_000, number)):
            ring = rng.random() < 0.01
            who = 1 + rng.randrange(30) if ring else 31 + int(rng.paretovariate(0.6) * 40) % (people - 31)
            if rng.random() < 0.4:
                marks = marks_of_boost(at // 40 if ring else int(rng.paretovariate(1)) % 5_000, rng.randrange(4_000))
            else:
                marks = marks_of_post(" ".join(rng.choices(_WORDS, k=20)), tags=rng.sample(_WORDS, 2))
            moment = id_at(now - 86_000_000 + at * 85_000_000 // number) + at % 1_000
            rows.append(
                {"id": moment, "account_id": who, "act": 1, "target_id": None, "object_id": None, "marks": marks}
            )
        async with db.begin() as tx:
            await tx.many(observations.ADD, rows)


async def measure(folder: Path, options: argparse.Namespace) -> bool:
    """Print a line for each; whether all targets are kept."""
    path = folder / "dunnock.db"
    data.build(path, people=_PEOPLE, posts=options.posts + 500)
    ids = write_words(path, options.posts)
    house = await build(load(folder, environ={}, flags={"dev": True}))
    async with house.db.begin() as tx:
        await put_rules(tx, options.rules)
        found = [post for post_id, _ in ids if (post := await posts.find_living(tx, post_id)) is not None]
    own, after = await own_path(house.db, found), await afterwards(house.db, found)
    print(f"{'all of integrity':<34} {own + after:8.1f} us a post ({own:.1f} of it while the author waits)")
    await a_day(house.db, options.acts, _PEOPLE)
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    await watch.watch_acts(house.db, watch.WatchActs())
    run = time.process_time() - begun
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    looked = min(options.acts, watch.MOST_ACTS)
    print(
        f"the watch over {looked:,} acts: {run:.2f} CPU-s, {grown:.0f} MB more at most ({run / looked * 1e6:.1f} us an act)"
    )
    rate = 1e6 / (own + after + run / looked * 1e6)
    print(f"as a stream: {rate:,.0f} posts a CPU-second, of which each is watched in its minute")
    await house.close()
    return own + after <= _MOST_US and rate >= _LEAST_A_SECOND


def main() -> None:
    """Measure in a folder that is thrown away."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=3_000)
    parser.add_argument("--rules", type=int, default=5)
    parser.add_argument("--acts", type=int, default=watch.MOST_ACTS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kept = asyncio.run(measure(Path(folder), options))
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
