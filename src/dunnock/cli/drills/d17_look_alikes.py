"""D17: people who do the same at the same time and belong to nobody: a false-positive drill."""

from __future__ import annotations

import random

from dunnock.cli.drills.report import Drill, Measure
from dunnock.cli.drills.scans import scanned
from dunnock.cli.drills.stage import Person, Stage

_FANS = 60
_CHEERS = ("what a goal", "come on you blues", "unbelievable", "did you see that", "ref what was that")
_WORDS = (
    "grandma", "keeper", "corner", "sofa", "pizza", "neighbours", "screaming", "offside", "scarf", "rain", "nervous", "penalty",
    "dog", "barking", "again", "coach", "bench", "legend", "tears", "stadium", "tram", "late", "popcorn", "captain", "header",
    "left", "wing", "crowd", "singing", "kids", "awake", "cannot", "watch", "substitute",
)  # fmt: skip
_WAIT_S = 150  # the watch looks twice


def _play(stage: Stage) -> list[Measure]:
    from dunnock.cli.drills import worlds  # noqa: PLC0415 (numpy, DuckDB: only who plays pays)

    made: list[Measure] = []
    for what, world, most in (
        ("legislators who boost their party", worlds.parliament(17, members=399), 0.02),
        ("fans at a live event", worlds.event(17, people=11_037), 0.002),
        ("customers who complain", worlds.complaint(17, people=7_701), 0.002),
        ("people who pass breaking news on", worlds.breaking(17, people=3_884), 0.002),
    ):
        stage.tell(f"the scan reads {len(world.text):,} posts of {what}")
        everybody = len(set(world.account_id))
        flagged = len(scanned(stage, world))
        made.append(
            Measure(
                f"{what}: flagged by the scan",
                f"at most {most:.1%}",
                f"{flagged} of {everybody:,}",
                held=flagged <= most * everybody,
            )
        )
    return [*made, *_live(stage)]


def _live(stage: Stage) -> list[Measure]:
    """A goal falls, and a whole server shouts."""
    owner = stage.staff("owner", "owner")
    club = stage.join_all(["the_blues", "sports_desk"])
    fans = stage.join_all([f"fan_{n}" for n in range(_FANS)])
    news = [
        stage.must("POST", "/api/v1/statuses", one, status=f"Minute {n}: we report from the final #final")["id"]
        for n in range(6)
        for one in club
    ]
    stage.tell(f"{_FANS} fans watch a final, for {_WAIT_S} s")
    stage.at_once(lambda one: _shout(stage, one, news), fans)
    cases, _ = stage.until(lambda: stage.must("GET", "/api/v1/dunnock/admin/cases", owner), within_s=_WAIT_S, every_s=5)
    seen = [stage.must("GET", f"/api/v1/accounts/{one.id}") for one in fans]
    touched = [one["acct"] for one in seen if one.get("limited") or one.get("suspended") or one.get("labels")]
    posting = [stage.call("POST", "/api/v1/statuses", one, status="good night all").status for one in fans[:10]]
    return [
        Measure("fans on a server: cases that opened by themselves", "0",
                "; ".join(one["title"] for one in cases or ()) or "0", held=not cases),
        Measure("fans limited, suspended or labelled", "0", str(len(touched)), held=not touched),
        Measure("fans who may post on", "all", f"{posting.count(200)} of 10", held=posting.count(200) == 10),
    ]  # fmt: skip


def _shout(stage: Stage, who: Person, news: list[str]) -> None:
    chance = random.Random(who.name)  # noqa: S311 (who says what, no secret)
    for _ in range(chance.randint(1, 4)):
        if chance.random() < 0.5:
            stage.must("POST", f"/api/v1/statuses/{chance.choice(news[: chance.randint(1, len(news))])}/reblog", who)
        else:
            words = chance.choice(_CHEERS) if chance.random() < 0.2 else " ".join(chance.sample(_WORDS, 7))
            stage.must("POST", "/api/v1/statuses", who, status=f"{words} #final")


DRILL = Drill(
    "D17",
    "People who only look like a network",
    "crowds are made by generators, of the sizes of the real ones; on a server there are 60 fans",
    _play,
)
