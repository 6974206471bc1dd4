"""Clusters and verdicts on made worlds: planted networks among people who share what is popular."""

import math

import numpy as np
import pytest

from dunnock.integrity import clusters
from dunnock.integrity.coaction import Observations, Occasions, Pairs, Trace, coactions, firsts, weigh

DAY = 86_400


def world(seed, *, people=1500, planted=30, days=5):
    """People boost from a few popular posts and many others; the planted boost the same unpopular ones within minutes."""
    rng = np.random.default_rng(seed)
    rows = []
    for day in range(days):
        who = rng.integers(0, people, people * 2)
        popular = rng.random(len(who)) < 0.4
        what = np.where(popular, rng.zipf(1.6, len(who)) % 40, rng.integers(1000, 60_000, len(who))) + day * 100_000
        rows += zip(who, what, day * DAY + rng.integers(0, DAY, len(who)), strict=True)
        for n in range(6):
            target, start = day * 100_000 + 90_000 + n, day * DAY + int(rng.integers(0, DAY - 3600))
            for actor in range(people, people + planted):
                if rng.random() < 0.5:
                    rows.append((actor, target, start + int(rng.integers(0, 900))))
        # the planted do ordinary things too
        for actor in range(people, people + planted):
            rows.append((actor, int(rng.integers(1000, 60_000)) + day * 100_000, day * DAY + int(rng.integers(0, DAY))))
    a, o, t = (np.array(c) for c in zip(*rows, strict=True))
    return Observations(
        a.astype(np.int64),
        np.full(len(a), Trace.REPOST, np.int64),
        o.astype(np.uint64),
        t.astype(np.int64),
        np.arange(len(a)),
    )


def judged(seen, n):
    seen = firsts(seen)
    found = coactions(seen)
    pairs = weigh(seen, (found,))
    strong = pairs.surprise >= clusters.SURPRISE
    group = clusters.communities(pairs.take(strong), pairs.surprise[strong], n)
    return seen, group, clusters.judge(seen, (found,), group)


def flagged(seen, n, threshold=7.0):
    seen = firsts(seen)
    return clusters.find(seen, (coactions(seen),), n, threshold=threshold)


def test_occasions_block_by_block_give_exactly_the_verdicts_of_the_whole():
    seen = firsts(world(2))
    whole, parts = flagged(seen, 1530), clusters.find(seen, Occasions(seen, block=501), 1530, threshold=7.0)
    assert len(whole) == 30
    for column in ("actor", "group", "trace", "score"):
        assert getattr(parts, column).tolist() == getattr(whole, column).tolist()
    assert parts.shared.tolist() == whole.shared.tolist()


@pytest.mark.parametrize("seed", range(4))
def test_the_planted_are_found_and_nobody_else(seed):
    assert set(flagged(world(seed), 1530).actor.tolist()) == set(range(1500, 1530))


@pytest.mark.parametrize("seed", range(4))
def test_people_alone_make_no_cluster_that_convinces(seed):
    assert len(flagged(world(seed, planted=0), 1500)) == 0


def test_the_same_world_gives_the_same_verdicts():
    one, two = judged(world(3), 1530)[2], judged(world(3), 1530)[2]
    assert one.actor.tolist() == two.actor.tolist()
    assert one.score.tolist() == two.score.tolist()


def test_the_greatest_cluster_is_number_nought_and_small_ones_are_none():
    pairs = pairs_of([(0, 1), (1, 2), (0, 2), (5, 6), (6, 7), (5, 7), (7, 8), (5, 8), (6, 8), (10, 11)])
    group = clusters.communities(pairs, pairs.surprise, 12, smallest=3)
    assert group.tolist() == [1, 1, 1, -1, -1, 0, 0, 0, 0, -1, -1, -1]


def pairs_of(edges):
    a, b = (np.array(c, np.int64) for c in zip(*edges, strict=True))
    return Pairs(a, b, np.full(len(a), 2), np.full(len(a), 20.0), np.zeros(len(a)))


@pytest.mark.parametrize(
    ("acts", "shared", "level", "nats"),
    [
        (4, 4, 0, 4 * math.log(0.5 / 0.02)),
        (4, 0, 0, 4 * math.log(0.5 / 0.98)),
        (10, 5, 4, 5 * math.log(5) + 5 * math.log(0.5 / 0.9)),
        (9, 9, len(clusters.LEVELS) - 1, 0),  # where half of the others share it too, sharing says nothing
    ],
)
def test_belonging_against_chance(acts, shared, level, nats):
    row = np.zeros((2, 1, len(clusters.LEVELS)), np.int64)
    row[0, 0, level], row[1, 0, level] = acts, shared
    assert clusters.likelihood(*row)[0] == pytest.approx(nats)


def test_counts_of_a_verdict_are_what_was_done():
    seen, group, verdicts = judged(world(4), 1530)
    posts = np.bincount(seen.actor, minlength=1530)
    assert (verdicts.acts.sum(axis=1) == posts[verdicts.actor]).all()
    assert (verdicts.shared <= verdicts.acts).all()
    strongest = int(np.argmax(verdicts.score))
    assert verdicts.actor[strongest] >= 1500
    assert group[verdicts.actor[strongest]] == verdicts.group[strongest]


def test_two_findings_become_one():
    def verdicts(*rows):
        actor, group, score = zip(*rows, strict=True)
        levels = np.zeros((len(rows), len(clusters.LEVELS)), np.int64)
        columns = (np.array(actor), np.array(group), np.zeros(len(rows), np.int64), np.array(score, float))
        return clusters.Verdicts(*columns, levels, levels, tried=1)

    old = verdicts((1, 0, 9), (2, 0, 9), (3, 0, 20), (4, 1, 8))
    new = verdicts((2, 0, 11), (3, 0, 10), (5, 0, 12), (7, 1, 30), (8, 1, 10), (4, 1, 9))
    both = clusters.join(old, new)
    assert list(zip(both.group.tolist(), both.actor.tolist(), both.score.tolist(), strict=True)) == [
        *((0, 3, 20), (0, 5, 12), (0, 2, 11), (0, 1, 9)),
        *((3, 7, 30), (3, 8, 10), (3, 4, 9)),
    ]
    nobody = old.take(np.empty(0, np.int64))
    assert clusters.join(nobody, new) is new
    assert clusters.join(old, nobody) is old


def test_nobody_seen_is_nobody_judged():
    nobody = world(1).take(np.empty(0, np.int64))
    assert len(judged(nobody, 0)[2]) == 0
    assert len(judged(world(1).take(np.arange(3)), 1530)[2]) == 0
