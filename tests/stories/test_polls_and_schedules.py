"""Polls, scheduled posts and threads with Mastodon.py; and scheduled posts of a server that is killed while they go out."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import random
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from mastodon import MastodonAPIError, MastodonNotFoundError

import services
from dunnock.accounts.command_token import token_by_command
from dunnock.accounts.sign_up import create_member
from dunnock.app.migrate import bring_up_to_date
from dunnock.foundation.db import open_db
from stories.pictures import picture
from stories.running import until
from stories.test_kill import Server as KilledServer
from stories.test_mastodon_py import ids, well_typed


def behind(data: Path, *statements: str) -> None:
    """Change the file of a running server, as another process would."""
    with closing(sqlite3.connect(data / "dunnock.db", timeout=10)) as conn, conn:
        for statement in statements:
            conn.execute(statement)


def test_polls(server):
    ann, bob = server.join("ann"), server.join("bob")
    poll = ann.api.make_poll(["Tea", "Coffee", "Water"], expires_in=600, multiple=True, hide_totals=True)
    post = well_typed(ann.api.status_post("What to drink?", poll=poll))
    assert [one.title for one in post.poll.options] == ["Tea", "Coffee", "Water"]
    assert post.poll.multiple
    assert dt.timedelta(minutes=9) < post.poll.expires_at - dt.datetime.now(dt.UTC) < dt.timedelta(minutes=10)
    voted = well_typed(bob.api.poll_vote(post.poll, [0, 2]))
    assert (voted.voted, list(voted.own_votes), voted.votes_count, voted.voters_count) == (True, [0, 2], 2, 1)
    assert [one.votes_count for one in voted.options] == [None, None, None]
    assert well_typed(ann.api.poll(post.poll)).voted
    with pytest.raises(MastodonAPIError, match="own polls"):
        ann.api.poll_vote(post.poll, 0)
    with pytest.raises(MastodonAPIError, match="already voted"):
        bob.api.poll_vote(post.poll, 0)
    seen = bob.api.account_statuses(ann.id)[0]
    assert list(seen.poll.own_votes) == [0, 2]
    again = ann.api.make_poll(["Tea", "Milk"], expires_in=600)
    changed = ann.api.status_update(post, "What to drink now?", poll=again)
    assert (changed.poll.votes_count, changed.poll.multiple) == (0, False)
    assert not bob.api.poll(changed.poll).voted
    history = well_typed(ann.api.status_history(post))
    assert [[one.title for one in then.poll.options] for then in history] == [
        ["Tea", "Coffee", "Water"],
        ["Tea", "Milk"],
    ]
    gone = ann.api.status_delete(post)
    assert [one.title for one in gone.poll.options] == ["Tea", "Milk"]
    with pytest.raises(MastodonNotFoundError):
        bob.api.poll(changed.poll)


def test_scheduled_posts(server):
    ann = server.join("ann")
    media = ann.api.media_post(picture(), mime_type="image/png", synchronous=True)
    when = dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)
    poll = ann.api.make_poll(["a", "b"], expires_in=600)
    made = well_typed(
        ann.api.status_post("later", scheduled_at=when, media_ids=[media], poll=poll, visibility="unlisted")
    )
    assert abs(made.scheduled_at - when) < dt.timedelta(seconds=1)
    assert (made.params.text, made.params.visibility) == ("later", "unlisted")
    assert [one["id"] for one in made.media_attachments] == [str(media.id)]  # the library leaves these plain
    assert ids(well_typed(ann.api.scheduled_statuses())) == [str(made.id)]
    moved = well_typed(ann.api.scheduled_status_update(made, when + dt.timedelta(days=1)))
    assert moved.scheduled_at - made.scheduled_at == dt.timedelta(days=1)
    assert ann.api.scheduled_status(made).id == made.id
    with pytest.raises(MastodonAPIError, match="must be in the future"):
        ann.api.status_post("soon", scheduled_at=dt.datetime.now(dt.UTC) + dt.timedelta(seconds=30))
    ann.api.scheduled_status_delete(made)
    with pytest.raises(MastodonNotFoundError):
        ann.api.scheduled_status(made)
    assert ann.api.scheduled_statuses() == []
    assert ann.api.account_statuses(ann.id) == []


def test_their_time_comes(own_server):
    server = own_server(DUNNOCK_SIGN_UP="open")
    ann, bob = server.join("ann"), server.join("bob")
    bob.api.account_follow(ann.id)
    poll = ann.api.status_post("well?", poll=ann.api.make_poll(["a", "b"], expires_in=600, hide_totals=True)).poll
    bob.api.poll_vote(poll, 1)
    made = ann.api.status_post("later", scheduled_at=dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))
    assert not server.stop()[0]  # a job's time survives a restart
    past = int(time.time() * 1000) - 1000
    behind(
        server.data,
        f"UPDATE scheduled SET at = {past}",
        f"UPDATE polls SET expires_at = {past}",
        f"UPDATE jobs SET run_at = {past} WHERE kind IN ('EndPoll', 'PublishScheduled')",
    )
    server.start()
    until(lambda: [one for one in bob.api.timeline_home() if one.content == "<p>later</p>"])
    assert ann.api.scheduled_statuses() == []
    with pytest.raises(MastodonNotFoundError):
        ann.api.scheduled_status(made)
    for person in (ann, bob):
        told = until(lambda person=person: person.api.notifications(types=["poll"]))
        assert [one.status.poll.id for one in well_typed(told)] == [poll.id]
        assert told[0].status.poll.expired
        assert [one.votes_count for one in told[0].status.poll.options] == [0, 1]


def test_a_thread_as_ordinary_clients_write_it(server):
    ann, bob = server.join("ann"), server.join("bob")
    bob.api.account_follow(ann.id)
    one = ann.api.status_post("1/3")
    aside = bob.api.status_reply(one, "an answer", untag=True)
    two = ann.api.status_post("2/3", in_reply_to_id=one)
    three = ann.api.status_post("3/3", in_reply_to_id=two)
    thread = [str(post.id) for post in (one, two, three)]
    around = bob.api.status_context(one)
    assert ids(around.descendants) == [*thread[1:], str(aside.id)]
    assert ids(bob.api.status_context(three).ancestors) == thread[:2]
    home = [an_id for an_id in ids(bob.api.timeline_home()) if an_id in thread]
    assert home == thread[::-1]
    assert ids(bob.api.account_statuses(ann.id)) == thread[::-1]
    assert ids(bob.api.account_statuses(ann.id, exclude_replies=True)) == thread[::-1]  # to oneself is no reply
    sent = {"posts": [{"status": "a"}, {"status": "b"}]}
    answer = server.call("POST", "/api/v1/dunnock/threads", ann.token, json=sent)
    assert answer.status_code == 200
    made = [post["id"] for post in answer.json()]
    assert ids(bob.api.timeline_home(limit=2)) == made[::-1]


POSTS, KILLS = 40, int(os.environ.get("DUNNOCK_TEST_KILLS", "3"))


async def test_killed_while_they_go_out_each_goes_out_once(tmp_path):
    chance = random.Random(os.environ.get("DUNNOCK_TEST_SEED", "wren"))
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    database, port = f"sqlite:///{data / 'dunnock.db'}", services._free_port()
    await bring_up_to_date(database)
    db = await open_db(database)
    member = await create_member(db, username="ann", email="ann@mail.example", password="a good long one")
    await token_by_command(db, member, scopes="read write")
    past = int(time.time() * 1000) - 1000
    await db.close()
    with closing(sqlite3.connect(data / "dunnock.db")) as conn, conn:
        for number in range(1, POSTS + 1):
            draft = f'{{"text":"post {number}","visibility":"public"}}'
            row = (number, member.account_id, past, draft)
            conn.execute("INSERT INTO scheduled (id, account_id, at, draft) VALUES (?, ?, ?, ?)", row)
            for _ in range(2):  # as when it was moved, and moved back
                body = f'{{"scheduled_id":{number}}}'
                conn.execute("INSERT INTO jobs (kind, body, run_at) VALUES ('PublishScheduled', ?, ?)", (body, past))

    def texts() -> list[str]:
        with closing(sqlite3.connect(data / "dunnock.db")) as conn:
            return [row[0] for row in conn.execute("SELECT text FROM posts ORDER BY id")]

    server = KilledServer(data, database, port, "--workers", "2")
    out: list[int] = []
    try:
        for _ in range(KILLS):
            await server.start()
            seen, deadline = len(texts()), time.monotonic() + 60
            while len(texts()) <= seen and time.monotonic() < deadline:  # noqa: ASYNC110 (another process does it)
                await asyncio.sleep(0.005)
            await asyncio.sleep(chance.uniform(0, 0.02))
            await server.kill()
            out.append(len(texts()))
            behind(data, "UPDATE jobs SET lease_until = 0")  # what was under way: its lease is over
        await server.start()
        await server.ready()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with closing(sqlite3.connect(data / "dunnock.db")) as conn:
                left = conn.execute("SELECT count(*) FROM jobs WHERE kind = 'PublishScheduled'").fetchone()[0]
            if not left:
                break
            await asyncio.sleep(0.1)
        await server.stop()
    finally:
        await server.kill()
    print(f"\nafter each kill {out} of {POSTS} were out")  # noqa: T201 (with -s)
    assert Counter(texts()) == Counter([f"post {number}" for number in range(1, POSTS + 1)])
    with closing(sqlite3.connect(data / "dunnock.db")) as conn:
        assert conn.execute("SELECT count(*) FROM scheduled").fetchone() == (0,)
        assert conn.execute("SELECT posts FROM account_counts").fetchall() == [(POSTS,)]
