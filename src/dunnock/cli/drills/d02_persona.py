"""D02: a verified account takes another persona during a live event and keeps its badge (DISARM T0146.003, T0097.203)."""

from __future__ import annotations

from typing import Any

from dunnock.cli.drills.report import Drill, Measure
from dunnock.cli.drills.stage import Person, Stage

_BENIGN = 30
_FIRST, _LAST = (
    ("Ada", "Bruno", "Chidi", "Dolores", "Emre", "Fumiko"),
    ("Moss", "Okafor", "Lindqvist", "Petrov", "Yamada"),
)


def _play(stage: Stage) -> list[Measure]:
    owner = stage.staff("owner", "owner")
    party = stage.join_all(["northern_party"])[0]
    people = stage.join_all([f"reader{n}" for n in range(_BENIGN)])
    _profile(stage, party, display_name="Northern Party", note="The press office of the Northern Party")
    stage.at_once(lambda one: _profile(stage, one, display_name=_called(one), note="I like walks"), people)
    badge = {"kind": "official", "text": "A political party"}
    for one in (party, *people[:5]):
        stage.call("POST", f"/api/v1/dunnock/admin/accounts/{one.id}/labels", owner, **badge)
    before = _labels(stage, party)
    post = stage.must("POST", "/api/v1/statuses", party, status="Watch the debate with us")
    stage.tell("the account turns")
    _profile(stage, party, display_name="Fact Check UK", note="Checking the claims of the debate", fields=True)
    shown, took = stage.until(
        lambda: "renamed" in _labels(stage, party) and "official" not in _labels(stage, party), within_s=30
    )
    at_post = [one["kind"] for one in stage.must("GET", f"/api/v1/statuses/{post['id']}")["account"].get("labels", [])]
    page = stage.call("GET", f"/@{party.name}", accept="text/html").body.decode()
    actor = stage.call("GET", f"/users/{party.name}", accept="application/activity+json").body.decode()
    past = stage.call("GET", f"/@{party.name}/history", accept="text/html").body.decode()
    stage.tell(f"{_BENIGN} people change their names as people do")
    stage.at_once(lambda one: _profile(stage, one, display_name=f"{_called(one)} (on holiday)"), people)
    false = [one.name for one in people if "renamed" in _labels(stage, one)]
    cases = stage.must("GET", "/api/v1/dunnock/admin/cases", owner)
    return [
        Measure("the badge before", "official", ", ".join(before) or "none", held="official" in before),
        Measure(
            "badge suspended and notice in the API",
            "at most 5 s after the last change",
            f"{took:.1f} s",
            held=bool(shown) and took <= 5,
        ),
        Measure(
            "notice at each of its posts, in the API", "there", ", ".join(at_post) or "none", held="renamed" in at_post
        ),
        Measure(
            "former name on the profile's page",
            "there",
            _there("Northern Party" in page),
            held="Northern Party" in page,
        ),
        Measure(
            "former name over ActivityPub", "there", _there("Northern Party" in actor), held="Northern Party" in actor
        ),
        Measure(
            "former name in the public history",
            "there",
            _there("Northern Party" in past),
            held="Northern Party" in past,
        ),
        Measure(f"{_BENIGN} benign renames that were marked", "at most 1", str(len(false)), held=len(false) <= 1),
        Measure(
            "cases opened",
            "about the one account only",
            "; ".join(one["title"] for one in cases) or "none",
            held=len(cases) <= 1,
        ),
    ]


def _profile(stage: Stage, who: Person, *, fields: bool = False, **said: str) -> Any:
    more = {"fields_attributes": [{"name": "Since", "value": "today"}]} if fields else {}
    return stage.must("PATCH", "/api/v1/accounts/update_credentials", who, **said, **more)


def _called(who: Person) -> str:
    n = int(who.name.removeprefix("reader"))
    return f"{_FIRST[n % len(_FIRST)]} {_LAST[n // len(_FIRST)]}"


def _labels(stage: Stage, who: Person) -> list[str]:
    return [one["kind"] for one in stage.must("GET", f"/api/v1/accounts/{who.id}").get("labels", [])]


def _there(found: object) -> str:
    return "there" if found else "missing"


DRILL = Drill("D02", "A verified account becomes a fact checker", "75,000 followers are none; the picture stays", _play)
