"""Two levels: a core that writes, and amplifiers that do nothing but boost it.

Amplifiers need not boost the same posts: hundreds of them spread over hundreds of core accounts have no pair with much in
common. What shows is the shape. Accounts that only boost are some part of those who boost anybody; where they are nearly all,
the boosted account may be core. An account that boosts nearly nobody but such is an amplifier, and who amplifiers boost, core.

Source: DISARM T0049 (flooding), and the structure of the network taken down in June 2020 (23,750 core, 150,000 amplifiers).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dunnock.integrity.clusters import LEVELS, SMALLEST
from dunnock.integrity.coaction import Floats, Ints, distinct

NEARLY_ALL = (
    0.9  # part of their boosts that amplifiers are supposed to give the core, and the core to get from amplifiers
)
ONLY_BOOSTS = 0.9  # part of its posts that are boosts, at least, for an account that only boosts
_BOOSTS = 3  # an account that boosted less often says nothing
_SPREAD = 2  # core accounts that an amplifier boosts, at least: who boosts one is a fan
_EACH = 5  # accounts that boosted somebody, at least, to be counted when the usual part is taken


@dataclass(frozen=True, slots=True)
class Levels:
    """Accounts of two-level networks, shape `(v,)`."""

    actor: Ints
    group: Ints  # numbers from 0, the greatest network first
    amplifier: npt.NDArray[np.bool_]  # else core
    score: Floats  # nats
    outside: Floats  # part of the boosts (for core: of the boosters) that is the network's where it has no say
    acts: Ints  # boosts the amplifier gave; accounts that boosted the core
    shared: Ints  # those to the core; those that are amplifiers
    tried: Ints  # accounts that might have been core; 1 for amplifiers

    def __len__(self) -> int:
        return len(self.actor)


def two_levels(booster: Ints, author: Ints, target: Ints, *, boosted: Ints, posts: Ints, threshold: float) -> Levels:
    """Networks of core and amplifiers.

    Args:
        booster: Who boosted, a row a boost.
        author: The boosted account's number; -1 when it has no posts of its own here.
        target: A number for the boosted account in any case.
        boosted: How often each account boosted, by its number.
        posts: How much each account posted, boosts too, by its number.
        threshold: The least score.
    """
    n, targets = len(posts), int(target.max()) + 1 if len(target) else 0
    pair = distinct(target * n + booster)
    of, by = pair // max(n, 1), pair % max(n, 1)
    boosters = np.bincount(of, minlength=targets)
    only = (boosted >= _BOOSTS) & (boosted >= ONLY_BOOSTS * posts)
    if not np.any(only) or not np.any(boosters >= _EACH):
        return _nobody()
    # First guess: who is boosted by accounts that only boost, more than is usual.
    by_only = np.bincount(of[only[by]], minlength=targets)
    usual = _level(float(np.median((by_only / np.maximum(boosters, 1))[boosters >= _EACH])))
    core = _nats(boosters, by_only, usual) >= threshold + np.log(targets)
    # Who boosts nearly nobody else, against what people who also write give to these.
    to_core = core[target]
    given, to = np.bincount(booster, minlength=n), np.bincount(booster[to_core], minlength=n)
    others = ~only[booster]
    elsewhere = _level((int(np.sum(to_core & others)) + 1) / (int(np.sum(others)) + 50))
    amplifying = _nats(given, to, elsewhere)
    spread = np.bincount(by[core[of]], minlength=n)
    amplifier = only & (amplifying >= threshold) & (spread >= _SPREAD)
    # Whom these boost: nearly all who boost the core are amplifiers, and next to none of those who boost somebody else.
    by_amplifiers = np.bincount(of[amplifier[by]], minlength=targets)
    rest = ~core
    usual = _level((int(np.sum(by_amplifiers[rest])) + 1) / (int(np.sum(boosters[rest])) + 50))
    being = _nats(boosters, by_amplifiers, usual)
    owner = np.full(targets, -1, np.int64)
    owner[target] = author
    is_core = (being >= threshold + np.log(targets)) & (owner >= 0)
    is_core[is_core] = ~amplifier[owner[is_core]]
    group = _networks(by[amplifier[by] & is_core[of]], owner[of[amplifier[by] & is_core[of]]], n)
    hands = np.flatnonzero(amplifier & (group >= 0))
    heads = np.flatnonzero(is_core)
    heads = heads[group[owner[heads]] >= 0]
    both = np.concatenate([hands, owner[heads]])
    return Levels(
        both,
        group[both],
        np.arange(len(both)) < len(hands),
        np.concatenate([amplifying[hands], being[heads] - np.log(targets)]),
        np.concatenate([np.full(len(hands), elsewhere), np.full(len(heads), usual)]),
        np.concatenate([given[hands], boosters[heads]]),
        np.concatenate([to[hands], by_amplifiers[heads]]),
        np.where(np.arange(len(both)) < len(hands), 1, targets),
    )


def _nobody() -> Levels:
    none = np.empty(0, np.int64)
    return Levels(none, none, np.empty(0, np.bool_), np.empty(0), np.empty(0), none, none, none)


def _level(part: float) -> float:
    """A part, rounded up to a level; above the last one it stays what it is."""
    return next((level for level in LEVELS if part <= level), part)


def _nats(acts: Ints, shared: Ints, outside: float) -> Floats:
    """How much better `NEARLY_ALL` explains that `shared` of `acts` are the network's than `outside` does."""
    if outside >= NEARLY_ALL:
        return np.zeros(len(acts))
    yes, no = np.log(NEARLY_ALL / outside), np.log((1 - NEARLY_ALL) / (1 - outside))
    return np.asarray(shared * yes + (acts - shared) * no, np.float64)


def _networks(one: Ints, other: Ints, n: int) -> Ints:
    """What hangs together by amplifiers boosting core, of at least `SMALLEST` accounts on both levels; -1 for the rest."""
    import igraph  # noqa: PLC0415 (only batch work pays for it)

    group = np.full(n, -1, np.int64)
    if len(one) == 0:
        return group
    accounts, ends = np.unique(np.concatenate([one, other]), return_inverse=True)
    graph = igraph.Graph(n=len(accounts), edges=ends.reshape(2, -1).T)
    member = np.asarray(graph.connected_components().membership, np.int64)
    heads = np.bincount(member[np.unique(ends[len(one) :])], minlength=int(member.max()) + 1)
    hands = np.bincount(member[np.unique(ends[: len(one)])], minlength=len(heads))
    whole = np.flatnonzero((heads >= SMALLEST) & (hands >= SMALLEST))
    number = np.full(len(heads), -1, np.int64)
    number[whole[np.argsort(-(heads + hands)[whole], kind="stable")]] = np.arange(len(whole))
    group[accounts] = number[member]
    return group
