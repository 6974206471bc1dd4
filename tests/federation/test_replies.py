"""Whole conversations: what others answered is read when a member opens a post."""

from __future__ import annotations

import pytest

from dunnock.foundation.clock import MINUTE, now_ms
from federation.neighbour import formatted


@pytest.fixture
async def alice(town):
    return await town.make.member("alice")


async def opened(town, who, post_id):
    """The context twice: as it is, and once everything was read."""
    before = await town.home.ask("GET", f"/api/v1/statuses/{post_id}/context", who)
    await town.settle()
    after = await town.home.get(f"/api/v1/statuses/{post_id}/context", who)
    return before, [one["content"] for one in after["descendants"]]


async def test_answers_are_read_from_their_own_servers(town, alice):
    """Of pages on the post's own server, each once (SC-090); what says to be somebody else's is nobody's."""
    bob, carol = town.near.actor("bob"), town.far.actor("carol")
    await town.follow(alice, bob)
    replies = f"{town.near.base}/replies"
    ago = formatted(now_ms() - 5 * MINUTE)
    note = town.near.note(bob, published=ago, replies={"id": replies, "type": "Collection", "first": f"{replies}/1"})

    def answer(of, who, text, **more):
        return of.note(who, f"<p>{text}</p>", inReplyTo=note["id"], published=ago, **more)

    first, second = answer(town.far, carol, "one"), answer(town.near, bob, "two")
    false = answer(town.near, bob, "three", attributedTo=carol)
    elsewhere = answer(town.far, carol, "four")
    page = {"type": "CollectionPage", "partOf": replies}
    town.near.put("/replies/1", page | {"id": f"{replies}/1", "items": [first["id"], second], "next": f"{replies}/2"})
    town.near.put("/replies/2", page | {"id": f"{replies}/2", "items": [false["id"], 7], "next": f"{replies}/3"})
    town.near.put("/replies/3", page | {"id": f"{replies}/3", "items": [], "next": f"{replies}/1"})
    town.far.put("/replies/4", page | {"id": f"{town.far.base}/replies/4", "items": [elsewhere["id"]]})
    await town.send("Create", bob, note)
    (post,) = await town.posts()
    before, after = await opened(town, alice, post["id"])
    assert before.headers["mastodon-async-refresh"].startswith('id="')
    assert before.json["descendants"] == []
    assert sorted(after) == ["<p>one</p>", "<p>two</p>"]
    asked = len(town.near.asked)
    again, _ = await opened(town, alice, post["id"])
    assert "mastodon-async-refresh" not in again.headers
    assert len(town.near.asked) == asked


async def test_answers_that_are_written_out(town, alice):
    """They are read from where they are all the same."""
    bob = town.near.actor("bob")
    await town.follow(alice, bob)
    note = town.near.note(bob)
    true = town.near.note(bob, "<p>true</p>", inReplyTo=note["id"])
    page = {"type": "CollectionPage", "items": [true | {"content": "<p>false</p>"}]}
    note["replies"] = {"type": "Collection", "first": page}
    await town.send("Create", bob, note)
    (post,) = await town.posts()
    assert (await opened(town, alice, post["id"]))[1] == ["<p>true</p>"]


async def test_strangers_and_our_own_posts_have_nothing_read(town, alice):
    bob = town.near.actor("bob")
    await town.follow(alice, bob)
    await town.send("Create", bob, town.near.note(bob, replies=f"{town.near.base}/replies"))
    (theirs,) = await town.posts()
    ours = await town.make.post(alice)
    for who, post_id in ((None, theirs["id"]), (alice, ours.id)):
        answer, _ = await opened(town, who, post_id)
        assert "mastodon-async-refresh" not in answer.headers
    assert town.near.asked.count("/replies") == 0
