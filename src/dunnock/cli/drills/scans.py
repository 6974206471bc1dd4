"""`dunnock integrity scan` as a drill runs it: the command, on a table that the drill made."""

from __future__ import annotations

import csv
import sys
from typing import TYPE_CHECKING

import msgspec

from dunnock.cli.drills.stage import DrillFailed, Stage

if TYPE_CHECKING:
    from dunnock.cli.drills.worlds import World

_MOST = 1 << 30  # letters in a field: evidence is long


class Found(msgspec.Struct, frozen=True):
    """An account that the scan names: in which cluster, and as what."""

    account: str
    cluster: int
    role: str


def scanned(stage: Stage, world: World, *, text: bool = True) -> list[Found]:
    """Whom the scan finds in a world; the table stays at `posts.parquet` in the stage's folder. Raises: DrillFailed."""
    table, out = stage.data / "posts.parquet", stage.data / "flags.csv"
    world.save(table)
    done = stage.dunnock_alone("integrity", "scan", str(table), "--out", str(out), *(() if text else ("--no-text",)))
    if done.returncode:
        raise DrillFailed(f"dunnock integrity scan: {done.stderr[-300:]}")
    csv.field_size_limit(min(_MOST, sys.maxsize))
    with out.open(encoding="utf-8", newline="") as file:
        return [
            Found(row["account_id"], int(row["cluster_id"]), msgspec.json.decode(row["evidence"])["role"])
            for row in csv.DictReader(file)
        ]


def quality(found: set[str], planted: set[str]) -> tuple[float, float]:
    """Precision (1 when nobody was found) and recall."""
    right = len(found & planted)
    return right / len(found) if found else 1.0, right / len(planted)
