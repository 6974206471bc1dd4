"""D01: hired accounts post the tag of the day from a script until it trends (DISARM T0121, T0129.005)."""

from __future__ import annotations

import random

from dunnock.cli.drills.report import Drill, Measure
from dunnock.cli.drills.stage import Person, Stage

_PAID, _OTHERS = 40, 60
_SCRIPTS = (
    "The minister of fish has done so much for us #{0}",
    "What the minister of fish has done for us is so much #{0}",
    "So much was done for us by the minister of fish #{0}",
)
_TALK = (
    "rain over the hills again, the dog refuses to go out", "has anybody a recipe for plum cake without eggs",
    "the night train was late but the coffee was good", "reading about moss, there are more kinds than I thought",
    "first swallow of the year above the barn", "my bicycle has a flat tyre and so has my mood",
)  # fmt: skip


def _play(stage: Stage) -> list[Measure]:
    owner = stage.staff("owner", "owner")
    chance = random.Random(1)  # noqa: S311 (who says what, no secret)
    others = stage.join_all([f"person_{n}" for n in range(_OTHERS)])
    paid = stage.join_all([f"hired_{n}" for n in range(_PAID)])
    stage.tell("people talk")
    stage.at_once(
        lambda one: _say(stage, one, f"{chance.choice(_TALK)} {chance.randrange(999)} #day{chance.randrange(9)}"),
        others,
    )
    stage.tell("the script is posted")
    stage.at_once(lambda one: _say(stage, one, chance.choice(_SCRIPTS).format("FishForAll")), paid)
    case, took = stage.until(lambda: _case(stage, owner), within_s=600, every_s=2)
    trending, _ = stage.until(lambda: "fishforall" in _trends(stage), within_s=90, every_s=3)
    ids = {one.id for one in paid}
    found = (
        {one["account_id"] for one in stage.must("GET", f"/api/v1/dunnock/admin/networks/{case}", owner)["accounts"]}
        if case
        else set()
    )
    precision = len(found & ids) / len(found) if found else 0.0
    return [
        Measure(
            "from the first post to a case", "at most 10 min", f"{took:.0f} s" if case else "none", held=bool(case)
        ),
        Measure(
            "the tag enters the trends",
            "never before the case, nor while it is open",
            "it did" if trending else "it did not",
            held=not trending,
        ),
        Measure(
            "hired accounts in the cluster",
            "at least 90 %",
            f"{len(found & ids)} of {_PAID}",
            held=len(found & ids) >= 0.9 * _PAID,
        ),
        Measure("precision of the cluster", "at least 0.95", f"{precision:.2f}", held=precision >= 0.95),
        Measure(
            "genuine bursts withheld over 15 minutes", "0 of 10", "takes hours: see `dunnock trends replay`", held=None
        ),
    ]


def _say(stage: Stage, who: Person, words: str) -> None:
    stage.must("POST", "/api/v1/statuses", who, status=words)


def _case(stage: Stage, owner: Person) -> str:
    found = stage.must("GET", "/api/v1/dunnock/admin/networks", owner)
    return next((str(one["id"]) for one in found if one["case_id"]), "")


def _trends(stage: Stage) -> list[str]:
    return [one["name"].casefold() for one in stage.must("GET", "/api/v1/trends/tags?limit=10")]


DRILL = Drill(
    "D01", "A trend that was paid for", "40 hired accounts among 60 others, one campaign instead of fifteen", _play
)
