"""How well the ranking foretells what people take up next, on a table of events: `dunnock feeds evaluate`.

Windows of six hours. Before each, everything earlier is known, and nothing else: the acts, and the weights, which begin as
those of the file and are fitted to the windows before it, as `dunnock feeds fit` does. For each account that takes up something
in the window that was there to be taken up (an item with an act in the last 48 hours, which it had not acted on), all such
items are ranked by the code that serves For You.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from dunnock.feeds.for_you.engagements import Engagements
from dunnock.feeds.for_you.features import SOCIAL, Walks
from dunnock.feeds.for_you.fit import Choice, fit_weights, ndcg
from dunnock.feeds.for_you.model import Model

WINDOW, REACH = 6 * 3600.0, 48 * 3600.0
LEAST = 50  # candidates: fewer make no ranking
_SAMPLED = 100  # of what was not taken up, for the fit
_KEPT_CHOICES, _OF_A_WINDOW = 12_000, 600  # so that the fit knows all times of the day
_RIDGE = 0.5  # some windows tell little: how strongly weights are drawn back to those of the file
_TRIES = 4  # windows before the first that the weights are fitted to


class Events(msgspec.Struct, frozen=True):
    """Acts in order of time (seconds); accounts and items as numbers from 0."""

    at: NDArray[np.float64]
    account: NDArray[np.int64]
    item: NDArray[np.int64]


class Figures(msgspec.Struct, frozen=True):
    """The means over accounts and windows. `coverage`: the share of candidates that stood in a first 20 at least once.

    `small`, `small_offered`: the share of items by small authors among the first 20 and among all candidates; an item's
    author is who acted on it first, and small is who drew at most as many acts of others as half of the authors did.
    `popularity`: the NDCG@10 of ranking by the acts of the last hours.
    """

    ndcg: float
    recall: float
    popularity: float
    coverage: float
    small: float
    small_offered: float
    rankings: int


def read_events(path: Path) -> Events:
    """Read a CSV file with the columns time (Unix seconds), user and item.

    Raises:
        ValueError: it has not these columns, or no events.
    """
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        if not {"time", "user", "item"} <= set(rows.fieldnames or ()):
            raise ValueError(f"{path} needs the columns time, user and item.")
        found = [(float(row["time"]), row["user"], row["item"]) for row in rows]
    if not found:
        raise ValueError(f"{path} has no events.")
    found.sort(key=lambda row: row[0])
    accounts: dict[str, int] = {}
    items: dict[str, int] = {}
    return Events(
        np.array([row[0] for row in found]),
        np.array([accounts.setdefault(row[1], len(accounts)) for row in found], np.int64),
        np.array([items.setdefault(row[2], len(items)) for row in found], np.int64),
    )


def moment(events: Events, at: float) -> float:
    """A time as people give it: up to 1 a share of all events, else Unix seconds."""
    return float(np.quantile(events.at, at)) if at <= 1 else at


class _Case(msgspec.Struct, frozen=True):
    values: NDArray[np.float64]
    taken: NDArray[np.bool_]
    open: NDArray[np.bool_]  # not acted on before
    popular: NDArray[np.float64]


class _Small:
    """Who draws few."""

    def __init__(self) -> None:
        self._author: dict[int, int] = {}
        self._drawn: dict[int, int] = {}

    def note(self, account: int, item: int) -> None:
        author = self._author.setdefault(item, account)
        self._drawn[author] = self._drawn.get(author, 0) + (author != account)

    def of(self, items: Sequence[int]) -> NDArray[np.bool_]:
        drawn = np.array([self._drawn[self._author[one]] for one in items])
        return np.asarray(drawn <= np.median(drawn))


def evaluate(
    events: Events,
    model: Model,
    *,
    since: float,
    until: float,
    fixed: bool = False,
    tell: Callable[[str], object] = lambda _: None,
) -> Figures:
    """Rank window by window. `fixed`: with the weights of `model` throughout; else they are fitted on before each window."""
    known, small = Engagements(), _Small()
    choices: deque[Choice] = deque(maxlen=_KEPT_CHOICES)
    sums, ranked, offered, shown = np.zeros(5), 0, 0, 0
    start, place = since - (0 if fixed else _TRIES * WINDOW), 0
    dice = np.random.default_rng(0)  # only which of those not taken up the fit looks at
    while start < until:
        end = int(np.searchsorted(events.at, start))
        for n in range(place, end):
            known.add(int(events.account[n]), int(events.item[n]), float(events.at[n]))
            small.note(int(events.account[n]), int(events.item[n]))
        place = end
        items = known.active(since=start - REACH)
        if len(items) >= LEAST:
            counted = start >= since
            score = _scorer(model, choices, fixed=fixed)
            is_small = small.of(items)
            seen_in_list = np.zeros(len(items), bool)
            before, of_window = ranked, list[Choice]()
            for case in _cases(events, known, items, start):
                if counted:
                    top, figures = _judge(case, score)
                    seen_in_list[top] = True
                    sums += [*figures, is_small[top].mean(), is_small.mean()]
                    ranked += 1
                if not fixed:
                    of_window.append(_choice(case, model, dice))
            if of_window:
                some = dice.choice(len(of_window), min(_OF_A_WINDOW, len(of_window)), replace=False)
                choices.extend(of_window[n] for n in some)
            if counted:
                offered, shown = offered + len(items), shown + int(seen_in_list.sum())
                tell(f"{len(items)} candidates, {ranked - before} rankings")
        start += WINDOW
    if not ranked:
        raise ValueError("There is nothing to rank in this time.")
    means = sums / ranked
    return Figures(means[0], means[1], means[2], shown / offered, means[3], means[4], ranked)


def _scorer(
    model: Model, choices: Sequence[Choice], *, fixed: bool
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    weights = model.vector if fixed or not choices else model.vector + fit_weights(list(choices), ridge=_RIDGE)
    return lambda values: np.asarray(model.shaped(values) @ weights)


def _cases(events: Events, known: Engagements, items: Sequence[int], start: float) -> Iterator[_Case]:
    where = {item: n for n, item in enumerate(items)}
    pool = known.pool(items, now=start)
    walks = Walks(pool, known.activity())
    first, last = np.searchsorted(events.at, [start, start + WINDOW])
    takes: dict[int, set[int]] = {}
    for n in range(int(first), int(last)):
        account, item = int(events.account[n]), int(events.item[n])
        if item in where and known.knows(account):
            takes.setdefault(account, set()).add(item)
    for account in sorted(takes):
        done = known.acted_on(account)
        taken = takes[account] - done
        if not taken:
            continue
        is_open, is_taken = np.ones(len(items), bool), np.zeros(len(items), bool)
        is_open[[where[item] for item in done if item in where]] = False
        is_taken[[where[item] for item in taken]] = True
        walked = walks.values(known.near(account, now=start))
        values = np.concatenate([walked, np.zeros((len(items), len(SOCIAL)))], 1)
        yield _Case(values, is_taken, is_open, walks.popular)


def _judge(
    case: _Case, score: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> tuple[NDArray[np.int64], tuple[float, float, float]]:
    top = _top(score(case.values), case.open)
    hits, relevant = case.taken[top], int(case.taken.sum())
    popular = case.taken[_top(case.popular, case.open)]
    return top, (ndcg(hits.tolist(), relevant), float(hits.sum()) / relevant, ndcg(popular.tolist(), relevant))


def _top(scores: NDArray[np.float64], is_open: NDArray[np.bool_]) -> NDArray[np.int64]:
    order = np.argsort(-np.where(is_open, scores, -np.inf), kind="stable")[:20]
    return order[is_open[order]]


def _choice(case: _Case, model: Model, dice: np.random.Generator) -> Choice:
    """What was taken up, and some of the others, each of which stands for as many as were left out for it.

    The offset is what the file's weights say, so that a fit finds by how much they should change.

    Source: Bengio and Senécal, "Adaptive importance sampling to accelerate training of a neural probabilistic language
    model", 2008.
    """
    taken, others = np.flatnonzero(case.taken), np.flatnonzero(case.open & ~case.taken)
    some = dice.choice(others, min(_SAMPLED, len(others)), replace=False)
    rows = np.concatenate([taken, some])
    shaped = model.shaped(case.values[rows])
    offset = (shaped @ model.vector).astype(np.float32)
    offset[len(taken) :] += np.log(max(len(others), 1) / max(len(some), 1))
    return Choice(shaped.astype(np.float32), case.taken[rows], offset=offset)
