"""D01: hired accounts post the tag of the day from a script until it trends (DISARM T0121, T0129.005)."""

from __future__ import annotations

import random

from dunnock.cli.drills.report import Drill, Measure
from dunnock.cli.drills.scans import quality
from dunnock.cli.drills.stage import Person, Stage

_PAID, _OTHERS = 40, 60
_SCRIPTS = (
    "The minister of fish has done so much for us #{0}",
    "What the minister of fish has done for us is so much #{0}",
    "So much was done for us by the minister of fish #{0}",
)
_WORDS = (
    "rain", "hills", "dog", "recipe", "plum", "cake", "night", "train", "coffee", "moss", "kinds", "swallow", "barn", "bicycle",
    "flat", "tyre", "mood", "reading", "late", "again", "without", "above", "nobody", "window", "letter", "snow", "garden",
)  # fmt: skip


def _play(stage: Stage) -> list[Measure]:
    owner = stage.staff("owner", "owner")
    chance = random.Random(1)  # noqa: S311 (who says what, no secret)
    others = stage.join_all([f"person_{n}" for n in range(_OTHERS)])
    paid = stage.join_all([f"hired_{n}" for n in range(_PAID)])
    stage.tell("people talk")
    _say_all(stage, [(one, f"{' '.join(chance.sample(_WORDS, 7))} #day{chance.randrange(9)}") for one in others])
    stage.tell("the script is posted")
    _say_all(stage, [(one, chance.choice(_SCRIPTS).format("FishForAll")) for one in paid])
    early = list[bool]()

    def looked() -> set[str]:
        early.append("fishforall" in _trends(stage))
        return _found(stage, owner)

    case, took = stage.until(looked, within_s=600, every_s=2)
    late, _ = stage.until(lambda: "fishforall" in _trends(stage), within_s=90, every_s=3)
    trending = late or any(early)
    ids, found = {one.id for one in paid}, _found(stage, owner)
    precision, _ = quality(found, ids)
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
        Measure("precision of all that opened a case", "at least 0.95", f"{precision:.2f}", held=precision >= 0.95),
        Measure(
            "genuine bursts withheld over 15 minutes", "0 of 10", "takes hours: see `dunnock trends replay`", held=None
        ),
    ]


def _say_all(stage: Stage, said: list[tuple[Person, str]]) -> None:
    """Who says what is drawn beforehand: hands that draw at the same time draw otherwise each time."""
    stage.at_once(lambda one: stage.must("POST", "/api/v1/statuses", one[0], status=one[1]), said)


def _found(stage: Stage, owner: Person) -> set[str]:
    """Accounts of all networks that opened a case."""
    at = "/api/v1/dunnock/admin/networks"
    cased = [one["id"] for one in stage.must("GET", at, owner) if one["case_id"]]
    return {told["account_id"] for one in cased for told in stage.must("GET", f"{at}/{one}", owner)["accounts"]}


def _trends(stage: Stage) -> list[str]:
    return [one["name"].casefold() for one in stage.must("GET", "/api/v1/trends/tags?limit=10")]


DRILL = Drill(
    "D01", "A trend that was paid for", "40 hired accounts among 60 others, one campaign instead of fifteen", _play
)
