"""Complaints about feeds, and what staff do."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from dunnock.accounts import NotPermitted
from dunnock.feeds.custom import keep
from dunnock.feeds.custom.complaints import (
    LONGEST_COMMENT,
    close_complaints,
    complain,
    complained,
    remove_feed,
    restore_feed,
)
from dunnock.feeds.custom.directory import Wanted, listed_feeds
from dunnock.feeds.custom.file import FeedRefused
from dunnock.feeds.errors import FeedMissing
from dunnock.foundation.db import Sql
from dunnock.moderation import tables as m

TEXT = 'version = 1\ntitle = "Hunters"\n[sources]\nlocal = true\n'


@pytest.fixture
async def there(db, make):
    wren, tit, mo = [
        await make.member(name, discoverable=True, role="moderator" if name == "mo" else "member")
        for name in ("wren", "tit", "mo")
    ]
    async with db.begin() as tx:
        feed = await keep.make_feed(tx, wren.id, text=TEXT, listed=True)
        await keep.subscribe(tx, tit.id, feed.id)
    return feed, wren, tit, mo


async def do(db, act, *args, **named):
    async with db.begin() as tx:
        return await act(tx, *args, **named)


async def log(db):
    return [tuple(row) for row in await db.all(Sql(select(m.staff_log.c.act, m.staff_log.c.subject)))]


async def test_told_removed_with_a_reason_and_given_back(db, there):
    feed, wren, tit, mo = there
    await do(db, complain, tit.id, feed.id, comment="first words")
    await do(db, complain, tit.id, feed.id, comment=" Only hunters. ")  # again: the newer words count
    (one,) = await complained(db, by=mo.id)
    assert (one.feed.id, [(it.account_id, it.comment) for it in one.complaints]) == (
        feed.id,
        [(tit.id, "Only hunters.")],
    )
    await do(db, remove_feed, feed.id, because="Against rule 2.", by=mo.id)
    assert (await listed_feeds(db, Wanted(), reader_id=None)).feeds == ()
    for who in (tit, mo):
        with pytest.raises(FeedMissing):
            await keep.find_feed(db, who.id, feed.id)
    assert await keep.feeds_of(db, tit.id) == []
    own = await keep.find_feed(db, wren.id, feed.id)
    assert own.removed_because == "Against rule 2."
    await do(db, keep.change_feed, wren.id, feed.id, text=TEXT.replace("Hunters", "Birds"), listed=True)
    assert (await listed_feeds(db, Wanted(), reader_id=None)).feeds == ()  # its maker can't bring it back
    (one,) = await complained(db, by=mo.id)
    assert one.complaints == ()
    with pytest.raises(FeedMissing):
        await do(db, remove_feed, feed.id, because="again", by=mo.id)
    await do(db, restore_feed, feed.id, by=mo.id)
    assert await complained(db, by=mo.id) == []
    assert [one.id for one in await keep.feeds_of(db, tit.id)] == [feed.id]
    with pytest.raises(FeedMissing):
        await do(db, restore_feed, feed.id, by=mo.id)
    assert await log(db) == [("custom_feed.remove", "Hunters"), ("custom_feed.restore", "Birds")]


async def test_left_as_it_is(db, there):
    feed, _, tit, mo = there
    await do(db, complain, tit.id, feed.id, comment="Boring")
    await do(db, close_complaints, feed.id, by=mo.id)
    assert await complained(db, by=mo.id) == []
    with pytest.raises(FeedMissing):
        await do(db, close_complaints, feed.id, by=mo.id)
    assert await log(db) == [("custom_feed.keep", "Hunters")]
    await do(db, complain, tit.id, feed.id, comment="Still")  # somebody may say so again
    assert len(await complained(db, by=mo.id)) == 1


async def test_what_is_refused(db, there):
    feed, wren, tit, mo = there
    for comment in (" ", "x" * (LONGEST_COMMENT + 1)):
        with pytest.raises(FeedRefused):
            await do(db, complain, tit.id, feed.id, comment=comment)
    with pytest.raises(FeedRefused):
        await do(db, complain, wren.id, feed.id, comment="my own")
    with pytest.raises(FeedMissing):
        await do(db, complain, tit.id, feed.id + 1, comment="none")
    with pytest.raises(FeedRefused):
        await do(db, remove_feed, feed.id, because=" ", by=mo.id)
    with pytest.raises(FeedMissing):
        await do(db, remove_feed, feed.id + 1, because="none", by=mo.id)
    for act in (restore_feed, close_complaints):
        with pytest.raises(NotPermitted):
            await do(db, act, feed.id, by=tit.id)
    with pytest.raises(NotPermitted):
        await do(db, remove_feed, feed.id, because="no", by=tit.id)
    with pytest.raises(NotPermitted):
        await complained(db, by=tit.id)


async def test_deleted_with_what_was_said(db, there):
    feed, wren, tit, mo = there
    await do(db, complain, tit.id, feed.id, comment="Boring")
    await do(db, keep.delete_feed, wren.id, feed.id)
    assert await complained(db, by=mo.id) == []
