"""D15: agents with one goal, each of whom writes texts of its own, boost each other (arXiv 2510.25003)."""

from __future__ import annotations

from dunnock.cli.drills.report import Drill, Measure
from dunnock.cli.drills.scans import quality, scanned
from dunnock.cli.drills.stage import Stage

_WORLDS = 20


def _play(stage: Stage) -> list[Measure]:
    from dunnock.cli.drills import worlds  # noqa: PLC0415 (numpy, DuckDB: only who plays pays)

    planted: set[str] = set()
    found: dict[bool, set[str]] = {False: set(), True: set()}
    for seed in range(_WORLDS):
        stage.tell(f"world {seed + 1} of {_WORLDS}")
        world = worlds.agents(1_500 + seed)
        planted |= {f"{seed} {one}" for one in world.role}
        for text, seen in found.items():
            seen |= {f"{seed} {one.account}" for one in scanned(stage, world, text=text)}
    precision, recall = quality(found[False], planted)
    with_text = quality(found[True], planted)
    return [
        Measure(
            f"agents found without a look at any text ({_WORLDS} worlds)",
            "at least 70 %",
            f"{len(found[False] & planted)} of {len(planted)}",
            held=recall >= 0.7,
        ),
        Measure("precision of that", "at least 0.9", f"{precision:.3f}", held=precision >= 0.9),
        Measure(
            "the same with the texts",
            "texts are not needed: recall at most 0.1 better",
            f"precision {with_text[0]:.3f}, recall {with_text[1]:.3f}",
            held=with_text[1] - recall <= 0.1,
        ),
    ]


DRILL = Drill(
    "D15", "Agents that share no text", "the worlds are tables that the scan reads, not posts of members", _play
)
