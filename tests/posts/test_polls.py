from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text as sql

from dunnock import posts
from dunnock.foundation.clock import MINUTE, now_ms
from dunnock.foundation.db import Sql
from dunnock.foundation.jobs import Jobs
from dunnock.foundation.settings import Settings
from dunnock.posts.poll import Poll, PollDraft, check_poll, check_vote

SETTINGS = Settings(data=Path("/nowhere"), public_url="https://here.example")
DRAFT = PollDraft(options=("Tea", "Coffee"), expires_in=300)


async def over(db, poll_id):
    """Let the time of a poll, and of the jobs that wait for it, be past."""
    async with db.begin() as tx:
        await tx.run(Sql(sql("UPDATE polls SET expires_at = :at WHERE id = :id")), at=now_ms() - MINUTE, id=poll_id)
        await tx.run(Sql(sql("UPDATE jobs SET run_at = :at WHERE kind = 'EndPoll'")), at=now_ms() - MINUTE)


async def ended(events):
    return [one for one in await events() if isinstance(one, posts.PollEnded)]


def test_graphemes_are_counted():
    assert check_poll(PollDraft(options=("👩‍👩‍👧" * 50, "b"), expires_in=300)).options[1] == "b"
    with pytest.raises(posts.DraftRefused):
        check_poll(PollDraft(options=("👩‍👩‍👧" * 51, "b"), expires_in=300))


@pytest.mark.parametrize("seconds", [300, 2_629_746])
def test_the_limits_are_within(seconds):
    assert check_poll(PollDraft(options=("a", "b", "c", "d"), expires_in=seconds)).expires_in == seconds


def test_who_may_vote():
    poll = Poll(
        id=1, post_id=2, options=("a", "b"), multiple=False, hide_totals=False, expires_at=100, tallies=(0, 0),
        voters=0, ended=False,
    )  # fmt: skip
    check_vote(poll, (1,), own=False, before=frozenset(), now=99)
    with pytest.raises(posts.VoteRefused):
        check_vote(poll, (1,), own=False, before=frozenset(), now=100)


async def test_the_end_is_announced_once(db, make, publish, events):
    post = await publish(await make.member(), "which?", poll=DRAFT)
    jobs = Jobs(db, {posts.EndPoll: posts.end_poll})
    await jobs.settle()
    assert await ended(events) == []
    await over(db, post.poll_id)
    await jobs.settle()
    await posts.end_poll(db, posts.EndPoll(post.poll_id))
    assert await ended(events) == [posts.PollEnded(post_id=post.id, poll_id=post.poll_id)]


async def test_a_poll_that_runs_on_ends_later(db, make, publish, do, events):
    author = await make.member()
    post = await publish(author, "which?", poll=DRAFT)
    changes = posts.Changes(text="which?", poll=PollDraft(options=("Tea", "Coffee"), expires_in=900))
    await do(posts.edit, post.id, changes, by=author.id, settings=SETTINGS)
    assert posts.PollChanged(post_id=post.id, poll_id=post.poll_id) in await events()
    # The first job comes at its time and finds the poll running.
    await posts.end_poll(db, posts.EndPoll(post.poll_id))
    assert await ended(events) == []
    await over(db, post.poll_id)
    await Jobs(db, {posts.EndPoll: posts.end_poll}).settle()
    assert len(await ended(events)) == 1
    # Once more, after its end.
    await do(posts.edit, post.id, changes, by=author.id, settings=SETTINGS)
    await over(db, post.poll_id)
    await Jobs(db, {posts.EndPoll: posts.end_poll}).settle()
    assert len(await ended(events)) == 2


async def test_a_poll_that_is_gone_does_not_end(db, make, publish, do, events):
    author = await make.member()
    post = await publish(author, "which?", poll=DRAFT)
    await do(posts.delete, post.id, by=author.id)
    await over(db, post.poll_id)
    await Jobs(db, {posts.EndPoll: posts.end_poll}).settle()
    assert await ended(events) == []
    assert await db.value(Sql(sql("SELECT count(*) FROM polls"))) == 0


async def test_votes_are_recorded_and_go_with_the_post(db, make, publish, do, events):
    author, bob, eve = await make.member(), await make.member(), await make.member()
    post = await publish(author, "which?", poll=DRAFT)
    poll, by = await do(posts.vote, post.poll_id, [1], by=bob.id)
    assert (poll.tallies, poll.voters, by) == ((0, 1), 1, author.id)
    await do(posts.vote, post.poll_id, [0], by=eve.id)
    assert posts.PollVoted(post_id=post.id, poll_id=poll.id, by=bob.id) in await events()
    assert [await posts.choices_of(db, poll.id, by=one.id) for one in (bob, eve, author)] == [(1,), (0,), ()]
    await do(posts.delete, post.id, by=author.id)
    assert await db.value(Sql(sql("SELECT count(*) FROM poll_votes"))) == 0
