"""The batch: tables of posts in, accounts that act together out, each with the evidence its score is made from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from dunnock.integrity import amplifiers, clusters
from dunnock.integrity.coaction import RULES, Coactions, Floats, Ints, Observations, Occasions, Trace, firsts
from dunnock.integrity.reading import Posts

THRESHOLD = 7.0  # nats: by chance, at most one account in 1,000 reaches it, and five together hardly ever
_OCCASIONS = 10  # shown as evidence
_SORTED = 2_000_000  # occasions at a time, until these are chosen
_LOWER, _ROOM = 26, 1 << 38  # bits of a surprise that are passed over to choose; for the others
_REPOSTS_ONLY = 0.9  # part of an amplifier's posts that are boosts


class Occasion(msgspec.Struct, frozen=True):
    """A post that did the same as somebody else's in the cluster: what, whose, how long between them, how surprising."""

    trace: str
    post: str
    other_account: str
    other_post: str
    seconds: int
    surprise: float


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What a score is made from; `integrity/recompute.py` makes it again from this alone."""

    trace: str  # what says most: "all" that its posts share, a trace; of two levels: its "boosts", "boosted_by" whom
    role: str  # core: writes; amplifier: boosts what others write
    accounts: int  # in the cluster
    tried: int  # traces, of which the best was taken
    belonging: float  # part of its posts that a member is supposed to share
    outside: list[float]  # parts of their posts that accounts outside shared with the cluster
    posts: list[int]  # of the account, on days with these parts; of two levels: its boosts, or accounts that boosted it
    shared: list[int]  # those among them shared with the cluster, or that are its
    occasions: list[Occasion]  # the most surprising


@dataclass(frozen=True, slots=True)
class Flag:
    """An account that acts together with others."""

    account: str
    score: float
    cluster: int
    evidence: Evidence


def scan(
    files: list[Path],
    *,
    text: bool = True,
    threshold: float = THRESHOLD,
    engine: str = "duckdb",
    tell: Callable[[str], object] = lambda _: None,
) -> list[Flag]:
    """Accounts whose score reaches `threshold`, by cluster and falling score. Without `text`, by behaviour only.

    Which `engine` reads the tables (duckdb, spark) changes nothing.

    Raises:
        BadTable: a file is no table of posts.
        EngineMissing: the engine can't be had here.
    """
    with Posts(files, text=text, engine=engine, tell=tell) as posts:
        rules = {trace: rule for trace, rule in RULES.items() if text or not trace.of_text}
        seen = firsts(posts.seen(), rules)
        tell(f"{len(posts.accounts):,} accounts did {len(seen):,} things")
        found = Occasions(seen, rules)
        tell(f"{sum(len(part) for part in found):,} occasions of doing the same")
        tell("Grouping the accounts and judging each of them: half of the time goes there")
        verdicts = clusters.find(seen, found, len(posts.accounts), threshold=threshold, rules=rules)
        flags = _with_levels(posts, _flags(posts, seen, found, verdicts), threshold)
        tell(f"{len(flags):,} accounts in {len({flag.cluster for flag in flags}):,} clusters reach {threshold:g}")
        return flags


def _flags(posts: Posts, seen: Observations, found: Iterable[Coactions], verdicts: clusters.Verdicts) -> list[Flag]:
    boosts = np.bincount(posts.author, posts.is_repost, minlength=len(posts.accounts))
    part = boosts / np.bincount(posts.author, minlength=len(posts.accounts))
    sizes = np.bincount(verdicts.group)
    number = np.argsort(np.argsort(-sizes, kind="stable"))  # of those that convince, the greatest is 0
    occasions = _occasions(posts, seen, found, verdicts)
    flags = [
        Flag(
            account=posts.accounts[actor],
            score=float(verdicts.score[row]),
            cluster=int(number[verdicts.group[row]]),
            evidence=Evidence(
                trace=_name(int(verdicts.trace[row])),
                role="amplifier" if part[actor] >= _REPOSTS_ONLY else "core",
                accounts=int(sizes[verdicts.group[row]]),
                tried=verdicts.tried,
                belonging=clusters.BELONGING,
                outside=list(clusters.LEVELS),
                posts=verdicts.acts[row].tolist(),
                shared=verdicts.shared[row].tolist(),
                occasions=occasions.get(actor, []),
            ),
        )
        for row, actor in enumerate(verdicts.actor.tolist())
    ]
    return sorted(flags, key=lambda flag: flag.cluster)


def _with_levels(posts: Posts, flags: list[Flag], threshold: float) -> list[Flag]:
    """With the accounts of two-level networks. Who is flagged already keeps the cluster; a network most of whose accounts
    are in one cluster is that cluster.
    """
    boosts, n = posts.boosts(), len(posts.accounts)
    levels = amplifiers.two_levels(
        boosts.booster,
        boosts.author,
        boosts.target,
        boosted=np.bincount(posts.author[posts.is_repost], minlength=n),
        posts=np.bincount(posts.author, minlength=n),
        threshold=threshold,
    )
    known = {flag.account: flag for flag in flags}
    free = 1 + max((flag.cluster for flag in flags), default=-1)
    sizes = np.bincount(levels.group)
    number: dict[int, int] = {}
    for group in range(len(sizes)):
        here = [posts.accounts[actor] for actor in levels.actor[levels.group == group].tolist()]
        there = [known[account].cluster for account in here if account in known]
        number[group] = max(set(there), key=there.count) if 2 * len(there) > len(here) else free + group
    for row, actor in enumerate(levels.actor.tolist()):
        flag = Flag(
            account=posts.accounts[actor],
            score=float(levels.score[row]),
            cluster=number[int(levels.group[row])],
            evidence=Evidence(
                trace="boosts" if levels.amplifier[row] else "boosted_by",
                role="amplifier" if levels.amplifier[row] else "core",
                accounts=int(sizes[levels.group[row]]),
                tried=int(levels.tried[row]),
                belonging=amplifiers.NEARLY_ALL,
                outside=[float(levels.outside[row])],
                posts=[int(levels.acts[row])],
                shared=[int(levels.shared[row])],
                occasions=[],
            ),
        )
        if flag.account not in known or flag.score > known[flag.account].score:
            known[flag.account] = flag
    return sorted(known.values(), key=lambda flag: (flag.cluster, -flag.score, flag.account))


def _name(trace: int) -> str:
    return "all" if trace == clusters.ALL else Trace(trace).name.lower()


def _occasions(
    posts: Posts, seen: Observations, found: Iterable[Coactions], verdicts: clusters.Verdicts
) -> dict[int, list[Occasion]]:
    """The most surprising occasions of each account with others of its cluster."""
    theirs = np.full(len(posts.accounts), -1, np.int64)
    theirs[verdicts.actor] = verdicts.group
    none = np.empty(0, np.int64)
    kept, new = _Shown(none, none, np.empty(0)), [_Shown(none, none, np.empty(0))]
    for part in found:
        for mine, other in ((part.first, part.second), (part.second, part.first)):
            of = theirs[seen.actor[mine]]
            which = np.flatnonzero((of >= 0) & (of == theirs[seen.actor[other]]))
            new.append(_Shown(mine[which], other[which], part.surprise[which]))
        if sum(len(some.mine) for some in new) > _SORTED:
            kept, new = _most_surprising(seen, [kept, *new]), []
    mine, other, surprise = _most_surprising(seen, [kept, *new])
    ids = posts.ids(np.concatenate([seen.post[mine], seen.post[other]]))
    found_of: dict[int, list[Occasion]] = {}
    for row in range(len(mine)):
        one, two = int(mine[row]), int(other[row])
        found_of.setdefault(int(seen.actor[one]), []).append(
            Occasion(
                trace=_name(int(seen.trace[one])),
                post=ids[int(seen.post[one])],
                other_account=posts.accounts[int(seen.actor[two])],
                other_post=ids[int(seen.post[two])],
                seconds=int(seen.at[two] - seen.at[one]),
                surprise=round(float(surprise[row]), 2),
            )
        )
    return found_of


class _Shown(NamedTuple):
    """Occasions as one of the two sees them: rows of observations, shape `(k,)`."""

    mine: Ints
    other: Ints
    surprise: Floats


def _most_surprising(seen: Observations, parts: list[_Shown]) -> _Shown:
    """The first few of each account. Of equal ones, those of the earlier posts, then of the first trace."""
    mine, other, surprise = (np.concatenate(column) for column in zip(*parts, strict=True))
    # Only those about as surprising as an account's last one that is shown come into question: few, to be sorted with care.
    # Of numbers from 0 on, the bits are in their order: the upper ones are sorted with the account's number.
    actor = seen.actor[mine]
    key = (actor + 1) * _ROOM - (np.abs(surprise).view(np.int64) >> _LOWER)
    ordered = np.sort(key)
    starts = np.flatnonzero(np.diff((ordered - 1) // _ROOM, prepend=-1))
    sizes = np.diff(starts, append=len(ordered))
    last = np.zeros(int(actor.max(initial=0)) + 1, np.int64)
    last[(ordered[starts] - 1) // _ROOM] = ordered[starts + np.minimum(sizes, _OCCASIONS) - 1]
    kept = key <= last[actor]
    mine, other, surprise = mine[kept], other[kept], surprise[kept]
    order = np.lexsort((seen.trace[mine], seen.post[other], seen.post[mine], -surprise, seen.actor[mine]))
    whose = seen.actor[mine][order]
    order = order[np.arange(len(order)) - np.searchsorted(whose, whose) < _OCCASIONS]
    return _Shown(mine[order], other[order], surprise[order])
