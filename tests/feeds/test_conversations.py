"""Conversations through use cases and the reaction that keeps them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from dunnock import accounts, posts
from dunnock.accounts import Cursor as Paging
from dunnock.feeds import ConversationChanged, ConversationMissing, Cursor, conversations
from dunnock.feeds import reactions as hearing
from dunnock.feeds.conversations import GatherConversations
from dunnock.foundation.db.log import AFTER_ID
from dunnock.foundation.events import decode
from dunnock.foundation.reactions import Reactions
from dunnock.foundation.settings import Settings

SETTINGS = Settings(data=Path(), public_url="http://home.example")


class World:
    def __init__(self, db):
        self.db, self.reactions = db, Reactions(db, hearing.HEARS)

    async def do(self, use_case, *args, **more):
        async with self.db.begin() as tx:
            done = await use_case(tx, *args, **more)
        await self.reactions.settle()
        return done

    async def say(self, author, *to, text="hi", **draft):
        words = " ".join([text, *[f"@{one.username}" for one in to]])
        draft = posts.Draft(text=words, **{"visibility": "direct"} | draft)
        return await self.do(posts.publish, draft, author_id=author.id, app_id=None, settings=SETTINGS)

    async def of(self, who, **cursor):
        """(others, last post, unread) of each conversation, newest first."""
        found = await conversations.conversations(self.db, who.id, Paging(**cursor))
        return [(one.people, one.last_post_id, one.unread) for one in found]

    async def again(self):
        """Every event once more."""
        for row in await self.db.all(AFTER_ID, id=0, most=100_000):
            event = decode(row[3], row[4])
            async with self.db.begin() as tx:
                for reaction in hearing.HEARS.get(type(event), ()):
                    await reaction(tx, event)


@pytest.fixture
async def world(db):
    made = World(db)
    await made.reactions.prepare()
    return made


@pytest.fixture
async def people(make):
    return SimpleNamespace(**{name: await make.member(name) for name in ("anna", "bob", "eve")})


def ids(*those):
    return tuple(sorted(one.id for one in those))


async def test_each_has_it_as_they_see_it(world, people):
    anna, bob, eve = people.anna, people.bob, people.eve
    first = await world.say(anna, bob)
    assert await world.of(anna) == [(ids(bob), first.id, False)]
    assert await world.of(bob) == [(ids(anna), first.id, True)]
    assert await world.of(eve) == []
    answer = await world.say(bob, anna, reply_to_id=first.id)
    assert await world.of(anna) == [(ids(bob), answer.id, True)]
    assert await world.of(bob) == [(ids(anna), answer.id, False)]
    # Others in the same thread are another conversation; other visibilities are none.
    wider = await world.say(anna, bob, eve, reply_to_id=answer.id)
    assert await world.of(bob) == [(ids(anna, eve), wider.id, True), (ids(anna), answer.id, False)]
    assert await world.of(eve) == [(ids(anna, bob), wider.id, True)]
    await world.say(anna, bob, visibility="followers")
    alone = await world.say(anna)
    assert (await world.of(anna))[0] == ((), alone.id, False)
    assert len(await world.of(bob)) == 2


async def test_hearing_everything_again_changes_nothing(world, people, events):
    first = await world.say(people.anna, people.bob)
    await world.say(people.bob, people.anna, reply_to_id=first.id)
    before = [await world.of(one) for one in vars(people).values()]
    told = len(await events())
    await world.again()
    assert [await world.of(one) for one in vars(people).values()] == before
    assert len(await events()) == told


async def test_deleting_the_last_post_brings_the_one_before(world, people, events):
    anna, bob = people.anna, people.bob
    first = await world.say(anna, bob)
    second = await world.say(anna, bob, reply_to_id=first.id)
    await world.do(posts.delete, second.id, by=anna.id)
    assert await world.of(bob) == [(ids(anna), first.id, True)]
    await world.do(posts.delete, first.id, by=anna.id)
    assert await world.of(anna) == await world.of(bob) == []
    assert len([one for one in await events() if type(one) is ConversationChanged]) == 8


async def test_an_edit_moves_a_post_to_the_conversation_of_those_it_addresses(world, people):
    anna, bob, eve = people.anna, people.bob, people.eve
    post = await world.say(anna, bob)
    edited = posts.Changes(text="hi @eve")
    await world.do(posts.edit, post.id, edited, by=anna.id, settings=SETTINGS)
    assert await world.of(bob) == []
    assert await world.of(eve) == [(ids(anna), post.id, True)]
    assert await world.of(anna) == [(ids(eve), post.id, False)]
    same = await world.of(eve)
    await world.do(conversations.mark_conversation, eve.id, await one_of(world, eve), unread=False)
    await world.do(posts.edit, post.id, posts.Changes(text="ho @eve"), by=anna.id, settings=SETTINGS)
    assert await world.of(eve) == [(*same[0][:2], False)]


async def one_of(world, who):
    return (await conversations.conversations(world.db, who.id, Paging()))[0].id


async def test_who_wants_to_hear_nothing_gets_no_conversation(world, people):
    anna, bob = people.anna, people.bob
    await world.do(accounts.mute, bob.id, target=anna.id)
    first = await world.say(anna, bob)
    assert await world.of(bob) == []
    assert await world.of(anna) == [(ids(bob), first.id, False)]
    await world.do(accounts.mute, bob.id, target=anna.id, notifications=False)
    second = await world.say(anna, bob, reply_to_id=first.id)
    assert await world.of(bob) == [(ids(anna), second.id, True)]
    await world.do(posts.mute_thread, first.id, by=bob.id)
    await world.say(anna, bob, reply_to_id=first.id)
    assert await world.of(bob) == [(ids(anna), second.id, True)]


async def test_a_block_ends_the_blockers_conversations(world, people):
    anna, bob, eve = people.anna, people.bob, people.eve
    await world.say(anna, bob)
    await world.say(anna, bob, eve)
    kept = await world.say(eve, bob)
    await world.do(accounts.block, bob.id, target=anna.id)
    assert await world.of(bob) == [(ids(eve), kept.id, True)]
    assert len(await world.of(anna)) == 2
    await world.say(anna, bob)
    assert await world.of(bob) == [(ids(eve), kept.id, True)]


async def test_read_unread_and_remove(world, people, events):
    anna, bob, eve = people.anna, people.bob, people.eve
    first = await world.say(anna, bob)
    an_id = await one_of(world, bob)
    told = len(await events())
    for unread in (False, False, True):
        got = await world.do(conversations.mark_conversation, bob.id, an_id, unread=unread)
        assert got.unread is unread
        assert got == await conversations.find_conversation(world.db, bob.id, an_id)
    assert len(await events()) == told + 2
    for use_case, more in (
        (conversations.mark_conversation, {"unread": True}),
        (conversations.remove_conversation, {}),
    ):
        with pytest.raises(ConversationMissing):
            await world.do(use_case, eve.id, an_id, **more)
    await world.do(conversations.remove_conversation, bob.id, an_id)
    assert await world.of(bob) == []
    assert len(await world.of(anna)) == 1
    second = await world.say(anna, bob, reply_to_id=first.id)
    assert (await world.of(bob))[0] == (ids(anna), second.id, True)


async def test_paging_goes_by_the_last_post(world, people):
    anna, bob = people.anna, people.bob
    last = [(await world.say(anna, bob)).id for _ in range(5)][::-1]
    assert [one[1] for one in await world.of(bob, limit=2)] == last[:2]
    assert [one[1] for one in await world.of(bob, limit=2, max_id=last[1])] == last[2:4]
    assert [one[1] for one in await world.of(bob, limit=2, min_id=last[4])] == last[2:4]
    assert [one[1] for one in await world.of(bob, limit=2, since_id=last[4])] == last[:2]


async def test_posts_from_before_are_gathered_once(db, make, people, monkeypatch):
    monkeypatch.setattr("dunnock.feeds.conversations._CHUNK", 3)
    anna, bob = people.anna, people.bob
    first = await make.post(anna, visibility="direct", mentions=(bob,))
    for _ in range(7):
        await make.post(anna)
    last = await make.post(bob, visibility="direct", mentions=(anna,), reply_to=first)
    world = World(db)
    for _ in range(2):
        await conversations.gather_conversations(db, GatherConversations())
        assert await world.of(bob) == [(ids(anna), last.id, False)]
        assert await world.of(anna) == [(ids(bob), last.id, False)]
    await make.post(anna, visibility="direct", mentions=(bob,))
    await conversations.gather_conversations(db, GatherConversations())
    assert len(await world.of(bob)) == 1


async def test_the_direct_feed_shows_posts_in_conversations(world, people, house):
    anna, bob, eve = people.anna, people.bob, people.eve
    first = await world.say(anna, bob)
    await world.say(anna, eve)
    second = await world.say(bob, anna, reply_to_id=first.id)
    await world.say(bob, anna, visibility="public")
    house.db.sync()
    assert [one.id for one in (await house.feeds.direct(bob.id, Cursor())).entries] == [second.id, first.id]
    page = await house.feeds.direct(bob.id, Cursor(limit=1))
    assert [one.id for one in (await house.feeds.direct(bob.id, Cursor(max_id=page.oldest))).entries] == [first.id]
    await world.do(accounts.block, anna.id, target=bob.id)
    house.db.sync()
    assert [one.id for one in (await house.feeds.direct(bob.id, Cursor())).entries] == [second.id]
