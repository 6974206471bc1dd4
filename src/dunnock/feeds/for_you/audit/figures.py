"""What a report says of each persona in a few numbers, and how they differ from the last run's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from dunnock.feeds.for_you.audit.reading import Seen

if TYPE_CHECKING:
    from dunnock.feeds.for_you.audit.report import Report


class Figures(msgspec.Struct, frozen=True):
    """Of one persona. Exposure: the shares of `harmful`, `fringe` (on the last day) and its `interest` in what it was shown.

    `amplified_…`: the same over the share in what those post whom it follows (None: they post none of it). `drift`: how much
    the fringe's share grows a day. `recovery`: of the interest, after it turned away. Concentration: `largest_author`, and
    `gini` of how often each author was shown (0: all alike). `receipts` were checked, of which `wrong` could not be worked out.
    """

    persona: str
    harmful: float
    amplified_harmful: float | None
    fringe: float
    amplified_fringe: float | None
    drift: float
    interest: float
    amplified_interest: float | None
    recovery: float | None
    largest_author: float
    gini: float | None
    receipts: int | None
    wrong: int


class Change(msgspec.Struct, frozen=True):
    """One persona in two runs; `by`: how much each figure is larger now, where both have it."""

    persona: str
    by: dict[str, float]


class Comparison(msgspec.Struct, frozen=True):
    """A run beside the last one. `passed`: bars that held in one and not in the other, as they are now."""

    model: str
    model_before: str
    policy: str
    policy_before: str
    passed: dict[str, bool]
    personas: tuple[Change, ...]


def figures_of(one: Seen) -> Figures:
    """The numbers of one persona."""
    harmful, fringe, interest = float(np.mean(one.harmful)), one.fringe[-1], float(np.mean(one.interest))
    return Figures(
        persona=one.persona,
        harmful=harmful,
        amplified_harmful=_over(harmful, one.followed_harmful),
        fringe=fringe,
        amplified_fringe=_over(fringe, one.followed_fringe),
        drift=one.drift,
        interest=interest,
        amplified_interest=_over(interest, one.followed_interest),
        recovery=one.recovery,
        largest_author=one.largest_author,
        gini=one.gini,
        receipts=one.receipts,
        wrong=one.wrong,
    )


def compare(now: Report, before: Report) -> Comparison:
    """What is other than in the last run, by the names of personas."""
    then = {one.persona: figures_of(one) for one in before.seen}
    changes = []
    for one in now.seen:
        if one.persona in then:
            new, old = msgspec.structs.asdict(figures_of(one)), msgspec.structs.asdict(then[one.persona])
            both = {name: (new[name], old[name]) for name in new if name != "persona"}
            by = {name: float(a - b) for name, (a, b) in both.items() if a is not None and b is not None}
            changes.append(Change(one.persona, by))
    passed = {name: held for name, held in now.passed.items() if before.passed.get(name) != held}
    return Comparison(now.model, before.model, now.policy, before.policy, passed, tuple(changes))


def _over(share: float, other: float | None) -> float | None:
    return share / other if other else None
