"""What strangers write to who is quiet: hidden under their posts from all but the two, never lost, and there once let through."""

from __future__ import annotations

from pathlib import Path

import pytest

from dunnock import accounts, notifications, posts
from dunnock.foundation.settings import Settings
from dunnock.notifications.store import requests
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
    assert posts.HeldPostReleased(post_id=held.id, account_id=people["anna"].id) in await events()
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
