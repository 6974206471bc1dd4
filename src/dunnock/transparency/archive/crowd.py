"""Figures of hashed accounts, as coarse as it takes that at least five of a release share them, all of them together.

Whoever knows when an account was made, its language and about how many followers it had finds five, or nobody.
Source: k-anonymity by generalisation and suppression (Samarati, Sweeney, 1998).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

K = 5
Facts = tuple[str, str, int | None, int | None]
"""Day (2026-11-27), language, followers, following; as published: "" and None where it would tell too much."""
NOTHING: Facts = ("", "", None, None)


def rounded(facts: Facts) -> Facts:
    """Followers and following to one digit: what a release says at most of a hashed account."""
    return facts[0], facts[1], _one_digit(facts[2]), _one_digit(facts[3])


def _one_digit(number: int | None) -> int | None:
    if number is None or number <= 0:
        return None if number is None else 0
    unit: int = 10 ** (len(str(number)) - 1)
    return number // unit * unit


def _power(number: int | None) -> int | None:
    if number is None or number <= 0:
        return None if number is None else 0
    power: int = 10 ** (len(str(number)) - 1)
    return power


def _part(day: str, letters: int, rest: str) -> str:
    return f"{day[:letters]}{rest}" if day else ""


_LEVELS: tuple[Callable[[Facts], Facts], ...] = (
    lambda held: held,
    lambda held: (_part(held[0], 7, "-01"), held[1], _power(held[2]), _power(held[3])),
    lambda held: (_part(held[0], 4, "-01-01"), held[1], None, None),
    lambda held: (_part(held[0], 4, "-01-01"), "", None, None),
)


class Crowd:
    """What is published of the hashed accounts of one release."""

    def __init__(self, held: Iterable[tuple[Facts, int]] = ()) -> None:
        """`held`: rounded facts, and how many accounts have them."""
        self._held = Counter[Facts](dict(held))
        self._shown: dict[Facts, Facts] = {}

    def add(self, facts: Facts) -> None:
        """One more account."""
        self._held[rounded(facts)] += 1

    @property
    def held(self) -> list[tuple[Facts, int]]:
        """All that was added, as the constructor takes it."""
        return list(self._held.items())

    def settle(self) -> None:
        """All accounts are there: find out how coarse each must be."""
        left = dict(self._held)
        self._shown = dict.fromkeys(left, NOTHING)
        for level in _LEVELS:
            alike = Counter[Facts]()
            for facts, number in left.items():
                alike[level(facts)] += number
            for facts in list(left):
                if alike[level(facts)] >= K:
                    self._shown[facts] = level(facts)
                    del left[facts]

    def shown(self, facts: Facts) -> Facts:
        """What is published of an account that was added, after `settle`."""
        return self._shown[rounded(facts)]
