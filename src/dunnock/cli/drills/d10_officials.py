"""D10: officials of one state push one story in concert; nothing may happen to them by itself, and all see who they are."""

from __future__ import annotations

from dunnock.cli.drills.report import Drill, Measure
from dunnock.cli.drills.stage import Person, Stage

_STATE, _OTHERS = 20, 20


def _play(stage: Stage) -> list[Measure]:
    owner = stage.staff("owner", "owner")
    stage.staff("colleague", "admin")
    officials = stage.join_all([f"ministry_{n}" for n in range(_STATE)])
    others = stage.join_all([f"mayor_{n}" for n in range(_OTHERS)])
    for one in officials:
        stage.must(
            "POST",
            f"/api/v1/dunnock/admin/accounts/{one.id}/labels",
            owner,
            kind="official",
            text="Government official, Avaria",
        )
    stage.tell("they say the same within a minute")
    posts = stage.at_once(
        lambda one: stage.must(
            "POST", "/api/v1/statuses", one, status="The bridge was never closed, whatever is said #bridge"
        ),
        officials,
    )
    stage.at_once(
        lambda one: stage.must("POST", "/api/v1/statuses", one, status=f"Good morning from {one.name}"), others
    )
    stage.tell("the watch looks, for 75 seconds")
    case, _ = stage.until(lambda: stage.must("GET", "/api/v1/dunnock/admin/networks", owner), within_s=75, every_s=2)
    shown = stage.at_once(lambda one: stage.must("GET", f"/api/v1/statuses/{one['id']}"), posts)
    in_api = [one for one in shown if any(it["kind"] == "official" for it in one["account"].get("labels", []))]
    pages = [
        stage.call("GET", f"/@{who.name}/{one['id']}", accept="text/html").body
        for who, one in zip(officials, posts, strict=True)
    ]
    in_web = [one for one in pages if b"Government official, Avaria" in one]
    actors = [stage.call("GET", f"/users/{one.name}", accept="application/activity+json").body for one in officials]
    in_ap = [one for one in actors if b"Government official, Avaria" in one]
    standing = [one.name for one in officials if _restricted(stage, owner, one)]
    tried = stage.must(
        "POST", "/api/v1/dunnock/admin/decisions", owner, action="suspend", account_ids=[officials[0].id], facts="Drill"
    )
    alone = _restricted(stage, owner, officials[0])
    return [
        Measure(
            "posts that carry the label in the API", "all", f"{len(in_api)} of {_STATE}", held=len(in_api) == _STATE
        ),
        Measure("posts that carry it on their page", "all", f"{len(in_web)} of {_STATE}", held=len(in_web) == _STATE),
        Measure(
            "accounts that carry it over ActivityPub", "all", f"{len(in_ap)} of {_STATE}", held=len(in_ap) == _STATE
        ),
        Measure("officials that were limited or suspended by the server", "0", str(len(standing)), held=not standing),
        Measure(
            "their acting together is shown to staff",
            "as a network",
            "shown" if case else "not within 75 s",
            held=bool(case),
        ),
        Measure(
            "one of the staff suspends one of them alone",
            "waits for a second person",
            "waits" if tried["request_id"] and not alone else "done at once",
            held=bool(tried["request_id"]) and not alone,
        ),
    ]


def _restricted(stage: Stage, owner: Person, who: Person) -> bool:
    told = stage.must("GET", f"/api/v1/admin/accounts/{who.id}", owner)
    return bool(told["suspended"] or told["silenced"] or told["disabled"] or told["sensitized"])


DRILL = Drill(
    "D10",
    "Officials of a state in concert (DISARM T0143.001)",
    "20 officials and 20 others instead of 30 and 60",
    _play,
)
