"""Processes of one installation count together, on SQLite, on PostgreSQL, and over Redis."""

from __future__ import annotations

import asyncio
import shutil
import time

import pytest

from dunnock.accounts.errors import TooManyTries
from dunnock.accounts.tries import Tries
from dunnock.api.kit.caller import Caller
from dunnock.api.kit.errors import TooManyRequests
from dunnock.api.kit.ratelimit import TOLD_AFTER_S, Limiter
from dunnock.foundation.db import open_db
from dunnock.foundation.gossip import Gossip


@pytest.fixture(params=["sqlite", "postgresql", "postgresql over redis"])
def place(request, tmp_path):
    """Where the database is, and Redis."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "dunnock.db")
        return f"sqlite:///{tmp_path / 'dunnock.db'}", ""
    redis = request.getfixturevalue("redis_url") if "redis" in request.param else ""
    return request.getfixturevalue("postgres_ready"), redis


@pytest.fixture
async def two(place):
    opened = [await open_db(place[0], redis_url=place[1]) for _ in range(2)]
    for one in opened:
        one.listen(lambda _: None)
    await asyncio.sleep(0.3)
    yield [Gossip(one) for one in opened]
    for one in opened:
        await one.close()


async def until(true):
    deadline = time.monotonic() + 5
    while not true():
        assert time.monotonic() < deadline, "it was not heard"
        await asyncio.sleep(0.01)


async def test_words_reach_the_other_process_and_only_it(two):
    heard: list[list[object]] = [[], []]
    says = [gossip.topic("words", heard[at].append) for at, gossip in enumerate(two)]
    two[1].topic("others", lambda _: pytest.fail("another topic"))
    says[0]([1, "zwei", ["three", 4]])
    says[1](["back"])
    await until(lambda: heard[0] and heard[1])
    await asyncio.sleep(0.05)
    assert heard == [[["back"]], [[1, "zwei", ["three", 4]]]]


async def test_tries_of_one_count_in_the_other(two):
    here, there = Tries(3, 60_000), Tries(3, 60_000)
    here.share(two[0], "x")
    there.share(two[1], "x")
    for _ in range(3):
        here.begin("ada", "203.0.113.9")
    await until(lambda: len(there) == 2)
    await asyncio.sleep(0.1)
    with pytest.raises(TooManyTries):
        there.begin("ada")
    there.begin("grace")
    here.take_back("ada")
    await asyncio.sleep(0.2)
    there.begin("ada")


async def test_requests_to_one_count_in_the_other(two):
    limiters = [Limiter(), Limiter()]
    for limiter, gossip in zip(limiters, two, strict=True):
        limiter.share(gossip)
        limiter.learn(b"Bearer t", Caller(1, 1, 5, 5, frozenset()))
    here, there = limiters
    for _ in range(300):
        here.check("GET", "/api/x", b"Bearer t", "203.0.113.9")
    for _ in range(30):
        here.check("POST", "/api/v2/media", b"Bearer u", "203.0.113.9")
    await asyncio.sleep(TOLD_AFTER_S + 0.3)
    with pytest.raises(TooManyRequests):
        there.check("GET", "/api/x", b"Bearer t", "203.0.113.9")
    with pytest.raises(TooManyRequests):
        there.check("POST", "/api/v2/media", b"Bearer u", "203.0.113.9")
    there.check("GET", "/api/x", None, "203.0.113.10")


async def test_nonsense_does_no_harm(two):
    heard: list[object] = []
    two[1].topic("words", heard.append)
    for text in ("", "[", '["words"]', '["unknown", [1]]', "x" * 5000):
        two[0]._db.shout(text)
    two[0].topic("words", lambda _: None)([1])
    await until(lambda: heard)
    assert heard == [[1]]
