"""For You through whole requests: receipts, choices, and the list that other clients know it as."""

from __future__ import annotations

import pytest

from api.staffed import staffed
from dunnock import accounts

HERE, LISTS = "/api/v1/dunnock/feeds/for_you", "/api/v1/lists"
AS_LIST = {"id": "1", "title": "For You", "replies_policy": "list", "exclusive": False}


@pytest.fixture
async def people(database_url, tmp_path, make):
    made = await staffed(database_url, tmp_path, make)
    yield made
    await made.house.close()


@pytest.fixture
async def town(db, people, make):
    """Me, whom Robin's song and tune are for, and Robin."""
    me, robin = await make.member("me"), await make.member("robin")
    async with db.begin() as tx:
        await accounts.follow(tx, follower=me.id, followed=robin.id)
    song = await make.post(robin, "a song", hashtags=("birds",))
    tune = await make.post(robin, "a tune")
    return me, robin, song, tune


async def test_each_post_has_a_receipt(people, town):
    me, _, song, tune = town
    page = await people.get(HERE, me)
    assert not page["off"]
    assert {one["id"] for one in page["statuses"]} == {str(song.id), str(tune.id)}
    assert [one["status_id"] for one in page["receipts"]] == [one["id"] for one in page["statuses"]]
    for number, receipt in enumerate(page["receipts"], 1):
        assert receipt["rank"] == number
        assert receipt["right"]
        assert receipt["score"] == pytest.approx(sum(receipt["parts"].values()), abs=1e-9)
        assert "followed" in receipt["parts"]
        kept = await people.get(f"{HERE}/receipts/{receipt['status_id']}", me)
        assert kept["parts"] == receipt["parts"]
    weights = await people.get(f"{HERE}/weights", me)
    assert weights["hash"] == page["receipts"][0]["model"]
    assert weights["policy"] == page["receipts"][0]["policy"]
    assert next(one for one in weights["signals"] if one["name"] == "followed")["weight"] > 0
    assert (await people.ask("GET", f"{HERE}/receipts/5", me)).status == 404


async def test_what_a_member_chooses(people, town):
    me, robin, song, _ = town
    await people.get(HERE, me)
    held = await people.post(f"{HERE}/less", me, account_id=str(robin.id))
    assert held["less"] == [{"account_id": str(robin.id), "tag": None, "times": 1}]
    held = await people.post(f"{HERE}/less", me, tag="#Birds")
    assert {"account_id": None, "tag": "birds", "times": 1} in held["less"]
    held = await people.post(f"{HERE}/less", me, account_id=str(robin.id), act="as_before")
    assert [one["tag"] for one in held["less"]] == ["birds"]
    answer = await people.ask("PATCH", f"{HERE}/choices", me, json={"dropped_signals": ["followed"]})
    assert answer.json["dropped_signals"] == ["followed"]
    for method, path, form in (
        ("POST", "less", {}),
        ("POST", "less", {"tag": "x", "account_id": "5"}),
        ("POST", "less", {"tag": "x", "act": "more"}),
        ("POST", "less", {"tag": "not a tag"}),
        ("PATCH", "choices", {"dropped_signals": ["nonsense"]}),
    ):
        assert (await people.ask(method, f"{HERE}/{path}", me, json=form)).status in {404, 422}, form
    assert await people.get(f"{HERE}/choices", me) == answer.json, "a refusal changes nothing"
    held = await people.post(f"{HERE}/reset", me)
    assert (held["less"], held["dropped_signals"]) == ([], [])
    assert (await people.ask("GET", f"{HERE}/receipts/{song.id}", me)).status == 404
    answer = await people.ask("PUT", f"{HERE}/choices", me, json={"off": True})
    assert answer.json["off"]
    assert await people.get(HERE, me) == {"off": True, "statuses": [], "receipts": []}


async def test_other_clients_know_it_as_a_list(people, town):
    me, robin, song, tune = town
    feed = "/api/v1/timelines/list/1"
    assert await people.get(LISTS, me) == []
    assert (await people.ask("GET", feed, me)).status == 404, "whoever does not read it has no such list"
    await people.get(f"{HERE}?limit=1", me)
    assert await people.get(LISTS, me) == [AS_LIST]
    assert await people.get(f"{LISTS}/1", me) == AS_LIST
    assert await people.get(f"{LISTS}/1/accounts", me) == []
    answer = await people.ask("GET", f"{feed}?limit=2", me)
    assert {one["id"] for one in answer.json} == {str(song.id), str(tune.id)}
    assert 'rel="next"' in answer.headers["link"]
    assert await people.get(f"{feed}?since_id={song.id}", me) == []
    assert (await people.ask("GET", feed, robin)).status == 404
    assert (await people.ask("PUT", f"{LISTS}/1", me, json={"title": "Mine"})).json == AS_LIST
    assert (await people.ask("DELETE", f"{LISTS}/1", me)).status == 200
    assert await people.get(LISTS, me) == []
    assert (await people.get(f"{HERE}/choices", me))["off"], "whoever deletes the list does not want it"
    assert (await people.ask("GET", feed, me)).status == 404


async def test_the_server_may_have_none(people, town, database_url, tmp_path, make):
    me, *_ = town
    await people.get(HERE, me)
    assert await people.get(LISTS, me) == [AS_LIST]
    without = await staffed(database_url, tmp_path, make, recommend=False)
    assert await without.get(HERE, me) == {"off": True, "statuses": [], "receipts": []}
    assert await without.get(LISTS, me) == []
    assert (await without.ask("GET", "/api/v1/timelines/list/1", me)).status == 404
    await without.house.close()
