"""What a member missed, by who brought it into the home feed."""

from __future__ import annotations

import pytest

from dunnock.feeds import catch_up as catching
from dunnock.feeds import tags
from dunnock.feeds.catch_up import Why, catch_up
from dunnock.foundation.clock import HOUR, now_ms
from dunnock.foundation.ids import id_at


@pytest.fixture
async def scene(house, make):
    """`me` follows `ada` (a post, an answer to herself) and `bea` (an old post, two boosts); each of four hours ago."""
    me, ada, bea, far = [await make.account(name) for name in ("me", "ada", "bea", "far")]
    for one in (ada, bea):
        await make.follow(me, one)
    now = now_ms()
    first = await make.post(ada, "first", at=now - 4 * HOUR)
    await make.post(ada, "answer", reply_to=first, at=now - 3 * HOUR)
    await make.post(bea, "old", at=now - 30 * HOUR)
    for number in (2, 1):
        await make.boost(bea, await make.post(far, "boosted", at=now - 40 * HOUR), at=now - number * HOUR)
    await make.post(me, "mine", at=now - HOUR)
    return me, ada, bea


async def test_counts_by_who_brought_it(house, scene):
    me, ada, bea = scene
    found = await catch_up(house.feeds, me.id, since_id=id_at(now_ms() - 24 * HOUR), order="latest")
    assert (found.read, found.shown, found.whole) == (5, 4, True)  # one's own was read and is not shown
    assert [(one.account_id, one.posts, one.boosts) for one in found.said] == [(bea.id, 0, 2), (ada.id, 2, 0)]
    assert found.newest == found.page.entries[0].id
    longer = await catch_up(house.feeds, me.id, since_id=id_at(now_ms() - 48 * HOUR))
    assert [(one.account_id, one.posts, one.boosts) for one in longer.said] == [(bea.id, 1, 2), (ada.id, 2, 0)]


async def test_orders_and_leaves_out(house, scene):
    me, ada, bea = scene
    since = id_at(now_ms() - 24 * HOUR)
    named = await catch_up(house.feeds, me.id, since_id=since, order="name")
    assert [one.account_id for one in named.said] == [ada.id, bea.id]
    plain = await catch_up(house.feeds, me.id, since_id=since, replies=False, boosts=False)
    assert [(one.account_id, len(one.entries)) for one in plain.said] == [(ada.id, 1)]
    answered = await catch_up(house.feeds, me.id, since_id=since, order="answers")
    assert [one.answers for one in answered.said] == sorted((one.answers for one in answered.said), reverse=True)


async def test_reads_no_more_than_so_many(house, scene, monkeypatch):
    me, *_ = scene
    monkeypatch.setattr(catching, "MOST_READ", 2)
    found = await catch_up(house.feeds, me.id, since_id=id_at(now_ms() - 24 * HOUR))
    assert (found.read, found.whole) == (2, False)
    nothing = await catch_up(house.feeds, me.id, since_id=id_at(now_ms() + HOUR))
    assert (nothing.read, nothing.said, nothing.newest, nothing.whole) == (0, [], 0, True)


async def test_each_says_what_brought_it(db, house, make, scene):
    me, ada, bea = scene
    stranger = await make.account("stranger")
    tagged = await make.post(stranger, "a wren", hashtags=("Birds",))
    both = await make.post(ada, "another wren", hashtags=("Birds", "song"))
    async with db.begin() as tx:
        await tags.follow_tag(tx, me.id, "birds")
    found = await catch_up(house.feeds, me.id, since_id=id_at(now_ms() - 24 * HOUR))
    entries = {entry.id for one in found.said for entry in one.entries}
    assert set(found.why) == entries
    assert found.why[tagged.id] == (Why("hashtag", tag="Birds"),)
    assert found.why[both.id] == (Why("followed", ada.id), Why("hashtag", tag="Birds"))
    boosts = [found.why[entry.id] for one in found.said if one.account_id == bea.id for entry in one.entries]
    assert boosts == [(Why("boosted", bea.id),)] * 2
