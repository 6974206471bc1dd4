"""Hashtags through whole requests."""

from __future__ import annotations

import pytest

from api.people import URL
from api.readers import Readers
from dunnock.foundation.clock import DAY, SECOND, now_ms


@pytest.fixture
async def people(db):
    return Readers(db)


async def test_history_counts_uses_and_accounts_of_seven_days(people, make):
    anna, bob, gone = await make.member(), await make.member(), await make.account(standing="suspended")
    today = now_ms() // DAY * DAY
    for author, at in ((anna, today), (anna, today + 1), (bob, today + 2), (gone, today + 3), (bob, today - 1),
                       (anna, today - 6 * DAY), (anna, today - 6 * DAY - 1)):  # fmt: skip
        await make.post(author, hashtags=("Cats",), at=at)
    got = await people.get("/api/v1/tags/cATS")
    assert got["id"].isdigit()
    assert (got["name"], got["url"]) == ("Cats", f"{URL}/tags/cats")
    assert "following" not in got
    assert [(int(day["day"]), day["uses"], day["accounts"]) for day in got["history"]] == [
        ((today - back * DAY) // SECOND, *{0: ("3", "2"), 1: ("1", "1"), 6: ("1", "1")}.get(back, ("0", "0")))
        for back in range(7)
    ]
    assert (await people.get("/api/v1/tags/cats", anna))["following"] is False


async def test_a_hashtag_that_nobody_uses_is_one_all_the_same(people):
    got = await people.get("/api/v1/tags/Ünïcode")
    assert (got["name"], got["url"]) == ("Ünïcode", f"{URL}/tags/unicode")
    assert {day["uses"] for day in got["history"]} == {"0"}


@pytest.mark.parametrize("name", ["123", "a b", "a\0b", "#"])
async def test_what_is_no_hashtag_is_missing(people, name):
    assert (await people.ask("GET", f"/api/v1/tags/{name}")).status == 404
