from __future__ import annotations

import pytest
from msgspec.structs import replace
from sqlalchemy import text as sql

from dunnock import posts
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Sql
from dunnock.foundation.ids import id_at
from dunnock.posts import auto_delete
from dunnock.posts.auto_delete import Old, keeps

ON = posts.AutoDelete(enabled=True)
NONE_KEPT = posts.AutoDelete(
    enabled=True, keep_direct=False, keep_pinned=False, keep_favourites=False, keep_bookmarks=False
)
PLAIN = Old(1, False, False, False, False, False, False, 2, 3)


@pytest.mark.parametrize(
    ("rule", "post"),
    [
        ({"keep_direct": True}, {"direct": True}),
        ({"keep_pinned": True}, {"pinned": True}),
        ({"keep_polls": True}, {"poll": True}),
        ({"keep_media": True}, {"media": True}),
        ({"keep_favourites": True}, {"favourited": True}),
        ({"keep_bookmarks": True}, {"bookmarked": True}),
        ({"min_favourites": 2}, {}),
        ({"min_boosts": 3}, {}),
    ],
)
def test_each_rule_keeps_what_it_says(rule, post):
    assert keeps(replace(NONE_KEPT, **rule), replace(PLAIN, **post))
    assert not keeps(NONE_KEPT, replace(PLAIN, **post))
    assert not keeps(replace(NONE_KEPT, min_favourites=3, min_boosts=4), PLAIN)


async def living(db, author):
    rows = await db.all(
        Sql(sql("SELECT text FROM posts WHERE author_id = :a AND deleted_at IS NULL ORDER BY id")), a=author.id
    )
    return [row[0] for row in rows]


async def due(db):
    async with db.begin() as tx:
        await tx.run(Sql(sql("UPDATE auto_delete SET due_at = 0")))


async def test_old_posts_go_and_what_is_kept_stays(db, make, do, events):
    author, other = await make.member(), await make.member()
    old = now_ms() - 20 * DAY
    gone = await make.post(author, "gone", at=old)
    await make.post(author, "direct", at=old + 1, visibility="direct")
    pinned = await make.post(author, "pinned", at=old + 2)
    liked = await make.post(author, "liked", at=old + 3)
    kept = await make.post(author, "bookmarked", at=old + 4)
    await make.post(author, "young")
    await make.post(other, "others", at=old)
    await do(posts.pin, pinned.id, by=author.id)
    await do(posts.favourite, liked.id, by=author.id)
    await do(posts.bookmark, kept.id, by=author.id)
    await do(posts.favourite, gone.id, by=other.id)
    before = len(await events())
    await posts.delete_old(db, posts.DeleteOld())
    assert len(await living(db, author)) == 6  # nobody asked for it yet
    await do(posts.change_auto_delete, author.id, ON)
    await posts.delete_old(db, posts.DeleteOld())
    assert await living(db, author) == ["direct", "pinned", "liked", "bookmarked", "young"]
    assert await living(db, other) == ["others"]
    assert [(type(one), one.post_id) for one in (await events())[before:]] == [(posts.PostDeleted, gone.id)]
    counts = Sql(sql("SELECT posts FROM account_counts WHERE account_id = :a"))
    assert await db.value(counts, a=author.id) == 5  # `make` counts direct ones too
    # It rests, and what somebody lets go goes in the next round.
    await do(posts.unpin, pinned.id, by=author.id)
    await posts.delete_old(db, posts.DeleteOld())
    assert "pinned" in await living(db, author)
    await due(db)
    await posts.delete_old(db, posts.DeleteOld())
    assert await living(db, author) == ["direct", "liked", "bookmarked", "young"]
    # Other rules begin at once.
    await do(posts.change_auto_delete, author.id, NONE_KEPT)
    await posts.delete_old(db, posts.DeleteOld())
    assert await living(db, author) == ["young"]
    # And none.
    await do(posts.change_auto_delete, author.id, posts.AutoDelete(enabled=False))
    await due(db)
    await posts.delete_old(db, posts.DeleteOld())
    assert await living(db, author) == ["young"]


async def test_boosts_go_too(db, make, do, events):
    author, other = await make.member(), await make.member()
    shown = await make.post(other, "shown")
    boost = await do(posts.boost, shown.id, by=author.id)
    async with db.begin() as tx:  # as old as can be: its id says when
        old = id_at(now_ms() - 30 * DAY)
        await tx.run(Sql(sql("DELETE FROM post_counts WHERE post_id = :id")), id=boost.id)
        await tx.run(Sql(sql("UPDATE posts SET id = :old, thread_id = :old WHERE id = :id")), old=old, id=boost.id)
        await tx.run(Sql(sql("INSERT INTO post_counts (post_id) VALUES (:old)")), old=old)
        await tx.run(Sql(sql("UPDATE interactions SET boost_id = :old")), old=old)
    await do(posts.change_auto_delete, author.id, ON)
    await posts.delete_old(db, posts.DeleteOld())
    assert posts.PostDeleted(post_id=old, author_id=author.id, boost_of_id=shown.id) in await events()
    assert await living(db, other) == ["shown"]


async def test_a_long_history_goes_bit_by_bit(db, make, do, monkeypatch):
    monkeypatch.setattr(auto_delete, "_PAUSE_S", 0)
    author, second = await make.member(), await make.member()
    old = now_ms() - 60 * DAY
    rows = [
        {"id": id_at(old + number), "author": one.id, "text": f"{number}"}
        for one, start in ((author, 0), (second, 5_000))
        for number in range(start, start + 260)
    ]
    async with db.begin() as tx:
        columns, values = (
            "id, author_id, text, visibility, thread_id, created_at",
            ":id, :author, :text, 'public', :id, 1",
        )
        add = f"INSERT INTO posts ({columns}) VALUES ({values})"
        await tx.many(Sql(sql(add)), rows)
        await tx.many(Sql(sql("INSERT INTO post_counts (post_id) VALUES (:id)")), [{"id": row["id"]} for row in rows])
    await do(posts.change_auto_delete, author.id, ON)
    await do(posts.change_auto_delete, second.id, ON)
    await posts.delete_old(db, posts.DeleteOld())
    # 20 transactions of 10 posts each, the oldest first; then it was the other's turn.
    assert await living(db, author) == [f"{number}" for number in range(200, 260)]
    assert len(await living(db, second)) == 60
    await posts.delete_old(db, posts.DeleteOld())
    assert len(await living(db, author)) == 60  # not before five minutes are over
    await due(db)
    await posts.delete_old(db, posts.DeleteOld())
    assert await living(db, author) == await living(db, second) == []


@pytest.mark.parametrize(
    "wrong", [{"min_age": 604_799}, {"min_age": 63_113_905}, {"min_favourites": 0}, {"min_boosts": -1}]
)
async def test_refusals(db, make, do, wrong):
    author = await make.member()
    with pytest.raises(posts.AutoDeleteRefused):
        await do(posts.change_auto_delete, author.id, posts.AutoDelete(**wrong))
    assert await posts.auto_delete_of(db, author.id) == posts.AutoDelete()
