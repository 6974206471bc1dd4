"""Clusters: accounts that keep acting together, how sure that is for each of them, and what each does in its cluster.

Two steps. Pairs that co-acted improbably often make a graph, whose communities are the clusters (Leiden). Then every account
is judged against every cluster it met: `score` is the logarithm of how much better its acts are explained by belonging (half
of them are shared with the cluster) than by not belonging (as many as accounts outside share with the cluster on those days).

Sources: V. Traag, L. Waltman, N. J. van Eck, "From Louvain to Leiden" (2019), for the communities. For significance: the
probability that a likelihood ratio reaches c by chance is at most 1/c (Markov's inequality), so `exp(-score)` bounds it.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dunnock.integrity.coaction import (
    RULES,
    Coactions,
    Floats,
    Ints,
    Observations,
    Pairs,
    Rule,
    Trace,
    distinct,
    grouped,
    weigh,
)
from dunnock.integrity.coaction.pairs import days, spread

ALL = 0  # beside the traces: acts shared in whichever trace
SMALLEST = 5  # accounts in a cluster: two or three friends are none
BELONGING = 0.5  # part of its acts that a member shares with its cluster
# Parts that accounts outside share with a cluster, rounded up to one of these; from a half on, sharing says nothing.
LEVELS = (0.02, 0.03, 0.045, 0.07, 0.1, 0.15, 0.22, 0.33, 0.5)
# Nats from which on a pair is an edge. Low on purpose: pairs say where clusters may grow, `judge` decides about each account.
SURPRISE, EXCESS = 7.0, 4.0
# What an account is judged by: all it does, and its hashtags alone, which some networks use apart from a stream of other posts.
JUDGED = (ALL, Trace.TAGS, Trace.TAG)
_TRUST = 50  # acts outside that the lowest level counts for, where little was seen


def find(
    seen: Observations,
    found: Iterable[Coactions],
    n: int,
    *,
    threshold: float,
    rules: Mapping[Trace, Rule] = RULES,
) -> Verdicts:
    """The accounts among `n` that act together, in clusters that convince; each once, by cluster and falling score.

    `seen` is as `firsts` leaves it, `found` are the occasions in it, gone through several times. Clusters grow from both weights
    of pairs; those of the second that are mostly in one of the first are that one. A community of more than half of all
    accounts is none.
    """
    pairs, active = weigh(seen, found), len(distinct(seen.actor))
    acts = _by_trace(seen, n, rules)
    whole: Verdicts | None = None
    for weights, least, ceiling in ((pairs.surprise, SURPRISE, 0.15), (pairs.excess, EXCESS, 0.33)):
        strong = weights >= least
        group = communities(pairs.take(strong), weights[strong], n)
        grown = np.bincount(group + 1)[1:]
        for most in np.flatnonzero(2 * grown > active):
            group[group == most] = -1  # nobody is left to compare them with
        here = convincing(judge(seen, found, group, acts=acts, ceiling=ceiling), group, threshold)
        whole = here if whole is None else join(whole, here)
    assert whole is not None
    return whole


def join(old: Verdicts, new: Verdicts) -> Verdicts:
    """Both, each account where its score is greater; a new cluster that is mostly in an old one is that one."""
    if len(old) == 0 or len(new) == 0:
        return old if len(old) else new
    _, mine, theirs = np.intersect1d(old.actor, new.actor, return_indices=True)
    olds, news = int(old.group.max()) + 1, int(new.group.max()) + 1
    common = np.bincount(new.group[theirs] * olds + old.group[mine], minlength=news * olds).reshape(news, olds)
    number = np.where(
        2 * common.max(axis=1) >= np.bincount(new.group, minlength=news), common.argmax(axis=1), olds + np.arange(news)
    )
    new = dataclasses.replace(new, group=number[new.group])
    columns = {name: np.concatenate([getattr(old, name), getattr(new, name)]) for name in _COLUMNS}
    both = dataclasses.replace(old, tried=max(old.tried, new.tried), **columns).best()
    return both.take(np.lexsort((both.actor, -both.score, both.group)))


def communities(pairs: Pairs, weights: Floats, n: int, *, smallest: int = SMALLEST, resolution: float = 0.5) -> Ints:
    """The cluster of each of `n` accounts, shape `(n,)`: numbers from 0, the greatest cluster first; -1 for none.

    Always the same for the same pairs.
    """
    import igraph  # noqa: PLC0415 (only batch work pays for it)

    group = np.full(n, -1, np.int64)
    if len(pairs) == 0:
        return group
    accounts, ends, _ = grouped(np.concatenate([pairs.a, pairs.b]))
    graph = igraph.Graph(n=len(accounts), edges=ends.reshape(2, -1).T)
    igraph.set_random_number_generator(random.Random(0))  # noqa: S311 (the same clusters again, no secret)
    found = graph.community_leiden(
        objective_function="modularity", weights=weights, resolution=resolution, n_iterations=4
    )
    member = np.asarray(found.membership, np.int64)
    sizes = np.bincount(member)
    order = np.argsort(-sizes, kind="stable")
    number = np.full(len(sizes), -1, np.int64)
    kept = order[sizes[order] >= smallest]
    number[kept] = np.arange(len(kept))
    group[accounts] = number[member]
    return group


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Accounts against clusters, shape `(v,)`; `acts` and `shared` have the shape `(v, len(LEVELS))`."""

    actor: Ints
    group: Ints
    trace: Ints  # the trace that says most, or `ALL`
    score: Floats  # nats
    acts: Ints  # its posts in that trace, by the part that accounts outside shared with the cluster on the same days
    shared: Ints  # those among them that it shared with the cluster
    tried: int  # traces, of which the best was taken

    def __len__(self) -> int:
        return len(self.actor)

    def take(self, which: npt.NDArray[np.bool_] | Ints) -> Verdicts:
        """The rows that `which` picks."""
        columns = {name: getattr(self, name)[which] for name in _COLUMNS}
        return dataclasses.replace(self, **columns)

    def best(self) -> Verdicts:
        """Of each account, the cluster that it belongs to most, in the order of accounts."""
        order = np.lexsort((self.group, -self.score, self.actor))
        first = np.ones(len(order), np.bool_)
        first[1:] = np.diff(self.actor[order]) != 0
        return self.take(order[first])


_COLUMNS = ("actor", "group", "trace", "score", "acts", "shared")


def judge(
    seen: Observations,
    found: Iterable[Coactions],
    group: Ints,
    *,
    acts: Mapping[int, Acts] | None = None,
    least: int = 2,
    ceiling: float = 0.33,
) -> Verdicts:
    """Every account against every cluster with which it shares `least` acts in some trace; the best trace of each.

    `seen` is as `firsts` leaves it, `group` comes from `communities`, `acts` are those of `seen` where they are known. Trying
    several traces costs the logarithm of their number. Days on which accounts outside share more than `ceiling` of their posts
    with the cluster say nothing.
    """
    acts = _by_trace(seen, len(group), RULES) if acts is None else acts
    tries = tuple(acts)
    shared = _shared(seen, found, group, tries)
    parts = [_in_trace(acts[trace], keys, group, trace, least=least, ceiling=ceiling) for trace, keys in shared.items()]
    actor, of, kind, score, given, hits = (np.concatenate(column) for column in zip(*parts, strict=True))
    joined = Verdicts(actor, of, kind, score, given, hits, tried=len(tries))
    order = np.lexsort((joined.trace, -joined.score, joined.group, joined.actor))
    best = np.ones(len(order), np.bool_)
    best[1:] = (np.diff(joined.actor[order]) != 0) | (np.diff(joined.group[order]) != 0)
    chosen = joined.take(order[best])
    return dataclasses.replace(chosen, score=chosen.score - np.log(len(tries)))


def convincing(verdicts: Verdicts, group: Ints, threshold: float) -> Verdicts:
    """Verdicts that reach `threshold`, in clusters that convince as a whole; by cluster and falling score.

    At least `SMALLEST` accounts must reach it, and half of those that the cluster grew from. Where fewer do, a scene was
    found and not a network: colleagues, or fans, of whom some happen to share more than others.
    """
    verdicts = verdicts.best()
    verdicts = verdicts.take(verdicts.score >= threshold)
    grown = np.bincount(group[group >= 0])
    reached = np.bincount(verdicts.group, minlength=len(grown))
    grown_reached = np.bincount(verdicts.group[group[verdicts.actor] == verdicts.group], minlength=len(grown))
    whole = (reached >= SMALLEST) & (2 * grown_reached >= grown)
    verdicts = verdicts.take(whole[verdicts.group])
    return verdicts.take(np.lexsort((verdicts.actor, -verdicts.score, verdicts.group)))


def likelihood(acts: npt.NDArray[np.int64], shared: npt.NDArray[np.int64]) -> Floats:
    """Nats by which belonging explains better that `shared` of `acts` were shared; both by level, shape `(v, levels)`."""
    outside = np.array(LEVELS)
    yes, no = np.log(BELONGING / outside), np.log((1 - BELONGING) / (1 - outside))
    return np.asarray(shared @ yes + (acts - shared) @ no, np.float64)


_Part = tuple[Ints, Ints, Ints, Floats, Ints, Ints]


def _shared(seen: Observations, found: Iterable[Coactions], group: Ints, tries: tuple[int, ...]) -> dict[int, Ints]:
    """By trace: which post did something that somebody of which cluster did, too, as post * clusters + cluster; in order."""
    groups = max(int(group.max(initial=-1)) + 1, 1)
    kept = {trace: _Distinct() for trace in tries}
    for part in found:
        for one, two in ((part.first, part.second), (part.second, part.first)):
            theirs = group[seen.actor[two]]
            member = np.flatnonzero(theirs >= 0)
            key, kind = seen.post[one[member]] * groups + theirs[member], seen.trace[one[member]]
            for trace, keys in kept.items():
                keys.add(key if trace == ALL else key[kind == trace])
    return {trace: keys.all() for trace, keys in kept.items()}


class _Distinct:
    """Numbers that come in many parts, each kept once: the repeated ones never take more than half of the memory."""

    def __init__(self) -> None:
        self._parts, self._size, self._most = [np.empty(0, np.int64)], 0, 1_000_000

    def add(self, some: Ints) -> None:
        self._parts.append(distinct(some))
        self._size += len(self._parts[-1])
        if self._size > self._most:
            self._parts = [self.all()]
            self._size = len(self._parts[0])
            self._most = 1_000_000 + 2 * self._size

    def all(self) -> Ints:
        """What came, in order."""
        return distinct(np.concatenate(self._parts))


@dataclass(frozen=True, slots=True)
class Acts:
    """What accounts did in a trace, shape `(n,)`. An act is a post here: whatever it shares, it counts once."""

    post: Ints  # in order
    actor: Ints
    day: Ints  # numbers from 0 of days on which anything was seen
    days: int
    active: Ints  # accounts on days, as account * days + day, in order
    times: Ints  # their acts
    start: Ints  # where the days of each account begin in `active`, and where the last one's end


def _by_trace(seen: Observations, n: int, rules: Mapping[Trace, Rule]) -> dict[int, Acts]:
    """The acts of `n` accounts by the traces that they are judged by."""
    day, width = days(seen)
    posts = int(seen.post.max(initial=-1)) + 1
    made = {}
    for trace in JUDGED:
        rows = np.ones(len(seen), np.bool_) if trace == ALL else seen.trace == trace
        if trace == ALL or (trace in rules and np.any(rows)):
            when = np.full(posts, -1, np.int64)  # all that a post did, one account did at one time
            when[seen.post[rows]] = (seen.actor * width + day)[rows]
            post = np.flatnonzero(when >= 0)
            when = when[post]
            active, times = np.unique(when, return_counts=True)
            start = np.searchsorted(active, np.arange(n + 1) * width)
            made[int(trace)] = Acts(post, when // width, when % width, width, active, times, start)
    return made


def _in_trace(acts: Acts, shared_post: Ints, group: Ints, trace: int, *, least: int, ceiling: float) -> _Part:
    if len(acts.post) == 0:
        none, empty = np.empty(0, np.int64), np.empty((0, len(LEVELS)), np.int64)
        return none, none, none, np.empty(0), empty, empty
    groups, days = int(group.max()) + 1, acts.days
    act = np.searchsorted(acts.post, shared_post // max(groups, 1))
    actor, day_of, met = acts.actor[act], acts.day[act], shared_post % max(groups, 1)
    # What accounts outside share with each cluster, day by day.
    outside_hit = group[actor] != met
    hits = np.bincount(met[outside_hit] * days + day_of[outside_hit], minlength=groups * days)
    total = np.bincount(acts.day, minlength=days)
    member = group[acts.actor] >= 0
    own = np.bincount(group[acts.actor[member]] * days + acts.day[member], minlength=groups * days)
    acts_outside = np.tile(total, groups) - own
    part = (hits + _TRUST * LEVELS[0]) / (acts_outside + _TRUST)
    level = np.where(part > ceiling, len(LEVELS) - 1, np.searchsorted(LEVELS, part - 1e-12))
    # Who meets which cluster often enough, and what they did on which days.
    key, place, count = grouped(actor * max(groups, 1) + met)
    often = count >= least
    key, place, meets = key[often], (np.cumsum(often) - 1)[place], often[place]
    who, whom = key // max(groups, 1), key % max(groups, 1)
    width = len(LEVELS)
    shared = np.bincount(
        place[meets] * width + level[met[meets] * days + day_of[meets]], minlength=len(key) * width
    ).reshape(-1, width)
    owner, at = spread(acts.start[who], acts.start[who + 1] - acts.start[who])
    given = np.bincount(
        owner * width + level[whom[owner] * days + acts.active[at] % days], acts.times[at], minlength=len(key) * width
    )
    given = given.reshape(-1, width).astype(np.int64)
    return who, whom, np.full(len(key), trace, np.int64), likelihood(given, shared), given, shared
