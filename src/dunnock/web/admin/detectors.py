"""Staff and detectors: what each said in each week, and how much of it people found to be right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from litestar import Response, get
from litestar.di import NamedDependency

from dunnock import integrity
from dunnock.foundation.clock import DAY, now_ms
from dunnock.foundation.db import Db
from dunnock.web.admin.alerts import DETECTORS
from dunnock.web.admin.desk import desk
from dunnock.web.pages import pages
from dunnock.web.show import Show
from dunnock.web.visitor import Member

_WEEKS = 26
_HEALTH_MS = 90 * DAY
_WIDE, _FLOOR, _HIGH = 24, 78, 74


class Plot(NamedTuple):
    """The weeks of a detector as paths of SVG, three bars a week. `most`: the number of the highest bar."""

    alerts: str
    confirmed: str
    dismissed: str
    most: int
    width: int


@get("/admin/integrity/detectors")
async def show_detectors(
    show: NamedDependency[Show], staff: NamedDependency[Member], db: NamedDependency[Db]
) -> Response[str]:
    """All that said something in half a year."""
    by = staff.account_id
    weeks = await integrity.detector_weeks(db, weeks=_WEEKS, by=by)
    health = await integrity.detector_health(db, since=now_ms() - _HEALTH_MS, by=by)
    return desk(
        show,
        staff,
        "detectors.html",
        health=health,
        what=DETECTORS,
        detectors=[(name, held, plot_of(held)) for name, held in weeks.items()],
    )


def plot_of(weeks: Sequence[integrity.Week]) -> Plot:
    """Bars of the weeks, the oldest first."""
    most = max((number for one in weeks for number in (one.alerts, one.confirmed, one.dismissed)), default=0)

    def bars(numbers: Sequence[int], right: int) -> str:
        return "".join(
            f"M{n * _WIDE + right} {_FLOOR}v-{max(2.0, _HIGH * number / most):.1f}"
            for n, number in enumerate(numbers)
            if number
        )

    return Plot(
        bars([one.alerts for one in weeks], 5),
        bars([one.confirmed for one in weeks], 12),
        bars([one.dismissed for one in weeks], 18),
        most,
        len(weeks) * _WIDE,
    )


HANDLERS = pages(show_detectors)
