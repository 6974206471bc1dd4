"""What a receipt names is what brought the post there: taken away, by its control or in fact, the post moves as it said."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from dunnock import accounts, filters, posts
from dunnock.accounts import tables as a
from dunnock.feeds import tags
from dunnock.feeds.for_you import choices, live
from dunnock.feeds.for_you.features import NAMES
from dunnock.feeds.for_you.receipt import recompute
from dunnock.foundation.clock import DAY, HOUR, now_ms
from dunnock.foundation.db import Sql


@pytest.fixture
async def town(db, make, house, monkeypatch):
    """A reader to whom each signal says something of some post."""
    reader = await make.member("reader")
    kin = [await make.member(f"kin{n}") for n in range(4)]
    friend, far = await make.member("friend"), await make.member("far")
    names = ("common", "early", "late", "new", "befriended", "tagged", "followed", "less", "reached", "old")
    by = {name: await make.member(name, discoverable=True) for name in names}
    for one in (*kin, friend, far):
        for author in by.values():
            await make.follow(one, author)
    for one in (by["common"], by["followed"], friend):
        await make.follow(reader, one)
    async with db.begin() as tx:
        await tx.run(Sql(a.accounts.update().where(a.accounts.c.id == by["new"].id).values(created_at=now_ms() - HOUR)))
        await tags.follow_tag(tx, reader.id, "owls")
        await choices.see_less(tx, reader.id, "author", by["less"].id)
    common = [await make.post(by["common"], f"finch {n}", hashtags=("finches",)) for n in range(3)]
    of = {
        name: await make.post(
            by[name],
            name,
            hashtags={"tagged": ("owls",), "late": ("finches",)}.get(name, ()),
            reply_to=common[0] if name == "new" else None,
            at=now_ms() - 5 * DAY if name == "old" else None,
        )
        for name in names[1:]
    }
    for post in common[:2]:
        for one in (*kin, reader):
            await favourite(db, post, one)
    await favourite(db, of["early"], kin[0])
    await favourite(db, common[2], reader)
    for name, who in (
        ("late", kin[1]), ("new", kin[2]), ("less", kin[3]), ("late", far), ("reached", far), ("befriended", friend)
    ):  # fmt: skip
        await favourite(db, of[name], who)
    later = now_ms() + 2 * HOUR
    monkeypatch.setattr(live, "now_ms", lambda: later)
    return SimpleNamespace(reader=reader, friend=friend, by=by, of=of, db=db, house=house)


async def favourite(db, post, by):
    async with db.begin() as tx:
        await posts.favourite(tx, post.id, by=by.id)


async def ranked(town):
    """The receipts by the posts' names, ranked anew as if nothing had been shown yet."""
    async with town.db.begin() as tx:
        await tx.run(live.store.FORGET_SERVED, owner=town.reader.id)
    town.house.for_you._made_at = 0
    served = await town.house.for_you.serve(town.reader.id, limit=40, draw=None)
    names = {post.id: name for name, post in town.of.items()}
    return {names[one.item]: one for one in served.receipts if one.item in names}


async def test_every_signal_is_there_and_every_receipt_can_be_worked_out_again(town):
    before = await ranked(town)
    assert set(before) == set(town.of)
    assert {name for one in before.values() for name in one.values} == set(NAMES)
    for one in before.values():
        assert recompute(one, town.house.for_you.model.text, tolerance=1e-9).wrong == ()


async def test_without_a_signal_a_post_moves_by_what_the_receipt_said(town):
    before = await ranked(town)
    for signal in sorted(NAMES):
        async with town.db.begin() as tx:
            await choices.drop_signals(tx, town.reader.id, [signal])
        moved_as_said(before, await ranked(town), signal)


def moved_as_said(before, after, signal):
    assert set(after) == set(before)
    named = {name for name, one in before.items() if signal in one.values}
    assert named, signal
    for name, one in before.items():
        then = after[name]
        assert signal not in then.values
        assert then.values == {key: value for key, value in one.values.items() if key != signal}
        assert then.score == pytest.approx(one.score - one.parts.get(signal, 0.0), abs=1e-9), signal
        part = one.parts.get(signal, 0.0)
        for other, its in before.items():
            if other in named or not part:
                continue
            # what lifted it: nothing that stood above for other reasons is below it now; what lowered it: the reverse
            if part > 0 and its.placed >= one.placed:
                assert after[other].placed >= then.placed, signal
            if part < 0 and its.placed <= one.placed:
                assert after[other].placed <= then.placed, signal
    in_order = sorted(after.values(), key=lambda it: (-it.placed, -it.item))
    assert [one.rank for one in in_order] == list(range(1, len(after) + 1)), signal


async def test_each_source_is_where_the_post_was_found(town):
    sources = {name: set(one.sources) for name, one in (await ranked(town)).items()}
    assert sources["followed"] == {"followed", "local"}
    assert sources["tagged"] == {"local", "tag"}
    assert sources["old"] == {"local"}
    assert sources["new"] == {"answered", "walk"}  # an answer is not among the new posts of this server
    assert sources["befriended"] == {"answered", "friends", "local"}
    assert sources["late"] == {"answered", "local", "topic", "walk"}


async def test_nobody_is_said_to_be_alike_who_is_not(town, make):
    newcomer = await make.member("newcomer")
    town.reader = newcomer
    for one in (await ranked(town)).values():
        assert not {"walk", "friends", "topic"} & set(one.sources)


async def unfollow(tx, town):
    await accounts.unfollow(tx, follower=town.reader.id, followed=town.by["followed"].id)


async def unfollow_friend(tx, town):
    await accounts.unfollow(tx, follower=town.reader.id, followed=town.friend.id)


async def unfollow_tag(tx, town):
    held = await town.house.feeds.tags_of_home(town.reader.id)
    await tags.unfollow_tag(tx, town.reader.id, next(iter(held)))


async def as_before(tx, town):
    await choices.see_as_before(tx, town.reader.id, "author", town.by["less"].id)


async def taken_back(tx, town):
    await posts.unfavourite(tx, town.of["befriended"].id, by=town.friend.id)


@pytest.mark.parametrize(
    ("act", "post", "signal", "source"),
    [
        (unfollow, "followed", "followed", "followed"),
        (unfollow_friend, "befriended", "friends", "friends"),
        (taken_back, "befriended", "friends", "friends"),
        (unfollow_tag, "tagged", "followed_tag", "tag"),
        (as_before, "less", "less", None),
    ],
)
async def test_what_ends_a_cause_ends_what_it_did(town, act, post, signal, source):
    before = (await ranked(town))[post]
    async with town.db.begin() as tx:
        await act(tx, town)
    after = (await ranked(town))[post]
    assert signal in before.parts
    assert signal not in after.parts
    gone = {name: part for name, part in before.parts.items() if name not in after.parts}
    kept = {name: part for name, part in before.parts.items() if name in after.parts}
    if act is not taken_back:  # which also makes it a post that nobody answered
        assert after.score == pytest.approx(before.score - sum(gone.values()), abs=1e-9)
        assert {name: after.parts[name] for name in kept} == pytest.approx(kept, abs=1e-9)
    assert source is None or source in before.sources
    assert source not in after.sources


async def test_less_of_an_author_lowers_their_posts_by_what_it_says_and_muting_a_topic_removes_it(town):
    before = (await ranked(town))["late"]
    async with town.db.begin() as tx:
        await choices.see_less(tx, town.reader.id, "author", town.by["late"].id)
    after = (await ranked(town))["late"]
    assert after.parts["less"] < 0
    assert after.score == pytest.approx(before.score + after.parts["less"], abs=1e-9)
    async with town.db.begin() as tx:
        await filters.make_filter(
            tx, town.reader.id, title="#late", contexts=["home", "public"], action="hide", expires_in=None,
            keywords=[filters.KeywordChange(keyword="late", whole_word=True)],
        )  # fmt: skip
    left = await ranked(town)
    assert "late" not in left
    assert set(left) == set(town.of) - {"late"}
    assert [one.rank for one in left.values()] == list(range(1, len(left) + 1))


async def test_an_old_post_that_nobody_answered_is_as_old_as_it_is(town):
    receipts = await ranked(town)
    assert receipts["old"].values["age"] == pytest.approx(5 * 24 + 2, abs=0.1)
    assert "unseen" not in receipts["old"].values
    assert receipts["old"].score < min(one.score for name, one in receipts.items() if name not in {"old", "less"})
