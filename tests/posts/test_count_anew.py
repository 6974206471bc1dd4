"""Counts hold what those did who are shown, at every moment, and exactly that again once a suspension is taken back."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import subprocess
import sys
import time

import pytest
from sqlalchemy import text

from api.consistency import faults
from dunnock import accounts, posts
from dunnock.accounts import Standing
from dunnock.accounts.views import AccountViews
from dunnock.foundation.db import Busy, Sql
from dunnock.posts import erase as posts_erase
from dunnock.posts.store import polls as polls_store
from dunnock.posts.views import PostViews
from dunnock.posts.vote import change_poll

ENVIRON = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
REFUSED = (
    accounts.AccountMissing, accounts.RelationRefused, posts.PostMissing, posts.BoostRefused, posts.PostingBarred,
    posts.DraftRefused, posts.QuoteMissing, posts.QuoteNotYours, posts.ReplyBarred, posts.VoteRefused,
)  # fmt: skip
HIDDEN = frozenset((Standing.SUSPENDED, Standing.DELETED))
_MARKS = Sql(text("SELECT id, standing, uncounted_to FROM accounts ORDER BY id"))
_ALL = (
    Sql(text("SELECT * FROM account_counts ORDER BY account_id")),
    Sql(text("SELECT * FROM post_counts ORDER BY post_id")),
    Sql(text("SELECT id, tallies, voters FROM polls ORDER BY id")),
    _MARKS,
)


async def stand(db, standing, *people):
    async with db.begin() as tx:
        await accounts.change_standing(tx, {one.id: standing for one in people})


async def settle(db):
    while await posts.count_some_anew(db):
        pass


async def everything(db):
    return [[tuple(row) for row in await db.all(sql)] for sql in _ALL]


async def counts_of(db, post):
    row = await db.one(
        Sql(text("SELECT replies, boosts, favourites, quotes FROM post_counts WHERE post_id = :id")), id=post.id
    )
    return tuple(row)


@pytest.fixture
async def three(make):
    return [await make.member() for _ in range(3)]


@pytest.fixture
async def crowd(db, three, publish):
    """A post of the first that the others like, boost, answer and quote; all follow one another."""
    first, *others = three
    post = await publish(first, "the first", visibility="public")
    for one in others:
        async with db.begin() as tx:
            await posts.favourite(tx, post.id, by=one.id)
            await posts.boost(tx, post.id, by=one.id)
            await accounts.follow(tx, follower=one.id, followed=first.id)
            await accounts.follow(tx, follower=first.id, followed=one.id)
        await publish(one, "yes", reply_to_id=post.id, visibility="public")
        await publish(one, "see", quoted_id=post.id, visibility="public")
    return first, others, post


async def test_whoever_is_suspended_counts_no_more_and_again_afterwards(db, crowd):
    first, (second, third), post = crowd
    before = await everything(db)
    assert await counts_of(db, post) == (2, 2, 2, 2)
    await stand(db, Standing.SUSPENDED, second)
    await settle(db)
    assert await counts_of(db, post) == (1, 1, 1, 1)
    counts = (await accounts.counts_of(db, [first.id]))[first.id]
    assert (counts.followers, counts.following) == (1, 1)
    await stand(db, Standing.SUSPENDED, third)
    await settle(db)
    assert await counts_of(db, post) == (0, 0, 0, 0)
    await stand(db, Standing.ACTIVE, second, third)
    await settle(db)
    assert await everything(db) == before


async def test_votes_count_no_more_and_again(db, three, publish, do):
    asker, *others = three
    ask = posts.PollDraft(options=("yes", "no", "maybe"), multiple=True, expires_in=3600)
    post = await publish(asker, "well?", visibility="public", poll=ask)
    for one, chosen in zip(others, ([0, 2], [0]), strict=True):
        await do(posts.vote, post.poll_id, chosen, by=one.id)
    before = await everything(db)

    async def tallies():
        poll = (await posts.polls_of(db, [post.id]))[post.id]
        return poll.tallies, poll.voters

    assert await tallies() == ((2, 0, 1), 2)
    await stand(db, Standing.SUSPENDED, others[0])
    await settle(db)
    assert await tallies() == ((1, 0, 0), 1)
    await stand(db, Standing.ACTIVE, others[0])
    await settle(db)
    assert await everything(db) == before
    async with db.begin() as tx:
        await tx.run(Sql(text("UPDATE posts SET local = :no WHERE id = :id")), no=False, id=post.id)
    await stand(db, Standing.SUSPENDED, *others)
    await settle(db)
    assert await tallies() == ((2, 0, 1), 2)  # as its server says


async def test_a_poll_whose_question_changed_forgets_votes_that_did_not_count(db, three, publish, do, settings):
    asker, voter, _ = three
    ask = posts.PollDraft(options=("yes", "no"), expires_in=3600)
    post = await publish(asker, "well?", visibility="public", poll=ask)
    await do(posts.vote, post.poll_id, [1], by=voter.id)
    await stand(db, Standing.SUSPENDED, voter)
    await settle(db)
    other = posts.Changes(text="well?", poll=posts.PollDraft(options=("never", "always"), expires_in=3600))
    await do(posts.edit, post.id, other, by=asker.id, settings=settings)
    await stand(db, Standing.ACTIVE, voter)
    await settle(db)
    poll = (await posts.polls_of(db, [post.id]))[post.id]
    assert (poll.options, poll.tallies, poll.voters) == (("never", "always"), (0, 0), 0)
    assert await faults(db) == []


async def test_limited_accounts_count(db, crowd):
    _, (second, _), post = crowd
    before = (await everything(db))[:3]
    await stand(db, Standing.LIMITED, second)
    assert not await posts.count_some_anew(db)
    await stand(db, Standing.SUSPENDED, second)
    await settle(db)
    assert await counts_of(db, post) == (1, 1, 1, 1)
    await stand(db, Standing.LIMITED, second)
    await settle(db)
    assert (await everything(db))[:3] == before


async def test_a_change_of_standing_leaves_a_job(db, three, make):
    jobs = Sql(text("SELECT count(*) FROM jobs WHERE kind = 'CountAnew'"))
    await stand(db, Standing.LIMITED, *three)
    assert await db.value(jobs) == 0
    await stand(db, Standing.SUSPENDED, *three)
    assert await db.value(jobs) == 1
    await posts.count_anew(db, accounts.CountAnew())
    assert {row[2] for row in await db.all(_MARKS)} == {2**63 - 1}
    await stand(db, Standing.DELETED, three[0])
    assert await db.value(jobs) == 1  # it counted for nobody already


async def test_what_is_kept_in_memory_is_read_anew(db, crowd):
    first, (second, _), post = crowd
    people = AccountViews(db)
    shown = PostViews(db, people)
    assert (await shown.get([post.id]))[post.id].counts == (2, 2, 2, 2)
    assert (await people.get([first.id]))[first.id].counts[1:3] == (2, 2)
    await stand(db, Standing.SUSPENDED, second)
    await settle(db)
    for _ in range(100):
        db.sync()
        if (await shown.get([post.id]))[post.id].counts == (1, 1, 1, 1):
            break
        await asyncio.sleep(0.01)
    assert (await shown.get([post.id]))[post.id].counts == (1, 1, 1, 1)
    assert (await people.get([first.id]))[first.id].counts[1:3] == (1, 1)


async def test_a_deleted_post_loses_nothing_twice(db, crowd):
    first, (second, third), post = crowd
    await stand(db, Standing.SUSPENDED, second)
    await settle(db)
    async with db.begin() as tx:
        await posts.delete(tx, post.id, by=first.id)
    await stand(db, Standing.ACTIVE, second)
    await stand(db, Standing.SUSPENDED, third)
    await settle(db)
    assert await faults(db) == []
    assert min(await counts_of(db, post)) == 0


async def test_who_did_much_is_counted_in_steps(db, monkeypatch, make, publish):
    module = posts.count_anew.__globals__
    monkeypatch.setitem(module, "_ACTS", 3)
    busy, others = await make.member(), [await make.member() for _ in range(11)]
    liked = [await publish(one, "hello", visibility="public") for one in others]
    for one, post in zip(others, liked, strict=True):
        async with db.begin() as tx:
            await accounts.follow(tx, follower=busy.id, followed=one.id)
            await accounts.follow(tx, follower=one.id, followed=busy.id)
            await posts.favourite(tx, post.id, by=busy.id)
        await publish(busy, "ah", reply_to_id=post.id, visibility="public")
    before = await everything(db)
    for standing in (Standing.SUSPENDED, Standing.ACTIVE):
        await stand(db, standing, busy)
        steps = 0
        while await posts.count_some_anew(db):
            steps += 1
            assert await faults(db) == []
        assert steps >= 4
    assert await everything(db) == before


class Story:
    """Random acts of some people, with suspensions of some of them in between."""

    def __init__(self, db, make, publish, seed):
        self.db, self.make, self.publish, self.chance = db, make, publish, random.Random(seed)
        self.people, self.posts = [], []

    async def begin(self):
        self.people = [await self.make.member() for _ in range(6)]
        for one in self.people:
            ask = posts.PollDraft(options=("yes", "no", "maybe"), multiple=True, expires_in=3600)
            self.posts.append(await self.publish(one, "hello", visibility="public", poll=ask))

    async def act(self):
        one, other = self.chance.sample(self.people, 2)
        post = self.chance.choice(self.posts)
        kind = self.chance.choice(
            ("like", "unlike", "boost", "unboost", "follow", "follow", "unfollow", "remove", "block", "unblock", "reply",
             "quote", "delete", "revoke", "suspend", "suspend", "restore", "restore", "limit", "step", "step", "erase",
             "vote", "vote", "vote",
             "ask anew")
        )  # fmt: skip
        match kind:
            case "suspend" | "restore" | "limit":
                to = {"suspend": Standing.SUSPENDED, "restore": Standing.ACTIVE, "limit": Standing.LIMITED}[kind]
                await stand(self.db, to, one)
            case "step":
                await posts.count_some_anew(self.db)
            case "erase":
                if self.chance.random() < 0.2:
                    await posts_erase.erase_favourites(self.db, one.id)
                    await posts_erase.erase_posts(self.db, one.id)
                    await posts_erase.erase_votes(self.db, one.id)
            case "reply" | "quote":
                named = {"reply": "reply_to_id", "quote": "quoted_id"}[kind]
                made = await self.publish(one, "so it is", visibility="public", **{named: post.id})
                self.posts.append(made)
            case _:
                async with self.db.begin() as tx:
                    await self._do(tx, kind, one, other, post)

    async def _do(self, tx, kind, one, other, post):
        match kind:
            case "like":
                await posts.favourite(tx, post.id, by=one.id)
            case "unlike":
                await posts.unfavourite(tx, post.id, by=one.id)
            case "boost":
                await posts.boost(tx, post.id, by=one.id)
            case "unboost":
                await posts.unboost(tx, post.id, by=one.id)
            case "follow":
                await accounts.follow(tx, follower=one.id, followed=other.id)
            case "unfollow":
                await accounts.unfollow(tx, follower=one.id, followed=other.id)
            case "remove":
                await accounts.remove_from_followers(tx, one.id, follower=other.id)
            case "block":
                await accounts.block(tx, one.id, target=other.id)
            case "unblock":
                await accounts.unblock(tx, one.id, target=other.id)
            case "vote" if post.poll_id is not None:
                await posts.vote(tx, post.poll_id, self.chance.sample(range(3), 2), by=one.id)
            case "ask anew" if post.poll_id is not None and self.chance.random() < 0.3:
                ask = posts.PollDraft(options=("yes", "no", str(self.chance.random())), multiple=True, expires_in=3600)
                if (poll := await polls_store.hold_of_post(tx, post.id)) is not None:
                    await change_poll(tx, poll, ask)
            case "delete":
                await posts.delete(tx, post.id, by=post.author_id)
            case "revoke" if post.quoted_id is not None:
                await posts.revoke_quote(tx, post.quoted_id, post.id, by=post.quoted_author_id)


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_is_done_in_between(db, make, publish, monkeypatch, seed):
    module = posts.count_anew.__globals__
    monkeypatch.setitem(module, "_ACTS", 2)
    monkeypatch.setitem(module, "_ACCOUNTS", 2)
    story = Story(db, make, publish, seed)
    await story.begin()
    for at in range(200):
        with contextlib.suppress(*REFUSED):
            await story.act()
        if at % 5 == 0:
            assert await faults(db) == [], at
    await settle(db)
    assert await faults(db) == []
    for _, standing, mark in await db.all(_MARKS):
        assert mark == (2**63 - 1 if Standing(standing) in HIDDEN else 0)
    before = await everything(db)
    await stand(db, Standing.SUSPENDED, *story.people)
    await settle(db)
    for post in story.posts:
        assert await counts_of(db, post) == (0, 0, 0, 0) or await db.value(_GONE, id=post.id) is not None
    assert {(set(row[1]) - set("[0,] "), row[2]) == (set(), 0) for row in (await everything(db))[2]} <= {True}
    for counts in (await accounts.counts_of(db, [one.id for one in story.people])).values():
        assert (counts.followers, counts.following) == (0, 0)
    await stand(db, Standing.ACTIVE, *story.people)
    await settle(db)
    assert await faults(db) == []
    shown = [an_id for an_id, standing, _ in before[3] if Standing(standing) in HIDDEN]
    await stand(db, Standing.SUSPENDED, *(one for one in story.people if one.id in shown))
    await settle(db)
    assert (await everything(db))[:3] == before[:3]


async def test_many_at_the_same_time(db, make, publish, monkeypatch):
    module = posts.count_anew.__globals__
    monkeypatch.setitem(module, "_ACTS", 3)
    story = Story(db, make, publish, 7)
    await story.begin()
    begun = time.monotonic()

    async def acting():
        for _ in range(40):
            with contextlib.suppress(*REFUSED, Busy):
                await story.act()

    async def judging():
        for _ in range(25):
            for standing in (Standing.SUSPENDED, Standing.ACTIVE):
                with contextlib.suppress(Busy):
                    await stand(db, standing, *story.people[:3])
                    await posts.count_some_anew(db)

    await asyncio.gather(*(acting() for _ in range(6)), judging(), judging())
    await settle(db)
    assert await faults(db) == []
    assert time.monotonic() - begun < 120


async def test_killed_again_and_again(db, database_url, make, publish):
    busy, other = await make.member(), await make.member()
    for _ in range(60):
        post = await publish(other, "hello", visibility="public")
        async with db.begin() as tx:
            await posts.favourite(tx, post.id, by=busy.id)
            await posts.boost(tx, post.id, by=busy.id)
        await publish(busy, "ah", reply_to_id=post.id, visibility="public")
    async with db.begin() as tx:
        await accounts.follow(tx, follower=busy.id, followed=other.id)
    before = await everything(db)
    on_the_way = 0
    for standing in (Standing.SUSPENDED, Standing.ACTIVE):
        await stand(db, standing, busy)
        for _ in range(3):
            await asyncio.to_thread(count_and_be_killed, database_url)
            assert await faults(db) == []
            on_the_way += next(row[2] for row in await db.all(_MARKS) if row[0] == busy.id) not in {
                -1,
                0,
                2**63 - 1,
                2**63 - 2,
            }
        await settle(db)
        assert await faults(db) == []
        if standing is Standing.SUSPENDED:
            assert {tuple(row)[1:] for row in (await everything(db))[1] if row[0] == post.id} == {(0, 0, 0, 0)}
    assert await everything(db) == before
    assert on_the_way, "it was never killed in between"


_COUNTING = """
import asyncio, sys
from dunnock import posts
from dunnock.foundation.db import open_db

async def count():
    posts.count_anew.__globals__["_ACTS"] = 1
    db = await open_db(sys.argv[1])
    for _ in range(4):
        await posts.count_some_anew(db)
    print("on the way", flush=True)
    while await posts.count_some_anew(db):
        pass

asyncio.run(count())
"""


def count_and_be_killed(url):
    child = subprocess.Popen([sys.executable, "-c", _COUNTING, url], stdout=subprocess.PIPE, env=ENVIRON)
    assert child.stdout is not None
    child.stdout.readline()
    time.sleep(0.01)
    child.kill()
    child.wait()
    child.stdout.close()


_GONE = Sql(text("SELECT 1 FROM posts WHERE id = :id AND deleted_at IS NOT NULL"))
