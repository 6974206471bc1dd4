"""Occasions and pairs against a plain oracle, and the rules of weighing as tables."""

import math
from itertools import combinations

import numpy as np
import pytest

from dunnock.integrity.coaction import (
    Coactions,
    Observations,
    Occasions,
    Rule,
    Trace,
    coactions,
    firsts,
    grouped,
    sorting,
    weigh,
)


def seen(*rows):
    """(actor, object, at) or with trace and post behind."""
    full = [
        (r[0], r[3] if len(r) > 3 else Trace.REPOST, r[1], r[2], r[4] if len(r) > 4 else n) for n, r in enumerate(rows)
    ]
    a, t, o, at, post = zip(*full, strict=True)
    return Observations(
        np.array(a, np.int64),
        np.array(t, np.int64),
        np.array(o, np.uint64),
        np.array(at, np.int64),
        np.array(post, np.int64),
    )


def random_rows(seed, n=400):
    rng = np.random.default_rng(seed)
    return seen(
        *zip(
            rng.integers(0, 30, n).tolist(),
            rng.integers(0, 25, n).tolist(),
            rng.integers(0, 200_000, n).tolist(),
            rng.choice([Trace.REPOST, Trace.TAGS], n).tolist(),
            strict=True,
        )
    )


def oracle(rows, trace, rule):
    """Occasions by the definition, one at a time."""
    mine = sorted(
        (int(rows.object[n]), int(rows.at[n]), int(rows.actor[n]), n) for n in np.flatnonzero(rows.trace == trace)
    )

    def share(n):
        window = [m for _, at, _, m in mine if at // rule.window == rows.at[n] // rule.window]
        return sum(rows.actor[m] == rows.actor[n] for m in window) / len(window)

    for (i, (o1, t1, a1, n1)), (j, (o2, t2, a2, n2)) in combinations(enumerate(mine), 2):
        if o1 == o2 and a1 != a2 and j - i <= rule.reach and t2 - t1 <= rule.lag:
            yield (n1, n2), -math.log(min(1, (j - i) * max(share(n1), share(n2))))


@pytest.mark.parametrize("seed", range(3))
def test_occasions_are_those_of_the_definition(seed):
    rules = {Trace.REPOST: Rule(reach=4), Trace.TAGS: Rule(lag=30_000, window=3600)}
    rows = firsts(random_rows(seed), rules)
    found = coactions(rows, rules)
    got = dict(zip(zip(found.first.tolist(), found.second.tolist(), strict=True), found.surprise.tolist(), strict=True))
    wanted = dict(pair for trace, rule in rules.items() for pair in oracle(rows, trace, rule))
    assert len(wanted) > 100
    assert got == pytest.approx(wanted)


def test_doing_it_again_the_same_day_counts_once_and_the_next_day_again():
    rows = seen((1, 7, 50), (1, 7, 10), (1, 7, 86_500), (2, 7, 20), (1, 8, 60))
    assert sorted(firsts(rows).at.tolist()) == [10, 20, 60, 86_500]


def test_a_trace_without_a_rule_is_left_out():
    rows = seen((1, 7, 10, Trace.TEXT), (2, 7, 11, Trace.TEXT), (1, 9, 10), (2, 9, 11))
    kept = firsts(rows, {Trace.REPOST: Rule()})
    assert kept.object.tolist() == [9, 9]
    assert len(coactions(rows, {Trace.REPOST: Rule()})) == 1


def test_what_everybody_shares_weighs_less_than_what_two_found():
    crowd = [(n, 1, 10 * n) for n in range(40)]
    pair = [(3, 2, 5), (9, 2, 6)]
    rows = seen(*crowd, *pair)
    found = coactions(rows, {Trace.REPOST: Rule()})
    weight = {
        (int(rows.object[a]), int(rows.actor[a]), int(rows.actor[b])): s
        for a, b, s in zip(found.first, found.second, found.surprise, strict=True)
    }
    assert weight[2, 3, 9] > 2 * weight[1, 3, 9]


def test_pairs_add_up_and_two_things_in_the_same_two_posts_are_one_occasion():
    rows = seen(
        (1, 5, 0, Trace.REPOST, 0),
        (2, 5, 1, Trace.REPOST, 1),
        (1, 6, 0, Trace.TAGS, 0),
        (2, 6, 1, Trace.TAGS, 1),
        (2, 8, 9, Trace.REPOST, 2),
        (1, 8, 9, Trace.REPOST, 3),
        *((n, 50 + n, n, Trace.REPOST, n) for n in range(10, 90)),
        *((n, 50 + n, n, Trace.TAGS, n) for n in range(10, 50)),
    )
    found = coactions(rows)
    assert len(found) == 3
    pairs = weigh(rows, (found,))
    assert (pairs.a.tolist(), pairs.b.tolist(), pairs.occasions.tolist()) == ([1], [2], [2])
    # two of 84 reposts each: minus log(2/84), twice; the tags' 1/42 is not more
    assert pairs.surprise[0] == pytest.approx(2 * math.log(42))
    assert weigh(rows, (found,), least=4).surprise.tolist() == [0]
    # each met somebody twice, and wrote two of the day's posts
    posts = len(np.unique(rows.post))
    expected = 2 * 2 / posts
    assert pairs.excess[0] == pytest.approx(2 * math.log(2 / expected) - 2 + expected)
    assert len(pairs.take(pairs.occasions > 2)) == 0


@pytest.mark.parametrize("seed", range(2))
def test_the_excess_is_that_of_the_definition(seed):
    rows = firsts(random_rows(seed))
    found = coactions(rows)
    pairs = weigh(rows, (found,))
    day = rows.at // 86_400
    acts = {(int(a), int(d), int(p)) for a, d, p in zip(rows.actor, day, rows.post, strict=True)}
    met = [
        (int(rows.actor[n]), int(day[n])) for one in zip(found.first, found.second, strict=True) for n in one
    ]  # no two posts here have two things in common

    def part(who, d):
        return sum(a == who and e == d for a, e, _ in acts) / max(1, sum(e == d for _, e, _ in acts))

    assert len(pairs) > 20
    for a, b, count, excess in zip(pairs.a, pairs.b, pairs.occasions, pairs.excess, strict=True):
        expected = sum(
            max(met.count((a, d)) * part(b, d), met.count((b, d)) * part(a, d)) for d in {d for _, d, _ in acts}
        )
        wanted = count * math.log(count / expected) - count + expected if count > expected else 0
        assert excess == pytest.approx(wanted)


def test_nothing_seen_is_nothing_found():
    rows = seen((1, 1, 1)).take(np.empty(0, np.int64))
    assert len(firsts(rows)) == 0
    assert len(coactions(rows)) == 0
    assert len(weigh(rows, (coactions(rows),))) == 0


def as_rows(found):
    return sorted(zip(found.first.tolist(), found.second.tolist(), found.surprise.tolist(), strict=True))


@pytest.mark.parametrize("block", [1, 7, 100])
def test_occasions_in_blocks_are_those_of_the_whole_and_come_again(block):
    rules = {Trace.REPOST: Rule(reach=4), Trace.TAGS: Rule(lag=30_000, window=3600)}
    rows = firsts(random_rows(3, 900), rules)
    found = Occasions(rows, rules, block=block, held=0)
    parts = list(found)
    assert len(parts) > 4
    assert max(len(part) for part in parts) <= block
    assert as_rows(Coactions.join(parts)) == as_rows(coactions(rows, rules))
    assert as_rows(Coactions.join(list(found))) == as_rows(Coactions.join(parts))
    few = Occasions(rows, rules, block=block, held=sum(len(part) for part in parts))
    for _ in range(2):  # found, then kept
        assert as_rows(Coactions.join(list(few))) == as_rows(Coactions.join(parts))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("held", [1, 50, 400])
def test_pairs_weighed_in_parts_are_exactly_those_of_the_whole(seed, held):
    posts, done = random_rows(seed, 2_000), random_rows(seed + 50, 4_000)  # each post does two things
    twice = posts.take(np.arange(2_000).repeat(2))
    rows = firsts(Observations(twice.actor, done.trace, done.object, twice.at, twice.post))
    whole = weigh(rows, (coactions(rows),))
    assert len(whole) > 100
    parts = weigh(rows, Occasions(rows, block=97), held=held)
    for column in ("a", "b", "occasions", "surprise", "excess"):
        assert getattr(parts, column).tolist() == getattr(whole, column).tolist()


def test_sorting_is_stable_however_wide_the_numbers_are():
    made = np.random.default_rng(7)
    for numbers in (
        made.integers(-9, 9, 3_000),  # most come again
        made.integers(-(2**61), 2**61, 3_000),  # more bits than fit beside the places
        made.integers(0, 2**64, 3_000, np.uint64).repeat(2),
        np.array([5]),
        np.array([], np.int64),
    ):
        assert sorting(numbers).tolist() == np.argsort(numbers, kind="stable").tolist()
    numbers = made.integers(-9, 9, 3_000)
    wanted = np.unique(numbers, return_inverse=True, return_counts=True)
    assert [one.tolist() for one in grouped(numbers)] == [one.tolist() for one in wanted]
