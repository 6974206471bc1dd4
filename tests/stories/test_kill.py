"""Killed (SIGKILL) at any moment under load, a server loses nothing that it acknowledged, and does nothing twice.

DUNNOCK_TEST_KILLS: how many times each server is killed (default 3); DUNNOCK_TEST_SEED: another random run.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import re
import signal
import sqlite3
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import asyncpg
import pytest

import services
from dunnock.accounts.command_token import token_by_command
from dunnock.accounts.sign_up import create_member
from dunnock.app.migrate import bring_up_to_date
from dunnock.foundation.db import open_db
from dunnock.foundation.jobs import dead_jobs
from dunnock.foundation.reactions import dead_letters, lags
from stories.load import DELETED, LIVING, Client, World

NAMES = ("ada", "bea", "cleo", "dora", "edna", "faye", "gwen", "hope")
KILLS = int(os.environ.get("DUNNOCK_TEST_KILLS", "3"))
SEED = os.environ.get("DUNNOCK_TEST_SEED", "wren")
LEAST = 15  # writes acknowledged before each kill
SOURCE = str(Path(__file__).parents[2] / "src")


class Server:
    """`dunnock up` as a process, again and again on one data directory."""

    def __init__(self, data: Path, database: str, port: int, *arguments: str) -> None:
        self.data, self.log = data, data.parent / "server.log"
        self._command = [
            sys.executable,
            "-P",
            "-m",
            "dunnock",
            "up",
            "--data",
            str(data),
            "--port",
            str(port),
            "--dev",
            *arguments,
        ]
        self._environment = {k: v for k, v in os.environ.items() if not k.startswith("DUNNOCK_")} | {
            "PYTHONPATH": SOURCE
        }
        if database.startswith("postgres"):
            self._environment["DUNNOCK_DATABASE_URL"] = database
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=log,
                env=self._environment, start_new_session=True,
            )  # fmt: skip

    async def ready(self) -> None:
        assert self._process is not None
        said = await asyncio.wait_for(self._process.stdout.readline(), 60)
        assert said, self.log.read_text()[-3000:]

    async def kill(self) -> None:
        """All its processes at once: none has a chance to say or finish anything."""
        if self._process is None or self._process.returncode is not None:
            return
        family = _family(self._process.pid)
        for number in (signal.SIGSTOP, signal.SIGKILL):  # stopped first, so that none sees another's end
            for pid in family | _family(self._process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
        await self._process.wait()
        self._process = None

    async def stop(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(self._process.wait(), 20)


def _family(pid: int) -> set[int]:
    found = {pid}
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found |= _family(int(child))
    return found


async def _members(database: str) -> tuple[dict[str, int], dict[str, str]]:
    await bring_up_to_date(database)
    db = await open_db(database)
    try:
        ids, tokens = {}, {}
        for name in NAMES:
            made = await create_member(db, username=name, email=f"{name}@mail.example", password="a good long one")
            ids[name], tokens[name] = made.account_id, await token_by_command(db, made, scopes="read write follow")
    finally:
        await db.close()
    return ids, tokens


@pytest.mark.parametrize("kind", ["sqlite", "sqlite, two processes", "postgresql"])
async def test_nothing_acknowledged_is_lost_and_nothing_happens_twice(kind, tmp_path):
    chance = random.Random(f"{SEED} {kind}")
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    if kind == "postgresql":
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        database = services.postgres(f"kill_{worker}_{time.time_ns()}", durable=True)
    else:
        database = f"sqlite:///{data / 'dunnock.db'}"
    port = services._free_port()
    server = Server(data, database, port, *(("--workers", "2") if "two" in kind else ()))
    try:
        # Before there is anything: while the schema is made.
        await server.start()
        await asyncio.sleep(chance.uniform(0.3, 1.5))
        await server.kill()
        ids, tokens = await _members(database)
        world = World(f"http://127.0.0.1:{port}", list(NAMES), ids, chance)
        clients = [Client(world, name, tokens[name]) for name in NAMES]
        lives = [asyncio.create_task(client.live()) for client in clients]
        for number in range(KILLS):
            await server.start()
            if number % 3 == 1:  # while it starts
                await asyncio.sleep(chance.uniform(0.1, 1.5))
                await server.kill()
                await server.start()
            await server.ready()
            world.up.set()
            await asyncio.sleep(chance.uniform(0.2, 1.6))
            await _enough(world, LEAST * (number + 1))
            world.up.clear()
            await server.kill()
        world.over = True
        await server.start()
        await server.ready()
        world.up.set()
        await asyncio.gather(*lives)
        for client in clients:
            await client.finish()
        await _settled(database)
        print(  # noqa: T201 (the figures of a longer run, with -s)
            f"\n{kind}: {KILLS} kills, {world.acknowledged} writes acknowledged, {world.unanswered} unanswered, "
            f"{len(world.busy)} refused as too busy"
        )
        assert world.strange == []
        await Truth(world, await _everything(database)).check()
        await _check_by_api(world, clients)
        await server.stop()
    finally:
        await server.kill()
    said = server.log.read_text()
    assert "reaction failed" not in said
    assert "Traceback" not in said, said[said.index("Traceback") - 500 :][:4000]


async def _enough(world: World, writes: int) -> None:
    """A machine that does much else needs longer until so many writes are acknowledged."""
    deadline = time.monotonic() + 60
    while world.acknowledged < writes:
        assert time.monotonic() < deadline, f"{world.acknowledged} of {writes} writes"
        await asyncio.sleep(0.02)


async def _settled(database: str) -> None:
    db = await open_db(database)
    try:
        deadline = time.monotonic() + 30
        while any(one.events for one in await lags(db)):
            assert time.monotonic() < deadline, await lags(db)
            await asyncio.sleep(0.1)
        assert len(await lags(db)) > 0
        assert await dead_letters(db) == []
        assert await dead_jobs(db) == []
    finally:
        await db.close()


TABLES = {
    "accounts": "id, username",
    "account_counts": "account_id, posts, followers, following",
    "posts": "id, author_id, boost_of_id, text, visibility, reply_to_id, deleted_at",
    "post_counts": "post_id, replies, boosts, favourites",
    "mentions": "account_id, post_id",
    "interactions": "account_id, post_id, favourite_id, bookmark_id, boost_id",
    "follows": "follower_id, followed_id, requested",
    "notifications": "account_id, kind, from_id, post_id",
    "hashtag_posts": "hashtag_id, post_id",
    "revisions": "id, post_id",
    "idempotency": "account_id, post_id",
    "failures": "reaction, event_id",
    "event_log": "id, kind, body",
}


async def _everything(database: str) -> dict[str, list[Any]]:
    """All rows of the tables, read past our own code."""
    if database.startswith("sqlite"):
        conn = sqlite3.connect(database.removeprefix("sqlite:///"))
        try:
            assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert conn.execute("PRAGMA foreign_key_check").fetchall() == []
            return {
                table: conn.execute(f"SELECT {columns} FROM {table}").fetchall() for table, columns in TABLES.items()
            }
        finally:
            conn.close()
    link = await asyncpg.connect(database)
    try:
        return {table: await link.fetch(f"SELECT {columns} FROM {table}") for table, columns in TABLES.items()}
    finally:
        await link.close()


class Truth:
    """The database's rows, held against what the clients know and against each other."""

    def __init__(self, world: World, rows: dict[str, list[Any]]) -> None:
        self.world, self.rows = world, rows
        self.posts = {row[0]: row for row in rows["posts"]}
        self.living = {row[0]: row for row in rows["posts"] if row[6] is None}

    async def check(self) -> None:
        self.posts_are_there()
        self.acts_are_there()
        self.nothing_is_half_made()
        self.counters_are_right()
        self.events_are_right()
        self.readers_were_told_once()

    def posts_are_there(self) -> None:
        made = Counter((row[1], _mark(row[3])) for row in self.living.values() if row[2] is None)
        assert [mark for mark, times in made.items() if times > 1] == []
        for one in self.world.sent:
            if one.id is None:
                assert made[self.world.ids[one.author], _mark(one.form["status"])] in {0, 1}
                continue
            states = self.world.state("post", one.author, one.id, default=LIVING)
            row = self.posts[one.id]
            assert (DELETED if row[6] is not None else LIVING) in states, one
            if row[6] is None:
                assert row[3] in self.world.state("text", one.author, one.id), (one, row)
                assert row[5] == (int(one.form["in_reply_to_id"]) if "in_reply_to_id" in one.form else None)
                visibility = one.form["visibility"]
                assert row[4] == ("followers" if visibility == "private" else visibility)
            else:
                assert row[3] == ""

    def acts_are_there(self) -> None:
        done = {(row[0], row[1]): row for row in self.rows["interactions"]}
        follows = {(row[0], row[1]) for row in self.rows["follows"]}
        columns = {"favourite": 2, "bookmark": 3, "reblog": 4}
        checked = 0
        for (what, who, which), states in self.world.facts.items():
            me = self.world.ids[who]
            if what == "follow":
                assert ((me, self.world.ids[which]) in follows) in states, (who, which, states)
            elif what in columns and which in self.living:
                row = done.get((me, which))
                assert (row is not None and row[columns[what]] is not None) in states, (what, who, which, states)
            checked += len(states) == 1
        assert checked > 20

    def nothing_is_half_made(self) -> None:
        assert {row[0] for row in self.rows["post_counts"]} == set(self.posts)
        for table, column in (
            ("mentions", 1),
            ("hashtag_posts", 1),
            ("revisions", 1),
            ("idempotency", 1),
            ("interactions", 1),
        ):
            for row in self.rows[table]:
                assert row[column] in self.posts, (table, row)
                assert row[column] in self.living or table == "idempotency", (table, row)
        names = {row[1]: row[0] for row in self.rows["accounts"]}
        named = {(names[name], row[0]) for row in self.living.values() for name in re.findall(r"@(\w+)", row[3])}
        assert named == {(row[0], row[1]) for row in self.rows["mentions"]}
        assert {row[0] for row in self.living.values() if "#" in row[3] and row[4] == "public"} == {
            row[1] for row in self.rows["hashtag_posts"]
        }
        boosts = {(row[1], row[2]): row[0] for row in self.living.values() if row[2] is not None}
        assert boosts == {(row[0], row[1]): row[4] for row in self.rows["interactions"] if row[4] is not None}
        assert all(of in self.living for _, of in boosts)

    def counters_are_right(self) -> None:
        replies = Counter(row[5] for row in self.living.values() if row[4] in {"public", "unlisted"})
        boosts = Counter(row[2] for row in self.living.values())
        favourites = Counter(row[1] for row in self.rows["interactions"] if row[2] is not None)
        for an_id, *counts in self.rows["post_counts"]:
            if an_id in self.living:
                assert counts == [replies[an_id], boosts[an_id], favourites[an_id]], an_id
        posts = Counter(row[1] for row in self.living.values() if row[4] != "direct")
        followers = Counter(row[1] for row in self.rows["follows"])
        following = Counter(row[0] for row in self.rows["follows"])
        for an_id, *counts in self.rows["account_counts"]:
            assert counts == [posts[an_id], followers[an_id], following[an_id]], an_id

    def events_are_right(self) -> None:
        """One for each fact, none without one."""
        assert self.rows["failures"] == []
        heard: dict[str, list[dict[str, Any]]] = {}
        for _, kind, body in sorted(self.rows["event_log"]):
            heard.setdefault(kind, []).append(json.loads(body))
        published = Counter(one["post_id"] for one in heard["PostPublished"])
        assert published == Counter(an_id for an_id, row in self.posts.items() if row[2] is None)
        boosted = Counter(one["boost_id"] for one in heard.get("PostBoosted", []))
        assert boosted == Counter(an_id for an_id, row in self.posts.items() if row[2] is not None)
        deleted = Counter(one["post_id"] for one in heard.get("PostDeleted", []))
        assert deleted == Counter(set(self.posts) - set(self.living))
        edited = Counter(one["post_id"] for one in heard.get("PostEdited", []))
        assert {an_id: n for an_id, n in edited.items() if an_id in self.living} == Counter(
            row[1] for row in self.rows["revisions"]
        )
        stands: Counter[tuple[int, int]] = Counter()
        for kind, step in (("Followed", 1), ("Unfollowed", -1)):
            for one in heard.get(kind, []):
                stands[one["follower_id"], one["followed_id"]] += step
        assert {pair for pair, n in stands.items() if n} == {(row[0], row[1]) for row in self.rows["follows"]}
        assert set(stands.values()) <= {0, 1}

    def readers_were_told_once(self) -> None:
        author = {an_id: row[1] for an_id, row in self.living.items()}
        wanted = Counter((row[0], "mention", author[row[1]], row[1]) for row in self.rows["mentions"])
        wanted += Counter(
            (author[row[1]], "favourite", row[0], row[1]) for row in self.rows["interactions"] if row[2] is not None
        )
        wanted += Counter(
            (author[row[2]], "boost", row[1], row[2]) for row in self.living.values() if row[2] is not None
        )
        wanted += Counter((row[1], "follow", row[0], 0) for row in self.rows["follows"])
        wanted = Counter({told: n for told, n in wanted.items() if told[0] != told[2]})  # nobody hears of what they did
        told = Counter(tuple(row) for row in self.rows["notifications"] if row[1] not in {"edit", "sign_up"})
        assert told - wanted == Counter()
        assert wanted - told == Counter()
        assert len(wanted) > 20


def _mark(text: str) -> str:
    found = re.match(r"\w+ says \d+", text)
    return found.group() if found else text


async def _check_by_api(world: World, clients: list[Client]) -> None:
    ask = {client.name: client.get for client in clients}
    for name in world.names:
        own = [one for one in world.sent if one.author == name and one.id is not None]
        sure = {one.id for one in own if world.state("post", name, one.id, default=LIVING) == {LIVING}}
        shown: dict[int, Any] = {}
        for start in range(0, len(own), 40):
            status, found = await ask[name](
                "/api/v1/statuses", **{"id[]": [str(one.id) for one in own[start : start + 40]]}
            )
            assert status == 200
            shown |= {int(one["id"]): one for one in found}
        assert sure <= set(shown)
        for one in own:
            if world.state("post", name, one.id, default=LIVING) == {DELETED}:
                assert one.id not in shown
            elif one.id in shown:
                plain = re.sub(r"<[^>]+>", "", shown[one.id]["content"])
                assert plain in world.state("text", name, one.id), plain
                assert shown[one.id]["visibility"] == one.form["visibility"]
        await _check_home(world, name, ask[name], sure)
        _, told = await _all_pages(ask[name], "/api/v1/notifications")
        assert len(told) == len(
            {(one["type"], one["account"]["id"], (one.get("status") or {}).get("id")) for one in told}
        )


async def _check_home(world: World, name: str, ask: Any, own: set[int]) -> None:
    seen, home = await _all_pages(ask, "/api/v1/timelines/home")
    assert len(seen) == len(set(seen))
    followed = [one for one in world.names if world.state("follow", name, one) == {True}]
    expected = set(own)
    for one in world.sent:
        if (
            one.author in followed
            and one.id is not None
            and one.form["visibility"] != "direct"
            and "in_reply_to_id" not in one.form
            and world.state("post", one.author, one.id, default=LIVING) == {LIVING}
        ):
            expected.add(one.id)
    shown = set(seen) | {int(one["reblog"]["id"]) for one in home if one["reblog"]}
    missing = {one for one in expected - shown if not _hidden(world, one)}
    assert missing == set()


def _hidden(world: World, post_id: int) -> bool:
    """Is it one that a home feed leaves out by rule: a reply to somebody who may not be followed, a direct post?"""
    one = next(one for one in world.sent if one.id == post_id)
    return "in_reply_to_id" in one.form or one.form["visibility"] == "direct"


async def _all_pages(ask: Any, path: str) -> tuple[list[int], list[Any]]:
    rows: list[Any] = []
    params: dict[str, str] = {"limit": "40"}
    while True:
        status, page = await ask(path, **params)
        assert status == 200
        if not page:
            return [int(one["id"]) for one in rows], rows
        rows += page
        params["max_id"] = page[-1]["id"]
