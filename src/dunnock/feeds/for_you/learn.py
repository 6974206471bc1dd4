"""Other weights from what was shown and what was taken up, and whether they are better: `dunnock feeds fit`. Pure.

What stood first is taken up more because it stood first: how much is fitted along, as a power of the place, and counted
out again (Joachims et al., "Unbiased learning-to-rank with biased feedback", WSDM 2017). Weights are fitted to the earlier
three quarters of the choices; on the later ones the file is compared with the one in force, with popularity and with the walk.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from dunnock.feeds.for_you.features import WALKED
from dunnock.feeds.for_you.fit import MOST_WEIGHT, Choice, fit_weights
from dunnock.feeds.for_you.model import Model, text_of
from dunnock.feeds.for_you.receipt import Receipt
from dunnock.foundation.errors import DomainError, Kind

Floats = NDArray[np.float64]

HELD: Final = frozenset({"less", "small_author", "new_author"})
"""What is a wish or a promise, and not learnt."""
LEAST, LEAST_ACCOUNTS = 400, 40
"""Choices to fit to, and members who made them."""
LEAST_LATER, LEAST_LATER_ACCOUNTS = 100, 20
"""The same, to compare on."""
MOST_OF_AN_ACCOUNT = 50
"""The latest choices of a member that count: nobody's taste is everybody's."""
_LATER = 0.25
_SEEN = 20  # what was shown so often with a signal tells something about it
_RIDGE = 1.0  # a weight moves as far as some evidence takes it: this over the number of choices
_TRIES = 2_000


class TooLittle(DomainError):
    """There is not enough to learn from; the text says what there is and what it takes."""

    code, kind = "too_little_to_learn", Kind.INVALID


class Showing(msgspec.Struct, frozen=True):
    """A page as it was shown. `chosen`: posts of it that the member answered later; `worth`: see `Choice`."""

    account: int
    receipts: tuple[Receipt, ...]
    chosen: Collection[int]
    worth: float = 1.0


class Difference(msgspec.Struct, frozen=True):
    """By how much the file is better than a rival; `low`, `high`: between these in nine of ten draws of the members."""

    rival: str
    mean: float
    low: float
    high: float


class Comparison(msgspec.Struct, frozen=True):
    """How a file did on what came later. Times are Unix milliseconds.

    `scores`: for the file (`file`) and its rivals the mean of 1 / log2(1 + place) of what was taken up, weighed by the
    inverse of how probable it was to be shown and seen; `examined`: a place is looked at as its number to the power of minus
    this; `by_chance`: choices of what stood there by chance; `against`: hash of the file that was in force.
    """

    choices: int
    later: int
    members: int
    by_chance: int
    since: int
    parted: int
    until: int
    examined: float
    scores: dict[str, float]
    better: tuple[Difference, ...]
    against: str

    @property
    def wins(self) -> bool:
        """Is the file better than each rival, and not by chance?"""
        return all(one.low > 0 for one in self.better)


class Learned(msgspec.Struct, frozen=True):
    """The text of a weight file, and how it did."""

    text: str
    compared: Comparison


class _Case(msgspec.Struct, frozen=True):
    """One choice: `values` `(n_items, n_features)`, the chosen one first; `place`: where each stood; `rare`: the inverse of
    how probable it was that each was shown.
    """

    account: int
    at: int
    values: Floats
    place: Floats
    rare: Floats
    worth: float


def learn(showings: Sequence[Showing], live: Model, *, version: str) -> Learned:
    """Fit and compare. The same showings give the same file.

    Raises:
        TooLittle: there are too few choices, or too few members made them.
    """
    cases = _cases(showings, live.names)
    cut = cases[int(len(cases) * (1 - _LATER))].at if cases else 0
    early, later = [one for one in cases if one.at < cut], [one for one in cases if one.at >= cut]
    _ask_for(early, LEAST, LEAST_ACCOUNTS, "to fit to")
    _ask_for(later, LEAST_LATER, LEAST_LATER_ACCOUNTS, "to compare on")
    weights, examined = _fitted(early, live)
    text = text_of(live, weights, version=version, about=f"Fitted to {len(early)} choices.")
    scores, better = _compare(later, Model(text, live.names), live, examined)
    return Learned(
        text,
        Comparison(
            choices=len(early),
            later=len(later),
            members=len({one.account for one in cases}),
            by_chance=sum(float(one.rare[0]) > 2 for one in cases),
            since=cases[0].at,
            parted=cut,
            until=cases[-1].at,
            examined=examined,
            scores=scores,
            better=better,
            against=live.hash,
        ),
    )


def _cases(showings: Sequence[Showing], names: Sequence[str]) -> list[_Case]:
    """One for each choice: what was chosen against what was shown with it and let be. Oldest first."""
    column = {name: n for n, name in enumerate(names)}
    by: dict[int, list[_Case]] = {}
    for one in showings:
        chosen = [receipt for receipt in one.receipts if receipt.item in one.chosen]
        others = [receipt for receipt in one.receipts if receipt.item not in one.chosen]
        if not others:
            continue
        for receipt in chosen:
            shown = [receipt, *others]
            values = np.zeros((len(shown), len(names)))
            for row, it in enumerate(shown):
                for name, value in it.values.items():
                    if name in column:  # a receipt may be older than this release
                        values[row, column[name]] = value
            place = np.array([it.rank for it in shown], np.float64)
            rare = np.array([min(MOST_WEIGHT, 1 / max(it.propensity, 1e-6)) for it in shown])
            by.setdefault(one.account, []).append(_Case(one.account, receipt.at, values, place, rare, one.worth))
    kept = [case for each in by.values() for case in sorted(each, key=lambda it: it.at)[-MOST_OF_AN_ACCOUNT:]]
    return sorted(kept, key=lambda it: (it.at, it.account))


def _ask_for(cases: Sequence[_Case], least: int, accounts: int, what: str) -> None:
    there, members = len(cases), len({one.account for one in cases})
    if there < least or members < accounts:
        raise TooLittle(
            there,
            say=f"There are {there:,} choices of {members:,} members {what}; it takes {least:,} of {accounts:,}. "
            "Choices are favourites and boosts of what For You showed within the last seven days",
        )


def _fitted(cases: Sequence[_Case], live: Model) -> tuple[dict[str, float], float]:
    """Weights that changed, and how much less places further down are looked at."""
    seen = np.sum([(one.values != 0).sum(0) for one in cases], 0)
    fitted = [n for n, name in enumerate(live.names) if name in live.weights and name not in HELD and seen[n] >= _SEEN]
    choices = [
        Choice(
            shaped=np.column_stack([live.shaped(one.values)[:, fitted], -np.log(one.place)]).astype(np.float32),
            chosen=np.arange(len(one.place)) == 0,
            propensity=1 / float(one.rare[0]),
            worth=one.worth,
            # What counts more when it is chosen also counts more for what it is chosen from.
            offset=(live.contributions(one.values).sum(1) + np.log(one.rare)).astype(np.float32),
        )
        for one in cases
    ]
    change = fit_weights(choices, ridge=_RIDGE / len(cases))
    weights = {
        live.names[n]: _round(live.weights[live.names[n]].weight + by)
        for n, by in zip(fitted, change[:-1].tolist(), strict=True)
    }
    return weights, max(0.0, float(change[-1]))


def _round(weight: float) -> float:
    """Numbers that people can read."""
    return float(f"{min(100.0, max(-100.0, weight)):.3g}")


def _compare(
    cases: Sequence[_Case], file: Model, live: Model, examined: float
) -> tuple[dict[str, float], tuple[Difference, ...]]:
    rankers = _rankers(file, live)
    accounts = {one: n for n, one in enumerate(sorted({one.account for one in cases}))}
    weight, gain = np.zeros(len(accounts)), np.zeros((len(accounts), len(rankers)))
    for one in cases:
        counts = one.worth * min(MOST_WEIGHT, float(one.rare[0]) * float(one.place[0]) ** examined)
        weight[accounts[one.account]] += counts
        for n, ranker in enumerate(rankers.values()):
            score = ranker.contributions(one.values).sum(1)
            place = 1 + (score > score[0]).sum() + ((score == score[0]).sum() - 1) / 2
            gain[accounts[one.account], n] += counts / np.log2(1 + place)
    means = gain.sum(0) / weight.sum()
    draws = np.random.default_rng(0).multinomial(len(accounts), np.full(len(accounts), 1 / len(accounts)), _TRIES)
    drawn = (draws @ gain) / np.maximum(draws @ weight, 1e-12)[:, None]  # members, drawn again (Efron, 1979)
    better = []
    for n, name in enumerate(rankers):
        if name != "file":
            low, high = np.quantile(drawn[:, 0] - drawn[:, n], [0.05, 0.95])
            better.append(Difference(name, float(means[0] - means[n]), float(low), float(high)))
    return dict(zip(rankers, map(float, means), strict=True)), tuple(better)


def _rankers(file: Model, live: Model) -> Mapping[str, Model]:
    nothing = dict.fromkeys(live.weights, 0.0)
    walk = {name: one.weight for name, one in live.weights.items() if name in WALKED}
    popular = {"popular_2h": 1.0}
    return {
        "file": file,
        "live": live,
        "popularity": Model(text_of(live, nothing | popular, version="popularity"), live.names),
        "walk": Model(text_of(live, nothing | walk, version="walk"), live.names),
    }
