"""Accounts of other servers are read again when that was long ago, and when they sign with another key."""

from __future__ import annotations

import pytest

from dunnock.federation import people
from dunnock.federation.store import actors
from dunnock.foundation.clock import DAY, HOUR, now_ms


@pytest.fixture
def later(monkeypatch):
    """Let time pass for what remembers people: `later(ms)`."""
    passed = 0

    def move_on(ms):
        nonlocal passed
        passed += ms

    monkeypatch.setattr(people, "now_ms", lambda: now_ms() + passed)
    return move_on


async def name_of(town, uri):
    found = await actors.by_uri(town.db, uri)
    return (await town.home.get(f"/api/v1/accounts/{found.account_id}", None))["display_name"]


async def test_who_acts_after_a_day_is_read_again(town, later):
    await town.make.member("alice")
    bob = town.near.actor("bob")
    await town.send("Follow", bob, f"{town.base}/users/alice")
    town.near.documents["/users/bob"] |= {"name": "Robert"}
    await town.send("Like", bob, f"{town.base}/users/alice/statuses/1")
    await town.settle()
    assert await name_of(town, bob) == "Bob"
    later(DAY + HOUR)
    await town.send("Like", bob, f"{town.base}/users/alice/statuses/2")
    await town.settle()
    assert await name_of(town, bob) == "Robert"


async def test_who_is_looked_up_after_a_day_is_read_again_and_once_an_hour_at_most(town, later):
    alice = await town.make.member("alice")
    bob = town.near.actor("bob")
    await town.meet(bob)
    later(2 * DAY)
    town.near.status["/users/bob"] = 500
    for _ in range(3):
        await town.home.get(f"/api/v2/search?q=bob@{town.near.host}&resolve=true", alice)
        await town.settle()
    assert town.near.asked.count("/users/bob") == 2  # when it was met, and once since
    del town.near.status["/users/bob"]
    later(2 * HOUR)
    await town.home.get(f"/api/v2/search?q={bob}&resolve=true", alice)
    await town.settle()
    assert town.near.asked.count("/users/bob") == 3


async def test_no_more_of_one_server_than_it_should_be_asked_for(town, later, monkeypatch):
    monkeypatch.setattr(people, "MOST_FRESHENED", 3)
    alice = await town.make.member("alice")
    everybody = [town.near.actor() for _ in range(6)]
    for one in everybody:
        await town.meet(one)
    later(2 * DAY)
    asked = len(town.near.asked)
    for one in everybody:
        await town.home.get(f"/api/v2/search?q={one}&resolve=true", alice)
    await town.settle()
    assert len(town.near.asked) == asked + 3


async def test_an_old_key_is_no_longer_believed_once_another_was_read(town, later):
    """What another process of the server read counts here, too: it is heard of by an event."""
    await town.make.member("alice")
    bob = town.near.actor("bob")
    await town.send("Follow", bob, f"{town.base}/users/alice")
    town.near.actor("bob", with_key=1)
    later(2 * DAY)
    about = f"{town.base}/users/alice/statuses/1"
    assert await town.deliver(town.near.activity("Like", bob, about)) == 202  # reads the profile anew
    await town.settle()
    assert await town.deliver(town.near.activity("Like", bob, about)) == 401
    assert await town.deliver(town.near.activity("Like", bob, about), with_key=1) == 202
