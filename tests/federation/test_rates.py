"""How much other servers may have this one do: refused early, with the time to come back, and counted for whoever it was."""

from __future__ import annotations

import pytest

from dunnock.federation import rates
from dunnock.federation.rates import Rates, site_of
from federation.neighbour import signed


def test_a_burst_then_so_much_in_a_second():
    now = 1_000
    held = Rates(3, 2.0, now=lambda: now)
    for _ in range(3):
        assert held.wait_ms("a") == 0
        held.take("a")
    assert held.wait_ms("a") == 500
    assert held.wait_ms("b") == 0
    now += 499
    assert held.wait_ms("a") == 1
    now += 1
    assert held.wait_ms("a") == 0
    held.take("a")
    assert held.wait_ms("a") == 500
    now += 60_000
    for _ in range(3):
        assert held.wait_ms("a") == 0
        held.take("a")
    assert held.wait_ms("a") == 500


def test_sc_096_names_of_others_are_forgotten():
    held = Rates(1, 1.0, now=lambda: 0, kept=100)
    for number in range(10_000):
        held.take(str(number))
    assert len(held._paid) <= 200


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("a.b.example.org", "example.org"),
        ("example.org:8443", "example.org"),
        ("x.y.example.co.uk", "example.co.uk"),
        ("co.uk", "co.uk"),
        ("localhost", "localhost"),
        ("127.0.0.3:80", "127.0.0.3"),
    ],
)
def test_what_one_has_registered(host, site):
    assert site_of(host) == site


async def test_a_server_that_sends_too_much_is_told_when_to_come_back(town):
    await town.make.member("alice")
    town.home.house.federation.rates = Rates(2, 0.1)
    bob, carl = town.near.actor("bob"), town.far.actor("carl")
    about = f"{town.base}/users/alice/statuses/1"
    for _ in range(2):
        assert await town.deliver(town.near.activity("Like", bob, about)) == 202
    late = b"{ this is not even read"
    headers = signed(f"{town.base}/inbox", late, key_id=f"{bob}#main-key")
    answer = await town.request(late, headers)
    assert answer.status == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 11
    assert await town.deliver(town.far.activity("Like", carl, about)) == 202


async def test_nobody_uses_up_the_share_of_another_server(town):
    """What is signed falsely in another's name does not count against them."""
    await town.make.member("alice")
    town.home.house.federation.rates = Rates(2, 0.1)
    bob = town.near.actor("bob")
    about = f"{town.base}/users/alice/statuses/1"
    for _ in range(5):
        assert await town.deliver(town.near.activity("Like", bob, about), with_key=1) == 401
    assert await town.deliver(town.near.activity("Like", bob, about)) == 202


async def test_sc_084_keys_below_one_name_are_asked_for_slowly(town, monkeypatch):
    await town.make.member("alice")
    monkeypatch.setattr(town.home.house.federation.people, "key_rates", Rates(3, 0.1))
    about = f"{town.base}/users/alice/statuses/1"
    people = [town.near.actor() for _ in range(5)]
    answers = [await town.deliver(town.near.activity("Like", one, about)) for one in people]
    assert answers == [202, 202, 202, 429, 429]
    assert len([one for one in town.near.asked if one.startswith("/users/")]) == 3
    assert await town.deliver(town.near.activity("Like", people[0], about)) == 202  # known keys are not asked for
    assert await town.deliver(town.far.activity("Like", town.far.actor("dora"), about)) == 202


async def test_what_is_handed_on_often_is_asked_for_once(town):
    alice = await town.make.member("alice")
    bob = town.near.actor("bob")
    await town.follow(alice, bob)
    post = await town.make.post(alice)
    note = town.near.note(bob, inReplyTo=f"{town.base}/users/alice/statuses/{post.id}")
    create = town.near.activity("Create", bob, note)
    for _ in range(3):
        assert await town.deliver(create, signer=town.far.actor("carl")) == 202
    path = note["id"].removeprefix(town.near.base)
    assert town.near.asked.count(path) == 1
    update = town.near.activity("Update", bob, note)
    assert await town.deliver(update, signer=town.far.actor("carl")) == 202
    assert town.near.asked.count(path) == 2
    assert await town.deliver(create) == 202  # and what the author sends counts by itself


def test_development_knows_no_limits():
    held = Rates(1, 1.0, enabled=False)
    for _ in range(rates.INBOX_BURST + 1):
        held.take("a")
    assert held.wait_ms("a") == 0
