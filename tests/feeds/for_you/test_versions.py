"""Weight files on a database: learnt from receipts, kept, put in force only when they are better, and written down."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from dunnock import accounts, moderation, posts
from dunnock.feeds.events import WeightsReplaced
from dunnock.feeds.for_you import live, shown, versions
from dunnock.feeds.for_you.features import NAMES
from dunnock.feeds.for_you.learn import Comparison, Difference
from dunnock.feeds.for_you.model import Model, default_text, text_of
from dunnock.feeds.for_you.receipt import recompute
from dunnock.feeds.for_you.versions import WeightsMissing, WeightsRefused
from dunnock.foundation.clock import DAY, HOUR, now_ms
from dunnock.moderation import tables as m

SHIPPED = Model(default_text(), NAMES)


def compared(*, low=0.1, against=SHIPPED.hash):
    better = (Difference("live", 0.2, low, 0.3), Difference("popularity", 0.2, 0.1, 0.3))
    return Comparison(400, 100, 40, 5, 1, 2, 3, 0.5, {"file": 0.6, "live": 0.4, "popularity": 0.4}, better, against)


def other(weight=0.5):
    return text_of(SHIPPED, {"kin": weight}, version="2")


async def kept(db, text, comparison):
    async with db.begin() as tx:
        return await versions.keep(tx, text, comparison)


async def use(db, begins, because="It does better."):
    async with db.begin() as tx:
        return await versions.put_in_force(tx, begins, because=because)


async def test_a_file_that_won_counts_from_the_next_page_on_and_old_receipts_stay_right(house, db, make, events):
    reader, author = await make.member("reader"), await make.member("author", discoverable=True)
    first = await make.post(author, "one")
    await make.follow(reader, author)
    old = (await house.for_you.serve(reader.id, draw=None)).receipts[0]
    assert (old.item, old.model) == (first.id, SHIPPED.hash)
    new = await kept(db, text_of(SHIPPED, {"followed": 5.0}, version="2"), compared())
    assert (await versions.in_force(db)).hash == SHIPPED.hash  # to be kept is not to count
    await use(db, new[:8])
    assert (await versions.in_force(db)).hash == new
    assert WeightsReplaced(hash=new) in await events()
    await make.post(author, "two")
    served = (await house.for_you.serve(reader.id, draw=None)).receipts[0]
    assert served.model == new
    assert served.parts["followed"] == 5.0
    for one in (old, served):
        assert recompute(one, await house.for_you.weights_of(one)).wrong == ()
    # what was in force may come back, with no more than a reason
    await use(db, SHIPPED.hash[:10], "People complained.")
    assert (await house.for_you.weights()).hash == SHIPPED.hash
    told = await versions.changes(db)
    assert [(one.hash, one.because) for one in told] == [
        (SHIPPED.hash, "People complained."),
        (new, "It does better."),
    ]
    assert {one.hash for one in await versions.weight_files(db)} == {SHIPPED.hash, new}


@pytest.mark.parametrize(
    ("comparison", "because", "begins", "error"),
    [
        (compared(low=0.0), "why not", None, WeightsRefused),  # as good as the one in force, or by chance
        (compared(against="0" * 64), "why not", None, WeightsRefused),  # compared with another one
        (None, "why not", None, WeightsRefused),
        (compared(), " ", None, WeightsRefused),
        (compared(), "x" * 501, None, WeightsRefused),
        (compared(), "why not", "ffffffff", WeightsMissing),
        (compared(), "why not", "", WeightsMissing),
        (compared(), "why not", SHIPPED.hash, WeightsRefused),
    ],
)
async def test_what_is_not_better_stays_out(db, comparison, because, begins, error):
    new = await kept(db, other(), comparison)
    with pytest.raises(error):
        await use(db, new if begins is None else begins, because)
    assert (await versions.in_force(db)).hash == SHIPPED.hash
    assert await versions.changes(db) == []


async def test_the_log_of_staff_has_it(db):
    new = await kept(db, other(), compared())
    await use(db, new)
    row = await db.one(live.store.Sql(select(m.staff_log.c.act, m.staff_log.c.subject, m.staff_log.c.by_account_id)))
    assert tuple(row) == ("weights.replace", new[:16], moderation.log.THE_SERVER)


async def test_a_file_of_another_release_gives_way_to_the_one_that_comes_along(db):
    async with db.begin() as tx:
        await tx.run(
            versions.store.KEEP, hash="0" * 64, id=1, text='version = "1"\n[feature.gone]\nweight = 1.0', compared=""
        )
        await tx.run(versions.store.CHANGE, id=2, hash="0" * 64, because="then")
    assert (await versions.in_force(db)).hash == SHIPPED.hash


async def test_what_was_shown_and_what_was_taken_up(house, db, make):
    author = await make.member("author", discoverable=True)
    reader, young, late = await make.member("reader"), await make.member("young"), await make.member("late")
    first, second = await make.post(author, "one"), await make.post(author, "two")
    for one in (reader, young, late):
        await make.follow(one, author)
        await house.for_you.serve(one.id, draw=None)
        async with db.begin() as tx:
            await posts.favourite(tx, first.id, by=one.id)
    async with db.begin() as tx:
        await accounts.declare_minor(tx, young.id)
        await accounts.set_group(tx, 3, {late.id: 0.25})
    now = now_ms()
    pages = await shown.showings(db, accounts.Ages(), since=now - DAY, now=now)
    assert {one.account: one.worth for one in pages} == {reader.id: 1.0, late.id: 0.25}
    for one in pages:
        assert set(one.chosen) == {first.id}
        assert {it.item for it in one.receipts} == {first.id, second.id}
        assert [it.rank for it in one.receipts] == [1, 2]
    assert await shown.showings(db, accounts.Ages(), since=now + HOUR, now=now) == []
    strict = accounts.Ages(lambda: "16_17")
    assert await shown.showings(db, strict, since=now - DAY, now=now) == []


async def test_an_answer_before_it_was_shown_or_a_day_later_is_none(house, db, make):
    author, reader = await make.member("author", discoverable=True), await make.member("reader")
    post = await make.post(author, "one")
    await make.follow(reader, author)
    await house.for_you.serve(reader.id, draw=None)
    async with db.begin() as tx:
        await posts.favourite(tx, post.id, by=reader.id)
    served = live.store.for_you_served
    for moved, chosen in ((0, {post.id}), (-2 * DAY, set()), (HOUR, set())):
        async with db.begin() as tx:
            await tx.run(live.store.Sql(served.update().values(at=now_ms() - 1_000 + moved)))
        (page,) = await shown.showings(db, accounts.Ages(), since=now_ms() - 5 * DAY, now=now_ms())
        assert set(page.chosen) == chosen
