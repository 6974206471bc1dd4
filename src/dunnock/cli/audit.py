"""`dunnock audit`: test personas read For You in a made-up world, and what they were shown is counted."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from cyclopts import App

from dunnock.cli import Refused

app = App(name="audit", help="Audit our own ranking with test personas.")


@app.command
def run(plan: str, /, *, to: Path | None = None, before: Path | None = None, processes: int = 0) -> None:
    """Run a plan; exit code 1 when a bar is broken. The same plan and weights give the same files, byte for byte.

    Args:
        plan: A TOML file with personas (docs/for-you.md), or the name of a plan that comes with the program: ages, newcomer.
        to: A folder for report.json and report.html [default: only the summary is printed].
        before: An earlier report.json to compare with.
        processes: How many work at it [default: one for each core]; the report is the same.
    """
    from dunnock.feeds.for_you.audit import BadPlan, Report, page_of, plan_named, plans, read_plan  # noqa: PLC0415 (commands start fast)
    from dunnock.feeds.for_you.audit import run as audit  # noqa: PLC0415
    from dunnock.feeds.for_you.features import NAMES  # noqa: PLC0415
    from dunnock.feeds.for_you.model import Model, default_text  # noqa: PLC0415

    try:
        read = read_plan(plan_named(plan) if plan in plans() else Path(plan).read_text("utf-8"))
        last = None if before is None else msgspec.json.decode(before.read_bytes(), type=Report)
    except (OSError, UnicodeDecodeError, BadPlan, msgspec.MsgspecError) as error:
        raise Refused(str(error)) from error
    report = audit(read, Model(default_text(), NAMES), processes=max(1, processes or os.cpu_count() or 1))
    if to is not None:
        to.mkdir(parents=True, exist_ok=True)
        (to / "report.json").write_bytes(msgspec.json.format(msgspec.json.encode(report)) + b"\n")
        (to / "report.html").write_text(page_of(report, last), "utf-8")
    shown = sum(one.shown for one in report.seen)
    print(f"{len(report.seen)} personas were shown {shown:,} posts over {read.days} days.")
    for name, held in report.passed.items():
        print(f"{'held  ' if held else 'BROKEN'} {name.replace('_', ' ')}")
    if not all(report.passed.values()):
        raise Refused("The ranking does not hold what it is to hold.")
