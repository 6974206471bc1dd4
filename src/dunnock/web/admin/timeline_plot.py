"""A network over time as a plot: bars of what was done, a line of how many there were, a numbered line for each moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dunnock.foundation.clock import DAY, HOUR, MINUTE
from dunnock.integrity import Moment, Timeline

WIDTH, HEIGHT = 720, 220
_TOP, _FLOOR = 60, 210
_APART = 18
_LEVELS = 3


class Mark(NamedTuple):
    """A moment in the plot: where, and its number in the list below. `y`: of the number, so that they stand clear."""

    x: float
    y: int
    number: int
    moment: Moment


class Plot(NamedTuple):
    """`bars` and `line` are paths of SVG; `most`: acts of the highest bar, `there`: accounts at the top of the line."""

    bars: str
    line: str
    marks: Sequence[Mark]
    most: int
    there: int
    step: tuple[str, int]


def plot_of(timeline: Timeline) -> Plot:
    """The plot of a timeline."""
    held = timeline.stretches
    wide = WIDTH / max(len(held), 1)
    most = max((one.acts for one in held), default=0)
    there = max((one.accounts for one in held), default=0)
    bars = "".join(
        f"M{n * wide + wide / 2:.1f} {_FLOOR}v-{max(1.0, (_FLOOR - _TOP) * one.acts / most):.1f}"
        for n, one in enumerate(held)
        if one.acts
    )
    line = "".join(
        f"{'L' if n else 'M'}{(n + 1) * wide:.1f} {_FLOOR - (_FLOOR - _TOP) * one.accounts / max(there, 1):.1f}"
        for n, one in enumerate(held)
    )
    return Plot(bars, line, _marks(timeline, wide), most, there, step_of(timeline.step_ms))


def step_of(ms: int) -> tuple[str, int]:
    """How long a stretch is in a unit that people count in: minute, hour or day."""
    for unit, size in (("day", DAY), ("hour", HOUR)):
        if ms >= size:
            return unit, ms // size
    return "minute", ms // MINUTE


def _marks(timeline: Timeline, wide: float) -> list[Mark]:
    start = timeline.stretches[0].at if timeline.stretches else 0
    ends = [-1.0 * _APART] * _LEVELS
    out = []
    for number, one in enumerate(timeline.moments, 1):
        x = min(max((one.at - start) / timeline.step_ms * wide, 9.0), WIDTH - 9.0)
        level = next((n for n, end in enumerate(ends) if x - end >= _APART), (number - 1) % _LEVELS)
        ends[level] = x
        out.append(Mark(round(x, 1), 12 + level * _APART, number, one))
    return out
