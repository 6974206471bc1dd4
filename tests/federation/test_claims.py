"""What other servers claim of their posts: kept apart, never added to what was seen here."""

from __future__ import annotations

import pytest

from dunnock import federation, posts
from dunnock.federation.claims import read_claims
from dunnock.federation.jobs import ForgetActivities, ReadReplies
from dunnock.federation.store import claims as store
from dunnock.foundation.clock import DAY, now_ms
from federation.neighbour import formatted


def total(count):
    return {"type": "Collection", "totalItems": count}


@pytest.fixture
async def alice(town):
    return await town.make.member("alice")


@pytest.fixture
async def bob(town, alice):
    uri = town.near.actor("bob")
    await town.follow(alice, uri)
    return uri


async def told(town, note):
    """What is kept of a post, without its moment; None: nothing."""
    [post_id, _] = await posts.find_uri(town.db, note["id"])
    found = (await federation.claimed(town.db, [post_id])).get(post_id)
    return None if found is None else (found.likes, found.shares, found.replies)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ({"likes": total(7), "shares": total(2), "replies": total(3)}, (7, 2, 3)),
        ({"likes": 5, "shares": "https://near.example/shares"}, (5, None, None)),
        ({"likes": total(-1), "shares": total(2**31), "replies": total(True)}, (None, None, None)),
        ({"likes": [total(1)], "shares": {"totalItems": "9"}, "replies": None}, (None, None, None)),
    ],
)
def test_what_a_document_claims(said, read):
    found = read_claims(said)
    assert (found.likes, found.shares, found.replies) == read


async def test_it_is_kept_beside_what_was_seen(town, alice, bob):
    note = town.near.note(bob, likes=total(90_000), shares=total(70_000), replies=total(5))
    await town.send("Create", bob, note)
    assert await told(town, note) == (90_000, 70_000, 5)
    [post_id, _] = await posts.find_uri(town.db, note["id"])
    shown = await town.home.get(f"/api/v1/statuses/{post_id}", alice)
    assert (shown["favourites_count"], shown["reblogs_count"], shown["replies_count"]) == (0, 0, 0)


async def test_nothing_is_kept_of_what_says_nothing(town, bob):
    silent, none_yet = town.near.note(bob), town.near.note(bob, likes=total(0), shares=total(0))
    for note in (silent, none_yet):
        await town.send("Create", bob, note)
        assert await told(town, note) is None


async def test_it_changes_with_the_document_and_with_the_conversation(town, bob):
    note = town.near.note(bob, likes=total(1))
    await town.send("Create", bob, note)
    changed = note | {"likes": total(0), "content": "<p>other</p>", "updated": formatted(now_ms())}
    await town.send("Update", bob, changed)
    assert await told(town, note) == (0, None, None)
    town.near.put(note["id"].removeprefix(town.near.base), note | {"likes": total(12), "replies": total(4)})
    [post_id, _] = await posts.find_uri(town.db, note["id"])
    async with town.db.begin() as tx:
        await tx.enqueue(ReadReplies(post_id, town.near.host))
    await town.settle()
    assert await told(town, note) == (12, None, 4)


async def test_it_goes_with_the_post_and_with_time(town, bob):
    gone, old = town.near.note(bob, likes=total(3)), town.near.note(bob, likes=total(4))
    for note in (gone, old):
        await town.send("Create", bob, note)
    await town.send("Delete", bob, gone["id"])
    await town.settle()
    assert await told(town, gone) is None
    assert await told(town, old) == (4, None, None)
    async with town.db.begin() as tx:
        await store.forget_old(tx, before=tx.now - 30 * DAY)
        await tx.enqueue(ForgetActivities())
    await town.settle()
    assert await told(town, old) == (4, None, None)
    async with town.db.begin() as tx:
        await store.forget_old(tx, before=now_ms() + 1)
    assert await told(town, old) is None


async def test_on_either_engine(db):
    async with db.begin() as tx:
        await store.put(tx, 5, store.Claimed(1, None, 3))
        await store.put(tx, 5, store.Claimed(2, 0, None))
    found = (await federation.claimed(db, [5, 6]))[5]
    assert (found.likes, found.shares, found.replies) == (2, 0, None)
    async with db.begin() as tx:
        await store.forget(tx, 5)
    assert await federation.claimed(db, [5]) == {}
