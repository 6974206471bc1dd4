"""Who acts together among the acts of a window: by the definitions of the batch, and by one more that needs one occasion only.

`networks` finds accounts that meet again and again, as `scan` does in tables. `scripts` finds what is posted from one script:
a hashtag, link or account that many name within minutes in nearly the same words. Both are pure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dunnock.integrity import clusters
from dunnock.integrity.coaction import Coactions, Ints, Observations, Pairs, Trace, coactions, firsts, weigh
from dunnock.integrity.marks import Seen

THRESHOLD = 6.0  # nats: by chance, at most one account in 400 reaches it
SCRIPT_WITHIN_S = 1_800
SCRIPT_LEAST = 8  # accounts with nearly the same words
SCRIPT_NATS = 8.0
_SCRIPT_GAP_S = 120  # the median between one such post and the next: faster than a text goes from hand to hand
_USUAL = 0.1  # part of the accounts of a crowd that use others' words, at least: quotes, slogans, buttons
_TOPICS = (Trace.TAG, Trace.LINK, Trace.MENTION)
_BOOSTS_ONLY = 0.9  # part of an amplifier's acts that are boosts
_MOST_TIES = 4_000
_MOST_POSTS = 40


@dataclass(frozen=True, slots=True)
class Member:
    """How sure it is of an account, in nats, which part it has, and what that was computed from."""

    score: float
    role: str
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tie:
    """Two accounts (the smaller id first), the trace that says most, how often they met, and how improbable that is."""

    a: int
    b: int
    trace: int
    occasions: int
    weight: float


@dataclass(frozen=True, slots=True)
class Network:
    """Accounts that act together. Times in Unix seconds; `posts` are acts that show it; `usual`: what others share."""

    how: str  # again: they met again and again; script: at once, in nearly the same words
    members: dict[int, Member]
    score: float
    first_at: int
    last_at: int
    traces: dict[str, int]
    shared: float  # part of its acts that a member shared with the others
    usual: float  # the same of accounts outside, with them
    posts: list[int]
    ties: list[Tie] = field(default_factory=list)


def find(seen: Seen) -> list[Network]:
    """All that act together in the window, the greatest first."""
    rows = firsts(seen.rows)
    if len(rows) == 0:
        return []
    found = coactions(rows)
    made = [*networks(seen, rows, found), *scripts(seen, rows)]
    return sorted(made, key=lambda one: (-len(one.members), min(one.members)))


def networks(seen: Seen, rows: Observations, found: Coactions) -> list[Network]:
    """Those that meet again and again."""
    verdicts = clusters.find(rows, (found,), len(seen.accounts), threshold=THRESHOLD)
    pairs = weigh(rows, (found,))
    made = []
    for number in np.unique(verdicts.group).tolist():
        ours = verdicts.take(verdicts.group == number)
        which = np.flatnonzero(
            np.isin(rows.actor[found.first], ours.actor) & np.isin(rows.actor[found.second], ours.actor)
        )
        first, second = found.first[which], found.second[which]
        acts, shared = int(ours.acts.sum()), int(ours.shared.sum())
        outside = float((ours.acts.sum(axis=0) @ np.array(clusters.LEVELS)) / max(acts, 1))
        members = {
            int(seen.accounts[actor]): Member(
                round(float(ours.score[row]), 3),
                _role(seen, actor),
                {
                    "how": "again",
                    "trace": "all" if ours.trace[row] == clusters.ALL else Trace(int(ours.trace[row])).name.lower(),
                    "tried": ours.tried,
                    "belonging": clusters.BELONGING,
                    "outside": list(clusters.LEVELS),
                    "acts": ours.acts[row].tolist(),
                    "shared": ours.shared[row].tolist(),
                },
            )
            for row, actor in enumerate(ours.actor.tolist())
        }
        made.append(
            Network(
                how="again",
                members=members,
                score=round(float(ours.score.max()), 3),
                first_at=int(rows.at[first].min()),
                last_at=int(rows.at[second].max()),
                traces=_traces(rows.trace[first]),
                shared=round(shared / max(acts, 1), 4),
                usual=round(outside, 4),
                posts=_posts(seen, rows, np.concatenate([first, second])),
                ties=_ties(seen, rows, found, which, pairs),
            )
        )
    return made


def scripts(seen: Seen, rows: Observations) -> list[Network]:
    """Topics that many take up within minutes in nearly the same words. Each account counts once for a topic.

    The score is as in `clusters`: how much better a script (half of the accounts use the same words, or more) explains what
    was seen than a crowd does.
    """
    order = np.argsort(rows.at, kind="stable")
    at = rows.at[order]
    found: list[tuple[int, Network]] = []
    end = int(at[-1])
    while end >= int(
        at[0]
    ):  # half-hours that overlap by half, back to the first act: a server that was away misses none
        held = order[np.searchsorted(at, end - SCRIPT_WITHIN_S, "right") : np.searchsorted(at, end, "right")]
        found += _scripts(seen, rows, held)
        end -= SCRIPT_WITHIN_S // 2
    made: dict[int, list[Network]] = {}
    for topic, one in sorted(found, key=lambda held: (-held[1].score, held[1].first_at)):
        known = made.setdefault(topic, [])
        if not any(one.members.keys() <= other.members.keys() for other in known):
            known.append(one)
    return [one for known in made.values() for one in known]


def _scripts(seen: Seen, rows: Observations, held: Ints) -> list[tuple[int, Network]]:
    """Those among the rows `held`, each with its topic."""
    of_topic = held[np.isin(rows.trace[held], np.array(_TOPICS))]
    of_near = held[rows.trace[held] == Trace.NEAR_TEXT]
    topics, topic, crowd = np.unique(rows.object[of_topic], return_inverse=True, return_counts=True)
    made: dict[frozenset[int], tuple[int, Network]] = {}
    for number in np.flatnonzero(crowd >= SCRIPT_LEAST).tolist():
        posts = np.unique(rows.post[of_topic[topic == number]])
        worded = of_near[np.isin(rows.post[of_near], posts)]
        using = len(np.unique(rows.actor[worded]))
        same = _said_by_several(rows, worded)
        actors, first = np.unique(rows.actor[same], return_index=True)
        if len(actors) < SCRIPT_LEAST or np.median(np.diff(np.sort(rows.at[same][first]))) > _SCRIPT_GAP_S:
            continue
        score = len(actors) * math.log(clusters.BELONGING / _USUAL)
        score += (using - len(actors)) * math.log((1 - clusters.BELONGING) / (1 - _USUAL))
        if score < SCRIPT_NATS:
            continue
        evidence = {"how": "script", "topic": int(topics[number]), "accounts": using, "same_words": len(actors),
                    "usual": _USUAL, "belonging": clusters.BELONGING}  # fmt: skip
        members = {
            int(seen.accounts[one]): Member(round(score, 3), _role(seen, one), evidence) for one in actors.tolist()
        }
        made.setdefault(
            frozenset(members),
            (
                int(topics[number]),
                Network(
                    how="script",
                    members=members,
                    score=round(score, 3),
                    first_at=int(rows.at[same].min()),
                    last_at=int(rows.at[same].max()),
                    traces={Trace.NEAR_TEXT.name.lower(): len(same)},
                    shared=round(len(actors) / using, 4),
                    usual=_USUAL,
                    posts=_posts(seen, rows, same),
                    ties=_chain(seen, rows, same),
                ),
            ),
        )
    return list(made.values())


def _said_by_several(rows: Observations, worded: Ints) -> Ints:
    """Rows of `worded` whose words another account used, too, each account once for each text."""
    order = worded[np.lexsort((rows.at[worded], rows.actor[worded], rows.object[worded]))]
    new = np.ones(len(order), np.bool_)
    new[1:] = (rows.object[order][1:] != rows.object[order][:-1]) | (rows.actor[order][1:] != rows.actor[order][:-1])
    order = order[new]
    _, inverse, count = np.unique(rows.object[order], return_inverse=True, return_counts=True)
    return order[count[inverse] > 1]


def _role(seen: Seen, actor: int) -> str:
    own = seen.rows.post[seen.rows.actor == actor]
    return "amplifier" if np.mean(seen.boost[np.unique(own)]) >= _BOOSTS_ONLY else "core"


def _traces(trace: Ints) -> dict[str, int]:
    kinds, count = np.unique(trace, return_counts=True)
    return {Trace(kind).name.lower(): number for kind, number in zip(kinds.tolist(), count.tolist(), strict=True)}


def _posts(seen: Seen, rows: Observations, which: Ints) -> list[int]:
    return [int(one) for one in seen.acts[np.unique(rows.post[which])][:_MOST_POSTS]]


def _ties(seen: Seen, rows: Observations, found: Coactions, which: Ints, pairs: Pairs) -> list[Tie]:
    n = len(seen.accounts)
    ends = np.sort(np.stack([rows.actor[found.first[which]], rows.actor[found.second[which]]]), axis=0)
    key = ends[0] * n + ends[1]
    strong = pairs.a * n + pairs.b
    order = np.lexsort((-found.surprise[which], key))
    pair, first = np.unique(key[order], return_index=True)
    trace = rows.trace[found.first[which[order[first]]]]
    weight = np.maximum(pairs.surprise, pairs.excess)
    place = np.minimum(np.searchsorted(strong, pair), len(strong) - 1)
    kept = np.flatnonzero(strong[place] == pair)
    kept = kept[np.argsort(-weight[place[kept]], kind="stable")][:_MOST_TIES]
    return [
        Tie(
            int(seen.accounts[pair[one] // n]),
            int(seen.accounts[pair[one] % n]),
            int(trace[one]),
            int(pairs.occasions[place[one]]),
            round(float(weight[place[one]]), 3),
        )
        for one in kept.tolist()
    ]


def _chain(seen: Seen, rows: Observations, same: Ints) -> list[Tie]:
    """Each account with the one that used the same words next."""
    order = same[np.lexsort((rows.at[same], rows.object[same]))]
    made: dict[tuple[int, int], Tie] = {}
    for one, other in zip(order[:-1].tolist(), order[1:].tolist(), strict=True):
        if rows.object[one] == rows.object[other]:
            a, b = sorted((int(seen.accounts[rows.actor[one]]), int(seen.accounts[rows.actor[other]])))
            made.setdefault((a, b), Tie(a, b, int(Trace.NEAR_TEXT), 1, round(-math.log(_USUAL), 3)))
    return list(made.values())[:_MOST_TIES]
