"""Whole conversations: what others answered is read when a member opens a post."""

from __future__ import annotations

import pytest

from api.kit.driver import call
from dunnock.foundation.clock import MINUTE, now_ms
from federation.neighbour import ACTIVITY, formatted


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


async def test_a_context_lists_what_replies_does_not(town, alice):
    """Of the server where the conversation began; each post is read from its own. Source: FEP-7888."""
    bob, carol = town.near.actor("bob"), town.far.actor("carol")
    await town.follow(alice, bob)
    context = f"{town.far.base}/conversations/1"
    note = town.near.note(bob, context=context, conversation=context)
    one = town.near.note(bob, "<p>one</p>", inReplyTo=note["id"], context=context)
    two = town.far.note(carol, "<p>two</p>", inReplyTo=one["id"], context=context)
    head = {"id": context, "type": "OrderedCollection", "first": f"{context}/1"}
    town.far.put("/conversations/1", head)
    page = {"id": f"{context}/1", "type": "OrderedCollectionPage", "partOf": context}
    town.far.put("/conversations/1/1", page | {"orderedItems": [note["id"], one["id"], two["id"], "about:blank"]})
    await town.send("Create", bob, note)
    (post,) = await town.posts()
    assert sorted((await opened(town, alice, post["id"]))[1]) == ["<p>one</p>", "<p>two</p>"]


async def test_our_conversations_have_a_context(town, alice):
    """What is open of it, oldest first, in pages; answers name it too; nothing else has one."""

    async def read(path):
        return await call(town.home.house.edge, "GET", path, headers=(("accept", ACTIVITY),))

    root = await town.make.post(alice)
    answers = [await town.make.post(alice, reply_to=root) for _ in range(20)]
    hidden = await town.make.post(alice, reply_to=root, visibility="followers")
    at = "/users/alice/statuses"
    assert (await read(f"{at}/{answers[0].id}")).json["context"] == f"{town.base}{at}/{root.id}/context"
    head = (await read(f"{at}/{root.id}/context")).json
    assert (head["type"], head["attributedTo"]) == ("OrderedCollection", f"{town.base}/users/alice")
    rest = (await read(head["first"]["next"].removeprefix(town.base))).json
    listed = [one.rpartition("/")[2] for one in head["first"]["orderedItems"] + rest["orderedItems"]]
    assert listed == [str(one.id) for one in (root, *answers)]
    for post in (answers[0], hidden):
        assert (await read(f"{at}/{post.id}/context")).status == 404
    for never in ("1" * 26, "0", "one"):
        assert (await read(f"{at}/{never}")).status == 404
