"""Hold, vote on, change and end polls. Mastodon: POST /api/v1/polls/:id/votes; ActivityPub: a Create of a Note with a name."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from dunnock.foundation.clock import now_ms
from dunnock.foundation.db import Db, Reader, Tx
from dunnock.foundation.job import Job
from dunnock.posts.errors import PostMissing, VoteRefused
from dunnock.posts.events import PollEnded, PollVoted
from dunnock.posts.find import find_original
from dunnock.posts.poll import SHORTEST_S, Poll, PollDraft, check_vote
from dunnock.posts.store import polls as store
from dunnock.posts.store import posts as posts_store


class EndPoll(Job, frozen=True):
    """Announce the end of a poll, once it is over."""

    poll_id: int


async def find_poll(reader: Reader, poll_id: int, viewer_id: int | None) -> tuple[Poll, int]:
    """The poll of a post that the viewer (None: a stranger) may see, and the post's author.

    Raises:
        PostMissing: there is no such poll, or its post is hidden from them.
    """
    poll = await store.find(reader, poll_id)
    if poll is None:
        raise PostMissing(poll_id)
    post = await find_original(reader, poll.post_id, viewer_id)
    return poll, post.author_id


async def polls_of(reader: Reader, post_ids: Collection[int]) -> dict[int, Poll]:
    """The polls of posts that the viewer may see, by post. One query."""
    return {poll.post_id: poll for poll in await store.of_posts(reader, list(post_ids))}


async def vote(tx: Tx, poll_id: int, choices: Collection[int], *, by: int) -> tuple[Poll, int]:
    """Choose options by their numbers (from 0). Returns what `find_poll` does.

    Raises:
        PostMissing: as `find_poll`.
        VoteRefused: no choice; the poll is over, or their own; there is no such option; they voted already.
    """
    poll, _ = await find_poll(tx, poll_id, by)
    post = await find_original(tx, poll.post_id, by, act=True)
    counts = await store.counts(tx, poll_id, by=by)
    held = await store.hold(tx, poll_id)  # after its post, as whoever edits or deletes that
    if held is None:
        raise PostMissing(poll_id)
    wanted = tuple(dict.fromkeys(choices))
    if not wanted:
        raise VoteRefused(say="Validation failed: Choices can't be blank")
    before = frozenset((await store.votes_by(tx, by, [poll_id])).get(poll_id, ()))
    check_vote(held, wanted, own=post.author_id == by, before=before, now=tx.now)
    await store.add_votes(tx, poll_id, wanted, by=by)
    counted = held
    if counts:
        counted = msgspec.structs.replace(
            held,
            tallies=tuple([count + (number in wanted) for number, count in enumerate(held.tallies)]),
            voters=held.voters + (not before),
        )
        await store.change(tx, counted)
    await tx.record(PollVoted(post_id=post.id, poll_id=poll_id, by=by))
    return counted, post.author_id


async def choices_of(reader: Reader, poll_id: int, *, by: int) -> tuple[int, ...]:
    """What an account chose, for telling that to the poll's own server; never shown to others."""
    return (await store.votes_by(reader, by, [poll_id])).get(poll_id, ())


async def add_poll(tx: Tx, draft: PollDraft, *, poll_id: int, post_id: int) -> Poll:
    """A poll that was checked, for a post that is there."""
    poll = _as_drafted(
        Poll(
            id=poll_id,
            post_id=post_id,
            options=(),
            multiple=False,
            hide_totals=False,
            expires_at=0,
            tallies=(),
            voters=0,
            ended=False,
        ),
        draft,
        now=tx.now,
    )
    await store.add(tx, poll)
    await tx.enqueue(EndPoll(poll_id), run_at=poll.expires_at)
    return poll


async def change_poll(tx: Tx, poll: Poll, draft: PollDraft) -> Poll:
    """Let a poll (held) be as drafted, for as long from now. Other options, or another number of choices: nobody has voted."""
    new = _as_drafted(poll, draft, now=tx.now)
    if not same_question(poll, draft):
        await store.drop_votes(tx, poll.id)
    await store.change(tx, new)
    await tx.enqueue(EndPoll(poll.id), run_at=new.expires_at)
    return new


def same_poll(poll: Poll) -> PollDraft:
    """What leaves a poll as it is when its post is edited; its time runs to its end as before."""
    return PollDraft(
        options=poll.options, multiple=poll.multiple, hide_totals=poll.hide_totals,
        expires_in=max((poll.expires_at - now_ms()) // 1000, SHORTEST_S),
    )  # fmt: skip


def same_question(poll: Poll, draft: PollDraft) -> bool:
    """Do the votes still count when the poll becomes as drafted? Source: Mastodon's UpdateStatusService#update_poll!."""
    return (poll.options, poll.multiple) == (draft.options, draft.multiple)


def _as_drafted(poll: Poll, draft: PollDraft, *, now: int) -> Poll:
    assert draft.expires_in is not None
    same = same_question(poll, draft)
    return msgspec.structs.replace(
        poll,
        options=draft.options,
        multiple=draft.multiple,
        hide_totals=draft.hide_totals,
        expires_at=now + draft.expires_in * 1000,
        tallies=poll.tallies if same else (0,) * len(draft.options),
        voters=poll.voters if same else 0,
        ended=False,
    )


async def end_poll(db: Db, job: EndPoll) -> None:
    """Announce the end, once. A poll that runs on has another job for its new end; one that is gone has none."""
    async with db.begin() as tx:
        poll = await store.find(tx, job.poll_id)
        if poll is None or await posts_store.find_living(tx, poll.post_id, hold=True) is None:
            return
        held = await store.hold(tx, job.poll_id)
        if held is None or held.ended or not held.over(tx.now):
            return
        await store.change(tx, msgspec.structs.replace(held, ended=True))
        await tx.record(PollEnded(post_id=held.post_id, poll_id=held.id))
