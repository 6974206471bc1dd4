"""Copies of one picture are one object, whoever posts them; others are not."""

from __future__ import annotations

import random

import pytest

from dunnock import media, posts
from dunnock.foundation.reactions import Reactions
from dunnock.integrity import marks
from dunnock.integrity.coaction import Trace
from dunnock.integrity.pictures import TrimPictures, recognise, trim_pictures
from dunnock.integrity.reactions import HEARS
from dunnock.integrity.store import observations
from dunnock.integrity.tables import pictures as table
from dunnock.media.nearness import SAME, keys_near, keys_of


def changed(told, bits, rng):
    """The print with so many other bits, spread evenly over its parts: the worst case."""
    at = [part * 16 + rng.randrange(16) for part in range(16)]
    at += [part * 16 + bit for part in range(16) for bit in range(16) if part * 16 + bit not in at]
    chosen = at[:16] + rng.sample(at[16:], max(0, bits - 16))
    return f"{int(told, 16) ^ sum(1 << bit for bit in chosen[:bits]):064x}"


def a_print(rng):
    return f"{rng.getrandbits(256):064x}"


def test_whatever_31_bits_differ_a_part_is_found():
    rng = random.Random(1)
    for _ in range(300):
        told = a_print(rng)
        for bits in (1, 16, 31):
            assert set(keys_of(told)) & set(keys_near(changed(told, bits, rng)))


async def test_copies_are_one_and_others_are_not(db):
    rng = random.Random(2)
    first = a_print(rng)
    async with db.begin() as tx:
        known = await recognise(tx, first)
        for _ in range(200):
            assert await recognise(tx, a_print(rng)) != known
        assert await recognise(tx, first) == known
        assert await recognise(tx, changed(first, SAME, rng)) == known
        far = changed(first, SAME + 1, rng)
        assert await recognise(tx, far) != known


async def test_what_nobody_posts_is_forgotten(db, make):
    await make.row(table, id=5, print="0" * 64, same_as=5, seen_at=1)
    async with db.begin() as tx:
        kept = await recognise(tx, "f" * 64)
    await trim_pictures(db, TrimPictures())
    async with db.begin() as tx:
        assert await recognise(tx, "f" * 64) == kept
        assert await recognise(tx, "0" * 64) != 5


@pytest.mark.parametrize("bits", [20, 120])
async def test_posts_with_copies_of_one_picture_did_the_same(db, make, bits):
    reactions = Reactions(db, HEARS)
    await reactions.prepare()
    rng = random.Random(bits)
    told = a_print(rng)
    for print_, name in ((told, "a"), (changed(told, bits, rng), "b")):
        author = await make.account()
        file = media.File(path=f"{name}.webp", width=100, height=100, bytes=9, mime="image/webp")
        shown = media.write_picture(media.Picture(original=file, prints=(print_,)))
        one = await make.media(author, files=shown)
        post = await make.post(author, "look", media=f"[{one.id}]")
        async with db.begin() as tx:
            await tx.record(posts.PostPublished(post_id=post.id, author_id=author.id, visibility="public"))
    await reactions.settle()
    seen = marks.columns(
        [(row[0], row[1], False, bytes(row[3])) for row in await db.all(observations.RECENT, since=0, most=9)]
    )
    objects = seen.rows.object[seen.rows.trace == Trace.MEDIA]
    assert len(objects) == 2
    assert (objects[0] == objects[1]) == (bits <= SAME)
