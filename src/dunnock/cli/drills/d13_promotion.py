"""D13: promoted posts. There are none here, so what is shown is that nobody can buy a place: no door takes money or a target."""

from __future__ import annotations

import re

from dunnock.cli.drills.report import Drill, Measure
from dunnock.cli.drills.stage import Stage

_BOUGHT = re.compile(r"promot|sponsor|advert|boost_budget|payer|billing|campaign", re.IGNORECASE)


def _play(stage: Stage) -> list[Measure]:
    told = stage.must("GET", "/api/openapi.json")
    schemas = told["components"]["schemas"]
    names = [*told["paths"], *schemas, *(field for one in schemas.values() for field in one.get("properties", {}))]
    bought = sorted({one for one in names if _BOUGHT.search(one)})
    member = stage.join("shop")
    if member is None:
        return [Measure("a member who would pay", "signs up", "was refused", held=False)]
    paid = {"status": "Buy my lamps", "promoted": True, "budget": 100, "target_age": 16}
    post = stage.must("POST", "/api/v1/statuses", member, **paid)
    extra = sorted(set(post) & set(paid) - {"status"})
    return [
        Measure(
            "endpoints, types and fields of the API that are about bought reach",
            "0 of all",
            f"{len(bought)} of {len(names):,}{': ' + ', '.join(bought[:5]) if bought else ''}",
            held=len(names) > 500 and not bought,
        ),
        Measure(
            "a post sent with a budget and an age to aim at",
            "is a post like any",
            f"fields of it kept: {extra or 'none'}",
            held=not extra,
        ),
    ]


DRILL = Drill(
    "D13", "Promoted posts pushed by a network (DISARM T0114)", "nothing: there is no promotion to play with", _play
)
