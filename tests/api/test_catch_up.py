"""Catching up through whole requests."""

from __future__ import annotations

import pytest

from api.staffed import staffed
from dunnock import accounts, posts

HERE = "/api/v1/dunnock/feeds/catch_up"


@pytest.fixture
async def people(database_url, tmp_path, make):
    made = await staffed(database_url, tmp_path, make)
    yield made
    await made.house.close()


async def test_says_why_and_caps_each_author(db, people, make):
    me, robin, far = await make.member("me"), await make.member("robin"), await make.member("far")
    async with db.begin() as tx:
        await accounts.follow(tx, follower=me.id, followed=robin.id)
    songs = [await make.post(robin, f"song {number}") for number in range(4)]
    boosted = await make.post(far, "from afar")
    async with db.begin() as tx:
        await posts.boost(tx, boosted.id, by=robin.id)
    page = await people.get(HERE, me)
    assert (page["read"], page["whole"]) == (5, True)
    [one] = page["people"]
    assert (one["acct"], one["posts"], one["boosts"], one["shown"]) == ("robin", 4, 1, 2)
    assert [status["reblog"] is not None for status in page["statuses"]] == [True, False]
    assert page["statuses"][1]["id"] == str(songs[-1].id)
    assert [[why["text"] for why in reasons] for reasons in page["reasons"]] == [
        ["@robin, whom you follow, boosted it."],
        ["You follow @robin."],
    ]
    page = await people.get(f"{HERE}?per_author=99&no_boosts=true&hours=1&order=latest", me)
    assert [status["id"] for status in page["statuses"]] == [str(song.id) for song in reversed(songs)]
    assert len(page["reasons"]) == 4
    assert (await people.get(HERE, far))["statuses"] == []
