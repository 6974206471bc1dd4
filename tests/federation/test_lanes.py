"""Turns of deliveries: two at a time to a server, servers in turn, and few for those that fail."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dunnock.federation.lanes import AT_ONCE, LANE, LOW, PER_HOST, SLOW_AT_ONCE, Lanes, Ready
from dunnock.federation.store.deliveries import Due


def due(number, host, *, failing=False):
    return Due(number, 1, f"https://{host}/inbox", host, 0, failing, parked=False, to_relay=False)


def filled(lanes, found):
    chosen = lanes.choose(found)
    for one in chosen:
        lanes.put(Ready(one, None, 0))
    return chosen


def test_servers_have_their_turns_one_after_the_other():
    lanes = Lanes()
    filled(lanes, [due(n, "a.example") for n in range(5)] + [due(10, "b.example"), due(11, "c.example")])
    assert [one.due.id for one in lanes.turns()] == [0, 10, 11, 1]
    assert list(lanes.turns()) == []  # two at a time
    lanes.over("a.example")
    assert [one.due.id for one in lanes.turns()] == [2]


def test_who_may_go_goes_however_many_that_fail_stand_before():
    lanes = Lanes()
    filled(lanes, [due(n, f"bad{n}.example", failing=True) for n in range(SLOW_AT_ONCE + 3)])
    list(lanes.turns())
    filled(lanes, [due(100 + n, "good.example") for n in range(2)])
    assert [one.due.id for one in lanes.turns()] == [100, 101]


def test_a_server_has_enough_to_do_until_half_is_done():
    lanes = Lanes()
    assert len(filled(lanes, [due(n, "a.example") for n in range(LANE + 9)])) == LANE
    assert lanes.full() == ["a.example"]
    told = []
    for _ in range(LANE):
        list(lanes.turns())
        told.append(lanes.over("a.example"))
    assert told.index(True) == LANE // 2  # then more is looked for
    assert told.count(True) == 1
    assert lanes.full() == []


def test_those_that_fail_hold_few_and_leave_room():
    lanes = Lanes()
    bad = [due(n, f"bad{n % 40}.example", failing=True) for n in range(200)]
    assert len(filled(lanes, bad)) == 40 * PER_HOST
    assert len(list(lanes.turns())) == SLOW_AT_ONCE
    filled(lanes, [due(1_000 + n, f"good{n}.example") for n in range(AT_ONCE - SLOW_AT_ONCE)])
    assert {one.host[:4] for one in lanes.turns()} == {"good"}
    assert lanes.under_way == AT_ONCE
    lanes.mark("bad0.example", slow=False)  # it took one: another may have its turn among those that fail
    lanes.over("good0.example")
    assert [one.host[:3] for one in lanes.turns()] == ["bad"]


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["put", "over", "fail", "mend"])), max_size=200))
def test_the_counts_stay_true(steps):
    lanes, under_way, put, begun = Lanes(), [], 0, 0
    for number, (host, step) in enumerate(steps):
        if step == "put":
            put += len(filled(lanes, [due(number, host)]))
        elif step == "over" and under_way:
            lanes.over(under_way.pop(0).host)
        else:
            lanes.mark(host, slow=step == "fail")
        new = list(lanes.turns())
        begun += len(new)
        under_way += new
        assert lanes.under_way == len(under_way) <= AT_ONCE
        assert lanes.waiting == put - begun
        assert all(sum(one.host == host for one in under_way) <= PER_HOST for host in "abcdef")
    assert len(lanes.clear()) == put - begun < LOW * 6
    for one in under_way:
        lanes.over(one.host)
    assert lanes.under_way == lanes.waiting == 0
    assert filled(lanes, [due(0, "a")])
    assert len(list(lanes.turns())) == 1
