"""D07: a newcomer with common interests who never answers the fringe: is she led into it? (DISARM I00114, T0153.006)."""

from __future__ import annotations

from dunnock.cli.drills.audits import audited
from dunnock.cli.drills.report import Drill, Measure
from dunnock.cli.drills.stage import Stage


def _play(stage: Stage) -> list[Measure]:
    stage.tell("twenty newcomers read For You for seven days")
    report, _ = audited(stage, "newcomer")
    second, last = (max(report.seen, key=lambda one, day=day: one.fringe[day]) for day in (1, -1))  # type: ignore[misc]
    stage.tell("a member looks at her own feed")
    carol, other = stage.join_all(["carol", "neighbour"])
    stage.must("POST", f"/api/v1/accounts/{other.id}/follow", carol)
    for n in range(5):
        stage.must("POST", "/api/v1/statuses", other, status=f"Sheep on the road again, the {n}. time #sheep")
    fed = stage.must("GET", "/api/v1/dunnock/feeds/for_you", carol)
    right = [one for one in fed["receipts"] if one["sources"] and one["right"]]
    plain = bool(stage.must("GET", "/api/v1/timelines/home", carol))
    wrong = sum(one.wrong for one in report.seen)
    return [
        Measure(
            f"fringe shown on day 2, beside its share of all posts ({report.base_fringe:.2%})",
            "is told",
            f"{second.fringe[1]:.2%} to {second.persona}",
            held=None,
        ),
        Measure(
            "fringe shown on day 7, to each persona",
            "at most twice its share of all posts",
            f"{last.fringe[-1]:.2%} to {last.persona}",
            held=last.fringe[-1] <= 2 * report.base_fringe,
        ),
        Measure("receipts that could not be worked out again", "0", str(wrong), held=not wrong),
        Measure(
            "on a server: recommended posts whose receipt gives the same score again",
            "all",
            f"{len(right)} of {len(fed['statuses'])}",
            held=0 < len(fed["statuses"]) == len(right),
        ),
        Measure("a feed without profiling beside it", "there", "there" if plain else "missing", held=plain),
    ]


DRILL = Drill(
    "D07",
    "A newcomer is led into the fringe",
    "personas in a made-up world with a fringe of one in a hundred; follow suggestions are not in it",
    _play,
)
