"""Announcements and reactions to them, on both engines."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from dunnock import server
from dunnock.foundation.clock import DAY, HOUR, now_ms
from dunnock.foundation.db import Sql
from dunnock.foundation.db.tables import jobs
from dunnock.server import (
    Announce,
    AnnouncementChanged,
    AnnouncementMissing,
    AnnouncementPublished,
    AnnouncementReacted,
    AnnouncementRemoved,
    GuideRefused,
    Retire,
)

JOBS = Sql(select(jobs.c.kind, jobs.c.run_at).order_by(jobs.c.run_at))


async def test_published_read_and_withdrawn(db, make, events):
    me, other = await make.member(), await make.member()
    async with db.begin() as tx:
        made = await server.announce(tx, " Hello :) ")
        await server.dismiss(tx, made.id, by=me.id)
        await server.dismiss(tx, made.id, by=me.id)
    assert [(one.announcement.text, one.read) for one in await server.told(db, me.id, now=now_ms())] == [
        ("Hello :)", True)
    ]
    assert [one.read for one in await server.told(db, other.id, now=now_ms())] == [False]
    async with db.begin() as tx:
        await server.change_announcement(tx, made.id, "Goodbye")
        await server.remove_announcement(tx, made.id)
        for verb in (server.remove_announcement,):
            with pytest.raises(AnnouncementMissing):
                await verb(tx, made.id)
        with pytest.raises(AnnouncementMissing):
            await server.dismiss(tx, made.id, by=me.id)
    assert await server.told(db, me.id, now=now_ms()) == []
    assert await events() == [
        AnnouncementPublished(announcement_id=made.id),
        AnnouncementChanged(announcement_id=made.id),
        AnnouncementRemoved(announcement_id=made.id),
    ]


async def test_its_time_comes_and_goes(db, make, events):
    me, now = await make.member(), now_ms()
    async with db.begin() as tx:
        made = await server.announce(tx, "later", publish_at=now + HOUR, ends_at=now + DAY, all_day=True)
        with pytest.raises(AnnouncementMissing):
            await server.react(tx, made.id, "👍", by=me.id)
    assert made.all_day
    assert await server.told(db, me.id, now=now) == []
    assert len(await server.told(db, me.id, now=now + 2 * HOUR)) == 1
    assert await server.told(db, me.id, now=now + 2 * DAY) == []
    assert [row[0] for row in await db.all(JOBS)] == ["Announce", "Retire"]
    await server.JOBS[Announce](db, Announce(announcement_id=made.id))
    assert await events() == [], "it is not its time yet"
    await server.JOBS[Retire](db, Retire(announcement_id=made.id))
    assert await events() == [AnnouncementRemoved(announcement_id=made.id)]


@pytest.mark.parametrize(
    "times",
    [{"ends_at": 1}, {"starts_at": DAY * 40_000, "ends_at": DAY * 39_999}, {"publish_at": 2**62}, {"starts_at": 2**62}],
)
async def test_times_that_make_no_sense(db, times):
    async with db.begin() as tx:
        with pytest.raises(GuideRefused):
            await server.announce(tx, "x", **times)
        for words in ("", "x" * 5_001):
            with pytest.raises(GuideRefused):
                await server.announce(tx, words)


async def test_reactions_are_counted_once_a_member(db, make, events):
    me, other = await make.member(), await make.member()
    async with db.begin() as tx:
        made = await server.announce(tx, "cake")
        for who in (me, me, other):
            await server.react(tx, made.id, "🎂", by=who.id)
        await server.react(tx, made.id, "👍🏽", by=other.id)
        await server.unreact(tx, made.id, "🍰", by=me.id)
    seen = (await server.told_one(db, made.id, me.id, now=now_ms())).reactions
    assert seen == [server.Reaction("🎂", 2, me=True), server.Reaction("👍🏽", 1, me=False)]
    async with db.begin() as tx:
        await server.unreact(tx, made.id, "🎂", by=me.id)
    assert (await server.told_one(db, made.id, me.id, now=now_ms())).reactions[0] == server.Reaction("🎂", 1, me=False)
    assert (await events())[1:] == [
        AnnouncementReacted(announcement_id=made.id, name=name) for name in ("🎂", "🎂", "👍🏽", "🎂")
    ]


async def test_only_emoji_and_only_a_few_of_them(db, make):
    me = await make.member()
    async with db.begin() as tx:
        made = await server.announce(tx, "x")
        for name in ("x", "", "👍👍", "thumbsup", "<b>", "1", "a" * 1000):
            with pytest.raises(GuideRefused):
                await server.react(tx, made.id, name, by=me.id)
        for name in ("🇩🇪", "1️⃣", "👩‍🚀", "❤️", "☀", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "😀", "👨‍👩‍👧‍👦"):
            await server.react(tx, made.id, name, by=me.id)
        with pytest.raises(GuideRefused):
            await server.react(tx, made.id, "🎂", by=me.id)
        await server.react(tx, made.id, "😀", by=me.id)
