"""Servers that a raid comes from: their strangers are held back from whom they raid, honest servers are left alone."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from dunnock import integrity, moderation, posts
from dunnock.accounts import NotPermitted
from dunnock.foundation.jobs import Jobs
from dunnock.foundation.reactions import Reactions
from dunnock.foundation.settings import Settings
from dunnock.integrity import floods, origins, recompute
from dunnock.integrity.reactions import HEARS
from dunnock.notifications import reactions as notices
from dunnock.notifications import request_page
from dunnock.posts.entries import Span

SETTINGS = Settings(data=Path("/nowhere"), public_url="https://here.example")
BANK = (
    "nobody wants you here and you know it, leave this place now",
    "you are a disgrace and everybody here is laughing at you",
)
WORDS = (
    "river",
    "market",
    "bridge",
    "song",
    "paper",
    "window",
    "garden",
    "train",
    "letter",
    "candle",
    "harbour",
    "field",
)
RAID = {"people": 20, "replies": 30, "same_words": 20}


def server(people, known, posts_, same, new=0):
    return {"people": people, "known": known, "posts": posts_, "same": same, "new": new}


@pytest.mark.parametrize(
    ("servers", "held"),
    [
        ({"bad.example": server(20, 0, 30, 20)}, ["bad.example"]),
        ({"bad.example": server(20, 20, 30, 20)}, []),  # a server that is well known here
        ({"bad.example": server(4, 0, 9, 9)}, []),  # four people
        ({"bad.example": server(14, 0, 20, 20), "good.example": server(6, 2, 10, 1)}, ["bad.example"]),
        ({"young.example": server(12, 0, 20, 0, new=12), "b.example": server(8, 8, 10, 9)}, ["young.example"]),
        ({f"{n}.example": server(5, 0, 5, 0, new=5) for n in range(4)}, []),  # new, but many servers
    ],
)
def test_which_servers_a_raid_comes_from(servers, held):
    evidence = RAID | {"servers": servers}
    assert origins.raided_from(evidence) == held
    assert recompute.raided_from(evidence) == held, "a second program comes to the same servers"


class Raid:
    """Members here, people of other servers, and a way for them to write."""

    def __init__(self, db, make):
        self.db, self.make, self.chance = db, make, random.Random(5)
        self.reactions = Reactions(db, {**HEARS, posts.HeldPostReleased: (notices.on_act,)})
        self.jobs = Jobs(db, {posts.ReleaseOfOrigin: posts.release_of_origin})

    async def of(self, domain, number):
        return [await self.make.account(domain=domain) for _ in range(number)]

    async def answer(self, people, root, says):
        made = []
        for n, one in enumerate(people):
            async with self.db.begin() as tx:
                draft = posts.Draft(text=says(n), reply_to_id=root.id)
                post = await posts.publish(tx, draft, author_id=one.id, app_id=None, settings=SETTINGS)
                await notices.on_act(tx, posts.PostPublished(post.id, one.id, "public"))
            await self.reactions.settle()
            made.append(post)
        return made

    def bank(self, n):
        return f"@anna {BANK[n % 2]}"

    def own(self, _):
        return f"@anna {' '.join(self.chance.choices(WORDS, k=14))}"

    async def shown(self, post):
        try:
            return (await posts.find_visible(self.db, post.id, None)).id == post.id
        except posts.PostMissing:
            return False


@pytest.fixture
async def raid(db, make):
    made = Raid(db, make)
    await made.reactions.prepare()
    return made


@pytest.fixture
async def anna(make):
    return await make.member("anna")


async def test_strangers_of_the_raids_servers_are_held_and_others_are_not(db, raid, anna, make, events):
    mo = await make.member("mo", role="moderator")
    root = await make.post(anna)
    bad, honest = await raid.of("bad.example", 17), await raid.of("honest.example", 6)
    friend = bad[16]
    await make.follow(anna, friend)
    await raid.answer(honest[:5], root, raid.own)
    await raid.answer(bad[:15], root, raid.bank)
    [one] = await integrity.list_origin_holds(db, by=mo.id)
    assert (one.hold.domain, one.hold.account_id, one.hold.posts) == ("bad.example", anna.id, 0)
    assert one.told["people"] >= 15
    assert one.case_id is not None
    assert "bad.example" in (await moderation.find_case(db, one.case_id)).hypothesis
    [held] = await raid.answer(bad[15:16], root, raid.bank)
    [passes] = await raid.answer([friend], root, raid.own)
    [honestly] = await raid.answer(honest[5:], root, raid.own)
    assert [await raid.shown(post) for post in (held, passes, honestly)] == [False, True, True]
    assert [row.from_id for row in await request_page(db, anna.id, Span())] == [bad[15].id]
    with pytest.raises(NotPermitted):
        await integrity.list_origin_holds(db, by=anna.id)
    async with db.begin() as tx:
        await integrity.end_origin_hold(tx, one.hold.id, by=mo.id)
        with pytest.raises(integrity.OriginHoldMissing):
            await integrity.end_origin_hold(tx, one.hold.id, by=mo.id)
    before = await notified(events, anna)
    await raid.jobs.settle()
    await raid.reactions.settle()
    assert await raid.shown(held)
    assert await notified(events, anna) == before + 1, "she is told of it now, once"
    assert await request_page(db, anna.id, Span()) == []
    await raid.answer(bad[:15], root, raid.bank)
    assert await integrity.list_origin_holds(db, by=mo.id) == [], "what staff ended does not begin again"


async def notified(events, account):
    return sum(type(one).__name__ == "Notified" and one.account_id == account.id for one in await events())


async def test_a_server_that_raids_three_is_held_back_from_everybody(db, raid, make, monkeypatch):
    monkeypatch.setattr(floods, "FEWEST", 6)
    mo, other = await make.member("mo", role="moderator"), await make.member("other")
    bad = await raid.of("bad.example", 7)
    for _ in range(3):
        await raid.answer(bad[:6], await make.post(await make.member()), raid.bank)
    holds = [one.hold.account_id for one in await integrity.list_origin_holds(db, by=mo.id) if one.hold.domain]
    assert len(holds) == 4
    assert None in holds
    [held] = await raid.answer(bad[6:], await make.post(other), raid.bank)
    assert not await raid.shown(held)


async def test_a_crowd_of_one_server_with_its_own_words_is_no_raid(db, raid, anna, make):
    mo = await make.member("mo", role="moderator")
    people = await raid.of("school.example", 25)
    await raid.answer(people, await make.post(anna), raid.own)
    assert await integrity.list_origin_holds(db, by=mo.id) == []
