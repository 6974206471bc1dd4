"""For You on a database: what may be there, why it is there, and what changes it."""

from __future__ import annotations

import asyncio

import pytest

from dunnock import accounts, posts
from dunnock.feeds.for_you import choices, live
from dunnock.feeds.for_you.choices import ReceiptMissing, SignalMissing
from dunnock.feeds.for_you.features import INFERRED, NAMES
from dunnock.feeds.for_you.receipt import recompute
from dunnock.foundation.clock import DAY, HOUR, now_ms
from dunnock.posts import tables as p


@pytest.fixture
async def town(db, make, house):
    """A reader; birders whom the reader follows one of; a post that birders liked, one that nobody did."""
    reader = await make.member("reader")
    birders = [await make.member(f"birder{n}", discoverable=True) for n in range(4)]
    author = await make.member("author", discoverable=True)
    common = [await make.post(author, f"finch {n}", hashtags=("birds",)) for n in range(3)]
    liked = await make.post(author, "a rare finch", hashtags=("birds",))
    plain = await make.post(author, "my lunch")
    for one in (reader, *birders):
        await make.follow(one, author)
        for post in common:
            await favourite(db, post, one)
    for one in birders:
        await favourite(db, liked, one)
    return reader, birders, author, liked, plain


async def favourite(db, post, by):
    async with db.begin() as tx:
        await posts.favourite(tx, post.id, by=by.id)


async def test_what_alike_people_liked_comes_first_and_the_receipt_says_so(house, db, town):
    reader, birders, _author, liked, plain = town
    served = await house.for_you.serve(reader.id, draw=None)
    assert [one.id for one in served.page.entries] == [liked.id, plain.id]
    first = await house.for_you.receipt(reader.id, liked.id)
    assert first == served.receipts[0]
    assert first.sources == ("answered", "followed", "local", "topic", "walk")
    assert first.values["followed"] == 1
    assert first.parts["kin"] > 0
    for one in served.receipts:
        assert recompute(one, house.for_you.model.text).wrong == ()
    # the next page has it no more, unless there is nothing else
    newer = await house.for_you.serve(reader.id, limit=1, draw=None)
    assert len(newer.receipts) == 1
    with pytest.raises(ReceiptMissing):
        await house.for_you.receipt(birders[0].id, 1)


async def test_an_act_counts_only_when_the_post_was_served_to_who_acted(house, db, make, town):
    reader, _birders, _author, liked, plain = town
    stranger = await make.account("stranger")
    for post in (liked, plain):
        await favourite(db, post, stranger)
    served = await house.for_you.serve(reader.id, draw=None)
    assert "popular_2h" not in {one.item: one.values for one in served.receipts}[plain.id]
    # served by For You: from then on it does
    house.for_you._made_at = 0
    await make.row(live.store.for_you_served, account_id=stranger.id, post_id=plain.id, at=now_ms(), receipt="{}")
    served = await house.for_you.serve(reader.id, draw=None)
    assert {one.item: one.values for one in served.receipts}[plain.id]["popular_2h"] == pytest.approx(1, abs=0.01)


async def test_what_was_taken_back_counts_no_more(house, db, town):
    reader, birders, _author, liked, _plain = town
    await house.for_you.serve(reader.id, draw=None)
    async with db.begin() as tx:
        for one in birders:
            await posts.unfavourite(tx, liked.id, by=one.id)
    served = await house.for_you.serve(reader.id, draw=None)
    assert all("kin" not in one.values for one in served.receipts)


@pytest.mark.parametrize(
    "why", ["blocked", "muted", "private", "own", "restricted", "sensitized", "hidden", "sensitive"]
)
async def test_the_gate(house, db, make, town, why):
    reader, birders, _author, liked, _plain = town
    other = await make.member("other", discoverable=why != "hidden", sensitized=why == "sensitized")
    post = await make.post(
        reader if why == "own" else other,
        "look",
        visibility="followers" if why == "private" else "public",
        hashtags=("fringe",) if why == "restricted" else (),
        sensitive=why == "sensitive",
    )
    for one in birders:
        if why != "own":
            await make.follow(one, other)
        await favourite(db, post, one)
    if why == "blocked":
        await make.block(reader, other)
    elif why == "muted":
        await make.mute(reader, other)
    elif why == "restricted":
        async with db.begin() as tx:
            await tx.run(
                live.store.Sql(p.hashtags.update().where(p.hashtags.c.key == "fringe").values(trendable=False))
            )
    served = await house.for_you.serve(reader.id, draw=None)
    assert post.id not in {one.item for one in served.receipts}
    assert liked.id in {one.item for one in served.receipts}


async def test_under_18_nothing_is_inferred_and_nothing_sensitive_shown(house, db, make, town):
    reader, _birders, author, liked, plain = town
    bad = await make.post(author, "look away", sensitive=True)
    warned = await make.post(author, "hidden", warning="gore")
    adult = await house.for_you.serve(reader.id, draw=None)
    assert {bad.id, warned.id} <= {one.item for one in adult.receipts}
    async with db.begin() as tx:
        await accounts.declare_minor(tx, reader.id)
    minor = await house.for_you.serve(reader.id, draw=None)
    assert {one.item for one in minor.receipts} == {liked.id, plain.id}
    for one in minor.receipts:
        assert not INFERRED & one.values.keys()
        assert not {"answered", "walk"} & set(one.sources)


async def test_who_acts_together_counts_as_the_root(house, db, make, town):
    reader, birders, _author, liked, _plain = town
    before = {one.item: one for one in (await house.for_you.serve(reader.id, draw=None)).receipts}[liked.id]
    async with db.begin() as tx:
        await accounts.set_group(tx, 5, {one.id: 1.0 for one in birders})
    after = {one.item: one for one in (await house.for_you.serve(reader.id, draw=None)).receipts}[liked.id]
    assert before.values["popular_2h"] == pytest.approx(4, rel=0.01)
    assert after.values["popular_2h"] == pytest.approx(2, rel=0.01)


async def test_who_acts_together_counts_as_one_author_and_is_not_lifted_as_small_or_new(house, db, make, town):
    reader, *_ = town
    band = [await make.member(f"band{n}", discoverable=True) for n in range(8)]
    others = [await make.member(f"other{n}", discoverable=True) for n in range(8)]
    for one in others:
        await make.post(one, "on its own")
    theirs = {(await make.post(one, "all at once")).id for one in band}
    free = {one.item: one for one in (await house.for_you.serve(reader.id, limit=10, draw=None)).receipts}
    assert len(theirs & free.keys()) > 3
    assert all(free[one].values["small_author"] == 1 for one in theirs & free.keys())
    async with db.begin() as tx:
        await accounts.set_group(tx, 5, {one.id: 1.0 for one in band})
        await choices.reset(tx, reader.id)
    known = {one.item: one for one in (await house.for_you.serve(reader.id, limit=10, draw=None)).receipts}
    there = [known[one] for one in theirs & known.keys()]
    assert len(there) <= 3
    assert not any({"small_author", "new_author"} & one.values.keys() for one in there)
    taken_off = [{change.name for change in one.adjustments} for one in sorted(there, key=lambda it: it.rank)]
    assert taken_off == [set(), {"same_author"}, {"same_author"}][: len(there)]


async def test_less_drop_and_reset(house, db, make, town):
    reader, _birders, author, liked, _plain = town
    tag = await db.value(live.store.Sql(p.hashtags.select().with_only_columns(p.hashtags.c.id)))
    async with db.begin() as tx:
        await choices.see_less(tx, reader.id, "tag", tag)
        await choices.see_less(tx, reader.id, "author", author.id)
        await choices.drop_signals(tx, reader.id, ["kin"])
    served = {one.item: one for one in (await house.for_you.serve(reader.id, draw=None)).receipts}
    assert served[liked.id].values["less"] == 2
    assert "kin" not in served[liked.id].values
    async with db.begin() as tx:
        await choices.see_as_before(tx, reader.id, "author", author.id)
        with pytest.raises(SignalMissing):
            await choices.drop_signals(tx, reader.id, ["telepathy"])
    assert [one.key for one in (await choices.choices_of(db, reader.id)).less] == ["birds"]
    async with db.begin() as tx:
        await choices.reset(tx, reader.id)
    held = await choices.choices_of(db, reader.id)
    assert (held.less, held.dropped) == ((), frozenset())
    with pytest.raises(ReceiptMissing):
        await house.for_you.receipt(reader.id, liked.id)
    served = await house.for_you.serve(reader.id, draw=None)
    assert all(not {"alike", "kin", "topic"} & one.values.keys() for one in served.receipts)


async def test_what_is_answered_after_a_reset_says_again_what_one_likes(house, db, make, town):
    reader, _, author, liked, _ = town
    more = [await make.post(author, f"tit {n}", hashtags=("tits",)) for n in range(2)]
    async with db.begin() as tx:
        await choices.reset(tx, reader.id)
    await asyncio.sleep(0.002)  # what is of the wish's own millisecond is forgotten, too
    await favourite(db, more[0], reader)  # older than the wish, answered after it
    served = {one.item: one for one in (await house.for_you.serve(reader.id, draw=None)).receipts}
    assert served[more[1].id].values["topic"] == 1
    assert "topic" not in served[liked.id].values


async def test_old_receipts_go(house, db, make, town):
    reader, _, _, liked, plain = town
    await make.row(
        live.store.for_you_served, account_id=reader.id, post_id=plain.id, at=now_ms() - 7 * DAY - HOUR, receipt="{}"
    )
    await make.row(live.store.for_you_served, account_id=reader.id, post_id=liked.id, at=now_ms() - HOUR, receipt="{}")
    await live.trim_served(db, live.TrimServed())
    assert [row[0] for row in await db.all(live.store.SERVED, owner=reader.id)] == [liked.id]


def test_names_are_weighed():
    assert set(live.Model(live.default_text(), NAMES).weights) <= set(NAMES)
