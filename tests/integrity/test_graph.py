"""A network as a picture, at any moment."""

from __future__ import annotations

import time

from dunnock.foundation.clock import DAY
from dunnock.integrity.graph import drawn, moments
from dunnock.integrity.model import ClusterMember, ClusterTie

NOON = 1_795_000_000_000


def member(an_id: int, at: int, role: str = "core") -> ClusterMember:
    return ClusterMember(account_id=an_id, role=role, score=9.0, evidence="{}", joined_at=at, seen_at=at)


def tie(a: int, b: int, trace: int = 3) -> ClusterTie:
    return ClusterTie(a_id=a, b_id=b, trace=trace, occasions=2, weight=5.0)


def test_it_is_wound_back():
    members = [member(1, NOON), member(2, NOON + DAY), member(3, NOON + 2 * DAY)]
    ties = [tie(1, 2), tie(1, 3, 7), tie(2, 9)]
    whole = drawn(members, ties, {2: NOON - DAY})
    assert [one.at for one in whole.accounts] == [NOON, NOON - DAY, NOON + 2 * DAY], "an earlier act counts"
    assert [(one.a_id, one.b_id, one.trace, one.at) for one in whole.ties] == [
        (1, 2, "near_text", NOON), (1, 3, "media", NOON + 2 * DAY),
    ], "ties to who is not drawn are left out"  # fmt: skip
    assert whole.moments == [NOON - DAY, NOON, NOON + 2 * DAY]
    then = drawn(members, ties, {2: NOON - DAY}, until=NOON)
    assert [one.account_id for one in then.accounts] == [1, 2]
    assert [one.b_id for one in then.ties] == [2]
    assert (then.traces, then.whole) == (whole.traces, 3), "what is left out is still counted"
    places = {one.account_id: (one.x, one.y) for one in whole.accounts}
    assert all(places[one.account_id] == (one.x, one.y) for one in then.accounts), "nobody moves"
    assert [one.ties for one in drawn(members, ties, {}, traces=["media"]).accounts] == [1, 0, 1]


def test_moments_are_as_fine_as_fits():
    assert moments([]) == []
    assert moments([5_000, 1_000, 1_000]) == [1_000, 5_000]
    each_second = [NOON + 1_000 * n for n in range(600)]
    found = moments(each_second)
    assert 2 <= len(found) <= 120
    assert found[-1] == each_second[-1]
    assert len(moments([NOON + DAY * n for n in range(5_000)])) <= 120


def test_two_thousand_cost_little():
    members = [member(n, NOON + n, "amplifier" if n > 200 else "core") for n in range(1, 2_001)]
    ties = [tie(1 + n % 200, 201 + n % 1_800, 1 + n % 10) for n in range(4_000)]
    began = time.process_time()
    graph = drawn(members, ties, {})
    assert len(graph.accounts) == 2_000
    assert time.process_time() - began < 0.2
