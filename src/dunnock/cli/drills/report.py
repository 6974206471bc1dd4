"""What a drill is, and what it says afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from dunnock.cli.drills.stage import Stage


class Measure(msgspec.Struct, frozen=True):
    """One thing that was measured: what, what it should be, what it was. `held` None: it could not be measured here."""

    what: str
    target: str
    got: str
    held: bool | None


class Drill(msgspec.Struct, frozen=True):
    """An attack. `left_out`: what of the real one is smaller, shorter or not played; people read it beside the result."""

    id: str
    title: str
    left_out: str
    play: Callable[[Stage], list[Measure]]


class Outcome(msgspec.Struct, frozen=True):
    """What came of a drill."""

    id: str
    title: str
    left_out: str
    seconds: float
    measures: list[Measure]

    @property
    def held(self) -> bool:
        """Nothing missed its target."""
        return all(one.held is not False for one in self.measures)


def as_text(outcome: Outcome) -> str:
    """For people: a line for each measure."""
    words = {True: "held", False: "MISSED", None: "not measured"}
    lines = [f"{outcome.id}  {outcome.title} ({outcome.seconds:.0f} s)"]
    lines += [f"  {words[one.held]:<12} {one.what}: {one.got} (target: {one.target})" for one in outcome.measures]
    return "\n".join([*lines, f"  Smaller than in life: {outcome.left_out}"])
