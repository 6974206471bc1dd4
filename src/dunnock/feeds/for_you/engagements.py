"""Who answered what, and when: what the co-engagement features are computed from. Kept in memory, changed one act at a time.

An act is a boost, a favourite or the like of one account for one item; the first one of a pair counts.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from dunnock.feeds.for_you.circles import NOBODY, most_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_ACTS = 500
"""The latest acts of an account, and the latest accounts of an item, that are looked at: so a request has a bound."""


_NEAREST, _STRONGEST = 30, 300  # accounts and items from which a walk goes two steps further


class Acts:
    """The acts of one account (`who` are items) or for one item (`who` are accounts), in the order in which they came."""

    __slots__ = ("at", "who")

    def __init__(self) -> None:
        self.who, self.at = array("q"), array("d")

    def __len__(self) -> int:
        return len(self.who)


class Pool(msgspec.Struct, frozen=True):
    """The candidates of a moment, with their acts laid out flat: `item[k]`, `account[k]`, `age[k]` (hours) is one act.

    `worth`: how much the act counts, below 1 for accounts that act together; `first`: hours since the first act for each
    item, or since it came where there is none; `people`: as how many independent accounts its accounts count.
    """

    items: Ints
    item: Ints
    account: Ints
    age: Floats
    worth: Floats
    first: Floats
    people: Floats


class Engagements:
    """All acts of one process's memory. Accounts and items are whatever ids the caller has."""

    def __init__(self) -> None:
        self._accounts: dict[int, int] = {}
        self._items: dict[int, int] = {}
        self._ids: list[int] = []  # of items, by their place
        self._by: list[Acts] = []
        self._of: list[Acts] = []
        self._last: list[float] = []  # act for each item, again by the same account too
        self._active, self._drawn = array("d"), array("d")  # how many acts each account and each item has
        self._groups: dict[int, tuple[int, float]] = {}
        self._circle: Ints = np.zeros(0, np.int64)
        self._watched: set[int] = set()

    def add(self, account: int, item: int, at: float) -> bool:
        """Note an act at `at` (seconds); False when this account did it before. Acts come in the order of time."""
        who, what = self._place(account, item, at)
        self._last[what] = max(at, self._last[what])
        mine, its = self._by[who], self._of[what]
        if what in mine.who:
            return False
        mine.who.append(what)
        mine.at.append(at)
        its.who.append(who)
        its.at.append(at)
        self._active[who] += 1
        self._drawn[what] += 1
        return True

    def watch(self, account: int, item: int, at: float) -> None:
        """Note an act of a test reader: a walk begins with it, and it counts for nobody else."""
        who, what = self._place(account, item, at)
        self._watched.add(who)
        if what not in self._by[who].who:
            self._by[who].who.append(what)
            self._by[who].at.append(at)
            self._active[who] += 1

    def know(self, accounts: Iterable[int], items: Iterable[int]) -> None:
        """Have places for these, in this order, before anything is done."""
        for one in accounts:
            self._meet(one)
        for item in items:
            self._find(item, -math.inf)

    def _meet(self, account: int) -> int:
        who = self._accounts.setdefault(account, len(self._accounts))
        if who == len(self._by):
            self._by.append(Acts())
            self._active.append(0.0)
        return who

    def _place(self, account: int, item: int, at: float) -> tuple[int, int]:
        return self._meet(account), self._find(item, at)

    def _find(self, item: int, at: float) -> int:
        what = self._items.setdefault(item, len(self._items))
        if what == len(self._of):
            self._of.append(Acts())
            self._ids.append(item)
            self._last.append(at)
            self._drawn.append(0.0)
        return what

    def drop(self, account: int, item: int) -> bool:
        """Take an act back; False when there is none."""
        who, what = self._accounts.get(account), self._items.get(item)
        if who is None or what is None or what not in self._by[who].who:
            return False
        for acts, one in ((self._by[who], what), (self._of[what], who)):
            place = acts.who.index(one)
            del acts.who[place], acts.at[place]
        self._active[who] -= 1
        self._drawn[what] -= 1
        return True

    def forget(self, account: int) -> None:
        """Take all acts of an account back."""
        who = self._accounts.get(account)
        if who is not None:
            for what in list(self._by[who].who):
                self.drop(account, self._ids[what])

    def group(self, known: Mapping[int, tuple[int, float]]) -> None:
        """Who of these acts together with others: account -> (group, weight from 0 to 1)."""
        self._groups.update(known)

    def latest(self, most: int) -> tuple[Ints, Ints, int]:
        """The places of the accounts and items of the latest `most` acts, and how many accounts there are: for `circles`."""
        account = np.repeat(np.arange(len(self._by)), np.array(self._active, np.int64))
        item, at = _places([acts.who for acts in self._by]), _times([acts.at for acts in self._by])
        counted = np.flatnonzero(~np.isin(account, list(self._watched)))
        latest = np.sort(counted[np.argsort(-at[counted], kind="stable")[:most]])
        return account[latest], item[latest], len(self._by)

    def gather(self, circle: Ints) -> None:
        """Keep in which circle each account of `latest` is."""
        self._circle = circle

    def _circles(self, account: Ints) -> Ints:
        found = np.full(len(account), NOBODY, np.int64)
        there = account < len(self._circle)
        found[there] = self._circle[account[there]]
        return found

    def circles_of(self, pool: Pool, authors: Sequence[int]) -> Ints:
        """The circle of each item of a pool: of most who answered it; its author counts as two of them."""
        n = len(pool.items)
        places = np.array([self._accounts.get(one, len(self._by)) for one in authors], np.int64)
        return most_of(
            np.concatenate([pool.item, np.arange(n)]),
            self._circles(np.concatenate([pool.account, places])),
            np.concatenate([pool.worth, np.full(n, 2.0)]),
            n,
        )

    def turned_to(self, near: Near | None) -> Ints:
        """The circle of each item that a viewer acted on."""
        if near is None:
            return np.zeros(0, np.int64)
        return most_of(
            near.what, self._circles(near.others), np.ones(len(near.what)), int(near.what.max(initial=-1)) + 1
        )

    def acted_on(self, account: int, *, since: float = -math.inf) -> set[int]:
        """The items that an account acted on after `since` (seconds)."""
        who = self._accounts.get(account)
        if who is None:
            return set()
        mine = self._by[who]
        return {self._ids[what] for what, at in zip(mine.who, mine.at, strict=True) if at > since}

    def knows(self, account: int) -> bool:
        """Did the account act on anything?"""
        who = self._accounts.get(account)
        return who is not None and len(self._by[who]) > 0

    def active(self, *, since: float) -> list[int]:
        """Items with an act after `since`, in the order in which they came to be known."""
        return [self._ids[what] for what, acts in enumerate(self._of) if len(acts) and self._last[what] > since]

    def pool(self, items: Collection[int], *, now: float, came: Sequence[float] = ()) -> Pool:
        """Lay out the acts of these items; the same for every viewer until something changes.

        `came`: when each item came (seconds); one that nobody acted on is as old as that, not new for ever.
        """
        places = [self._items.get(one, -1) for one in items]
        lists = [self._of[place] if place >= 0 else Acts() for place in places]
        lengths = np.array([min(len(acts), MOST_ACTS) for acts in lists], np.int64)
        item = np.repeat(np.arange(len(lists), dtype=np.int64), lengths)
        account = _places([_last(acts.who) for acts in lists])
        age = np.maximum((now - _times([_last(acts.at) for acts in lists])) / 3600, 0.0)
        first, some = np.zeros(len(lists)), lengths > 0
        if some.any():
            first[some] = np.maximum.reduceat(age, (np.cumsum(lengths) - lengths)[some])
        if len(came):
            first = np.where(some, first, np.maximum((now - np.asarray(came)) / 3600, 0.0))
        worth = self._worth(item, account, len(lists))
        return Pool(
            items=np.fromiter(items, np.int64, len(lists)),
            item=item,
            account=account,
            age=age,
            worth=worth,
            first=first,
            people=np.bincount(item, worth, len(lists)).astype(np.float64),
        )

    def _worth(self, item: Ints, account: Ints, items: int) -> Floats:
        """How much each act counts: `accounts.shares`, for all items at once."""
        worth = np.ones(len(account))
        if not self._groups:
            return worth
        group, weight = np.full(len(self._by), -1, np.int64), np.ones(len(self._by))
        numbers: dict[int, int] = {}
        for one, (its_group, its_weight) in self._groups.items():
            who = self._accounts.get(one)
            if who is not None:
                group[who], weight[who] = numbers.setdefault(its_group, len(numbers)), its_weight
        theirs = group[account] >= 0
        key = item[theirs] * max(1, len(numbers)) + group[account[theirs]]
        sums = np.bincount(key, weight[account[theirs]], items * max(1, len(numbers)))[key]
        worth[theirs] = weight[account[theirs]] / np.sqrt(np.maximum(sums, 1.0))
        return worth

    def people_among(self, pool: Pool, some: Collection[int]) -> Floats:
        """As how many independent accounts those of `some` count that acted on each item of the pool."""
        among = np.zeros(len(self._by), bool)
        among[[who for one in some if (who := self._accounts.get(one)) is not None]] = True
        theirs = among[pool.account]
        item, account, n = pool.item[theirs], pool.account[theirs], len(pool.items)
        return np.bincount(item, self._worth(item, account, n), n).astype(np.float64)

    def near(self, account: int, *, now: float, since: float = -math.inf) -> Near | None:
        """Who did the same as this account did after `since`: the first step of the walk. None: it did nothing."""
        who = self._accounts.get(account)
        if who is None:
            return None
        mine = self._by[who]
        first = max(len(mine) - MOST_ACTS, bisect_right(mine.at, since))
        what, when = mine.who[first:], np.frombuffer(mine.at[first:], np.float64)
        if not what:
            return None
        lists = [self._of[place] for place in what]
        sizes = np.array([len(acts) for acts in lists], np.float64)
        lengths = np.minimum(sizes, MOST_ACTS).astype(np.int64)
        others = _places([_last(acts.who) for acts in lists])
        place = np.repeat(np.arange(len(lists)), lengths)
        lag = (when[place] - _times([_last(acts.at) for acts in lists])) / 3600
        theirs = others != who
        common = np.bincount(others[theirs], minlength=len(self._by)).astype(np.float64)
        kin = common / (self.activity() + len(what) - common + 1)
        return Near(
            kin=kin,
            far=self._further(kin),
            others=others[theirs],
            what=place[theirs],
            lag=lag[theirs],
            size=sizes[place][theirs],
            age=((now - when) / 3600)[place][theirs],
            away=max((now - float(when[-1])) / 3600, 0.0),
        )

    def _further(self, kin: Floats) -> Floats:
        """Two steps more: from the nearest accounts to what they acted on, and on to who acted on that."""
        nearest = np.argsort(-kin, kind="stable")[:_NEAREST]
        nearest = nearest[kin[nearest] > 0]
        near = kin[nearest] * self._worth(np.zeros(len(nearest), np.int64), nearest, 1)
        lists = [_last(self._by[who].who) for who in nearest.tolist()]
        what = _places(lists)
        rare = 1 / np.sqrt(np.maximum(np.array(self._drawn), 1.0))
        strength = np.bincount(what, np.repeat(near, [len(one) for one in lists]) * rare[what], len(self._of))
        found = np.flatnonzero(strength)
        strength = strength[found]
        strongest = np.argsort(-strength, kind="stable")[:_STRONGEST]
        theirs = [_last(self._of[one].who) for one in found[strongest].tolist()]
        sizes = np.array([len(one) for one in theirs], np.float64)
        onward = np.repeat(strength[strongest] / np.sqrt(np.maximum(sizes, 1.0)), sizes.astype(np.int64))
        return np.bincount(_places(theirs), onward, len(self._by)).astype(np.float64)

    def activity(self) -> Floats:
        """How many acts each account has, by its place: what `Near.others` and `Pool.account` point into."""
        return np.array(self._active)


class Near(msgspec.Struct, frozen=True):
    """Acts of others for the items that the viewer acted on: one entry for each.

    `kin`: for each place of an account the share that it and the viewer have in common of all that either did; `far`: how
    strongly it is reached in two steps more; `others`: places of accounts; `what`: which of the viewer's acts, counted from
    the first that is looked at; `lag`: hours from their act to the viewer's (negative: the viewer was first); `size`: how
    many acts the item has; `age`: hours since the viewer's act; `away`: hours since the viewer's last one.
    """

    kin: Floats
    far: Floats
    others: Ints
    what: Ints
    lag: Floats
    size: Floats
    age: Floats
    away: float


def _last(some: array[Any]) -> array[Any]:
    """The latest that are looked at; not copied when that is all of them."""
    return some if len(some) <= MOST_ACTS else some[-MOST_ACTS:]


def _places(parts: Sequence[array[int]]) -> Ints:
    return np.frombuffer(b"".join(parts), np.int64)


def _times(parts: Sequence[array[float]]) -> Floats:
    return np.frombuffer(b"".join(parts), np.float64)
