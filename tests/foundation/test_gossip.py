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
from dunnock.api.kit.ratelimit import Limiter
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
    gossips = [Gossip(one) for one in opened]
    await both_hear(gossips)
    yield gossips
    for one in opened:
        await one.close()


async def both_hear(gossips):
    """Wait until each has heard the other: what is told before one listens is lost."""
    heard = [[], []]
    says = [gossip.topic("ready", heard[at].append) for at, gossip in enumerate(gossips)]
    deadline = time.monotonic() + 60
    while not all(heard):
        assert time.monotonic() < deadline, "they never heard each other"
        for say in says:
            say([])
        await asyncio.sleep(0.05)


def hears(gossip, name):
    """The words of topic `name` that were taken from now on; filled as they come."""
    taker, words = gossip._takers[name], []

    def take(said):
        taker(said)
        words.append(said)

    gossip._takers[name] = take
    return words


async def refused(error, ask):
    """Ask, few times, until it is refused."""
    for _ in range(20):
        try:
            ask()
        except error:
            return
        await asyncio.sleep(0.5)
    pytest.fail("it was never refused")


async def until(true):
    deadline = time.monotonic() + 60
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
    heard = hears(two[1], "tries x")
    for _ in range(3):
        here.begin("ada", "203.0.113.9")
    await until(lambda: len(heard) == 3)
    with pytest.raises(TooManyTries):
        there.begin("ada")
    there.begin("grace")
    here.take_back("ada")
    await until(lambda: len(heard) == 4)
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
    await refused(TooManyRequests, lambda: there.check("GET", "/api/x", b"Bearer t", "203.0.113.9"))
    await refused(TooManyRequests, lambda: there.check("POST", "/api/v2/media", b"Bearer u", "203.0.113.9"))
    there.check("GET", "/api/x", None, "203.0.113.10")


async def test_nonsense_does_no_harm(two):
    heard: list[object] = []
    two[1].topic("words", heard.append)
    for text in ("", "[", '["words"]', '["unknown", [1]]', "x" * 5000):
        two[0]._db.shout(text)
    two[0].topic("words", lambda _: None)([1])
    await until(lambda: heard)
    assert heard == [[1]]
