"""Where accounts stand in the picture of a network."""

from __future__ import annotations

import itertools
import math
import time

from dunnock.integrity.layout import SIZE, placed


def test_everybody_has_a_place_within():
    ids = list(range(1, 60))
    ties = [(1, one) for one in range(2, 30)] + [(31, one) for one in range(32, 50)]
    found = placed(ids, ties)
    assert sorted(found) == ids
    assert all(0 <= x <= SIZE and 0 <= y <= SIZE for x, y in found.values())
    assert len(set(found.values())) == len(ids)


def test_who_has_most_ties_stands_in_the_middle():
    found = placed([5, 6, 7, 8, 9], [(5, one) for one in (6, 7, 8, 9)])
    assert found[5] == (SIZE // 2, SIZE // 2)
    assert len({round(math.dist(found[5], found[one]), -1) for one in (6, 7, 8, 9)}) == 1


def test_a_chain_is_a_ring():
    ids = list(range(40))
    found = placed(ids, itertools.pairwise(ids))
    steps = [math.dist(found[a], found[b]) for a, b in itertools.pairwise(ids)]
    assert sorted(steps)[-3] < SIZE / 8, "neighbours stand beside each other"


def test_who_is_tied_to_nobody_stands_on_the_edge():
    found = placed([1, 2, 3], [(1, 2)])
    far = {one: math.dist(at, (SIZE / 2, SIZE / 2)) for one, at in found.items()}
    assert far[3] > far[1]
    assert placed([], []) == {}
    assert len(placed([1, 2], [(1, 3)])) == 2, "ties to accounts that are not shown count for nothing"


def test_two_thousand_cost_little():
    ids = list(range(2_000))
    ties = [(one, one * 7 % 97) for one in ids[97:]] + [(one, one * 13 % 1_999) for one in ids]
    began = time.process_time()
    found = placed(ids, [(a, b) for a, b in ties if a != b])
    assert len(found) == 2_000
    assert time.process_time() - began < 0.1
