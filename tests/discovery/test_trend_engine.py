"""The rules of trends, without a database: who counts how much, and what is held back."""

from __future__ import annotations

import math

import pytest

from dunnock.accounts.independence import Independence
from dunnock.discovery.trend_engine import (
    NOBODY,
    SEVERAL,
    Past,
    Scene,
    Why,
    circles_of,
    judge,
    most_strength,
    ranked,
    steady,
    strength_of,
    surprise,
)
from dunnock.foundation.clock import HOUR, MINUTE

NOW = 1_700_000_000_000
KNOWN = Past(SEVERAL)
SUBJECT = 7


def judged(acts, pasts, scene=None, **more):
    scene = scene or Scene(accounts=50_000)
    return judge(SUBJECT, acts, circles_of(SUBJECT, acts, pasts, scene), scene, now=NOW, half_life=4 * HOUR, **more)


def crowd(size, *, first=1, start=2 * HOUR, span=HOUR):
    """Accounts from number `first` on that come one after the other."""
    return {first + n: NOW - start + span * n // size for n in range(size)}


def known(acts):
    return dict.fromkeys(acts, KNOWN)


def test_surprise():
    assert surprise(3, 3) == surprise(2, 3) == 0
    assert surprise(10, 1) == pytest.approx(10 * math.log(10) - 9)
    assert surprise(20, 10) < surprise(11, 1)


def test_a_steady_stream_is_what_it_comes_to():
    assert steady(1, 4 * HOUR) == pytest.approx(sum(0.5 ** (n / 4 / 60) for n in range(24 * 60)) / 60, rel=0.01)


def test_strangers_with_a_past_count_in_full():
    acts = crowd(40)
    found = judged(acts, known(acts))
    assert (found.raw, found.effective, found.communities, found.held) == (40, 40, 40, None)


def test_who_is_known_counts_at_once_and_others_when_their_act_stood():
    early, late = crowd(5), crowd(5, first=100, start=MINUTE, span=1)
    assert judged(early | late, known(early | late)).raw == 10
    assert judged(early | late, known(early)).raw == 5
    assert judged(late, {}) is None


def test_too_few_are_no_trend():
    assert judged(crowd(2), known(crowd(2))) is None


@pytest.mark.parametrize("span", [43_000, 20 * MINUTE, HOUR])
def test_accounts_without_a_past_are_held_back_however_slowly_they_come(span):
    acts = crowd(1000, span=span)
    own = dict.fromkeys(acts, Past(SUBJECT))  # they did nothing but this
    for pasts in ({}, own):
        found = judged(acts, pasts)
        assert found.held in {Why.UNKNOWN, Why.BURST}
        assert found.extreme
        assert ranked([found]) == ([], [found])


@pytest.mark.parametrize("size", [10, 100, 1000, 10_000])
def test_coordinated_accounts_add_at_most_the_root_of_their_number(size):
    base = crowd(200)
    bots = crowd(size, first=1000, span=30 * MINUTE)
    here = base | bots
    before = judged(base, known(base)).effective
    fresh = judged(here, known(base))
    groups = {one: Independence(1, 1.0) for one in bots}
    told = judged(here, known(here), Scene(accounts=50_000, groups=groups))
    together = known(base) | dict.fromkeys(bots, Past(SEVERAL, (5,)))
    repeated = judged(here, together, Scene(accounts=50_000, gatherings={5: (99, size)}))
    turns = max(1, size // (3 if size <= 1000 else 20))  # of ten thousand, three come by chance
    in_turns = known(base) | {one: Past(SEVERAL, (5 + one % turns,)) for one in bots}
    one_by_one = judged(
        here, in_turns, Scene(accounts=50_000, gatherings={5 + n: (99, size // turns) for n in range(turns)})
    )
    for found in (fresh, told, repeated, one_by_one):
        assert 0 <= found.effective - before <= math.sqrt(size) + 1e-6
        assert found.raw == 200 + size


@pytest.mark.parametrize("size", [10, 100, 1000, 10_000])
@pytest.mark.parametrize("past", [Past(1), KNOWN, NOBODY])
def test_for_whom_nobody_vouches_counts_together_whatever_it_did_before(size, past):
    base = crowd(200)
    bots = crowd(size, first=1000, span=90 * MINUTE)
    here = base | bots
    fellows = {one: Past(past.first, (5 + one // 3,)) for one in bots}  # came in threes, to something else each time
    gatherings = {5 + n: (900 + n, 3) for n in range(5000)}
    before = judged(base, known(base)).effective
    scene = Scene(accounts=50_000, gatherings=gatherings, vouched=set(base))
    for pasts in (dict.fromkeys(bots, past), fellows):
        found = judged(here, known(base) | pasts, scene)
        assert 0 < found.effective - before <= math.sqrt(size) + 1e-6
        assert (found.raw, found.communities) == (200 + size, 200 + (past.first is not None))
    alone = judged(bots, dict.fromkeys(bots, past), Scene(accounts=50_000, vouched=set()))
    assert alone.held is (Why.UNKNOWN if past.first is None else Why.UNVOUCHED)
    before = judged(bots, fellows, Scene(accounts=50_000, gatherings=gatherings, vouched=set()))
    if past.first is not None and size < 10_000:  # of ten thousand, three come by chance
        assert (before.unvouched, before.held) == (size, Why.TOGETHER)
        assert size - 4 <= before.together <= size
    few = dict(list(base.items())[:3]) | bots
    some = judged(few, known(base) | dict.fromkeys(bots, past), scene)
    assert (some.held is None) == (size < 100 or past.first is None), (
        "three people do not make a crowd of a hundred a trend"
    )


def test_newcomers_for_whom_people_vouch_are_somebody():
    acts = crowd(30)
    found = judged(acts, {}, Scene(accounts=50_000, vouched=set(acts)))
    assert (found.effective, found.communities, found.unknown, found.held) == (30, 30, 0, None)
    at_once = crowd(30, start=4 * MINUTE, span=3 * MINUTE)
    assert judged(at_once, {}, Scene(accounts=50_000, vouched=set(at_once))).raw == 30
    assert judged(at_once, {}, Scene(accounts=50_000, vouched=set())) is None


def test_accounts_that_came_together_before_are_one_circle():
    acts = crowd(100)
    pasts = dict.fromkeys(acts, Past(SEVERAL, (5,)))
    found = judged(acts, pasts, Scene(accounts=5000, gatherings={5: (99, 100)}))
    assert (found.communities, found.together, found.held) == (1, 100, Why.TOGETHER)
    assert found.effective == pytest.approx(10)
    same_subject = judged(acts, pasts, Scene(accounts=5000, gatherings={5: (SUBJECT, 100)}))
    assert same_subject.effective == 100, "who comes back to a subject is its public"
    by_chance = judged(acts, pasts, Scene(accounts=5000, gatherings={5: (99, 4000)}))
    assert by_chance.held is Why.TOGETHER, "all of them were there"
    some = pasts | dict.fromkeys(list(acts)[8:], KNOWN)
    assert judged(acts, some, Scene(accounts=5000, gatherings={5: (99, 4000)})).effective == 100


def test_a_burst_that_nobody_follows_is_no_crowd():
    acts = crowd(300, span=43_000)
    found = judged(acts, known(acts))
    assert found.held is Why.BURST
    assert found.effective < 40
    lasting = acts | crowd(200, first=1000, start=2 * HOUR - 5 * MINUTE)
    assert judged(lasting, known(lasting)).held is None


def test_where_nobody_can_be_known_yet_nobody_needs_to_be():
    acts = crowd(9)
    young = judged(acts, {}, Scene(young=True))
    assert (young.held, young.effective) == (None, 3.0)
    assert judged(acts, {}).held is Why.UNKNOWN
    assert judged(acts, dict.fromkeys(acts, NOBODY)).held is Why.UNKNOWN


def test_the_stronger_are_listed_first():
    more, fewer = crowd(30), crowd(10)
    strong = judged(more, known(more))
    weak = judged(fewer, known(fewer))
    usual = judged(more, known(more), expected=100.0)
    assert ranked([weak, None, usual, strong]) == ([strong, weak], [])


def test_what_is_new_is_before_what_is_large_since_the_morning():
    steadily, new = (
        crowd(200, start=10 * HOUR, span=10 * HOUR),
        crowd(25, first=1000, start=20 * MINUTE, span=15 * MINUTE),
    )
    assert judged(new, known(new)).strength > judged(steadily, known(steadily)).strength > 0


@pytest.mark.parametrize("expected", [0.5, 20.0])
@pytest.mark.parametrize("fast", [0.0, 3.0, 50.0])
@pytest.mark.parametrize("slow", [3.0, 60.0])
def test_nothing_is_stronger_than_the_most_it_can_be(fast, slow, expected):
    assert strength_of(min(fast, slow), slow, expected) <= most_strength(min(fast, slow), slow, expected)
