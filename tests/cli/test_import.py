"""`dunnock import posts`, as a process, on small files of each format."""

from __future__ import annotations

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

HEADER = [
    "tweetid", "userid", "user_display_name", "user_screen_name", "user_reported_location",
    "user_profile_description", "user_profile_url", "follower_count", "following_count", "account_creation_date",
    "account_language", "tweet_language", "tweet_text", "tweet_time", "tweet_client_name", "in_reply_to_userid",
    "in_reply_to_tweetid", "quoted_tweet_tweetid", "is_retweet", "retweet_userid", "retweet_tweetid", "latitude",
    "longitude", "quote_count", "reply_count", "like_count", "retweet_count", "hashtags", "urls", "user_mentions",
    "poll_choices",
]  # fmt: skip
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


def command(data: Path, *arguments: object) -> list[str]:
    return [sys.executable, "-m", "dunnock", "import", "posts", *map(str, arguments), "--data", str(data)]


def run(data: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(data, *arguments), capture_output=True, text=True, timeout=120, check=False)


def ask(data: Path, sql: str) -> list[tuple]:
    conn = sqlite3.connect(data / "dunnock.db")
    try:
        return conn.execute(sql).fetchall()
    finally:
        conn.close()


def parquet(path: Path, rows: int, *, authors: int = 10) -> Path:
    duckdb.connect().execute(
        f"""COPY (SELECT 'a_' || (i % {authors}) AS account_id, 'p_' || i AS post_id,
                  TIMESTAMP '2015-08-07 12:00:00' + to_seconds(i // 20) AS created_at,
                  'The wren number ' || i || ' sings #birds' AS "text", 'English' AS lang, ['birds'] AS hashtags,
                  CASE WHEN i % 10 = 3 THEN 'p_' || (i - 1) END AS in_reply_to, false AS is_repost
                  FROM range({rows}) t(i)) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 3000)"""
    )
    return path


def tweets(path: Path, *rows: dict[str, str], header: list[str] = HEADER) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def tweet(number: int, **more: str) -> dict[str, str]:
    return {
        "tweetid": str(number), "userid": "f" * 64, "user_screen_name": "f" * 64, "user_display_name": "f" * 64,
        "tweet_language": "en", "tweet_text": f"Tweet {number}", "tweet_time": "2016-03-01 10:15", "hashtags": "[]",
        "is_retweet": "false",
    } | more  # fmt: skip


def test_parquet_comes_in_once(tmp_path):
    data, file = tmp_path / "data", parquet(tmp_path / "posts.parquet", 2500)
    first = run(data, file)
    assert first.returncode == 0, first.stderr
    assert "2,500 posts imported" in first.stdout
    assert "250 replies linked" in first.stdout
    state = ask(data, "SELECT * FROM posts ORDER BY id"), ask(data, "SELECT * FROM event_log")
    assert ask(data, "SELECT count(*), min(created_at), sum(imported), count(reply_to_id) FROM posts") == [
        (2500, 1438948800000, 2500, 250)
    ]
    assert ask(data, "SELECT count(*), sum(posts) FROM account_counts") == [(10, 2500)]
    assert ask(data, "SELECT language, count(*) FROM posts GROUP BY 1") == [("en", 2500)]
    again = run(data, file)
    assert "0 posts imported" in again.stdout
    other = run(data, parquet(tmp_path / "other.parquet", 2600))
    assert "100 posts imported" in other.stdout
    assert "2,500 were here already" in other.stdout
    assert state[0] == ask(data, "SELECT * FROM posts ORDER BY id LIMIT 2500")


def test_twitters_archive(tmp_path):
    reordered = [*HEADER[:15], "in_reply_to_tweetid", "in_reply_to_userid", *HEADER[17:]]
    file = tweets(
        tmp_path / "set_tweets_csv_hashed.csv",
        tweet(1, tweet_text="Look, a #Wren\nand a robin", hashtags="[wren, robin]"),
        tweet(2, in_reply_to_tweetid="1", userid="77", user_screen_name="RealName", user_display_name="Real Name"),
        tweet(3, tweet_time="yesterday"),
        tweet(4, tweet_text=""),
        tweet(5, is_retweet="true", tweet_text="RT @x: hello", tweet_language="iw"),
        header=reordered,
    )
    with file.open("ab") as raw:
        raw.write(b'6,short row\n7,"\xff\xfe bytes"' + b"," * 29 + b"\n")
    data = tmp_path / "data"
    done = run(data, file)
    assert done.returncode == 0, done.stderr
    assert "3 posts imported" in done.stdout
    assert "1 replies linked" in done.stdout
    assert "4 rows left out" in done.stdout
    assert "row 3: it has no date that can be read" in done.stdout
    assert "row 4: it has no text" in done.stdout
    assert "row 6: it has 2 fields, the header has 31" in done.stdout
    posts = ask(data, "SELECT text, language, hashtags, created_at FROM posts")
    assert ("Look, a #Wren\nand a robin", "en", '["Wren","robin"]', 1456827300000) in posts
    assert ("RT @x: hello", "he", "[]", 1456827300000) in posts
    names = dict(ask(data, "SELECT username, display_name FROM accounts WHERE imported"))
    assert len(names) == 2
    assert any(name.startswith("realname_") and shown == "Real Name" for name, shown in names.items())
    child = ask(
        data,
        "SELECT p.text, c.reply_to_author_id = p.author_id, c.thread_id = p.id FROM posts c JOIN posts p"
        " ON p.id = c.reply_to_id",
    )
    assert child == [("Look, a #Wren\nand a robin", 1, 1)]


def test_a_mastodon_export(tmp_path):
    me = "https://there.example/users/ann"

    def create(number: int, **note: object) -> dict[str, object]:
        base = {
            "type": "Note", "id": f"{me}/statuses/{number}", "published": f"2022-11-0{number}T08:00:00Z",
            "content": f"<p>Hello {number}</p>", "to": [PUBLIC], "cc": [],
        }  # fmt: skip
        return {"type": "Create", "actor": me, "object": base | note}

    items = [
        create(1, content='<p>Hi <a href="https://x.example">x</a><script>alert(1)</script></p>', contentMap={"de": "x"},
               tag=[{"type": "Hashtag", "name": "#moos"}], summary="moss", sensitive=True),
        create(2, to=[f"{me}/followers"], cc=[PUBLIC], inReplyTo=f"{me}/statuses/1"),
        create(3, to=[f"{me}/followers"]),
        {"type": "Announce", "actor": me, "object": "https://x.example/1"},
        "nonsense",
        create(4, published=None),
    ]  # fmt: skip
    (tmp_path / "outbox.json").write_text(json.dumps({"orderedItems": items}))
    (tmp_path / "actor.json").write_text(json.dumps({"preferredUsername": "ann", "name": "Ann"}))
    data = tmp_path / "data"
    done = run(data, tmp_path / "outbox.json")
    assert done.returncode == 0, done.stderr
    assert "2 posts imported" in done.stdout
    assert "1 replies linked" in done.stdout
    assert "4 rows left out" in done.stdout
    assert "row 3: it is not public" in done.stdout
    rows = ask(data, "SELECT text, html, warning, sensitive, visibility, language, hashtags FROM posts ORDER BY id")
    assert rows[0][0] == "Hi x"
    assert "script" not in rows[0][1]
    assert 'href="https://x.example"' in rows[0][1]
    assert rows[0][2:] == ("moss", 1, "public", "de", '["moos"]')
    assert rows[1][4] == "unlisted"
    ((name, shown),) = ask(data, "SELECT username, display_name FROM accounts WHERE imported")
    assert name.startswith("ann_")
    assert shown == "Ann"


def test_killed_it_goes_on_where_it_was(tmp_path):
    file = parquet(tmp_path / "posts.parquet", 30_000, authors=500)
    clean, killed = tmp_path / "clean", tmp_path / "killed"
    assert run(clean, file).returncode == 0
    kills, middle = 0, 0
    for wait in (2_000, 9_000, 17_000):
        process = subprocess.Popen(command(killed, file), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 60
        done = 0
        while process.poll() is None and time.monotonic() < end:
            try:
                done = ask(killed, "SELECT coalesce(max(done), 0) FROM imports")[0][0]
            except sqlite3.Error:
                done = 0  # no schema yet
            if done >= wait:
                break
            time.sleep(0.01)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        process.wait()
        middle = ask(killed, "SELECT count(*) FROM posts")[0][0]
        assert middle == ask(killed, "SELECT done FROM imports WHERE source NOT LIKE '% replies'")[0][0]
    assert kills
    last = run(killed, file)
    assert last.returncode == 0, last.stderr
    assert f"{30_000 - middle:,} posts imported" in last.stdout
    for sql in (
        "SELECT id, text, html, created_at, reply_to_id, thread_id FROM posts ORDER BY id",
        "SELECT username, created_at, posts, last_post_at FROM accounts JOIN account_counts ON id = account_id ORDER BY 1",
        "SELECT count(*), count(DISTINCT post_id) FROM hashtag_posts",
        "SELECT sum(replies), count(*) FROM post_counts",
        "SELECT sum(body ->> 'count') FROM event_log WHERE kind = 'PostsImported'",
        "SELECT key, post_id FROM imported_posts ORDER BY 1",
    ):
        assert ask(killed, sql) == ask(clean, sql)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("missing.parquet", None, "can't be read"),
        ("broken.parquet", b"PAR1 and then nothing", "no readable Parquet file"),
        ("notes.txt", b"hello", "Choose with --format"),
        ("outbox.json", b"{not json", "no valid JSON"),
        ("other.json", b'{"a": 1}', "no list `orderedItems`"),
    ],
)
def test_a_broken_file_says_what_is_wrong(tmp_path, name, content, says):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = run(tmp_path / "data", tmp_path / name)
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_table_without_posts_says_which_columns_are_missing(tmp_path):
    file = tmp_path / "x.parquet"
    duckdb.connect().execute(f"COPY (SELECT 1 AS account_id, 'x' AS words) TO '{file}' (FORMAT parquet)")
    done = run(tmp_path / "data", file)
    assert done.returncode == 1
    assert "has no column post_id, created_at, text" in done.stderr
