"""How well and at what cost `dunnock integrity scan` finds networks: on labelled tables, and on a two-level network of any size.

    .venv/bin/python benchmarks/coordination.py labelled --labels ACCOUNTS POSTS... [--no-text] [--threshold NATS]
    .venv/bin/python benchmarks/coordination.py levels [--scale 0.04]

`labelled`: ACCOUNTS is a table with account_id, label ("io" or another) and source. `levels` at scale 1: a core of 23,750,
150,000 amplifiers that boost it 1.2 million times in 14 days, and 300,000 people who post and boost 2.4 million times.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import duckdb

from dunnock.cli.drills import worlds
from dunnock.integrity.scan import THRESHOLD, scan


def told(name: str, right: int, found: int, wanted: int) -> None:
    """A line with precision, recall and F1."""
    precision, recall = right / max(1, found), right / max(1, wanted)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    print(f"{name}: {found} flagged, {right} of {wanted} right; P {precision:.3f} R {recall:.3f} F1 {f1:.3f}")


def labelled(options: argparse.Namespace) -> None:
    """Against labels, for all accounts and for those with ten posts or more; who else is flagged, by source."""
    labels = {
        account: (label == "io", source)
        for account, label, source in duckdb.execute(
            f"SELECT account_id, label, source FROM '{options.labels}'"
        ).fetchall()
    }
    files = [str(one) for one in options.posts]
    count = dict(
        duckdb.execute(
            "SELECT account_id, count(*) FROM read_parquet(?, union_by_name = true) GROUP BY 1", [files]
        ).fetchall()
    )
    began = time.process_time()
    flags = scan(options.posts, text=not options.no_text, threshold=options.threshold)
    cost(time.process_time() - began, sum(count.values()), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    flagged = {flag.account for flag in flags if flag.account in labels}
    for name, least in (("all accounts", 1), ("accounts with at least 10 posts", 10)):
        some = {account for account, posts in count.items() if posts >= least and account in labels}
        network = {account for account in some if labels[account][0]}
        told(name, len(flagged & network), len(flagged & some), len(network))
    total = Counter(source for account, (io, source) in labels.items() if not io and account in count)
    wrong = Counter(labels[account][1] for account in flagged if not labels[account][0])
    for source in sorted(total):
        print(f"  {source}: {wrong[source]} of {total[source]} flagged ({wrong[source] / total[source]:.2%})")


def levels(options: argparse.Namespace) -> None:
    """Core and amplifiers apart, found by the command in a process of its own, so that its memory is its own."""
    size = {"core": 23_750, "amplifiers": 150_000, "people": 300_000, "boosts": 1_200_000}
    world = worlds.two_levels(1, **{name: int(value * options.scale) for name, value in size.items()})
    posts, role = len(world.text), world.role
    csv.field_size_limit(1 << 30)
    with tempfile.TemporaryDirectory() as folder:
        table, out = world.save(Path(folder) / "posts.parquet"), Path(folder) / "flags.csv"
        del world
        command = [sys.executable, "-m", "dunnock", "integrity", "scan", str(table), "--out", str(out), "--no-text"]
        subprocess.run(command, check=True)
        with out.open(encoding="utf-8", newline="") as file:
            flags = {row["account_id"]: json.loads(row["evidence"])["role"] for row in csv.DictReader(file)}
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost(used.ru_utime + used.ru_stime, posts, used.ru_maxrss)
    for name in ("core", "amplifier"):
        wanted = {account for account, planted in role.items() if planted == name}
        found = {account for account, as_what in flags.items() if as_what == name}
        told(name, len(found & wanted), len(found), len(wanted))


def cost(seconds: float, posts: int, peak_kib: int) -> None:
    """What the scan took."""
    print(
        f"{posts:,} posts: {seconds:.1f} CPU-s ({seconds / posts * 1e6:.1f} a million), {peak_kib / 1024:.0f} MB at most"
    )


def main() -> None:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = parser.add_subparsers(required=True)
    one = kinds.add_parser("labelled")
    one.add_argument("--labels", type=Path, required=True)
    one.add_argument("posts", type=Path, nargs="+")
    one.add_argument("--no-text", action="store_true")
    one.add_argument("--threshold", type=float, default=THRESHOLD)
    one.set_defaults(run=labelled)
    two = kinds.add_parser("levels")
    two.add_argument("--scale", type=float, default=0.04)
    two.set_defaults(run=levels)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
