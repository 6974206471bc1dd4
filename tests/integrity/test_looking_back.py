"""What was posted before somebody stopped it is found, too, the newest first, a bounded number in an hour."""

from __future__ import annotations

import random

import msgspec
import pytest
from sqlalchemy import text

from dunnock import media, moderation, posts
from dunnock.foundation.clock import HOUR, now_ms
from dunnock.foundation.db import Sql
from dunnock.integrity.meetings.keep import MOST_AN_HOUR
from dunnock.integrity.stopped_media import looking_back
from dunnock.integrity.stopped_media.looking_back import LookBack, look_back
from dunnock.media.nearness import SAME
from dunnock.moderation import media_stops as stops
from integrity.test_stopped_media import HOW, PRINT, changed, house

__all__ = ["house"]

_WAITING = Sql(text("SELECT run_at, body FROM jobs WHERE kind = 'LookBack' ORDER BY id"))


def other(seed):
    return f"{random.Random(seed).getrandbits(256):064x}"


async def test_what_was_there_before_is_kept_as_what_comes(db, house, make):
    copy, far, own = (
        await house.post(house.wren, changed(PRINT, SAME)),
        await house.post(house.wren, changed(PRINT, SAME + 1)),
        await house.post(await make.account(protected=True), PRINT),
    )
    few = await house.post(house.wren, PRINT, visibility="followers")
    stop_id = await house.do(stops.stop_prints, [PRINT], HOW, by=house.mo.id)
    assert [await house.shown(one) for one in (copy, far, own, few)] == ["unlisted", "public", "public", "followers"]
    hits = {hit.post_id: hit.limited for hit in await house.waits()}
    assert hits == {copy: True, own: False, few: False}
    await house.do(stops.lift_media_stop, stop_id, by=house.mo.id)
    assert await house.shown(copy) == "public"
    assert await house.waits() == []


async def test_review_only_puts_it_before_people(house):
    one = await house.post(house.wren, PRINT)
    await house.do(stops.stop_prints, [PRINT], stops.Stopping(why="x", effect="review"), by=house.mo.id)
    assert await house.shown(one) == "public"
    assert [(hit.post_id, hit.limited) for hit in await house.waits()] == [(one, False)]


async def test_a_film_is_found_by_half_of_its_moments(house):
    moments = [other(one) for one in range(4)]
    half = await house.post(house.wren, *moments[:2], other(9))
    less = await house.post(house.wren, moments[0], other(8))
    await house.do(stops.stop_prints, moments, HOW, by=house.mo.id)
    assert [await house.shown(one) for one in (half, less)] == ["unlisted", "public"]


@pytest.mark.parametrize("seed", range(3))
async def test_it_finds_what_coming_would_have_found(db, house, seed):
    chance = random.Random(seed)
    told = [other(100 * seed + one) for one in range(3)]
    away = (0, 20, SAME, SAME + 1, 60)
    shown = []
    for n in range(8):
        prints = [changed(chance.choice(told), chance.choice(away), n + at) for at in range(3)]
        shown.append(await house.upload(house.wren, *prints))
    stop_id = await house.do(stops.stop_prints, told, HOW, by=house.mo.id)
    stop = await media.find_stop(db, stop_id)
    found = await media.find(db, [one.id for one in shown])
    by_keys = {one.media_id for one in await media.stopped_among(db, list(found.values()))}
    assert by_keys == {an_id for an_id, one in found.items() if media.looks_stopped(stop, one)}


async def test_the_newest_first_and_the_rest_an_hour_later(db, house, monkeypatch):
    monkeypatch.setattr(looking_back, "MOST_AN_HOUR", 2)
    monkeypatch.setattr(looking_back, "_AT_ONCE", 2)
    made = [await house.post(house.wren, PRINT) for _ in range(5)]
    begun = now_ms()
    await house.do(stops.stop_prints, [PRINT], HOW, by=house.mo.id)
    for rest in (3, 1):
        assert {hit.post_id for hit in await house.waits()} == set(made[rest:])
        [(run_at, body)] = await db.all(_WAITING)
        assert run_at >= begun + HOUR
        job = msgspec.json.decode(body, type=LookBack)
        async with db.begin() as tx:
            await tx.run(Sql(text("DELETE FROM jobs WHERE kind = 'LookBack'")))
        await look_back(db, job)
    assert {hit.post_id for hit in await house.waits()} == set(made)
    assert await db.all(_WAITING) == []
    assert looking_back.MOST_AN_HOUR < MOST_AN_HOUR


async def test_a_crash_repeats_and_changes_nothing(db, house, monkeypatch):
    made = [await house.post(house.wren, PRINT) for _ in range(4)]
    real, calls = looking_back.look_again, []

    async def dies(tx, post_id):
        calls.append(post_id)
        if len(calls) == 3:
            raise RuntimeError("killed")
        return await real(tx, post_id)

    async with db.begin() as tx:
        stop_id = await stops.stop_prints(tx, [PRINT], HOW, by=house.mo.id)
    monkeypatch.setattr(looking_back, "look_again", dies)
    job = LookBack(stop_id=stop_id, below=stop_id)
    with pytest.raises(RuntimeError):
        await look_back(db, job)
    assert len(await house.waits()) == 2
    await look_back(db, job)
    await look_back(db, job)
    assert sorted(hit.post_id for hit in await house.waits()) == made


async def test_a_stop_that_is_lifted_looks_no_further(db, house, monkeypatch):
    made = [await house.post(house.wren, PRINT) for _ in range(3)]
    async with db.begin() as tx:
        stop_id = await stops.stop_prints(tx, [PRINT], HOW, by=house.mo.id)
    async with db.begin() as tx:
        await stops.lift_media_stop(tx, stop_id, by=house.mo.id)
    await house.settle()
    await look_back(db, LookBack(stop_id=stop_id, below=stop_id))
    assert await house.waits() == []
    assert {await house.shown(one) for one in made} == {"public"}


async def test_what_nobody_shows_is_left_alone(db, house):
    await house.upload(house.wren, PRINT)
    gone = await house.post(house.wren, PRINT)
    async with db.begin() as tx:
        await posts.delete(tx, gone, by=house.wren.id)
    await house.do(stops.stop_prints, [PRINT], HOW, by=house.mo.id)
    assert await house.waits() == []


async def test_a_stop_that_is_softened_does_not_look_back_again(db, house):
    await house.do(stops.stop_prints, [PRINT], HOW, by=house.mo.id)
    async with db.begin() as tx:
        await tx.record(moderation.MediaStopsChanged(stop_id=1))
    await house.reactions.settle()
    assert await db.all(_WAITING) == []
