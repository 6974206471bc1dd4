"""Favourite, boost, bookmark, pin, mute, delete, edit: once is once, counters are exact, also when many act at once."""

from __future__ import annotations

import asyncio
import random

import pytest
from sqlalchemy import text as sql

from dunnock import accounts, posts
from dunnock.foundation.db import Sql


async def rows(db, statement):
    return [tuple(row) for row in await db.all(Sql(sql(statement)))]


async def check_counts(db):
    """Every counter equals what it counts."""
    wrong = await rows(
        db,
        """
        SELECT p.id, c.replies, c.boosts, c.favourites FROM posts p LEFT JOIN post_counts c ON c.post_id = p.id
        WHERE c.post_id IS NULL
        OR c.favourites <> (SELECT count(*) FROM interactions i WHERE i.post_id = p.id AND i.favourite_id IS NOT NULL)
        OR c.boosts <> (SELECT count(*) FROM posts b WHERE b.boost_of_id = p.id AND b.deleted_at IS NULL)
        OR c.boosts <> (SELECT count(*) FROM interactions i WHERE i.post_id = p.id AND i.boost_id IS NOT NULL)
        OR c.replies <> (SELECT count(*) FROM posts r WHERE r.reply_to_id = p.id AND r.deleted_at IS NULL
                         AND r.visibility IN ('public', 'unlisted'))
        """,
    )
    assert wrong == []
    wrong = await rows(
        db,
        """
        SELECT a.account_id, a.posts FROM account_counts a WHERE a.posts <> (SELECT count(*) FROM posts p
        WHERE p.author_id = a.account_id AND p.deleted_at IS NULL AND p.visibility <> 'direct')
        """,
    )
    assert wrong == []


PAIRS = [
    (posts.favourite, posts.PostFavourited, posts.unfavourite, posts.PostUnfavourited),
    (posts.bookmark, posts.PostBookmarked, posts.unbookmark, posts.PostUnbookmarked),
    (posts.boost, posts.PostBoosted, posts.unboost, posts.PostDeleted),
    (posts.pin, posts.PostPinned, posts.unpin, posts.PostUnpinned),
    (posts.mute_thread, posts.ThreadMuted, posts.unmute_thread, posts.ThreadUnmuted),
]


@pytest.mark.parametrize(("act", "done", "undo", "undone"), PAIRS, ids=lambda one: one.__name__)
async def test_twice_is_once(*, db, make, publish, do, events, act, done, undo, undone):
    author = await make.member()
    post = await publish(author)
    await do(undo, post.id, by=author.id)
    first, again = await do(act, post.id, by=author.id), await do(act, post.id, by=author.id)
    assert first.id == again.id
    await do(undo, post.id, by=author.id)
    await do(undo, post.id, by=author.id)
    assert [type(event) for event in await events()] == [posts.PostPublished, done, undone]
    await check_counts(db)


@pytest.mark.parametrize(("act", "undo"), [(one[0], one[2]) for one in PAIRS], ids=lambda one: one.__name__)
async def test_at_the_same_moment_is_once(*, db, make, publish, do, events, act, undo):
    author = await make.member()
    post = await publish(author)
    await asyncio.gather(*[do(act, post.id, by=author.id) for _ in range(8)])
    assert len(await events()) == 2
    await asyncio.gather(*[do(undo, post.id, by=author.id) for _ in range(8)])
    assert len(await events()) == 3
    await check_counts(db)


async def test_many_at_once_are_all_counted(db, make, publish, do):
    post = await publish(await make.member())
    people = [await make.member() for _ in range(12)]
    await asyncio.gather(*[do(act, post.id, by=one.id) for one in people for act in (posts.favourite, posts.boost)])
    assert await rows(db, f"SELECT boosts, favourites FROM post_counts WHERE post_id = {post.id}") == [(12, 12)]
    await check_counts(db)


async def test_acting_on_a_boost_is_acting_on_what_it_shows(db, make, publish, do):
    """SC-033: a boost is resolved before anything is decided."""
    author, booster, reader = await make.member(), await make.member(), await make.member()
    post = await publish(author)
    boost = await do(posts.boost, post.id, by=booster.id)
    assert boost.boost_of_id == post.id
    for act in (posts.favourite, posts.bookmark, posts.unboost, posts.mute_thread):
        assert (await do(act, boost.id, by=reader.id)).id == post.id
    second = await do(posts.boost, boost.id, by=reader.id)
    assert second.boost_of_id == post.id
    with pytest.raises(posts.PinRefused):
        await do(posts.pin, boost.id, by=booster.id)
    assert (await do(posts.unboost, second.id, by=reader.id)).id == post.id
    await check_counts(db)


BOOSTS = [  # visibility, by the author?, asked for, becomes (None: refused)
    ("public", False, None, "public"),
    ("public", False, "unlisted", "unlisted"),
    ("public", False, "followers", "followers"),
    ("public", False, "direct", None),
    ("unlisted", False, "public", "public"),
    ("followers", True, "public", "followers"),
    ("followers", False, None, None),
    ("direct", True, None, None),
    ("direct", False, None, None),
]


@pytest.mark.parametrize(("visibility", "own", "asked", "becomes"), BOOSTS)
async def test_what_may_be_boosted(*, make, publish, do, visibility, own, asked, becomes):
    author, other = await make.member("anna"), await make.member("bob")
    await make.follow(other, author)
    post = await publish(author, "@bob hi", visibility=visibility)
    by = author if own else other
    if becomes is None:
        with pytest.raises(posts.BoostRefused):
            await do(posts.boost, post.id, by=by.id, visibility=asked)
    else:
        assert (await do(posts.boost, post.id, by=by.id, visibility=asked)).visibility == becomes


async def test_pins(make, publish, do):
    """SC-060: only one's own."""
    author, other = await make.member(), await make.member()
    made = [await publish(author, f"{n}") for n in range(7)]
    for wrong, by in ((made[0].id, other), ((await publish(author, visibility="direct")).id, author)):
        with pytest.raises(posts.PinRefused):
            await do(posts.pin, wrong, by=by.id)
    done = await asyncio.gather(*[do(posts.pin, one.id, by=author.id) for one in made], return_exceptions=True)
    assert sum(isinstance(one, posts.PinRefused) for one in done) == 2


async def test_who_liked_and_boosted(make, publish, do, db):
    author, viewer = await make.member(), await make.member()
    post = await publish(author)
    people = [await make.member() for _ in range(6)]
    for one in people:
        await do(posts.favourite, post.id, by=one.id)
        await do(posts.boost, post.id, by=one.id)
    await make.block(people[0], viewer)
    await make.block(viewer, people[5])
    shown = [one.id for one in people[4:0:-1]]
    for read in (posts.favourited_by, posts.boosted_by):
        whole = await read(db, post.id, viewer.id, accounts.Cursor())
        assert list(whole.ids) == shown
        one = await read(db, post.id, viewer.id, accounts.Cursor(limit=2))
        two = await read(db, post.id, viewer.id, accounts.Cursor(limit=2, max_id=one.oldest))
        assert [*one.ids, *two.ids] == shown
        assert (await read(db, post.id, viewer.id, accounts.Cursor(limit=2, min_id=two.newest))).ids == one.ids
        assert len((await read(db, post.id, None, accounts.Cursor())).ids) == 6


async def test_who_boosts_for_followers_is_listed_to_nobody(make, publish, do, db):
    author, fan = await make.member(), await make.member()
    await make.follow(fan, author)
    secret, open_ = await publish(author, visibility="followers"), await publish(author)
    await do(posts.boost, secret.id, by=author.id)
    await do(posts.boost, open_.id, by=fan.id, visibility="followers")
    for post in (secret, open_):
        for who in (author, fan):
            assert (await posts.boosted_by(db, post.id, who.id, accounts.Cursor())).ids == ()


async def test_delete_leaves_nothing_behind(db, make, publish, do, events):
    author, other = await make.member("anna"), await make.member("bob")
    parent = await publish(other)
    picture = await make.media(author)
    post = await publish(author, "@bob #tag secret", warning="w", reply_to_id=parent.id, media_ids=(picture.id,))
    reply = await publish(other, "reply", reply_to_id=post.id)
    boost = await do(posts.boost, post.id, by=other.id)
    for act in (posts.favourite, posts.bookmark):
        await do(act, post.id, by=other.id)
    await do(posts.pin, post.id, by=author.id)
    with pytest.raises(posts.PostMissing):
        await do(posts.delete, post.id, by=other.id)
    seen = len(await events())
    gone = await do(posts.delete, post.id, by=author.id)
    assert (gone.text, gone.media) == ("@bob #tag secret", (picture.id,))
    assert (await events())[seen:] == [
        posts.PostDeleted(post_id=boost.id, author_id=other.id, boost_of_id=post.id),
        posts.PostDeleted(post_id=post.id, author_id=author.id, reply_to_id=parent.id, visibility="public"),
    ]
    for table in ("interactions", "mentions", "hashtag_posts", "revisions"):
        assert await rows(db, f"SELECT * FROM {table}") == []
    assert await rows(db, f"SELECT text, html, warning, media FROM posts WHERE id = {post.id}") == [("", "", "", "[]")]
    assert await rows(db, f"SELECT post_id FROM media WHERE id = {picture.id}") == [(None,)]
    await check_counts(db)
    with pytest.raises(posts.PostMissing):
        await do(posts.delete, post.id, by=author.id)
    with pytest.raises(posts.PostMissing):
        await posts.find_visible(db, boost.id, other.id)
    assert (await posts.thread(db, reply.id, other.id)).ancestors == [parent.id]
    assert (await publish(author, "again", media_ids=(picture.id,))).media == (picture.id,)


async def test_deleting_a_boost_takes_it_back(db, make, publish, do, events):
    author, other = await make.member(), await make.member()
    post = await publish(author)
    boost = await do(posts.boost, post.id, by=other.id)
    with pytest.raises(posts.PostMissing):
        await do(posts.delete, boost.id, by=author.id)
    assert (await do(posts.delete, boost.id, by=other.id)).boost_of_id == post.id
    assert (await events())[-1] == posts.PostDeleted(post_id=boost.id, author_id=other.id, boost_of_id=post.id)
    assert await posts.find_visible(db, post.id, None)
    await check_counts(db)


async def test_edit_keeps_what_was_said(*, db, make, publish, do, events, settings):
    author, bob = await make.member("anna"), await make.member("bob")
    post = await publish(author, "first @bob #one")
    same = await do(posts.edit, post.id, posts.Changes(text="first @bob #one"), by=author.id, settings=settings)
    assert same.edited_at is None
    assert len(await events()) == 1
    for text in ("second #two", "third #three"):
        await do(posts.edit, post.id, posts.Changes(text=text, warning="w"), by=author.id, settings=settings)
    told = (await events())[1:]
    assert [(one.post_id, one.author_id, len(one.tags)) for one in told] == [(post.id, author.id, 1)] * 2
    found, versions = await posts.history(db, post.id, bob.id)
    assert [one.text for one in versions] == ["first @bob #one", "second #two", "third #three"]
    assert [one.sensitive for one in versions] == [False, True, True]
    assert versions[0].at == post.created_at
    assert found.mentions == ()
    assert await rows(db, "SELECT * FROM mentions") == []
    assert await rows(db, "SELECT h.key FROM hashtag_posts p JOIN hashtags h ON h.id = p.hashtag_id") == [("three",)]
    for by in (bob.id, author.id):
        wrong = post.id if by == bob.id else (await do(posts.boost, post.id, by=by)).id
        with pytest.raises(posts.PostMissing):
            await do(posts.edit, wrong, posts.Changes(text="mine"), by=by, settings=settings)


async def test_edit_of_pictures(db, make, publish, do, settings):
    """SC-062 holds for edits too."""
    author, other = await make.member(), await make.member()
    one, two, theirs = await make.media(author), await make.media(author), await make.media(other)
    post = await publish(author, "look", media_ids=(one.id,))
    change = posts.MediaChange(id=one.id, description="a cat")
    changes = posts.Changes(text="look", media_ids=(one.id,), media_changes=(change,))
    await do(posts.edit, post.id, changes, by=author.id, settings=settings)
    await do(posts.edit, post.id, posts.Changes(text="look", media_ids=(two.id,)), by=author.id, settings=settings)
    _, versions = await posts.history(db, post.id, None)
    assert [[(then.id, then.description) for then in version.media] for version in versions] == [
        [(one.id, None)],
        [(one.id, "a cat")],
        [(two.id, None)],
    ]
    for wrong in (
        posts.Changes(text="x", media_ids=(theirs.id,)),
        posts.Changes(text="x", media_changes=(posts.MediaChange(id=theirs.id, description="mine"),)),
    ):
        with pytest.raises(Exception) as refused:
            await do(posts.edit, post.id, wrong, by=author.id, settings=settings)
        assert hasattr(refused.value, "safe")


@pytest.mark.parametrize("seed", range(3))
async def test_counters_over_random_histories(*, db, make, publish, do, settings, seed):
    chance = random.Random(seed)
    people = [await make.member(f"p{n}") for n in range(5)]
    made = [await publish(people[0])]
    acts = [act for pair in PAIRS for act in (pair[0], pair[2])] + [posts.delete]

    async def step():
        by, target = chance.choice(people), chance.choice(made)
        if chance.random() < 0.35:
            visibility = chance.choice(["public", "public", "unlisted", "followers", "direct"])
            reply = chance.choice([None, target.id])
            made.append(await publish(by, f"@p{chance.randrange(5)} #x", visibility=visibility, reply_to_id=reply))
            return
        done = await do(chance.choice(acts), target.id, by=by.id)
        if done.boost_of_id:
            made.append(done)

    for _ in range(25):
        for outcome in await asyncio.gather(*[step() for _ in range(6)], return_exceptions=True):
            assert outcome is None or hasattr(outcome, "safe"), outcome
    await check_counts(db)
