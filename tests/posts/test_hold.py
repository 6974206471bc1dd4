"""What strangers write to who is quiet: hidden under their posts from all but the two, never lost, and there once let through."""

from __future__ import annotations

from pathlib import Path

import pytest

from api import consistency
from dunnock import accounts, notifications, posts
from dunnock.foundation.db import Sql
from dunnock.foundation.jobs import Jobs
from dunnock.foundation.settings import Settings
from dunnock.notifications import settle
from dunnock.notifications.store import requests
from dunnock.posts.tables import origin_holds
from dunnock.posts.visibility import may_see

SETTINGS = Settings(data=Path("/nowhere"), public_url="https://here.example")


@pytest.fixture
async def world(db, make):
    """(`answer`, `sees`, `people`): answer a post, look who sees a post, and the people in it; `anna` is quiet."""
    people = {name: await make.member(username=name) for name in ("anna", "bob", "carl")}
    anna = people["anna"]
    root = await make.post(anna)

    async def answer(by, text="@anna you", *, to=root):
        async with db.begin() as tx:
            draft = posts.Draft(text=text, reply_to_id=None if to is None else to.id)
            return await posts.publish(tx, draft, author_id=by.id, app_id=None, settings=SETTINGS)

    async def sees(viewer, post, *, above=root):
        """(by itself, under `above`)."""
        who = None if viewer is None else viewer.id
        try:
            await posts.find_visible(db, post.id, who)
            found = True
        except posts.PostMissing:
            found = False
        card_of = accounts.views.AccountViews(db)
        card = (await posts.views.PostViews(db, card_of).get([post.id]))[post.id]
        looking = None if viewer is None else await accounts.Viewers(db).get(viewer.id)
        author = (await card_of.get([post.author_id]))[post.author_id]
        assert may_see(card, author, looking) == found, "the rule in memory and the rule in SQL differ"
        return found, post.id in (await posts.thread(db, above.id, who)).descendants

    async with db.begin() as tx:
        await notifications.begin_quiet_time(tx, anna.id, hours=1)
    return answer, sees, people, root


async def test_only_the_two_see_it_and_not_in_the_conversation(world):
    answer, sees, people, _ = world
    held = await answer(people["bob"])
    assert await sees(people["bob"], held) == (True, True), "its author sees nothing odd"
    assert await sees(people["anna"], held) == (True, False)
    assert await sees(people["carl"], held) == (False, False)
    assert await sees(None, held) == (False, False)


async def test_what_answers_what_is_held_is_not_under_the_post_either(db, world):
    answer, sees, people, root = world
    held = await answer(people["bob"])
    below = await answer(people["bob"], "and more", to=held)
    assert (await sees(people["carl"], below))[1] is False
    assert below.id not in (await posts.thread(db, root.id, people["anna"].id)).descendants


async def test_elsewhere_it_is_only_not_told(world):
    answer, sees, people, _ = world
    post = await answer(people["bob"], "I met @anna", to=None)
    assert (await sees(people["carl"], post))[0] is True


async def test_who_is_no_stranger_is_not_held(db, make, world):
    answer, sees, people, _ = world
    followed, written_to, let_in, before = [await make.member() for _ in range(4)]
    await make.follow(people["anna"], followed)
    async with db.begin() as tx:
        await notifications.end_quiet_time(tx, people["anna"].id)
    await make.follow(before, people["anna"])
    first = await answer(written_to, "hello")
    await answer(people["anna"], f"@{written_to.username} thanks", to=first)
    async with db.begin() as tx:
        await requests.permit(tx, people["anna"].id, let_in.id)
        await notifications.begin_quiet_time(tx, people["anna"].id, hours=1, since=tx.now)
    for one, passes in ((followed, True), (written_to, True), (let_in, True), (before, True), (people["carl"], False)):
        assert (await sees(people["bob"], await answer(one)))[1] is passes, one.username
    since_then = await make.member()
    await make.follow(since_then, people["anna"])
    assert (await sees(people["bob"], await answer(since_then)))[1] is False, "who follows in order to write"


async def test_it_is_there_once_let_through(db, world, events):
    answer, sees, people, _ = world
    held = await answer(people["bob"])
    async with db.begin() as tx:
        await notifications.end_quiet_time(tx, people["anna"].id)
    assert (await sees(people["carl"], held))[0] is False, "the end of the quiet time lets nothing out by itself"
    async with db.begin() as tx:
        await posts.release_held(tx, people["anna"].id, people["bob"].id, until=held.id, most=10)
    assert await sees(people["carl"], held) == (True, True)
    released = posts.HeldPostReleased(post_id=held.id, account_id=people["anna"].id, reply_to_id=held.reply_to_id)
    assert released in await events()
    assert (await sees(people["carl"], await answer(people["bob"])))[1] is True, "nobody is quiet any more"


async def test_editing_it_does_not_let_it_out(db, world):
    answer, sees, people, _ = world
    held = await answer(people["bob"])
    async with db.begin() as tx:
        await notifications.end_quiet_time(tx, people["anna"].id)
        await posts.edit(tx, held.id, posts.Changes(text="@anna again"), by=people["bob"].id, settings=SETTINGS)
    assert (await sees(people["carl"], held))[0] is False


async def test_fresh_accounts_write_to_a_member_who_chose_nothing(world, make):
    answer, sees, people, _ = world
    carl = await make.post(people["carl"])
    for _ in range(30):
        post = await answer(await make.member(), "@carl hello", to=carl)
        assert await sees(None, post, above=carl) == (True, True)


async def test_an_answer_whose_place_is_learnt_later_is_held_as_well(db, world):
    answer, sees, people, root = world
    post = await answer(people["bob"], "well", to=None)
    assert (await sees(people["carl"], post))[0] is True
    async with db.begin() as tx:
        await posts.answer_to(tx, post.id, root.id)
    assert await sees(people["carl"], post) == (False, False)


async def test_what_is_hidden_is_no_reply_that_counts(db, world, faults):
    answer, _sees, people, root = world

    async def replies():
        assert await faults(db) == []
        return (await posts.counts_of(db, root.id))[0]

    held = await answer(people["bob"])
    other = await answer(people["bob"])
    assert await replies() == 0
    async with db.begin() as tx:
        await posts.delete(tx, other.id, by=people["bob"].id)
    assert await replies() == 0
    async with db.begin() as tx:
        await posts.release_held(tx, people["anna"].id, people["bob"].id, until=held.id, most=10)
    assert await replies() == 1
    async with db.begin() as tx:
        await posts.delete(tx, held.id, by=people["bob"].id)
    assert await replies() == 0


async def test_an_edit_that_names_who_is_quiet_hides_a_reply_and_counts_it_no_more(db, make, world, faults):
    answer, _sees, people, root = world
    middle = await answer(people["anna"], "so", to=root)
    async with db.begin() as tx:
        between = await posts.publish(
            tx,
            posts.Draft(text="yes", reply_to_id=middle.id),
            author_id=people["carl"].id,
            app_id=None,
            settings=SETTINGS,
        )
        await posts.release_held(tx, people["anna"].id, people["carl"].id, until=between.id, most=10)
    below = await answer(people["bob"], "hm", to=between)
    assert (await posts.counts_of(db, between.id))[0] == 1
    async with db.begin() as tx:
        await posts.edit(tx, below.id, posts.Changes(text="@anna hm"), by=people["bob"].id, settings=SETTINGS)
    assert (await posts.counts_of(db, between.id))[0] == 0
    assert await faults(db) == []


@pytest.fixture
def faults():
    return consistency.faults


async def test_strangers_of_a_server_are_held_back_and_others_pass(db, make, world, events):
    answer, sees, people, _root = world
    bob, carl = people["bob"], people["carl"]
    async with db.begin() as tx:
        await notifications.end_quiet_time(tx, people["anna"].id)
        assert await posts.hold_origin(tx, "bad.example", account_id=people["anna"].id, since=tx.now, signal_id=7)
        assert not await posts.hold_origin(tx, "bad.example", account_id=people["anna"].id, since=tx.now, signal_id=8)
    far = [await make.account(domain="bad.example") for _ in range(2)]
    good = await make.account(domain="good.example")
    await make.follow(people["anna"], far[1])
    held = await answer(far[0])
    assert await sees(carl, held) == (False, False)
    assert await sees(people["anna"], held) == (True, False)
    for one in (far[1], good, bob):
        assert (await sees(carl, await answer(one)))[0] is True
    elsewhere = await make.post(carl)
    assert (await sees(bob, await answer(far[0], "@carl you", to=elsewhere), above=elsewhere))[0] is True
    [hold] = await posts.origin_holds(db, to=people["anna"].id)
    assert (hold.domain, hold.signal_id, hold.posts) == ("bad.example", 8, 1)
    async with db.begin() as tx:
        assert (await posts.end_origin_hold(tx, hold.id, by=carl.id)).id == hold.id
        assert await posts.end_origin_hold(tx, hold.id, by=carl.id) is None
        assert not await posts.hold_origin(tx, "bad.example", account_id=people["anna"].id, since=tx.now, signal_id=9)
    await Jobs(db, {posts.ReleaseOfOrigin: posts.release_of_origin}).settle()
    assert await sees(carl, held) == (True, True)
    assert (await sees(carl, await answer(far[0])))[0] is True, "staff said that it is no raid"


async def test_a_hold_for_everybody_leaves_out_who_wants_nothing_done(db, make, world):
    answer, sees, people, _root = world
    far, carls = await make.account(domain="bad.example"), await make.post(people["carl"])
    async with db.begin() as tx:
        await notifications.end_quiet_time(tx, people["anna"].id)
        await notifications.choose_when_flooded(tx, people["anna"].id, "never")
        await posts.hold_origin(tx, "bad.example", account_id=None, since=tx.now, signal_id=7)
    assert (await sees(people["bob"], await answer(far)))[0] is True
    assert (await sees(people["bob"], await answer(far, "@carl you", to=carls), above=carls))[0] is False
    assert len(await posts.origin_holds(db, to=people["carl"].id)) == 1


async def test_when_its_time_is_over_nothing_more_is_held_and_nothing_is_lost(db, make, world):
    answer, sees, people, _root = world
    far = await make.account(domain="bad.example")
    async with db.begin() as tx:
        await notifications.end_quiet_time(tx, people["anna"].id)
        await posts.hold_origin(tx, "bad.example", account_id=people["anna"].id, since=tx.now, signal_id=7)
    held = await answer(far)
    async with db.begin() as tx:
        await tx.run(Sql(origin_holds.update().values(until=tx.now - 1)))
    assert (await sees(people["carl"], await answer(far)))[0] is True
    assert await sees(people["anna"], held) == (True, False), "it is still there for whom it was written"
    async with db.begin() as tx:
        assert await posts.release_held(tx, people["anna"].id, far.id, until=held.id, most=10) == 1
    assert await sees(people["carl"], held) == (True, True)


async def test_a_quote_by_a_server_that_is_held_back_waits_too(db, make):
    """Its author's own post stays where it is; only who is quoted is not told of it."""
    anna, bea = await make.member(), await make.account(domain="raid.example")
    root = await make.post(anna, quote_policy="public")
    async with db.begin() as tx:
        await posts.hold_origin(tx, "raid.example", account_id=anna.id, since=tx.now - 1, signal_id=1)
        draft = posts.Draft(text="Look at this one", quoted_id=root.id)
        quote = await posts.publish(tx, draft, author_id=bea.id, app_id=None, settings=SETTINGS)
        await settle.settle_quote(tx, quote.id)
    assert (await posts.find_visible(db, quote.id, None)).id == quote.id
    assert await notifications.unread(db, anna.id, notifications.Filters()) == 0
    assert (await notifications.summary(db, anna.id)).requests == 1
