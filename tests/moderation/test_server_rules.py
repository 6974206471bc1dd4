"""Rules about servers: the pure rule, and that all its twins in SQL say the same."""

from __future__ import annotations

import random

import pytest

from dunnock import accounts, posts
from dunnock.accounts import AccountViews, Standing, tables
from dunnock.accounts.server_rules import ServerRules, covering, worse
from dunnock.notifications.store import facts

HOSTS = ["", "a.example", "b.a.example", "c.b.a.example", "xa.example", "other.example", "example"]


@pytest.mark.parametrize(
    ("blocks", "allowed", "domain", "limit"),
    [
        ([], [], "a.example", None),
        ([("a.example", "suspend")], [], "", None),
        ([("a.example", "suspend")], [], "a.example", Standing.SUSPENDED),
        ([("a.example", "suspend")], [], "b.a.example", Standing.SUSPENDED),
        ([("a.example", "suspend")], [], "xa.example", None),
        ([("b.a.example", "suspend")], [], "a.example", None),
        ([("a.example", "limit")], [], "b.a.example", Standing.LIMITED),
        ([("a.example", "noop")], [], "a.example", None),
        ([("a.example", "limit"), ("b.a.example", "noop")], [], "b.a.example", Standing.LIMITED),
        ([("a.example", "limit"), ("b.a.example", "suspend")], [], "c.b.a.example", Standing.SUSPENDED),
        ([("*", "suspend")], [], "a.example", Standing.SUSPENDED),
        ([("*", "suspend")], [], "", None),
        ([("*", "suspend")], ["a.example"], "b.a.example", None),
        ([("*", "suspend")], ["b.a.example"], "a.example", Standing.SUSPENDED),
        ([("*", "suspend"), ("b.a.example", "limit")], ["a.example"], "b.a.example", Standing.LIMITED),
        ([("a.example", "limit")], ["a.example"], "a.example", Standing.LIMITED),
    ],
)
def test_the_strictest_rule_that_covers_a_server(blocks, allowed, domain, limit):
    assert ServerRules(blocks, allowed).limit_of(domain) is limit


def test_the_stricter_of_rule_and_standing():
    for own in Standing:
        assert worse(own, None) is own
        assert worse(own, own) is own
    assert worse(Standing.ACTIVE, Standing.LIMITED) is Standing.LIMITED
    assert worse(Standing.SUSPENDED, Standing.LIMITED) is Standing.SUSPENDED
    assert worse(Standing.DELETED, Standing.SUSPENDED) is Standing.DELETED


def test_what_covers():
    assert covering("c.b.a") == ["c.b.a", "b.a", "a"]


@pytest.mark.parametrize("seed", range(6))
async def test_every_reader_says_the_same(db, make, seed):
    """Cards, finders, and the SQL of visibility and of notifications, for random rules."""
    chance = random.Random(seed)
    people = {host: await make.account("one", domain=host) for host in HOSTS}
    written = {host: await make.post(one, "x") for host, one in people.items()}
    me = await make.member("reader")
    blocks = [
        (host, chance.choice(["noop", "limit", "suspend"]))
        for host in [*HOSTS[1:], "*"]
        if chance.random() < (0.6 if host == "*" else 0.3)
    ]
    allowed = [host for host in HOSTS[1:] if chance.random() < 0.3]
    for host, severity in blocks:
        await make.row(tables.server_blocks, id=db.new_id(), domain=host, severity=severity)
    for host in allowed:
        await make.row(tables.server_allows, id=db.new_id(), domain=host)
    rules, views = ServerRules(blocks, allowed), AccountViews(db)
    cards = await views.get([one.id for one in people.values()])
    found = await accounts.find_many(db, [one.id for one in people.values()])
    for host, one in people.items():
        said = rules.limit_of(host) or Standing.ACTIVE
        where = (host, blocks, allowed)
        assert cards[one.id].standing == said.value, where
        assert found[one.id].standing is said, where
        assert (await accounts.find(db, one.id)).standing is said, where
        assert (await accounts.find_by_handle(db, "one", host)).standing is said, where
        seen = await posts.visible_of(db, one.id, [written[host].id], viewer_id=me.id)
        assert bool(seen) is (said is not Standing.SUSPENDED), where
        told = await facts.willing(db, [me.id], from_id=one.id, now=1)
        assert bool(told) is (said is not Standing.SUSPENDED), where
