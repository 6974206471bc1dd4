"""D09: several networks of one operator, taken down and published in one disclosure (Twitter, 2019: Iran); 1/10."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Sequence
from math import comb

from dunnock.cli.drills import takedown
from dunnock.cli.drills.report import Drill, Measure
from dunnock.cli.drills.scans import quality, scanned
from dunnock.cli.drills.stage import DrillFailed, Stage

_SIZES, _PEOPLE = (167, 25, 287), 20_000


def _play(stage: Stage) -> list[Measure]:
    from dunnock.cli.drills import worlds  # noqa: PLC0415 (numpy, DuckDB: only who plays pays)

    staff = takedown.staffed(stage)
    world = worlds.networks(9, sizes=_SIZES, people=_PEOPLE)
    stage.tell(f"the scan reads {len(world.text):,} posts and boosts")
    found = scanned(stage, world)
    precision, recall = quality({one.account for one in found}, set(world.role))
    cluster = {one.account: f"cluster {one.cluster}" for one in found}
    planted = sorted(world.role)
    rand = adjusted_rand([world.role[one] for one in planted], [cluster.get(one, one) for one in planted])
    stage.tell("each cluster is a case, and is suspended")
    ids = takedown.brought_in(stage, cluster)
    decided: dict[str, int] = {}
    for name in sorted(set(cluster.values())):
        members = {ids[one.account]: one.role for one in found if cluster[one.account] == name}
        decision, _ = takedown.suspended(stage, staff, takedown.case_about(stage, staff, name, members))
        decided[decision] = takedown.reached(stage, staff, decision)
    stage.tell("and published in one release")
    release = stage.data / "release"
    for arguments in (
        ("export", *decided, "--to", str(release), "--title", "Networks of one operator"),
        ("verify", str(release), "--database"),
    ):
        done = stage.dunnock("archive", *arguments)
        if done.returncode:
            raise DrillFailed(f"dunnock archive {arguments[0]}: {done.stderr[-300:]}")
    with next(release.glob("*_users_csv_hashed.csv")).open(encoding="utf-8", newline="") as file:
        rows = {row["userid"] for row in csv.DictReader(file)}
    with (release / "networks.csv").open(encoding="utf-8", newline="") as file:
        published = Counter(row["decision"] for row in csv.DictReader(file))
    told = json.loads((release / "manifest.json").read_bytes())["counts"]["accounts"]
    return [
        Measure("accounts of the networks", "is told", f"precision {precision:.3f}, recall {recall:.3f}", held=None),
        Measure(
            "the three networks apart: adjusted Rand index, of all their accounts",
            "at least 0.8",
            f"{rand:.3f}",
            held=rand >= 0.8,
        ),
        Measure(
            "networks in the release, each with a count of its own",
            "as many as decisions, with their numbers",
            ", ".join(str(one) for one in sorted(published.values())),
            held=sorted(published.values()) == sorted(decided.values()),
        ),
        Measure(
            "accounts in the archive, actioned, and told of in its manifest",
            "one number",
            f"{len(rows)}, {sum(decided.values())}, {told}",
            held=len(rows) == sum(decided.values()) == told == len(ids),
        ),
    ]  # fmt: skip


def adjusted_rand(one: Sequence[str], other: Sequence[str]) -> float:
    """How alike two partitions of the same things are: 1 the same, 0 as chance has it. Source: Hubert and Arabie 1985."""
    both = sum(comb(number, 2) for number in Counter(zip(one, other, strict=True)).values())
    rows, columns = (sum(comb(number, 2) for number in Counter(part).values()) for part in (one, other))
    chance = rows * columns / comb(len(one), 2)
    most = (rows + columns) / 2
    return 1.0 if most == chance else (both - chance) / (most - chance)


DRILL = Drill(
    "D09",
    "Three networks, one disclosure",
    "1/10 of the size; no common addresses or devices: the networks share outlets, hashtags and boosts",
    _play,
)
