"""D03: locals of one place are silent for two months and come back as locals of another (DISARM T0097.101, T0150.004)."""

from __future__ import annotations

import random
import time
from typing import Any

from dunnock.cli.drills.report import Drill, Measure
from dunnock.cli.drills.scans import quality
from dunnock.cli.drills.stage import Person, Stage

_AGENTS, _PEOPLE, _MOVERS = 20, 110, 10
_FROM, _TO = "Moscow", "Chicago"
_TAG = "plantfire"
_DAY_S = 86_400
_WITHIN_S = 15 * 60
_WORDS = (
    "tea", "rain", "market", "bridge", "choir", "bread", "kiosk", "snow", "tram", "library", "garden", "river", "late", "again",
    "window", "neighbour", "bus", "lamp", "letter", "winter", "cinema", "coat", "stairs", "plum", "radio", "dog",
)  # fmt: skip


def _play(stage: Stage) -> list[Measure]:
    owner, chance = stage.staff("owner", "owner"), random.Random(3)  # noqa: S311 (who says what, no secret)
    agents = stage.join_all([f"local_{n}" for n in range(_AGENTS)])
    movers = stage.join_all([f"mover_{n}" for n in range(_MOVERS)])
    people = stage.join_all([f"person_{n}" for n in range(_PEOPLE)])
    stage.at_once(lambda one: _says_of_itself(stage, one, f"Daily life in {_FROM}"), [*agents, *movers])
    bios = {one: chance.choice(("Reads a lot", "Daily life in Berlin")) for one in people}
    stage.at_once(lambda one: _says_of_itself(stage, one, bios[one]), people)
    for visit in range(3):
        stage.tell(f"day {visit * 7}: everybody talks")
        _talk(stage, [*agents, *movers, *people], chance)
        stage.later(7 * _DAY_S)
    former = _old_case(stage, owner, agents)
    for visit in range(4):
        stage.tell(f"day {21 + visit * 13}: the set is silent, others go on")
        if visit == 2:
            stage.at_once(lambda one: _says_of_itself(stage, one, f"Daily life in {_TO} now"), movers)
        _talk(stage, [*movers, *people], chance)
        stage.later(13 * _DAY_S)
    stage.tell("day 73: they are locals of elsewhere, and something burns there")
    _talk(stage, people, chance)
    stage.at_once(lambda one: _says_of_itself(stage, one, f"Proud local of {_TO}"), agents)
    _event(stage, agents[:10], chance)
    begun = time.monotonic()
    _event(stage, [*agents[10:], *movers[:5], *people[:15]], chance)
    case, _ = stage.until(lambda: _case(stage, owner), within_s=_WITHIN_S, every_s=2)
    took = time.monotonic() - begun
    stage.until(lambda: len(_accounts(stage, owner, case)) >= _AGENTS, within_s=90 if case else 0, every_s=5)
    subjects = _accounts(stage, owner, case)
    found, persona = set(subjects), [one for one, why in subjects.items() if f"{_FROM} → {_TO}".lower() in why]
    precision, recall = quality(found, {one.id for one in agents})
    told = stage.must("GET", f"/api/v1/dunnock/admin/cases/{case}", owner) if case else {"linked_case_ids": []}
    return [
        Measure("from the tenth post about the event to a case", "at most 15 min", f"{took:.0f} s" if case else "none",
                held=bool(case) and took <= _WITHIN_S),
        Measure("accounts of the set in it", "at least 90 %", f"{len(found & {one.id for one in agents})} of {_AGENTS}",
                held=recall >= 0.9),
        Measure("precision", "at least 0.95", f"{precision:.2f}", held=precision >= 0.95),
        Measure("people who really moved between the same places, in it", "0", str(len(found & {one.id for one in movers})),
                held=not found & {one.id for one in movers}),
        Measure("the case of their former life is linked", "yes", "yes" if former in told["linked_case_ids"] else "no",
                held=former in told["linked_case_ids"]),
        Measure("where each was from before, in the case", "told", f"{len(persona)} of {len(found)}",
                held=bool(found) and len(persona) == len(found)),
        Measure("copies of one film matched", "all", "not played: see docs/media.md", held=None),
    ]  # fmt: skip


def _says_of_itself(stage: Stage, who: Person, words: str) -> None:
    stage.must("PATCH", "/api/v1/accounts/update_credentials", who, note=words)


def _talk(stage: Stage, people: list[Person], chance: random.Random) -> None:
    _say_all(stage, [(one, " ".join(chance.sample(_WORDS, 7))) for one in people])


def _event(stage: Stage, people: list[Person], chance: random.Random) -> None:
    _say_all(stage, [(one, f"the plant burns, {' '.join(chance.sample(_WORDS, 6))} #{_TAG}") for one in people])


def _say_all(stage: Stage, said: list[tuple[Person, str]]) -> None:
    """Who says what is drawn beforehand: hands that draw at the same time draw otherwise each time."""
    stage.at_once(lambda one: stage.must("POST", "/api/v1/statuses", one[0], status=one[1]), said)


def _old_case(stage: Stage, owner: Person, agents: list[Person]) -> str:
    """What staff knew of the set in its former life, closed since."""
    at = "/api/v1/dunnock/admin/cases"
    case = str(stage.must("POST", at, owner, title="A set of locals")["id"])
    rows = [{"kind": "account", "id": one.id, "part": "core"} for one in agents]
    stage.must("POST", f"{at}/{case}/subjects", owner, subjects=rows)
    stage.must("PATCH", f"{at}/{case}", owner, closed=True)
    return case


def _case(stage: Stage, owner: Person) -> str:
    return next((str(one["id"]) for one in stage.must("GET", "/api/v1/dunnock/admin/cases", owner)), "")


def _accounts(stage: Stage, owner: Person, case: str | None) -> dict[str, str]:
    """Accounts of the case, each with why."""
    if not case:
        return {}
    found: list[Any] = stage.must("GET", f"/api/v1/dunnock/admin/cases/{case}/subjects?kind=account", owner)
    return {str(one["id"]): one["why"] for one in found}


DRILL = Drill(
    "D03",
    "Locals of another place",
    "20 accounts, 110 others, 10 movers instead of 40, 2,000, 20; the clock is put forward; no film; nobody keeps hours",
    _play,
)
