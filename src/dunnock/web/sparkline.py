"""How much a hashtag or a link was used on the last days, as a small line."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dunnock.posts.hashtag_search import DayOfUse

WIDTH, HEIGHT = 72, 24
_EDGE = 2


class Sparkline(msgspec.Struct, frozen=True):
    """`points` of an SVG polyline in a box of `WIDTH` by `HEIGHT`; `days`: accounts a day, the oldest first."""

    points: str
    days: tuple[int, ...]

    @property
    def today(self) -> int:
        """Accounts since midnight, UTC."""
        return self.days[-1]

    @property
    def yesterday(self) -> int:
        """Accounts on the day before."""
        return self.days[-2]


def sparkline(days: Sequence[DayOfUse]) -> Sparkline:
    """The line of `days`, which begin with the present one; a tag that nobody used is a line at the bottom."""
    counts = tuple([day.accounts for day in reversed(days)])
    top, step = max(*counts, 1), (WIDTH - 2 * _EDGE) / (len(counts) - 1)
    high = HEIGHT - 2 * _EDGE
    points = [f"{_EDGE + at * step:.1f},{_EDGE + high - high * count / top:.1f}" for at, count in enumerate(counts)]
    return Sparkline(" ".join(points), counts)
