"""What strangers of other servers answer to who is quiet: hidden by every door, never lost, told once when it is let through."""

from __future__ import annotations

import pytest

from api.kit.driver import call
from dunnock import accounts, notifications, posts
from dunnock.integrity import rules
from federation.neighbour import ACTIVITY


@pytest.fixture
async def alice(town):
    return await town.make.member("alice")


async def test_a_strangers_answer_waits_and_is_there_once_let_through(town, alice):
    home, dora = town.home, await town.make.member("dora")
    post = await home.post("/api/v1/statuses", alice, status="What I think")
    bob, friend = town.near.actor("bob"), town.far.actor("carol")
    await town.follow(alice, friend)
    await home.ask("PUT", "/api/v1/dunnock/quiet_time", alice, json={"hours": 1})

    async def answers(of, who, words):
        named = {"type": "Mention", "href": f"{town.base}/users/alice", "name": "@alice"}
        note = of.note(who, f"<p>{words}</p>", inReplyTo=post["uri"], tag=[named], cc=[f"{town.base}/users/alice"])
        await town.send("Create", who, note)
        await town.settle()

    async def below(who):
        found = await home.get(f"/api/v1/statuses/{post['id']}/context", who)
        counted = (await home.get(f"/api/v1/statuses/{post['id']}", who))["replies_count"]
        return [one["content"] for one in found["descendants"]], counted

    await answers(town.near, bob, "go away")
    await answers(town.far, friend, "well said")
    assert await below(dora) == (["<p>well said</p>"], 1)
    [held] = [one for one in await town.posts() if "go away" in one["html"]]
    assert (await home.ask("GET", f"/api/v1/statuses/{held['id']}", dora)).status == 404
    [request] = await home.get("/api/v1/notifications/requests", alice)
    assert request["last_status"]["content"] == "<p>go away</p>"
    await home.ask("PUT", "/api/v1/dunnock/quiet_time", alice, json={"hours": 0})
    assert await below(dora) == (["<p>well said</p>"], 1), "the end of the quiet time lets nothing out"
    await home.post(f"/api/v1/notifications/requests/{request['id']}/accept", alice)
    await town.settle()
    said, counted = await below(dora)
    assert (sorted(said), counted) == (["<p>go away</p>", "<p>well said</p>"], 2)
    told = await home.get("/api/v1/notifications?types[]=mention", alice)
    assert sorted(one["status"]["content"] for one in told) == ["<p>go away</p>", "<p>well said</p>"], "each once"


async def test_what_its_server_deletes_is_held_no_more(town, alice):
    home = town.home
    post = await home.post("/api/v1/statuses", alice, status="What I think")
    bob = town.near.actor("bob")
    async with town.db.begin() as tx:
        await notifications.end_quiet_time(tx, alice.id)
        await posts.hold_origin(
            tx, town.near.base.removeprefix("http://"), account_id=alice.id, since=tx.now, signal_id=1
        )
    note = town.near.note(bob, "<p>go away</p>", inReplyTo=post["uri"])
    await town.send("Create", bob, note)
    await town.settle()
    [hold] = await posts.origin_holds(town.db, to=alice.id)
    assert hold.posts == 1
    await town.send("Delete", bob, {"type": "Tombstone", "id": note["id"]})
    await town.settle()
    [hold] = await posts.origin_holds(town.db, to=alice.id)
    assert hold.posts == 0
    assert (await home.get(f"/api/v1/statuses/{post['id']}", alice))["replies_count"] == 0


async def test_what_waits_for_a_look_goes_to_other_servers_when_it_is_let_out(town, alice):
    home, boss = town.home, await town.make.member("boss", role="owner")
    bob = town.near.actor("bob")
    follower = await town.meet(bob)
    async with town.db.begin() as tx:
        await accounts.follow(tx, follower=follower, followed=alice.id)
        rule = await rules.write_rule(
            tx, rules.Written(name="P", condition='text has "pills"', effect="hold"), by=boss.id
        )
    await town.settle()
    async with town.db.begin() as tx:
        await rules.start_dry(tx, rule, by=boss.id)
        await rules.start_live(tx, rule, by=boss.id)
    held = await home.post("/api/v1/statuses", alice, status="Cheap pills")
    fine = await home.post("/api/v1/statuses", alice, status="Good morning")

    async def sent():
        return [one["object"]["id"] for one in await town.told(town.near, "Create")]

    assert await sent() == [fine["uri"]]
    path = held["uri"].removeprefix(town.base)
    assert (await call(home.house.edge, "GET", path, headers=(("accept", ACTIVITY),))).status == 404
    [hit] = await rules.waiting_hits(town.db, by=boss.id)
    async with town.db.begin() as tx:
        await rules.release_hits(tx, [hit.id], by=boss.id)
    assert await sent() == [fine["uri"], held["uri"]]
    assert (await call(home.house.edge, "GET", path, headers=(("accept", ACTIVITY),))).status == 200
    gone = await home.post("/api/v1/statuses", alice, status="More pills")
    await town.settle()
    await home.ask("DELETE", f"/api/v1/statuses/{gone['id']}", alice)
    assert await town.told(town.near, "Delete") == [], "nobody hears of what never was"
