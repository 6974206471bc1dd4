"""Spark and DuckDB compute the same expressions: from the same tables come the same observations and the same flags."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from dunnock.cli.drills import worlds
from dunnock.cli.integrity import scan
from dunnock.integrity import engines
from dunnock.integrity.engines import EngineMissing
from integrity.spark.program import observed
from stories.packages import site_packages

_HERE = Path(__file__).parent / "spark"
_ROOT = Path(__file__).parents[2]


def java() -> int:
    """The version of Java here; 0 where there is none."""
    home = os.environ.get("JAVA_HOME")
    program = f"{home}/bin/java" if home else shutil.which("java")
    if not program:
        return 0
    told = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr
    return int(found[1]) if (found := re.search(r'version "(\d+)', told)) else 0


_JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""To compile itself well, and to collect in parallel, is twice the work of these small tables."""
_SETTINGS = (
    "spark.sql.codegen.wholeStage=false",
    "spark.sql.codegen.factoryMode=NO_CODEGEN",
    "spark.sql.adaptive.enabled=false",
)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """What Spark made: the folder with the tables, what it observed in them (JSON), and its flags of `world.parquet`."""
    if java() < 17:
        pytest.skip("Spark needs Java 17 or newer, and this machine has none")
    packages, folder = site_packages(_HERE), tmp_path_factory.mktemp("spark")
    files = [parquet(folder / "posts.parquet"), archive(folder / "it's tweets.csv"), lines(folder / "more.jsonl")]
    world = worlds.two_levels(3, core=40, amplifiers=200, people=500, boosts=2_400).save(folder / "world.parquet")
    there = os.pathsep.join([str(_ROOT / "src"), str(packages)])
    given = " ".join(f"--conf {one}" for one in _SETTINGS) + " pyspark-shell"
    done = subprocess.run(
        [sys.executable, "-P", _HERE / "program.py", "spark", folder / "spark.json", folder / "spark.csv", world, *files],
        capture_output=True, text=True, timeout=500, check=False,
        env=os.environ | {"PYTHONPATH": there, "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1",
                          "JDK_JAVA_OPTIONS": _JVM, "PYSPARK_SUBMIT_ARGS": given},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3_000:]
    return folder, files


def parquet(path):
    """A table of ours with all that differs between engines if one lets it: letters, lists, nulls, parts of seconds."""
    duckdb.execute(
        f"""COPY (SELECT * FROM (VALUES
        ('b', 'p0', TIMESTAMPTZ '2026-01-01 00:00:00.900+00', 'Grüße, WELT! @x_1 — «ça» va? 日本語、テスト。', NULL, false, NULL,
         NULL, ['Tea', 'milk', 'TEA', NULL, ''], ['https://www.Shop.example/a/?id=1&utm_source=x&a'], ['zoe'], NULL,
         ['f1', 'f2']),
        ('a', 'p1', TIMESTAMPTZ '2026-01-01 02:00:10+02', '  grüße welt ça va 日本語 テスト', NULL, false, NULL, NULL,
         ['milk', 'tea'], ['http://shop.example/a?utm_medium=y&id=1&a#top', 'https://t.co/abc', 'ftp', ''], [], 'p0', ['f2']),
        ('c', 'p2', TIMESTAMPTZ '2026-01-01 00:00:20+00', E'one\nline\tand 🌍 another https://x.example/ہے end', 'key', NULL,
         NULL, NULL, [], ['https://t.co/abc'], NULL, 'p0', NULL),
        ('c', 'p3', TIMESTAMPTZ '2026-01-02 00:00:00+00', 'the very same words of somebody who wrote a long text', NULL, true,
         'p0', 'b', NULL, ['https://shop.example/a?id=2'], ['zoe', 'Zoe'], '', NULL),
        ('é', 'p4', TIMESTAMPTZ '2026-01-02 00:00:01+00', 'the very same words of somebody who wrote a long text', '', true,
         '', 'zoe', NULL, NULL, NULL, NULL, NULL),
        ('z', 'p5', TIMESTAMPTZ '2026-01-02 00:00:02+00', 'the very same words of somebody who wrote a long text!', '', false,
         NULL, NULL, NULL, NULL, NULL, NULL, NULL),
        ('c', 'p3', TIMESTAMPTZ '2026-01-03 00:00:00+00', 'changed', NULL, false, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
        ('', 'p6', TIMESTAMPTZ '2026-01-02 00:00:00+00', 'no account', NULL, false, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
        ('d', 'p7', NULL, 'no date', NULL, false, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
        ) AS t(account_id, post_id, created_at, text, text_key, is_repost, repost_of, repost_of_author, hashtags, urls, mentions,
        reply_to, media)) TO '{path}' (FORMAT parquet)"""
    )
    return path


def archive(path):
    path.write_text(
        "tweetid,userid,tweet_text,tweet_time,is_retweet,retweet_userid,retweet_tweetid,hashtags,urls,user_mentions\n"
        '1,u1,"RT one, ""two""\nlines",2020-01-01 10:00,true,u9,77,"[tea, milk]",[],[u5]\n'
        "2,u2,something else,2020-01-01 10:01,True,u9,77,\"['milk', '#Tea']\",[https://a.example/x],\n"
        "3,u2,plain,no date,false,,,[],[],[]\n"
        '4,b,plain,2020-01-01 10:02:03,no,,,[],"[https://a.example/x/, https://b.example/y?s=1&t=2]",[u5]\n'
        "5,b,Plain!,2020-01-01T10:02:04Z,,,,,,\n"
        "6,b,The very same words of somebody who wrote a long text too,2020-01-01,f,,,,,\n"
    )
    return path


def lines(path):
    rows = [
        {"account_id": "l", "post_id": 1, "created_at": "no date"},
        {"account_id": "l", "post_id": "l1", "created_at": 1_767_225_600, "text": 'Ça va?\n"yes"', "hashtags": ["milk", "Oat"]},
        {"account_id": "l", "post_id": "l2", "created_at": "1767225601500", "urls": ["https://c.example/a,b", "https://c.example/a"]},
        {"account_id": "m", "post_id": "l3", "created_at": "2026-01-01T02:00:02+02:00", "text": "ça VA yes", "is_repost": False},
        {"account_id": "m", "post_id": "l1", "created_at": "2026-01-01", "reply_to": "p0", "is_repost": True, "repost_of": 77},
    ]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_both_observe_the_same(run):
    folder, files = run
    by_duckdb = json.loads(json.dumps(observed("duckdb", files)))
    assert json.loads((folder / "spark.json").read_text()) == by_duckdb
    assert [post[0] for post in by_duckdb["posts"]] == [
        "p0", "p1", "p2", "p3", "p4", "p5", "1", "2", "4", "5", "6", "l1", "l2", "l3", "l1",
    ]  # fmt: skip
    together = {trace: [one for one in same if len(one) > 1] for trace, same in by_duckdb["same"].items()}
    assert together["TEXT"] == [[0, 1], [4, 5], [8, 9], [11, 13]]
    assert {tuple(one) for one in together["NEAR_TEXT"]} == {(5, 10)}
    assert together["TAGS"] == [[0, 1, 6, 7]]
    assert together["LINK"] == [[0, 1], [7, 8]]
    assert together["REPLY"] == [[1, 2, 14]]
    assert all(together[trace] for trace in ("TAG", "MEDIA", "REPLY", "MENTION", "REPOST", "BOOSTED"))


def test_both_flag_the_same(run):
    folder, _ = run
    scan([folder / "world.parquet"], out=folder / "duckdb.csv", no_text=True)
    assert (folder / "spark.csv").read_text() == (folder / "duckdb.csv").read_text()
    with (folder / "spark.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) > 150


def test_an_engine_that_is_not_there_is_named(monkeypatch):
    with pytest.raises(EngineMissing) as missing:
        engines.opened("flink")
    assert "no engine flink" in missing.value.text
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    with pytest.raises(EngineMissing) as missing:
        engines.opened("spark")
    assert "pip install 'dunnock[spark]'" in missing.value.text
