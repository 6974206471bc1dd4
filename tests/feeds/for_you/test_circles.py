"""Circles: who is found together, and how much of a page each may have."""

from __future__ import annotations

import numpy as np

from dunnock.feeds.for_you.arrange import Item, arrange, shelf_of
from dunnock.feeds.for_you.circles import NOBODY, TIES, circles, most_of, quota
from dunnock.feeds.for_you.model import Arranging

SIZES = (40,) * 9 + (12,)  # people: the last are few


def acts():
    """People of ten kinds, each answering what is theirs and, now and then, anything."""
    dice = np.random.default_rng(3)
    kind = np.repeat(np.arange(10), SIZES)
    rows = []
    for item in range(600):
        of = item % 10
        likely = np.where(kind == of, 0.4 if of == 9 else 0.15, 0.01)
        rows += [(int(one), item) for one in np.flatnonzero(dice.random(len(kind)) < likely)]
    account, item = np.array(rows).T
    return kind, account, item


def test_those_who_answer_the_same_are_a_circle_however_few():
    kind, account, item = acts()
    found = circles(account, item, accounts=len(kind))
    for one in range(10):
        theirs = found[kind == one]
        most = np.bincount(theirs[theirs != NOBODY]).argmax()
        assert (theirs == most).mean() > 0.9
        assert ((found == most) & (kind != one)).sum() <= 3
    assert np.array_equal(found, circles(account, item, accounts=len(kind)))


def test_nobody_is_in_a_circle_while_nothing_is_known():
    none = np.zeros(0, np.int64)
    assert circles(none, none, accounts=4).tolist() == [NOBODY] * 4
    assert most_of(none, none, np.zeros(0), 2).tolist() == [NOBODY] * 2


def page(circle, *, turned_to=(), free=(), shown=(), limit=10):
    """The circles of a page whose candidates of circle 1 all score highest."""
    circle = np.array(circle)
    which = np.isin(np.arange(len(circle)), list(free))
    bound = quota(circle, np.array(turned_to, np.int64), which, np.array(shown, np.int64))
    items = [Item(n, n) for n in range(len(circle))]
    placed = arrange(shelf_of(items), np.where(circle == 1, 2.0, 1.0), Arranging(), limit=limit, quota=bound)
    return [int(circle[one.index]) for one in placed]


FEW = [1] * 10 + [0] * 990  # a hundredth


def test_a_circle_has_its_share_of_what_one_sees_until_one_turns_to_it():
    assert page(FEW).count(1) == 1
    assert page(FEW, shown=[1]).count(1) == 0
    assert page(FEW, shown=[1] + [0] * 99).count(1) == 1
    assert page(FEW, turned_to=[1] * (TIES - 1)).count(1) == 1
    assert page(FEW, turned_to=[1] * TIES).count(1) == 10


def test_what_was_held_back_says_so_and_places_are_in_the_order_of_what_decided_them():
    circle = np.array(FEW)
    bound = quota(circle, np.zeros(0, np.int64), np.zeros(1000, bool), np.zeros(0, np.int64))
    scores = np.where(circle == 1, 2.0, 1.0)
    placed = arrange(shelf_of([Item(n, n) for n in range(1000)]), scores, Arranging(author=0.5), limit=150, quota=bound)
    first, second = (one for one in placed if circle[one.index] == 1)
    assert (first.placed, first.adjustments) == (2.0, ())
    assert placed.index(second) >= 100
    assert [(change.name, change.amount) for change in second.adjustments] == [("circle", -1.0)]
    heights = [one.placed for one in placed]
    assert heights == sorted(heights, reverse=True)
    for one in placed:
        assert one.placed == scores[one.index] + sum(change.amount for change in one.adjustments)


def test_whom_one_follows_is_not_counted():
    assert page(FEW, free=range(4)).count(1) == 5


def test_a_page_is_rather_of_one_circle_than_empty():
    assert page([1] * 10) == [1] * 10
    assert len(page([1] * 1000 + [0] * 2)) == 10


def test_others_are_found_behind_many_of_one_circle():
    mixed = page([1] * 500 + [0] * 500)
    assert mixed.count(1) == 5
    assert len(mixed) == 10
