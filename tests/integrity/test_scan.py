"""The scan of a table, and its scores made again by the second program."""

import csv
import functools
import json
import math
import random
import subprocess
import sys

import pytest

from dunnock.integrity import recompute
from dunnock.integrity import scan as scanning
from dunnock.integrity.coaction import Occasions
from dunnock.integrity.scan import scan


def made(path, seed=1, people=400, planted=12, days=6):
    """People boost and write, some of it popular; the planted boost the same six posts a day within minutes."""
    dice = random.Random(seed)
    rows = []

    def post(who, at, kind, target):
        day, minute = divmod(int(at), 1440)
        when = f"2026-03-{day + 1:02} {minute // 60:02}:{minute % 60:02}"
        words = f"words of {who} number {len(rows)}" if kind == "write" else f"words of {target}"
        rows.append((who, f"p{len(rows)}", when, words, kind != "write", target if kind != "write" else "", "[]"))

    for day in range(days):
        for _ in range(people * 2):
            who, at = f"person{dice.randrange(people)}", day * 1440 + dice.randrange(1440)
            if dice.random() < 0.5:
                post(who, at, "write", None)
            else:
                post(who, at, "boost", f"popular{day}-{int(dice.paretovariate(1))}")
        for n in range(6):
            start = day * 1440 + dice.randrange(1200)
            for k in range(planted):
                if dice.random() < 0.6:
                    post(f"planted{k}", start + dice.randrange(10), "boost", f"hired{day}-{n}")
        for k in range(planted):
            post(f"planted{k}", day * 1440 + dice.randrange(1440), "write", None)
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(("account_id", "post_id", "created_at", "text", "is_repost", "repost_of", "hashtags"))
        out.writerows(rows)
    return path


PLANTED = {f"planted{k}" for k in range(12)}


@pytest.mark.parametrize("text", [True, False])
def test_the_planted_are_flagged_and_nobody_else(tmp_path, text):
    flags = scan([made(tmp_path / "posts.csv")], text=text)
    assert {flag.account for flag in flags} == PLANTED
    assert {flag.cluster for flag in flags} == {0}
    assert [flag.score for flag in flags] == sorted((flag.score for flag in flags), reverse=True)
    assert {flag.evidence.role for flag in flags} == {"core"}
    for flag in flags:
        assert flag.evidence.accounts == 12
        assert {one.other_account for one in flag.evidence.occasions} <= PLANTED - {flag.account}
        assert recompute.score(json.loads(json.dumps(_plain(flag.evidence)))) == pytest.approx(flag.score)


def test_occasions_in_small_blocks_give_exactly_the_same_flags(tmp_path, monkeypatch):
    table = made(tmp_path / "posts.csv")
    whole = scan([table])
    monkeypatch.setattr(scanning, "Occasions", functools.partial(Occasions, block=53))
    monkeypatch.setattr(scanning, "_SORTED", 20)
    assert scan([table]) == whole
    assert any(len(flag.evidence.occasions) == 10 for flag in whole), "there were more than are shown"


def _plain(evidence):
    import msgspec

    return msgspec.to_builtins(evidence)


def test_people_alone_are_not_flagged(tmp_path):
    assert scan([made(tmp_path / "posts.csv", planted=0)]) == []


def run(*arguments):
    return subprocess.run([sys.executable, "-m", *arguments], check=False, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("name", ["flags.csv", "flags.parquet"])
def test_the_command_writes_what_the_second_program_confirms(tmp_path, name):
    table, out = made(tmp_path / "posts.csv"), tmp_path / name
    done = run("dunnock", "integrity", "scan", str(table), "--out", str(out), "--no-text")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"12 accounts in 1 clusters act together: {out}\n"
    assert "posts.csv: " in done.stderr
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []
    checked = run("dunnock.integrity.recompute", str(out), str(table))
    assert (checked.returncode, checked.stdout) == (0, "12 accounts, 0 things don't follow from the evidence\n")
    if name.endswith("csv"):
        out.write_text(
            out.read_text().replace("planted3,", "planted3,1", 1).replace('""seconds"":', '""seconds"":9', 1)
        )
        checked = run("dunnock.integrity.recompute", str(out), str(table))
        assert checked.returncode == 1
        assert "planted3: 1" in checked.stdout
        assert " s lie between " in checked.stdout


def test_the_batch_loads_no_server():
    told = "import sys, dunnock.integrity.scan; print([one for one in ('sqlalchemy', 'dunnock.accounts') if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout == "[]\n"


def test_the_command_says_what_is_wrong(tmp_path):
    done = run("dunnock", "integrity", "scan", str(tmp_path / "none.csv"), "--out", str(tmp_path / "x.csv"))
    assert (done.returncode, "can't be read" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("posts", "shared", "wanted"),
    [
        ([4, 0], [4, 0], 4 * math.log(25) - math.log(3)),
        ([4, 10], [0, 10], 4 * math.log(0.5 / 0.98) + 10 * math.log(2.5) - math.log(3)),
        ([4, 0], [5, 0], math.nan),  # more shared than there are
    ],
)
def test_a_score_from_its_evidence(posts, shared, wanted):
    evidence = {"outside": [0.02, 0.2], "belonging": 0.5, "tried": 3, "posts": posts, "shared": shared}
    assert recompute.score(evidence) == pytest.approx(wanted, nan_ok=True)


def test_occasions_that_posts_do_not_bear_out():
    one = {"post": "p", "other_post": "q", "other_account": "b", "seconds": 60}
    flags = [("a", 1.0, json.dumps({"occasions": [one]}))]
    sound = {"p": ("a", 0.0), "q": ("b", 60.0)}
    assert list(recompute.missing(flags, sound)) == []
    for broken in ({"p": ("a", 0.0)}, {**sound, "q": ("c", 60.0)}, {**sound, "q": ("b", 70.0)}):
        assert len(list(recompute.missing(flags, broken))) == 1
