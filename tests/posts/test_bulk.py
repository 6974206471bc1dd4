"""Bulk imports through the face, on both engines."""

from __future__ import annotations

from sqlalchemy import func, select

from dunnock.accounts import bulk as accounts_bulk
from dunnock.accounts import tables as a
from dunnock.accounts.events import AccountMade
from dunnock.foundation.db import Sql
from dunnock.posts import tables as p
from dunnock.posts.bulk import BadRow, Import, SourcePost
from dunnock.posts.events import PostsImported

NOON = 1_440_000_000_000
POSTS = Sql(
    select(
        p.posts.c.id,
        p.posts.c.author_id,
        p.posts.c.text,
        p.posts.c.html,
        p.posts.c.created_at,
        p.posts.c.imported,
        p.posts.c.language,
        p.posts.c.hashtags,
        p.posts.c.reply_to_id,
        p.posts.c.thread_id,
    ).order_by(p.posts.c.id)
)
ACCOUNTS = Sql(
    select(
        a.accounts.c.username,
        a.accounts.c.display_name,
        a.accounts.c.imported,
        a.accounts.c.created_at,
        a.account_counts.c.posts,
        a.account_counts.c.last_post_at,
    )
    .join_from(a.accounts, a.account_counts)
    .order_by(a.accounts.c.username)
)
TAGGED = Sql(
    select(p.hashtags.c.key, func.count())
    .join_from(p.hashtags, p.hashtag_posts)
    .group_by(p.hashtags.c.key)
    .order_by(p.hashtags.c.key)
)
COUNTS = Sql(select(p.post_counts.c.post_id, p.post_counts.c.replies).order_by(p.post_counts.c.post_id))


def post(number: int, *, author: str = "a_1", at: int = NOON, words: str = "", **more) -> SourcePost:
    return SourcePost(
        row=number, key=f"p_{number}", author=author, at=at, text=words or f"Words number {number}", **more
    )


def new_import(db, source="file 1", total=10) -> Import:
    return Import(db, source, total=total, public_url="https://here.example")


async def test_a_chunk_brings_posts_accounts_hashtags_and_counts(db, events):
    work = new_import(db)
    outcome = await work.add(
        [
            post(1, at=NOON + 5000, words="Hi @u_12ab #Birds http://t.co/x", language="en", hashtags=("birds", "More")),
            post(2, display_name="Ann  B."),
            post(3, author="a_2", at=NOON + 9000, display_name="Bo"),
            BadRow(4, "it has no text"),
        ],
        done=4,
    )
    assert (outcome.added, outcome.known, outcome.bad) == (3, 0, [BadRow(4, "it has no text")])
    rows = await db.all(POSTS)
    assert [row[4] for row in rows] == [NOON, NOON + 5000, NOON + 9000]
    assert [row[0] >> 16 for row in rows] == [row[4] for row in rows]
    assert all(row[5] for row in rows)
    assert rows[1][2] == "Hi @u_12ab #Birds http://t.co/x"
    assert '<a href="https://here.example/tags/birds"' in rows[1][3]
    assert "Hi @u_12ab <a" in rows[1][3]
    assert rows[1][6] == "en"
    assert rows[1][7] == '["Birds","More"]'
    assert rows[0][9] == rows[0][0]
    assert [(r[0], r[1], bool(r[2]), *r[3:]) for r in await db.all(ACCOUNTS)] == [
        ("a_1", "Ann B.", True, NOON, 2, NOON + 5000),
        ("a_2", "Bo", True, NOON + 9000, 1, NOON + 9000),
    ]
    assert await db.all(TAGGED) == [("birds", 1), ("more", 1)]
    assert [row[1] for row in await db.all(COUNTS)] == [0, 0, 0]
    heard = await events()
    assert sorted(e.kind for e in heard) == ["AccountMade", "AccountMade", "PostsImported"]
    told = next(e for e in heard if isinstance(e, PostsImported))
    assert told == PostsImported(source="file 1", count=3, first_id=rows[0][0], last_id=rows[2][0])
    assert await work.done() == 4


async def test_the_same_posts_come_once_whatever_the_file(db, events):
    rows = [post(n) for n in range(1, 6)]
    assert (await new_import(db).add(rows, done=5)).added == 5
    before, counts = await db.all(POSTS), await db.all(ACCOUNTS)
    heard = len(await events())
    again = await new_import(db, "file 2").add([*rows, rows[0]], done=6)
    assert (again.added, again.known) == (0, 6)
    assert await db.all(POSTS) == before
    assert await db.all(ACCOUNTS) == counts
    assert len(await events()) == heard
    mixed = await new_import(db, "file 3").add([rows[2], post(6), post(6)], done=3)
    assert (mixed.added, mixed.known) == (1, 2)


async def test_many_posts_of_one_moment_have_ids_of_their_own(db):
    rows = [post(n, author=f"a_{n % 7}", words=f"w {n}") for n in range(1, 1501)]
    work = new_import(db)
    assert (await work.add(rows[:700], done=700)).added == 700
    assert (await work.add(rows[700:], done=1500)).added == 800
    found = await db.all(POSTS)
    assert len({row[0] for row in found}) == 1500
    assert {row[0] >> 16 for row in found} == {NOON}
    assert {row[2] for row in found} == {f"w {n}" for n in range(1, 1501)}


async def test_ids_do_not_depend_on_how_the_file_was_cut(db):
    rows = [post(n) for n in range(1, 21)]
    work = new_import(db)
    for at in range(0, 20, 3):
        await work.add(rows[at : at + 3], done=at + 3)
    cut = {row[2]: row[0] for row in await db.all(POSTS)}
    from dunnock.foundation.ids import id_for

    assert cut == {one.text: id_for(one.at, one.key) for one in rows}


async def test_replies_are_linked_in_whichever_order_they_come(db):
    # 1 <- 2 <- 3, 2 <- 4; 5 answers what is not there; 6 and 7 answer each other
    work = new_import(db)
    await work.add([post(n, at=NOON + n, author=f"a_{n}") for n in range(1, 8)], done=7)
    first = await work.link([("p_3", "p_2"), ("p_4", "p_2"), ("p_5", "p_0")], done=3, total=6)
    second = await work.link([("p_2", "p_1"), ("p_6", "p_7"), ("p_7", "p_6"), ("p_1", "p_1")], done=6, total=6)
    assert (first, second) == (2, 2)
    rows = {int(row[2].split()[-1]): row for row in await db.all(POSTS)}
    number = {row[0]: n for n, row in rows.items()}
    assert {n: number.get(row[8]) for n, row in rows.items()} == {1: None, 2: 1, 3: 2, 4: 2, 5: None, 6: 7, 7: None}
    assert {n: number[row[9]] for n, row in rows.items()} == {1: 1, 2: 1, 3: 1, 4: 1, 5: 5, 6: 7, 7: 7}
    assert {number[post_id]: n for post_id, n in await db.all(COUNTS)} == {1: 1, 2: 2, 3: 0, 4: 0, 5: 0, 6: 0, 7: 1}
    assert await work.link([("p_3", "p_2"), ("p_2", "p_1")], done=6, total=6) == 0
    assert await work.linked() == 6


async def test_an_import_never_takes_over_a_members_account(db, make):
    member = await make.member("a_1")
    await new_import(db).add([post(1)], done=1)
    await new_import(db, "file 2").add([post(2)], done=1)
    rows = await db.all(ACCOUNTS)
    assert (rows[0][0], bool(rows[0][2]), rows[0][4]) == ("a_1", False, 0)
    assert rows[1][0].startswith("a_1_")
    assert rows[1][4] == 2
    assert member.id not in {row[1] for row in await db.all(POSTS)}


async def test_an_account_is_as_old_as_its_first_post(db, events):
    work = new_import(db)
    await work.add([post(1, at=NOON)], done=1)
    await work.add([post(2, at=NOON - 1000), post(3, at=NOON + 1000)], done=3)
    assert (await db.all(ACCOUNTS))[0][3:] == (NOON - 1000, 3, NOON + 1000)
    assert sum(isinstance(e, AccountMade) for e in await events()) == 1


async def test_bad_dates_and_bad_text_are_left_out_and_long_text_is_cut(db):
    bad_dates = [post(1, at=-5), post(2, at=99_999_999_999_999)]
    words = [post(3, words="a \ud800"), post(4, words="x" * 20_000), post(5, words=" \n\0")]
    outcome = await new_import(db).add([*bad_dates, *words], done=5)
    assert [one.row for one in outcome.bad] == [1, 2, 3, 5]
    assert outcome.added == 1
    assert len((await db.all(POSTS))[0][2]) == 10_000


def test_names_are_valid_and_steady():
    def names(key, name=""):
        return accounts_bulk.names_for(accounts_bulk.Newcomer(key, name or key, "", 0))

    assert names("a_01051dd8e8b4")[0] == "a_01051dd8e8b4"
    assert names("admin")[0] != "admin"
    assert names("ABC")[0] != names("abc")[0]
    assert names("https://there.example/users/ann", "ann")[0].startswith("ann_")
    for key in ("x" * 64, "日本", "a b+c/=", "A.b-c"):
        for name in names(key):
            assert len(name) <= 30
            assert name.isascii()
            assert name.replace("_", "a").isalnum()
