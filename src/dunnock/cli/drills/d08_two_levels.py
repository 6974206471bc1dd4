"""D08: a core that writes and thousands who only boost it (Twitter, June 2020: 23,750 core, 150,000 amplifiers); 1/25."""

from __future__ import annotations

import json

from dunnock.cli.drills import takedown
from dunnock.cli.drills.report import Drill, Measure
from dunnock.cli.drills.scans import quality, scanned
from dunnock.cli.drills.stage import Stage

_CORE, _AMPLIFIERS, _PEOPLE, _BOOSTS = 950, 6_000, 12_000, 48_000
_WITHIN_S = 600


def _play(stage: Stage) -> list[Measure]:
    from dunnock.cli.drills import worlds  # noqa: PLC0415 (numpy, DuckDB: only who plays pays)

    staff = takedown.staffed(stage)
    world = worlds.two_levels(8, core=_CORE, amplifiers=_AMPLIFIERS, people=_PEOPLE, boosts=_BOOSTS)
    stage.tell(f"the scan reads {len(world.text):,} posts and boosts")
    found = scanned(stage, world, text=False)
    made: list[Measure] = []
    for role, least_precision, least_recall in (("core", 0.95, 0.8), ("amplifier", 0.99, 0.9)):
        planted = {account for account, what in world.role.items() if what == role}
        precision, recall = quality({one.account for one in found if one.role == role}, planted)
        made += [
            Measure(f"{role}: precision", f"at least {least_precision}", f"{precision:.3f}", held=precision >= least_precision),
            Measure(f"{role}: recall", f"at least {least_recall}", f"{recall:.3f}", held=recall >= least_recall),
        ]  # fmt: skip
    stage.tell(f"{len(found):,} accounts are brought in, with what they posted")
    ids = takedown.brought_in(stage, [one.account for one in found])
    case = takedown.case_about(
        stage, staff, "A two-level network", {ids[one.account]: one.role for one in found}
    )  # fmt: skip
    parts = stage.must("GET", f"/api/v1/dunnock/admin/cases/{case}", staff.owner)["subjects"]
    before = _public(stage, list(ids.values()))
    stage.tell("all of the case is suspended")
    decision, took = takedown.suspended(stage, staff, case)
    reached = takedown.reached(stage, staff, decision)
    gone = _public(stage, list(ids.values()))
    stage.tell("and all of it is taken back")
    back = takedown.undone(stage, staff, decision)
    return [
        *made,
        Measure(
            "both levels in one case",
            "yes, with their parts",
            json.dumps({one["part"]: one["number"] for one in parts}),
            held={one["part"] for one in parts} == {"core", "amplifier"},
        ),
        Measure(
            "one decision about all of them, with a second person",
            "at most 10 min",
            f"{took:.0f} s for {reached:,} of {len(ids):,}",
            held=took <= _WITHIN_S and reached == len(ids),
        ),
        Measure("suspended accounts whose posts can be read", "0", f"{sum(gone)} in a sample of {len(gone)}", held=not any(gone)),
        Measure(
            "the whole of it taken back",
            "at most 10 min, everybody is as before",
            "it was not" if back is None else f"{back:.0f} s",
            held=back is not None and back <= _WITHIN_S and _public(stage, list(ids.values())) == before,
        ),
    ]  # fmt: skip


def _public(stage: Stage, ids: list[str]) -> list[int]:
    """How many posts strangers can read of each in a sample."""
    sample = ids[:: max(1, len(ids) // 40)]
    answers = [stage.call("GET", f"/api/v1/accounts/{one}/statuses") for one in sample]
    return [len(one.json) if one.status == 200 else 0 for one in answers]


DRILL = Drill(
    "D08",
    "A core and its amplifiers",
    "1/25 of the size; the scan reads a table, and what it finds is imported: nobody signs up 19,000 times in minutes",
    _play,
)
