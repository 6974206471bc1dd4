"""Much at the same moment: each thing happens once, and nobody waits for a server that is slow."""

from __future__ import annotations

import asyncio

import pytest

from api.staffed import staffed
from dunnock.foundation.db import open_db
from federation.neighbour import Neighbour
from federation.town import Town
from making import Make


@pytest.fixture
async def any_town(database_url, tmp_path):
    """On either engine."""
    db = await open_db(database_url)
    make = Make(db)
    home = await staffed(database_url, tmp_path, make)
    near, far = await Neighbour("127.0.0.2").start(), await Neighbour("127.0.0.3").start()
    await home.house.reactions.prepare()
    yield Town(home, make, near, far)
    await home.house.close()
    await db.close()
    await near.stop()
    await far.stop()


async def test_somebody_new_who_says_much_at_once(any_town):
    """They are met once, and each of their activities does what it says once, however often it comes."""
    town = any_town
    alice = await town.make.member("alice")
    post = await town.make.post(alice)
    target = f"{town.base}/users/alice/statuses/{post.id}"
    bob = town.near.actor("bob")
    tag = [{"type": "Mention", "href": f"{town.base}/users/alice"}]
    note = town.near.note(bob, inReplyTo=target, cc=[f"{town.base}/users/alice"], tag=tag)
    acts = [
        town.near.activity("Follow", bob, f"{town.base}/users/alice"),
        town.near.activity("Like", bob, target),
        town.near.activity("Announce", bob, target, to=["as:Public"]),
        town.near.activity("Create", bob, note),
    ]
    answers = await asyncio.gather(*(town.deliver(one) for one in acts for _ in range(4)))
    assert set(answers) == {202}
    assert town.near.asked.count("/users/bob") == 1
    shown = await town.home.get(f"/api/v1/statuses/{post.id}", alice)
    assert (shown["favourites_count"], shown["reblogs_count"], shown["replies_count"]) == (1, 1, 1)
    assert len(await town.home.get(f"/api/v1/accounts/{alice.id}/followers", alice)) == 1
    await town.settle()
    kinds = sorted(one["type"] for one in await town.home.get("/api/v1/notifications", alice))
    assert kinds == ["favourite", "follow", "mention", "reblog"]


async def test_what_brings_the_same_at_once(any_town):
    """A post and the request that it may quote both bring the post: neither is refused, or nobody would answer the request."""
    town = any_town
    alice, bob = await town.make.member("alice"), town.near.actor("bob")
    await town.follow(alice, bob)
    for _ in range(5):
        said = await town.home.post("/api/v1/statuses", alice, status="hello", quote_approval_policy="public")
        note = town.near.note(bob, quote=said["uri"])
        request = town.near.activity("QuoteRequest", bob, said["uri"], instrument=note)
        both = [town.deliver(one) for one in (town.near.activity("Create", bob, note), request)]
        assert await asyncio.gather(*both) == [202, 202]
    assert len(await town.told(town.near, "Accept")) == 5


async def test_a_slow_server_holds_up_no_other(town):
    await town.make.member("alice")
    slow, bob = town.far.actor("slow"), town.near.actor("bob")
    town.far.waits = lambda path: 1.0 if path == "/users/slow" else 0.0
    about = f"{town.base}/users/alice"
    first = asyncio.create_task(town.deliver(town.far.activity("Follow", slow, about)))
    await asyncio.sleep(0.05)
    assert await town.deliver(town.near.activity("Follow", bob, about)) == 202
    assert not first.done()
    assert await first == 202
