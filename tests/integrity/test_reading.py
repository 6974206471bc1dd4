"""Tables of posts become observations: columns of ours, and of Twitter's archive."""

import datetime as dt
import gzip
import json

import duckdb
import numpy as np
import pytest

from dunnock.integrity.coaction import Trace
from dunnock.integrity.reading import BadTable, Posts


def parquet(path, select):
    duckdb.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    return path


def things(posts, trace):
    """Sets of posts that did something to the same object."""
    seen = posts.seen()
    rows = np.flatnonzero(seen.trace == trace)
    by = {}
    for row in rows:
        by.setdefault(int(seen.object[row]), set()).add(int(seen.post[row]))
    return sorted(sorted(one) for one in by.values())


@pytest.fixture
def table(tmp_path):
    return parquet(
        tmp_path / "posts.parquet",
        """SELECT * FROM (VALUES
        ('b', 'p0', TIMESTAMP '2026-01-01 00:00:00', 'Hello, World! @x', false, NULL, ['Tea', 'milk', 'TEA'],
         ['https://www.Shop.example/a/?id=1&utm_source=x']),
        ('a', 'p1', TIMESTAMP '2026-01-01 00:00:10', 'hello world', false, NULL, ['milk', 'tea'],
         ['http://shop.example/a?utm_medium=y&id=1#top', 'https://t.co/abc']),
        ('c', 'p2', TIMESTAMP '2026-01-01 00:00:20', 'hello world', true, 'a', [], ['https://t.co/abc']),
        ('c', 'p3', TIMESTAMP '2026-01-02 00:00:00', '', true, 'zoe', NULL, ['https://shop.example/a?id=2']),
        ('', 'p4', TIMESTAMP '2026-01-02 00:00:00', 'no account', false, NULL, NULL, NULL),
        ('d', 'p5', NULL, 'no date', false, NULL, NULL, NULL)
        ) AS t(account_id, post_id, created_at, text, is_repost, repost_of_author, hashtags, urls)""",
    )


def test_what_posts_have_in_common(table):
    with Posts([table]) as posts:
        assert posts.accounts == ["a", "b", "c"]
        assert posts.author.tolist() == [1, 0, 2, 2]
        assert posts.at.tolist()[1] - posts.at.tolist()[0] == 10
        assert things(posts, Trace.TEXT) == [[0, 1, 2]]
        assert things(posts, Trace.TAGS) == [[0, 1]]
        assert things(posts, Trace.TAG) == [[0, 1], [0, 1]]
        assert things(posts, Trace.LINK) == [[0, 1], [3]]
        assert things(posts, Trace.BOOSTED) == [[2], [3]]
        boosts = posts.boosts()
        assert (boosts.booster.tolist(), boosts.author.tolist()) == ([2, 2], [0, -1])
        assert posts.ids(np.array([3, 0, 3])) == {0: "p0", 3: "p3"}


def test_the_same_hashtags_in_another_order_are_one_thing_and_one_alone_is_none(tmp_path):
    table = parquet(
        tmp_path / "posts.parquet",
        """SELECT * FROM (VALUES ('a', 'p0', 1, ['x', 'y', 'z']), ('b', 'p1', 2, ['Z', 'y', 'X', 'x']), ('c', 'p2', 3, ['x','y']),
        ('d', 'p3', 4, ['x', 'X']), ('a', 'p0', 5, ['x', 'y'])) AS t(account_id, post_id, created_at, hashtags)""",
    )
    with Posts([table]) as posts:
        assert things(posts, Trace.TAGS) == [[0, 1], [2]]
        assert posts.at.tolist() == [1, 2, 3, 4]


def test_without_text_nothing_of_what_was_written_is_read(table):
    with Posts([table], text=False) as posts:
        assert set(posts.seen().trace.tolist()) == {Trace.TAGS, Trace.TAG, Trace.LINK, Trace.BOOSTED}


def test_a_boost_of_a_known_post_has_no_text_of_its_own(tmp_path):
    path = parquet(
        tmp_path / "p.parquet",
        """SELECT 'a' AS account_id, i AS post_id, 1780000000 + i AS created_at, 'the very same words of somebody else' AS text,
        i > 0 AS is_repost, CASE WHEN i > 1 THEN '77' END AS repost_of FROM range(4) t(i)""",
    )
    with Posts([path]) as posts:
        assert things(posts, Trace.REPOST) == [[2, 3]]
        assert things(posts, Trace.TEXT) == [[0, 1]]
        assert {tuple(one) for one in things(posts, Trace.NEAR_TEXT)} == {(0,)}
        assert posts.at.tolist() == [1780000000, 1780000001, 1780000002, 1780000003]


def test_a_post_in_two_files_is_one_post(table, tmp_path):
    again = parquet(tmp_path / "again.parquet", f"SELECT * FROM '{table}' WHERE post_id IN ('p0', 'p3')")
    told = []
    with Posts([table, again], tell=told.append) as posts:
        assert len(posts) == 4
    assert told == [
        "posts.parquet: 4 posts; left out: 1 without account, 1 without a date that can be read", "again.parquet: 2 posts"
    ]  # fmt: skip


def test_two_posts_whose_names_hash_alike_are_two(tmp_path):
    """DuckDB's hash of both together is the same for these, found among four million."""
    path = parquet(
        tmp_path / "p.parquet",
        "SELECT * FROM (VALUES ('person129087', 'p3398602', 1780000000), ('person199087', 'p3698602', 1780000001))"
        " AS t(account_id, post_id, created_at)",
    )
    with Posts([path]) as posts:
        assert len(posts) == 2


def test_twitters_archive(tmp_path):
    path = tmp_path / "x_tweets_csv_hashed.csv"
    path.write_text(
        "tweetid,userid,tweet_text,tweet_time,is_retweet,retweet_userid,retweet_tweetid,hashtags,urls,user_mentions\n"
        '1,u1,"RT one, two\nlines",2020-01-01 10:00,true,u9,77,"[tea, milk]",[],[u5]\n'
        "2,u2,something else,2020-01-01 10:01,True,u9,77,\"['milk', 'tea']\",[https://a.example/x],\n"
        "3,u2,plain,no date,false,,,[],[],[]\n"
    )
    with Posts([path]) as posts:
        assert posts.is_repost.tolist() == [True, True]
        assert things(posts, Trace.REPOST) == [[0, 1]]
        assert things(posts, Trace.TAGS) == [[0, 1]]
        assert things(posts, Trace.MENTION) == [[0]]
        assert posts.at[0] == dt.datetime(2020, 1, 1, 10, tzinfo=dt.UTC).timestamp()


def test_what_is_no_table_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("id,name\n1,x\n")
    with pytest.raises(BadTable) as refused:
        Posts([tmp_path / "a.csv"])
    assert "has no column account_id or userid" in refused.value.text
    (tmp_path / "b.parquet").write_bytes(b"PAR1 but not at all")
    with pytest.raises(BadTable):
        Posts([tmp_path / "b.parquet"])
    with pytest.raises(BadTable):
        Posts([tmp_path / "none.csv"])


ROWS = [
    {"account_id": "b", "post_id": "p0", "created_at": "2026-01-01T00:00:00Z", "text": "hello, world", "hashtags": ["Tea","milk"],
     "urls": ["https://shop.example/a?b=1,2"]},
    {"account_id": "a", "post_id": "p1", "created_at": "2026-01-01T02:00:10+02:00", "text": "Hello World", "hashtags": []},
    {"account_id": "a", "post_id": "p1", "created_at": "2026-01-02T00:00:00Z", "text": "again"},
    {"account_id": "c", "post_id": "p2", "created_at": "2026-01-01T00:00:20Z", "text": 'one\n"two"', "hashtags": ["milk", "tea"],
     "urls": ["https://www.shop.example/a?b=1,2#x", "https://shop.example/a?b=1"], "is_repost": True, "repost_of": 7},
]  # fmt: skip


def lines(path, rows):
    packed = path.suffix == ".gz"
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(data) if packed else data)
    return path


def array(path, rows):
    path.write_text(" \n" + json.dumps(rows, indent=1))
    return path


@pytest.mark.parametrize(
    ("write", "name"), [(lines, "posts.jsonl"), (lines, "posts.jsonl.gz"), (array, "posts.json"), (lines, "named.csv")]
)
def test_json_of_any_name(tmp_path, write, name):
    with Posts([write(tmp_path / name, ROWS)]) as posts:
        assert posts.accounts == ["a", "b", "c"]
        assert posts.author.tolist() == [1, 0, 2]
        assert (posts.at - posts.at[0]).tolist() == [0, 10, 20]
        assert posts.is_repost.tolist() == [False, False, True]
        assert things(posts, Trace.TEXT) == [[0, 1]]
        assert things(posts, Trace.TAGS) == [[0, 2]]
        assert things(posts, Trace.LINK) == [[0, 2], [2]]
        assert things(posts, Trace.REPOST) == [[2]]


@pytest.mark.parametrize("write", [lines, array])
def test_numbers_and_dates_in_one_column_and_what_is_neither(tmp_path, write):
    moments = [
        1_767_225_600,
        "1767225601",
        1_767_225_602_000,
        "2026-01-01",
        "2026-01-01 00:00:03.9",
        "no date",
        "nan",
        "-5",
        None,
        1e300,
    ]
    rows = [{"account_id": "a", "post_id": f"p{n}", "created_at": at} for n, at in enumerate(moments)]
    rows.append({"account_id": None, "post_id": "", "created_at": 1_767_225_600})
    told = []
    with Posts([write(tmp_path / "posts.json", rows)], tell=told.append) as posts:
        assert posts.at.tolist() == [1_767_225_600 + n for n in (0, 1, 2, 0, 3)]
    assert told == ["posts.json: 5 posts; left out: 1 without account, 1 without id, 5 without a date that can be read"]


def test_seconds_and_dates_of_zones_in_csv(tmp_path):
    path = tmp_path / "posts.csv"
    path.write_text(
        "account_id,post_id,created_at\na,1,1767225600\nb,2,1767225601000\nc,3,1767225602.7\n"
        "a,4,2026-01-01 02:00:03+02:00\na,5,2025-12-31T19:00:04-05:00\na,6,2026-01-01T00:00:05.9Z\na,7,2026-01-01 00:00:06\n"
        "a,8,infinity\na,9,\n"
    )
    with Posts([path]) as posts:
        assert posts.at.tolist() == [1_767_225_600 + n for n in range(7)]


def test_a_table_of_which_no_row_is_a_post_is_refused_with_the_reason(tmp_path):
    path = tmp_path / "posts.csv"
    path.write_text("account_id,post_id,created_at\na,1,yesterday\n,2,soon\n")
    with pytest.raises(BadTable) as refused:
        Posts([path])
    assert refused.value.text.endswith(
        "has no post with an account, an id and a date: of 2 rows 1 without account, 2 without a date that can be read."
    )
    path.write_text("account_id,post_id,created_at\n")
    with Posts([path]) as posts:
        assert len(posts) == 0


@pytest.mark.parametrize("broken", ['{"account_id": "a", "post_id": ', '[{"account_id": 1}, ', '{"a": 1}\nnothing\n'])
def test_broken_json_is_refused(tmp_path, broken):
    path = tmp_path / "posts.json"
    path.write_text(broken)
    with pytest.raises(BadTable):
        Posts([path])


def test_what_only_begins_like_gzip_is_refused(tmp_path):
    path = tmp_path / "posts.jsonl.gz"
    path.write_bytes(b"\x1f\x8b\x08 and no more")
    with pytest.raises(BadTable):
        Posts([path])
