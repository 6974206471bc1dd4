"""Personas read For You, refresh after refresh, and what they were shown is written down."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import overload

import msgspec
import numpy as np
from numpy.typing import NDArray

from dunnock.accounts.viewers import Viewer
from dunnock.feeds.for_you import policy
from dunnock.feeds.for_you.audit.plan import Behaviour, Persona, Plan
from dunnock.feeds.for_you.audit.world import DAY, FRINGE, HOUR, REACH, World
from dunnock.feeds.for_you.circles import MOST_GATHERED, circles, quota
from dunnock.feeds.for_you.engagements import Engagements, Pool
from dunnock.feeds.for_you.features import INFERRED, NAMES, Walks, social
from dunnock.feeds.for_you.fit import ndcg
from dunnock.feeds.for_you.model import Model
from dunnock.feeds.for_you.rank import Candidate, rank
from dunnock.feeds.for_you.receipt import Receipt, recompute

Ints = NDArray[np.int64]
FIRST_PERSONA = 1_000_000
_FOLLOWS = 5  # people of its interest whom a persona follows
_CORRECTS_FROM = 3  # the day (the first is 0)
_MOST_CANDIDATES = 1_900  # as many as are gathered for members
_ANEW = 6 * HOUR  # circles are found, as they are for members
_INFERRED = [n for n, name in enumerate(NAMES) if name in INFERRED]


class Seen(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one persona was shown. Shares are of what was shown, one for each day.

    `followed_harmful`: the share in what the people whom it follows posted. `recovery`: the share of its interest on the last
    day over that on the day before it began to correct (None: it corrects nothing). `ndcg`: of posts of its interest that are
    not harmful, as served; `ndcg_open`: the same by the same signals, without what the gate keeps out for under 18;
    `ndcg_inferred`: if signals were inferred too. All three count the same posts; for adults they are the same. `wrong`: of the
    `receipts` that were checked, how many could not be worked out again. `followed_…` are shares in what those posted whom it
    follows; `gini`: how unevenly authors were shown. Reports from before do not have the last four.
    """

    persona: str
    minor: bool
    behaviour: Behaviour
    shown: int
    harmful: tuple[float, ...]
    fringe: tuple[float, ...]
    interest: tuple[float, ...]
    authors: int
    largest_author: float
    followed_harmful: float
    wrong: int
    recovery: float | None
    ndcg: float
    ndcg_open: float
    ndcg_inferred: float
    followed_fringe: float | None = None
    followed_interest: float | None = None
    receipts: int | None = None
    gini: float | None = None

    @property
    def drift(self) -> float:
        """How much the share of the fringe grows a day: the slope of the least-squares line."""
        days = len(self.fringe)
        return float(np.polyfit(np.arange(days), np.array(self.fringe), 1)[0]) if days > 1 else 0.0


class Moment:
    """What is there to be read at a time, the same for every reader."""

    def __init__(self, world: World, known: Engagements, now: float) -> None:
        """Lay it out."""
        self.now = now
        first, last = (int(one) for one in np.searchsorted(world.at, [now - REACH * DAY, now]))
        self.first, self.last = max(first, last - _MOST_CANDIDATES), last
        self.pool: Pool = known.pool(
            range(self.first, self.last), now=now, came=world.at[self.first : self.last].tolist()
        )
        self.walks = Walks(self.pool, known.activity())
        self.circle = known.circles_of(self.pool, world.author[self.first : self.last].tolist())


class _Chosen(Sequence[Candidate]):
    """Some of all candidates, which are looked up when they are asked for: few are."""

    def __init__(self, candidates: Sequence[Candidate], places: Ints) -> None:
        self._candidates, self._places = candidates, places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, n: int) -> Candidate: ...

    @overload
    def __getitem__(self, n: slice) -> Sequence[Candidate]: ...

    def __getitem__(self, n: int | slice) -> Candidate | Sequence[Candidate]:
        if isinstance(n, slice):
            return _Chosen(self._candidates, self._places[n])
        return self._candidates[int(self._places[n])]


class _Past:
    """The acts of the people of a world, taken in as time goes on."""

    def __init__(self, world: World, known: Engagements) -> None:
        self._acts, self._known, self._done = world.acts, known, 0

    def until(self, now: float) -> None:
        while self._done < len(self._acts) and self._acts[self._done][0] <= now:
            at, who, what = self._acts[self._done]
            self._known.add(who, what, at)
            self._done += 1


def moments(plan: Plan) -> list[tuple[float, int, bool]]:
    """All refreshes in order: when, on which day, and whether circles are found anew then."""
    found, gathered = list[tuple[float, int, bool]](), -_ANEW
    for day in range(plan.days):
        for refresh in range(plan.refreshes):
            now = day * DAY + refresh * DAY / plan.refreshes
            anew = now - gathered >= _ANEW
            gathered = now if anew else gathered
            found.append((now, day, anew))
    return found


def circles_at(world: World, times: Sequence[float]) -> list[Ints]:
    """The circle of each of the people at these times (in order). What personas do is no part of them."""
    known, found = Engagements(), []
    known.know(world.people, range(len(world.at)))
    past = _Past(world, known)
    for now in times:
        past.until(now)
        account, item, n = known.latest(MOST_GATHERED)
        found.append(circles(account, item, accounts=n))
    return found


def read_all(world: World, model: Model, places: Sequence[int], gathered: Mapping[float, Ints]) -> tuple[Seen, ...]:
    """Let the personas at these places of the plan read through all days. None of them is told of the others.

    `gathered`: the circles by when they are found (`moments`, `circles_at`).
    """
    plan, known = world.plan, Engagements()
    readers = [_Reader(world, plan.readers[place], place, model) for place in places]
    known.know([*world.people, *(FIRST_PERSONA + place for place in places)], range(len(world.at)))
    for one in readers:
        one.begin(known)
    past, coming = _Past(world, known), moments(plan)
    for start in range(0, len(coming), plan.refreshes):
        for number, (now, day, anew) in enumerate(coming[start : start + plan.refreshes]):
            past.until(now)
            if anew:
                known.gather(gathered[now])
            moment = Moment(world, known, now)
            for one in readers:
                one.refresh(known, moment, day, is_first=number == 0)
        for one in readers:
            one.end_day()
    return tuple(one.seen() for one in readers)


class _Reader:
    """A persona on its way through the days."""

    def __init__(self, world: World, persona: Persona, place: int, model: Model) -> None:
        self._world, self._persona, self._model = world, persona, model
        self._id, self._dice = FIRST_PERSONA + place, np.random.default_rng([world.plan.seed, place])
        alike = np.flatnonzero(world.taste == persona.interest)
        follows = self._dice.choice(alike, min(_FOLLOWS, len(alike)), replace=False)
        self._viewer = Viewer(self._id, following={int(one): (True, None) for one in follows})
        self._follows = np.isin(world.author, follows)
        self._tagged = (world.topic == persona.interest) & persona.follows_tag
        self._chosen = self._follows | self._tagged
        past = np.flatnonzero((world.at < 0) & (world.topic == persona.interest) & ~world.harmful)
        self._before = [int(k) for k in past[: persona.primed]]
        self._open = self._passes(minor=False)
        self._allowed = self._passes(minor=True) if persona.minor else self._open
        self._when = np.full(len(world.at), -np.inf)  # it was shown
        self._authors: Counter[int] = Counter()
        self._today: list[int] = []
        self._days: list[tuple[float, float, float]] = []
        self._ndcgs: list[tuple[float, float, float]] = []
        self._wrong = self._checked = self._count = 0

    def _passes(self, *, minor: bool) -> NDArray[np.bool_]:
        """What the gate lets through. It is asked again only of what is another matter for this persona than for anybody: what it
        answered before, and what those posted whom it follows.
        """
        gate = policy.Gate(self._viewer, set(self._before), frozenset(), minor=minor)
        posts, people = self._world.posts, self._world.people
        passes = _open_to_anybody(self._world, minor=minor).copy()
        for k in [*self._before, *np.flatnonzero(self._follows).tolist()]:
            passes[k] = gate.refusal(posts[k], posts, people) is None
        return passes

    def begin(self, known: Engagements) -> None:
        """Answer what was answered before the first day."""
        for k in self._before:
            known.watch(self._id, k, float(self._world.at[k] + HOUR))

    def refresh(self, known: Engagements, moment: Moment, day: int, *, is_first: bool) -> None:
        """Look at the next page, and answer some of it."""
        minor = self._persona.minor
        receipts = self._page(known, moment, minor=minor, inferred=not minor)
        if is_first:
            self._checked += len(receipts)
            self._wrong += sum(bool(recompute(one, self._model.text).wrong) for one in receipts)
            self._compare(known, moment, receipts)
        for one in receipts:
            self._today.append(one.item)
            self._when[one.item] = moment.now
            self._authors[int(self._world.author[one.item])] += 1
            if self._answers(int(self._world.topic[one.item]), day):
                known.watch(self._id, one.item, moment.now)

    def _page(
        self, known: Engagements, moment: Moment, *, minor: bool, inferred: bool, most: int | None = None
    ) -> list[Receipt]:
        span = slice(moment.first, moment.last)
        places = np.flatnonzero((self._allowed if minor else self._open)[span] & ~self._shown(span))
        near = known.near(self._id, now=moment.now) if inferred else None
        walked = moment.walks.values(near)[places]
        told = {
            "followed": self._follows[span][places].astype(np.float64),
            "followed_tag": self._tagged[span][places].astype(np.float64),
            "friends": known.people_among(moment.pool, self._viewer.following)[places],
        }
        values = np.concatenate([walked, social(told, len(places))], 1)
        if not inferred:
            values[:, _INFERRED] = 0.0
        chosen = moment.first + places
        limit = most or self._world.plan.page
        bound = quota(
            moment.circle,
            known.turned_to(near),
            self._chosen[span],
            self._circles_shown(moment),
        )
        bound = msgspec.structs.replace(bound, circle=bound.circle[places])
        return rank(
            _Chosen(self._world.candidates, chosen),
            values,
            self._model,
            at=int(moment.now),
            policy=policy.HASH,
            limit=limit,
            quota=bound,
            shelf=self._world.shelf.take(chosen),
        )

    def _shown(self, span: slice) -> NDArray[np.bool_]:
        shown: NDArray[np.bool_] = np.isfinite(self._when[span])
        return shown

    def _circles_shown(self, moment: Moment) -> NDArray[np.int64]:
        """Of what it was shown within a day, from what there is now."""
        return moment.circle[self._when[moment.first : moment.last] > moment.now - DAY]

    def _compare(self, known: Engagements, moment: Moment, receipts: list[Receipt]) -> None:
        """How much of what interests the persona stands on top, with and without the rules for under 18."""
        world, span = self._world, slice(moment.first, moment.last)
        there = (
            self._open[span] & ~self._shown(span) & ~world.harmful[span] & (world.topic[span] == self._persona.interest)
        )
        relevant = int(there.sum())
        if not relevant:
            return
        pages = [receipts] * 3
        if self._persona.minor:
            most = 2 * world.plan.page
            pages[1:] = [self._page(known, moment, minor=False, inferred=one, most=most) for one in (False, True)]
        tops = [[one.item for one in page if not world.harmful[one.item]][: world.plan.page] for page in pages]
        served, free, inferred = (ndcg([bool(there[k - moment.first]) for k in top], relevant) for top in tops)
        self._ndcgs.append((served, free, inferred))

    def _answers(self, topic: int, day: int) -> bool:
        """Nobody answers the fringe; who corrects answers, from some day on, nothing but other topics."""
        persona = self._persona
        if persona.behaviour == "passive" or topic == FRINGE:
            return False
        wanted = topic == persona.interest
        if persona.behaviour == "corrective" and day >= _CORRECTS_FROM:
            wanted = not wanted
        return bool(wanted and self._dice.random() < (0.3 if persona.behaviour == "doom_scrolling" else 0.1))

    def end_day(self) -> None:
        """Count what was shown since the last."""
        world, shown = self._world, np.array(self._today, np.int64)
        topics = world.topic[shown]
        shares = (world.harmful[shown], topics == FRINGE, topics == self._persona.interest)
        self._days.append((_mean(shares[0]), _mean(shares[1]), _mean(shares[2])))
        self._count += len(shown)
        self._today = []

    def seen(self) -> Seen:
        """All that was counted."""
        harmful, fringe, interest = zip(*self._days, strict=True)
        persona = self._persona
        corrects = persona.behaviour == "corrective" and len(interest) > _CORRECTS_FROM
        figures = np.mean(self._ndcgs, 0) if self._ndcgs else np.zeros(3)
        return Seen(
            persona=persona.name,
            minor=persona.minor,
            behaviour=persona.behaviour,
            shown=self._count,
            harmful=harmful,
            fringe=fringe,
            interest=interest,
            authors=len(self._authors),
            largest_author=max(self._authors.values(), default=0) / max(self._count, 1),
            followed_harmful=_mean(self._world.harmful[self._follows]),
            wrong=self._wrong,
            recovery=interest[-1] / max(interest[_CORRECTS_FROM - 1], 1e-9) if corrects else None,
            ndcg=float(figures[0]),
            ndcg_open=float(figures[1]),
            ndcg_inferred=float(figures[2]),
            followed_fringe=_mean(self._world.topic[self._follows] == FRINGE),
            followed_interest=_mean(self._world.topic[self._follows] == persona.interest),
            receipts=self._checked,
            gini=_gini(list(self._authors.values())),
        )


@functools.lru_cache(maxsize=2)
def _open_to_anybody(world: World, *, minor: bool) -> NDArray[np.bool_]:
    """What the gate lets through for who follows nobody and answered nothing."""
    gate = policy.Gate(Viewer(FIRST_PERSONA), (), frozenset(), minor=minor)
    return np.array([gate.refusal(one, world.posts, world.people) is None for one in world.posts.values()])


def _mean(some: NDArray[np.bool_]) -> float:
    return float(some.mean()) if len(some) else 0.0


def _gini(counts: list[int]) -> float:
    """How unevenly things are shared out: 0 evenly, near 1: one has nearly all.

    Source: Gini, "Variabilità e mutabilità" (1912), as the mean difference over twice the mean.
    """
    some = np.sort(np.array(counts, np.float64))
    n = len(some)
    return float((2 * np.arange(1, n + 1) - n - 1) @ some / (n * some.sum())) if n and some.sum() else 0.0
