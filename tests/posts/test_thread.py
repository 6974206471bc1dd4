from __future__ import annotations

import random

from dunnock import posts
from dunnock.posts.thread import ancestors_of, descendants_of


async def test_order_and_limits(db, make, publish, do):
    author, other = await make.member(), await make.member()
    root = await publish(author)
    a = await publish(other, reply_to_id=root.id)
    b = await publish(other, reply_to_id=root.id)
    a1 = await publish(author, reply_to_id=a.id)
    b1 = await publish(author, reply_to_id=b.id, visibility="direct")
    a2 = await publish(author, reply_to_id=a.id)
    found = await posts.thread(db, root.id, author.id)
    assert found == posts.Thread([], [a.id, a1.id, a2.id, b.id, b1.id])
    assert await posts.thread(db, a1.id, None) == posts.Thread([root.id, a.id], [])
    await do(posts.delete, a.id, by=other.id)
    assert (await posts.thread(db, a1.id, None)).ancestors == [root.id]
    assert (await posts.thread(db, root.id, None)).descendants == [a1.id, a2.id, b.id, b1.id]
    boost = await do(posts.boost, root.id, by=other.id)
    assert (await posts.thread(db, boost.id, None)).descendants[0] == a1.id


async def test_long_threads_cost_three_queries(db, make, publish):
    author = await make.member()
    chain = [await publish(author)]
    for _ in range(80):
        chain.append(await publish(author, reply_to_id=chain[-1].id))
    stranger, member = await posts.thread(db, chain[60].id, None), await posts.thread(db, chain[60].id, author.id)
    assert len(stranger.ancestors) == 40
    assert len(stranger.descendants) == 20
    assert member.ancestors == [one.id for one in chain[:60]]
    asked = []

    class Counting:
        async def one(self, sql, **params):
            asked.append(sql)
            return await db.one(sql, **params)

        async def all(self, sql, **params):
            asked.append(sql)
            return await db.all(sql, **params)

    await posts.thread(Counting(), chain[60].id, None)
    assert len(asked) == 3


def test_rings_end():
    rows = [(1, 3, None, 5), (2, 1, None, 5), (3, 2, None, 5)]
    assert ancestors_of(1, rows, most=10) == [2, 3]
    assert descendants_of(1, rows, most=10, deepest=10) == [2, 3]


def test_any_tree_is_walked_depth_first():
    chance = random.Random(7)
    for _ in range(50):
        rows = [(1, None, None, 1)] + [(n, chance.randrange(1, n), None, chance.randrange(1, 4)) for n in range(2, 40)]
        authors = {row[0]: row[3] for row in rows}

        def walk(at, rows=rows, authors=authors):
            below = sorted((row for row in rows if row[1] == at), key=lambda row: (row[3] != authors[at], row[0]))
            return [one for row in below for one in (row[0], *walk(row[0]))]

        assert descendants_of(1, rows, most=1000, deepest=1000) == walk(1)
        assert descendants_of(1, rows, most=5, deepest=1000) == walk(1)[:5]


async def test_what_authors_answer_themselves_comes_first(db, make, publish):
    author, other = await make.member(), await make.member()
    one = await publish(author)
    answer = await publish(other, reply_to_id=one.id)
    two = await publish(author, reply_to_id=one.id)
    aside = await publish(other, reply_to_id=two.id)
    back = await publish(author, reply_to_id=answer.id)
    three = await publish(author, reply_to_id=two.id)
    found = await posts.thread(db, one.id, other.id)
    assert found.descendants == [two.id, three.id, aside.id, answer.id, back.id]
    assert (await posts.thread(db, three.id, other.id)).ancestors == [one.id, two.id]
