"""Attaching media to a post: one's own, unused, ready, and by one post only (SC-062)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from dunnock import media
from dunnock.foundation.db import Db
from dunnock.foundation.events import Event
from making import Make

Events = Callable[[], Awaitable[list[Event]]]


async def claim(db: Db, ids: list[int], *, by: int, post_id: int) -> list[media.Media]:
    async with db.begin() as tx:
        return await media.claim(tx, ids, account_id=by, post_id=post_id)


async def test_in_the_order_asked_and_each_once(db: Db, make: Make) -> None:
    owner = await make.account()
    post = await make.post(owner)
    one, two = await make.media(owner), await make.media(owner)
    claimed = await claim(db, [two.id, one.id, two.id], by=owner.id, post_id=post.id)
    assert [(its.id, its.post_id) for its in claimed] == [(two.id, post.id), (one.id, post.id)]
    assert await media.find(db, [one.id, two.id]) == {its.id: its for its in claimed}
    assert await claim(db, [one.id], by=owner.id, post_id=post.id) == claimed[1:], "an edit keeps its own"
    assert await claim(db, [], by=owner.id, post_id=post.id) == []


@pytest.mark.parametrize("why", ["unknown", "others", "used", "processing", "failed"])
async def test_refusals_change_nothing(db: Db, make: Make, why: str) -> None:
    owner, other = await make.account(), await make.account()
    post = await make.post(owner)
    good = await make.media(owner)
    match why:
        case "unknown":
            bad = db.new_id()
        case "others":
            bad = (await make.media(other)).id
        case "used":
            bad = (await make.media(owner, post_id=(await make.post(owner)).id)).id
        case _:
            bad = (await make.media(owner, state=why)).id
    with pytest.raises(media.MediaUnusable) as caught:
        await claim(db, [good.id, bad], by=owner.id, post_id=post.id)
    assert (
        "not finished processing" if why in {"processing", "failed"} else f"{bad} does not exist"
    ) in caught.value.text
    assert (await media.find(db, [good.id]))[good.id].post_id is None


async def test_two_posts_race_for_one(db: Db, make: Make) -> None:
    owner = await make.account()
    posts = [await make.post(owner) for _ in range(6)]
    wanted = [(await make.media(owner)).id for _ in range(3)]
    outcomes = await asyncio.gather(
        *(claim(db, wanted[::step], by=owner.id, post_id=one.id) for one, step in zip(posts, (1, -1) * 3, strict=True)),
        return_exceptions=True,
    )
    won = [one for one in outcomes if isinstance(one, list)]
    assert len(won) == 1
    assert sum(isinstance(one, media.MediaUnusable) for one in outcomes) == 5
    assert {its.post_id for its in (await media.find(db, wanted)).values()} == {won[0][0].post_id}


async def test_a_deleted_post_gives_back_for_a_day(db: Db, make: Make) -> None:
    owner = await make.account()
    post, other = await make.post(owner), await make.post(owner)
    mine = await make.media(owner, post_id=post.id)
    await make.media(owner, post_id=other.id)
    async with db.begin() as tx:
        await media.release(tx, post.id)
        released_at = tx.now
    await media.remove_unused(db, now=released_at + 23 * 3_600_000)
    assert (await media.find(db, [mine.id]))[mine.id].post_id is None
    again = await make.post(owner)
    assert len(await claim(db, [mine.id], by=owner.id, post_id=again.id)) == 1


async def test_words_change_while_nobody_uses_it_or_with_its_post(db: Db, make: Make, events: Events) -> None:
    owner, other = await make.account(), await make.account()
    post = await make.post(owner)
    mine = await make.media(owner)
    async with db.begin() as tx:
        changed = await media.describe(tx, mine.id, by=owner.id, description=" words ", focus=(0.1, 0.2))
        same = await media.describe(tx, mine.id, by=owner.id, description="words")
        assert await media.describe(tx, mine.id, by=owner.id) == same
    assert changed == same == (await media.find(db, [mine.id]))[mine.id]
    assert (changed.description, changed.focus) == ("words", (0.1, 0.2))
    await claim(db, [mine.id], by=owner.id, post_id=post.id)
    for by, post_id in ((owner.id, None), (other.id, post.id), (owner.id, post.id + 1)):
        with pytest.raises(media.MediaMissing):
            async with db.begin() as tx:
                await media.describe(tx, mine.id, by=by, description="no", post_id=post_id)
    async with db.begin() as tx:
        await media.describe(tx, mine.id, by=owner.id, description=None, focus=None, post_id=post.id)
    assert (await media.find(db, [mine.id]))[mine.id].description is None
    assert await events() == [
        media.MediaChanged(media_id=mine.id, post_id=None),
        media.MediaChanged(media_id=mine.id, post_id=post.id),
    ]


async def test_only_ones_own_unused_media_are_removed(db: Db, make: Make) -> None:
    owner, other = await make.account(), await make.account()
    free = await make.media(owner)
    used = await make.media(owner, post_id=(await make.post(owner)).id)
    for by, an_id, error in (
        (other.id, free.id, media.MediaMissing),
        (owner.id, used.id, media.MediaUnusable),
        (owner.id, db.new_id(), media.MediaMissing),
    ):
        with pytest.raises(error):
            async with db.begin() as tx:
                await media.remove(tx, an_id, by=by)
    async with db.begin() as tx:
        await media.remove(tx, free.id, by=owner.id)
    assert list(await media.find(db, [free.id, used.id])) == [used.id]
