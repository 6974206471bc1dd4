"""Two-level networks: who writes, and who only boosts those."""

import numpy as np
import pytest

from dunnock.cli.drills import worlds
from dunnock.integrity import recompute
from dunnock.integrity.amplifiers import two_levels
from dunnock.integrity.scan import scan


def test_core_and_amplifiers_are_found_among_people_who_boost_them_too(tmp_path):
    """D08, scaled; its targets: amplifiers P 0.99 R 0.90, core P 0.95 R 0.80."""
    world = worlds.two_levels(1, core=150, amplifiers=950, people=1900, boosts=7600)
    flags = scan([world.save(tmp_path / "posts.parquet")], text=False)
    for role, precision, recall in (("amplifier", 0.99, 0.9), ("core", 0.95, 0.8)):
        wanted = {account for account, planted in world.role.items() if planted == role}
        found = {flag.account for flag in flags if flag.evidence.role == role}
        assert len(found & wanted) / len(found) >= precision
        assert len(found & wanted) / len(wanted) >= recall
    for flag in flags:
        evidence = {name: getattr(flag.evidence, name) for name in ("outside", "posts", "shared", "belonging", "tried")}
        assert recompute.score(evidence) == pytest.approx(flag.score)


def made(rows, posts, threshold=7.0):
    """rows: (booster, boosted account)"""
    booster, author = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    posts = np.array(posts, np.int64)
    boosted = np.bincount(booster, minlength=len(posts))
    return two_levels(booster, author, author, boosted=boosted, posts=posts + boosted, threshold=threshold)


def test_fans_of_one_account_are_no_amplifiers():
    # 0 is a star whose 60 fans only boost; 1 to 40 are others whom people that write boost as well
    fans = [(100 + n, 0) for n in range(60) for _ in range(5)]
    people = [(41 + n, 1 + (7 * n + k) % 40) for n in range(59) for k in range(8)]
    assert len(made(fans + people, [5] * 100 + [0] * 60)) == 0


def test_where_everybody_only_boosts_nobody_stands_out():
    everybody = [(50 + n, (3 * n + 11 * k) % 50) for n in range(200) for k in range(6)]
    assert len(made(everybody, [5] * 50 + [0] * 200)) == 0


def test_nobody_boosts():
    none = np.empty(0, np.int64)
    found = two_levels(none, none, none, boosted=np.zeros(3, np.int64), posts=np.ones(3, np.int64), threshold=7.0)
    assert len(found) == 0
